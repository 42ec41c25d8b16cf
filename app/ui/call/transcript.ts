// The turns of a call: time in the margin, speaker by colour, side and word. Pure.
import { speakerName, type CallView, type TurnView } from "../../domain/index.ts";
import { html, type Html, type Part } from "../frame/html.ts";
import { position } from "../frame/times.ts";
import { machineTurn, mendLink, turnForm, type Mending } from "./mending.ts";

/** Below this, the words are shown as unsure. */
const UNSURE = 0.6;
/** Silence between turns that is worth a line. */
const GAP_MS = 5000;

export function transcript(call: CallView, mending: Mending): Html {
  const turns = [...call.turns].sort((a, b) => a.start_ms - b.start_ms);
  const proves = claimsByTurn(call);
  let spokenUntil = 0;
  return html`<ol class="turns">${turns.map((turn) => {
    const gapMs = turn.start_ms - spokenUntil;
    spokenUntil = Math.max(spokenUntil, turn.end_ms);
    return html`${gapMs >= GAP_MS && html`<li class="gap" aria-hidden="true">— ${Math.round(gapMs / 1000)} s silence —</li>`}${line(call, turn, proves.get(turn.id), mending)}`;
  })}</ol>`;
}

function line(call: CallView, turn: TurnView, claims: Set<string> | undefined, mending: Mending): Html {
  const confidence = turn.confidence ?? 1; // unknown is not unsure
  const isUnsure = confidence < UNSURE && turn.machine?.text === undefined; // what a person wrote is sure
  const words = turn.text === "" ? html`<span class="missing">nothing was said</span>` : isUnsure ? html`<span class="unsure" title="Not sure: confidence ${confidence.toFixed(2)}">${withTokens(turn.text)}</span>` : withTokens(turn.text);
  const isEdited = mending.canCorrect && mending.editing === turn.id;
  return html`<li class="turn ${turn.speaker} ${turn.speaker === "unknown" && turn.voice !== undefined ? `voice-${turn.voice}` : ""} ${claims === undefined ? "" : "cited"}" id="${turn.id}" data-part="${turn.id}" data-start="${turn.start_ms}" data-end="${turn.end_ms}"><a class="at" href="#${turn.id}" title="Play from here">${position(turn.start_ms)}</a><b>${speakerName(turn)}</b>${isEdited ? turnForm(call, turn) : html`<p>${words}${claims !== undefined && html` <span class="cites">${[...claims].join(", ")}</span>`}${mending.canCorrect && html` ${mendLink(call, turn.id, turn.id, `Correct the line at ${position(turn.start_ms)}`)}`}</p>${machineTurn(call, turn, mending)}`}</li>`;
}

/** What was redacted stands in square brackets; it is shown as what it is: a token, not words. */
export function withTokens(text: string): Part[] {
  return text.split(/(\[[^[\]]{1,60}\])/).map((piece, i) => (i % 2 === 1 ? html`<span class="token">${piece.slice(1, -1)}</span>` : piece));
}

/** For each turn, which kinds of findings rest on it. */
function claimsByTurn(call: CallView): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  const add = (claim: string, ids: readonly string[]): void => {
    for (const id of ids) found.set(id, (found.get(id) ?? new Set()).add(claim));
  };
  for (const point of call.summary_points) add("summary", point.evidence);
  for (const item of call.action_items) add("to do", item.evidence);
  add("topic", call.topic_evidence);
  add("outcome", call.outcome_evidence);
  return found;
}
