// Whether words were said, by whom and when; and whether that can be known at all. Pure.
import type { Searched, Speaker, Turn } from "../../domain/index.ts";
import { WEAK_CONFIDENCE } from "../text/conversation.ts";
import type { Anchor, NotSaid, RulePhrase, Said } from "./condition.ts";
import { findPhrases, turnsOfHit, type Hit, type Spoken } from "./spoken.ts";
import { decided, undecided, type Verdict } from "./verdict.ts";

/** Half of the words of a place must have been heard well before their absence says anything. */
const HEARD_SHARE = 0.5;

interface Window {
  fromMs: number;
  toMs: number;
}

/** Where words are looked for. */
type Place = Pick<NotSaid, "by" | "first_seconds" | "last_seconds" | "after">;

/** A turn counts as soon as any of it lies in the window: where in a turn a word lies is not kept, and nobody is accused by an edge. */
function touches(window: Window, startMs: number, endMs: number): boolean {
  return startMs < window.toMs && (endMs > window.fromMs || startMs >= window.fromMs);
}

/** @param truncated the recording breaks off: its last seconds are not those of the call */
export function wasSaid(condition: Said, spoken: Spoken, truncated: boolean): Verdict {
  if (truncated && condition.last_seconds !== undefined) return undecided("breaks_off");
  const { sure, perhaps, searched } = search(condition.words, condition, spoken);
  if (sure.length >= condition.times) return decided(true, { hits: sure, evidence: idsOf(sure, spoken) });
  if (sure.length + perhaps.length >= condition.times) return undecided("parties_unknown");
  return decided(false, { searched });
}

/** After an anchor: true when the anchor was said and none of them was answered. */
export function wasNotSaid(condition: NotSaid, spoken: Spoken, truncated: boolean): Verdict {
  if (truncated && condition.last_seconds !== undefined) return undecided("breaks_off");
  if (spoken.words.length === 0) return undecided("nobody_speaks");
  const { sure, perhaps, anchors, searched } = search(condition.words, condition, spoken);
  if (condition.after !== undefined && anchors.sure.length === 0) return anchors.perhaps.length > 0 && sure.length + perhaps.length === 0 ? undecided("parties_unknown") : decided(false, {});
  if (sure.length > 0) return decided(false, { hits: sure, evidence: idsOf(sure, spoken) });
  if (perhaps.length > 0) return undecided("parties_unknown");
  if (searched.some((one) => one.heard_share < HEARD_SHARE)) return undecided("heard_badly");
  return decided(true, { searched, evidence: idsOf(anchors.sure, spoken) });
}

interface Found {
  sure: Hit[];
  /** nobody knows whether the right party said it */
  perhaps: Hit[];
  anchors: { sure: Hit[]; perhaps: Hit[] };
  searched: Searched[];
}

function search(words: readonly RulePhrase[], place: Place, spoken: Spoken): Found {
  const all = byParty(findPhrases(spoken, words), place.by);
  if (place.after !== undefined) return searchAfter(all, place.after, place.by, spoken);
  const window = windowOf(place, spoken);
  const inside = (hit: Hit): boolean => {
    const turns = turnsOfHit(spoken, hit);
    return touches(window, turns[0]?.startMs ?? 0, turns.at(-1)?.endMs ?? 0);
  };
  return { sure: all.sure.filter(inside), perhaps: all.perhaps.filter(inside), anchors: { sure: [], perhaps: [] }, searched: [searchedIn(window, place.by, spoken)] };
}

function searchAfter(all: { sure: Hit[]; perhaps: Hit[] }, after: Anchor, by: readonly Speaker[] | undefined, spoken: Spoken): Found {
  const anchors = byParty(findPhrases(spoken, after.words), after.by);
  const windows = new Map([...anchors.sure, ...anchors.perhaps].map((anchor) => [anchor, windowAfter(anchor, after, spoken)]));
  const follows = (hit: Hit, anchor: Hit): boolean => hit.first > anchor.last && touches(windows.get(anchor) ?? { fromMs: 0, toMs: 0 }, turnsOfHit(spoken, hit)[0]?.startMs ?? 0, turnsOfHit(spoken, hit).at(-1)?.endMs ?? 0);
  const sure = all.sure.filter((hit) => anchors.sure.some((anchor) => follows(hit, anchor)));
  const perhaps = [...all.sure, ...all.perhaps].filter((hit) => !sure.includes(hit) && [...anchors.sure, ...anchors.perhaps].some((anchor) => follows(hit, anchor)));
  return { sure, perhaps, anchors, searched: anchors.sure.map((anchor) => searchedIn(windows.get(anchor) ?? { fromMs: 0, toMs: 0 }, by, spoken)) };
}

/** `unknown` may be anybody. */
function byParty(hits: readonly Hit[], by: readonly Speaker[] | undefined): { sure: Hit[]; perhaps: Hit[] } {
  if (by === undefined) return { sure: [...hits], perhaps: [] };
  return { sure: hits.filter((hit) => by.includes(hit.speaker)), perhaps: hits.filter((hit) => hit.speaker === "unknown") };
}

/** Counted from the first word to the last: ringing and music before the greeting are nobody's silence. */
function windowOf(place: Place, { startMs, endMs }: Spoken): Window {
  return {
    fromMs: place.last_seconds === undefined ? startMs : Math.max(startMs, endMs - place.last_seconds * 1000),
    toMs: place.first_seconds === undefined ? endMs + 1 : Math.min(endMs + 1, startMs + place.first_seconds * 1000),
  };
}

/** From the anchor's own turn, whose later words count too. */
function windowAfter(anchor: Hit, { seconds }: Anchor, spoken: Spoken): Window {
  const turns = turnsOfHit(spoken, anchor);
  return { fromMs: turns[0]?.startMs ?? 0, toMs: Math.min(spoken.endMs + 1, (turns.at(-1)?.endMs ?? 0) + seconds * 1000) };
}

function searchedIn(window: Window, by: readonly Speaker[] | undefined, spoken: Spoken): Searched {
  const mayBe = (turn: Turn): boolean => by === undefined || turn.speaker === "unknown" || by.includes(turn.speaker);
  const counted = spoken.turns.flatMap((turn, at) => (mayBe(turn) && touches(window, turn.startMs, turn.endMs) ? [{ words: spoken.wordCounts[at] ?? 0, isWeak: (turn.confidence ?? 1) < WEAK_CONFIDENCE }] : []));
  const words = counted.reduce((sum, one) => sum + one.words, 0);
  const weak = counted.reduce((sum, one) => sum + (one.isWeak ? one.words : 0), 0);
  return { by: by === undefined ? null : [...by], from_ms: Math.round(window.fromMs - spoken.startMs), to_ms: Math.round(Math.min(window.toMs, spoken.endMs) - spoken.startMs), turns: counted.length, heard_share: words === 0 ? 1 : Math.round((1 - weak / words) * 1000) / 1000 };
}

function idsOf(hits: readonly Hit[], spoken: Spoken): string[] {
  return [...new Set(hits.flatMap((hit) => turnsOfHit(spoken, hit).map((turn) => turn.id)))];
}
