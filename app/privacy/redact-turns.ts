// Takes secrets out of what was said, before anything is stored, indexed, analysed, logged or sent. Pure; fails closed.
import { AppError, type SpokenTurn } from "../domain/index.ts";
import type { Detector, Finding, Place, RedactionKind } from "./detector.ts";
import { muteSpans, type MuteSpan } from "./mute-spans.ts";
import { DETECTORS } from "./registry.ts";
import { findCards } from "./scan-for-cards.ts";
import { readScript, type Script } from "./script.ts";

/** A turn without its words: nothing finer than the redacted text survives. */
export type RedactedTurn = Omit<SpokenTurn, "words">;

export interface RedactionPolicy {
  /** kinds to look for, as in `privacy.redact` of the configuration */
  detect: readonly RedactionKind[];
}

export interface RedactionResult {
  /** same length and order as the input; secrets are replaced by `[CARD]` and `[CODE]`, no digit of them is kept */
  turns: RedactedTurn[];
  /** stretches of the recording to blank, per channel sorted and not overlapping */
  mute: MuteSpan[];
  /** how many secrets of each kind; kinds without any are absent */
  found: { kind: RedactionKind; count: number }[];
}

/** The second look may find something the detectors let pass; what it finds is masked and looked at again. */
const MAX_LOOKS = 8;

/**
 * @param turns all turns of one call, in any order
 * @throws AppError REDACTION_FAILED when the result still holds a card number; nothing of it may be stored then
 */
export function redactTurns(turns: readonly SpokenTurn[], policy: RedactionPolicy): RedactionResult {
  return redactScript(readScript(turns), policy);
}

/** The same for turns that were read already. */
export function redactScript(script: Script, policy: RedactionPolicy): RedactionResult {
  const { turns } = script;
  const detectors = DETECTORS.filter((detector) => policy.detect.includes(detector.kind));
  const findings: Finding[] = [];
  for (const detector of detectors) findings.push(...detector.find(script, findings));
  const looksForCards = detectors.some((detector) => detector.kind === "payment_card");
  // detectors end a written number with its line, so a card over several lines is found by the other look, before parts of it are masked
  if (looksForCards && script.isWritten) for (const places of cardsLeft(render(turns, [], []), inTime(script.order))) addTo(findings, places);
  const rendered = looksForCards ? renderVerified(turns, script.order, detectors, findings) : render(turns, detectors, findings);
  return {
    turns: turns.map((turn, index) => withoutWords(turn, rendered[index]?.text ?? "")),
    mute: muteSpans(turns, findings.map((finding) => finding.places)),
    found: detectors
      .map(({ kind }) => ({ kind, count: findings.filter((finding) => finding.kind === kind).length }))
      .filter(({ count }) => count > 0),
  };
}

/** A turn's text with its secrets replaced, and where each kept piece came from. */
interface Rendered {
  text: string;
  kept: { at: number; from: number; to: number }[];
}

/** Renders, looks again at all turns in the order of time, and adds what is found to `findings`. */
function renderVerified(turns: readonly SpokenTurn[], order: readonly number[], detectors: readonly Detector[], findings: Finding[]): Rendered[] {
  const byTime = inTime(order);
  for (let look = 0; look < MAX_LOOKS; look++) {
    const rendered = render(turns, detectors, findings);
    const missed = cardsLeft(rendered, byTime);
    if (missed.length === 0) return rendered;
    for (const places of missed) findings.push({ kind: "payment_card", places });
  }
  throw new AppError("REDACTION_FAILED", "A card number was still readable after redaction; nothing was stored, please report this with the version of Earshot");
}

/** @returns for each card that the second look sees in these turns: its places in the original text */
function cardsLeft(rendered: readonly Rendered[], byTime: readonly number[]): Place[][] {
  const starts: number[] = [];
  let length = 0;
  for (const index of byTime) {
    starts.push(length);
    length += (rendered[index]?.text.length ?? 0) + 1;
  }
  const cards = findCards(byTime.map((index) => rendered[index]?.text ?? "").join("\n"));
  return cards.map(({ from, to }) => byTime.flatMap((index, rank) => originalPlaces(rendered[index], index, from - (starts[rank] ?? 0), to - (starts[rank] ?? 0))));
}

/** Turns sorted by time. */
function inTime(order: readonly number[]): number[] {
  return order.map((_, index) => index).sort((a, b) => (order[a] ?? 0) - (order[b] ?? 0));
}

/** One card seen twice is one finding. */
function addTo(findings: Finding[], places: readonly Place[]): void {
  const same = findings.find((finding) => finding.kind === "payment_card" && finding.places.some((one) => places.some((other) => one.turn === other.turn && one.from < other.to && other.from < one.to)));
  if (same === undefined) findings.push({ kind: "payment_card", places: [...places] });
  else same.places.push(...places);
}

/** Places of the original text that show between `from` and `to` of the rendered one. */
function originalPlaces(rendered: Rendered | undefined, turn: number, from: number, to: number): Place[] {
  return (rendered?.kept ?? []).flatMap((piece) => {
    const start = Math.max(piece.from, piece.from + from - piece.at);
    const end = Math.min(piece.to, piece.from + to - piece.at);
    return end > start ? [{ turn, from: start, to: end, digits: 1 }] : [];
  });
}

function render(turns: readonly SpokenTurn[], detectors: readonly Detector[], findings: readonly Finding[]): Rendered[] {
  const masks = turns.map((): (Place & { mark: string })[] => []);
  for (const { kind, places } of findings) {
    const mark = detectors.find((detector) => detector.kind === kind)?.mark ?? "[REMOVED]";
    for (const place of places) masks[place.turn]?.push({ ...place, mark });
  }
  return turns.map((turn, index) => masked(turn.text, masks[index] ?? []));
}

/** Overlapping masks become one; so do masks of one kind with nothing spoken between them. */
function masked(text: string, masks: (Place & { mark: string })[]): Rendered {
  const kept: Rendered["kept"] = [];
  let out = "";
  let at = 0;
  let lastMark = "";
  for (const { from, to, mark } of masks.sort((a, b) => a.from - b.from || b.to - a.to)) {
    const isJoined = lastMark === mark && !/[\p{L}\p{N}]/u.test(text.slice(at, Math.max(at, from)));
    if (from < at || isJoined) {
      at = Math.max(at, to);
      continue;
    }
    if (from > at) kept.push({ at: out.length, from: at, to: from });
    out += text.slice(at, from) + mark;
    at = to;
    lastMark = mark;
  }
  if (at < text.length) kept.push({ at: out.length, from: at, to: text.length });
  return { text: out + text.slice(at), kept };
}

function withoutWords(turn: SpokenTurn, text: string): RedactedTurn {
  const { words: _unused, ...kept } = turn;
  return { ...kept, text };
}
