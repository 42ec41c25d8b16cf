// The story of a call before a word is read: who spoke when, where silence and overtalk were, the mood below. Pure.
import type { TurnView } from "../../domain/index.ts";
import { html, type Html } from "../frame/html.ts";

/** Silence shorter than this is breathing, not silence. */
const SILENCE_MS = 3000;
/** Narrower gaps (in percent) have no room for words. */
const LABEL_PERCENT = 7;

/**
 * SVG without a view box: places are percentages, so text keeps its shape at any width.
 * @param turns      in any order
 * @param durationMs > 0
 */
export function turnStrip(turns: readonly TurnView[], durationMs: number): Html {
  const ordered = [...turns].sort((a, b) => a.start_ms - b.start_ms);
  const hasParties = ordered.some((turn) => turn.speaker === "agent" || turn.speaker === "customer");
  const percent = (ms: number): string => `${((Math.min(Math.max(ms, 0), durationMs) / durationMs) * 100).toFixed(3)}%`;
  const bar = ({ speaker, start_ms, end_ms }: TurnView): Html => {
    const [kind, y, height] = LANES[speaker] ?? LANES.unknown;
    return html`<rect class="${kind}" x="${percent(start_ms)}" width="${percent(Math.max(end_ms - start_ms, durationMs / 600))}" y="${y}" height="${height}" rx="2.5"/>`;
  };
  const mood = ordered.filter((turn) => turn.sentiment !== null && turn.sentiment !== 0);
  return html`<svg class="strip ${mood.length === 0 ? "" : "with-mood"}" width="100%" role="img" aria-label="Who speaks when: ${hasParties ? "agent above, customer below" : "the parties are not told apart"}">
${silences(ordered, durationMs).map(([from, to]) => html`<rect class="silence" x="${percent(from)}" width="${percent(to - from)}" y="6" height="88" rx="3"/>${((to - from) / durationMs) * 100 > LABEL_PERCENT && html`<text x="${percent((from + to) / 2)}" y="53.5" text-anchor="middle">silence ${Math.round((to - from) / 1000)} s</text>`}`)}
<clipPath id="played"><rect data-played="1" x="0" y="0" width="100%" height="100%"/></clipPath>
<g id="bars" class="dim">${ordered.map(bar)}${overtalk(ordered).map(([from, to]) => html`<rect class="overtalk" x="${percent(from)}" width="${percent(Math.max(to - from, durationMs / 300))}" y="48" height="4"/>`)}</g><use href="#bars" class="full" clip-path="url(#played)"/>
${mood.map((turn) => moodBar(turn, percent))}${mood.length > 0 && html`<line class="axis" x1="0" x2="100%" y1="112" y2="112"/>`}
${hasParties && html`<text class="lane" x="8" y="18">Agent</text><text class="lane" x="8" y="90">Customer</text>`}${mood.length > 0 && html`<text class="lane" x="8" y="126">mood</text>`}
<line class="head" data-playhead="1" x1="0" x2="0" y1="2" y2="98" visibility="hidden"/></svg>`;
}

/** class, y and height of the bars of each speaker: agent above, customer below, whoever is not told apart in the middle */
const LANES: Record<TurnView["speaker"], [string, number, number]> = {
  agent: ["agent-fill", 24, 22],
  customer: ["customer-fill", 54, 22],
  bot: ["data-fill", 24, 22],
  system: ["data-fill", 44, 12],
  unknown: ["data-fill", 38, 24],
};

function moodBar(turn: TurnView, percent: (ms: number) => string): Html {
  const value = Math.max(-1, Math.min(1, turn.sentiment ?? 0));
  const height = Math.max(1.5, Math.abs(value) * 12);
  return html`<rect class="${value > 0 ? "good-fill" : "bad-fill"}" x="${percent(turn.start_ms)}" width="${percent(Math.max(turn.end_ms - turn.start_ms, 1))}" y="${(value > 0 ? 112 - height : 112).toFixed(1)}" height="${height.toFixed(1)}"/>`;
}

/** Gaps in which nobody speaks, `[from, to)` in ms. */
export function silences(ordered: readonly TurnView[], durationMs: number): [number, number][] {
  const gaps: [number, number][] = [];
  let spokenUntil = 0;
  for (const turn of [...ordered, { start_ms: durationMs, end_ms: durationMs }]) {
    if (turn.start_ms - spokenUntil >= SILENCE_MS) gaps.push([spokenUntil, turn.start_ms]);
    spokenUntil = Math.max(spokenUntil, turn.end_ms);
  }
  return gaps;
}

/** Stretches in which agent and customer speak at once. */
function overtalk(ordered: readonly TurnView[]): [number, number][] {
  const both: [number, number][] = [];
  const until = { agent: 0, customer: 0 };
  for (const turn of ordered) {
    if (turn.speaker !== "agent" && turn.speaker !== "customer") continue;
    const other = until[turn.speaker === "agent" ? "customer" : "agent"];
    if (other > turn.start_ms) both.push([turn.start_ms, Math.min(other, turn.end_ms)]);
    until[turn.speaker] = Math.max(until[turn.speaker], turn.end_ms);
  }
  return both;
}
