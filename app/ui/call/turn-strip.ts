// The story of a call before a word is read: who spoke when and how loud, where silence and overtalk were, the mood below. Pure.
import type { Span, TurnView } from "../../domain/index.ts";
import { html, type Html } from "../frame/html.ts";
import { lanesOf, laneShapes } from "./wave.ts";

/** The sound of a call as far as it was measured. */
export interface CallSound {
  /** stretches of speech of each party; null where the recording does not tell them apart */
  speech: { agent: readonly Span[]; customer: readonly Span[] } | null;
  hold: readonly Span[];
  /** party of channel 0 and 1; null where the parties have no channels of their own */
  channels: readonly ["agent" | "customer", "agent" | "customer"] | null;
  /** per channel 0…255 in equal steps over the call; null until they are measured */
  peaks: readonly (readonly number[])[] | null;
}

/** Silence shorter than this is breathing, not silence. */
const SILENCE_MS = 3000;
/** Shorter than this, both at once is the end of one breath and the beginning of another. */
const OVERTALK_MS = 250;
/** Narrower gaps (in percent) have no room for words. */
const LABEL_PERCENT = 7;

/**
 * SVG without a view box: places are percentages, so text keeps its shape at any width.
 * @param turns      in any order
 * @param durationMs > 0
 * @param sound      measured speech and loudness; without them the turns say who speaks when
 */
export function turnStrip(turns: readonly TurnView[], durationMs: number, sound: CallSound | null = null): Html {
  const ordered = [...turns].sort((a, b) => a.start_ms - b.start_ms);
  const speech = sound?.speech ?? speechOfTurns(ordered);
  const hasParties = speech.agent.length + speech.customer.length > 0;
  const percent = (ms: number): string => `${((Math.min(Math.max(ms, 0), durationMs) / durationMs) * 100).toFixed(3)}%`;
  const stretch = (kind: string, [from, to]: readonly [number, number]): Html =>
    html`<rect class="silence" x="${percent(from)}" width="${percent(to - from)}" y="6" height="88" rx="3"/>${((to - from) / durationMs) * 100 > LABEL_PERCENT && html`<text x="${percent((from + to) / 2)}" y="53.5" text-anchor="middle">${kind} ${Math.round((to - from) / 1000)} s</text>`}`;
  const holds = (sound?.hold ?? []).filter((span) => span.endMs - span.startMs >= SILENCE_MS);
  const heard = [...(hasParties ? [...speech.agent, ...speech.customer] : []), ...holds].map(({ startMs, endMs }) => ({ start_ms: startMs, end_ms: endMs }));
  const gaps = silences([...heard, ...(hasParties ? [] : ordered)].sort((a, b) => a.start_ms - b.start_ms), durationMs);
  const mood = ordered.filter((turn) => turn.sentiment !== null && turn.sentiment !== 0);
  const shapes = sound?.peaks ? laneShapes(lanesOf(sound.peaks, sound.channels, speech, durationMs)) : html`${ordered.map((turn) => bar(turn, durationMs, percent))}`;
  return html`<svg class="strip ${mood.length === 0 ? "" : "with-mood"}" width="100%" role="img" aria-label="Who speaks when${sound?.peaks ? " and how loud" : ""}: ${hasParties ? "agent above, customer below" : "the parties are not told apart"}">
${gaps.map((gap) => stretch("silence", gap))}${holds.map((hold) => stretch("on hold", [hold.startMs, hold.endMs]))}
<clipPath id="played"><rect data-played="1" x="0" y="0" width="100%" height="100%"/></clipPath>
<g id="bars" class="dim">${shapes}${overtalk(speech).map(([from, to]) => html`<rect class="overtalk" x="${percent(from)}" width="${percent(Math.max(to - from, durationMs / 300))}" y="48" height="4"/>`)}</g><use href="#bars" class="full" clip-path="url(#played)"/>
${mood.map((turn) => moodBar(turn, percent))}${mood.length > 0 && html`<line class="axis" x1="0" x2="100%" y1="112" y2="112"/>`}
${hasParties && html`<text class="lane" x="8" y="18">Agent</text><text class="lane" x="8" y="90">Customer</text>`}${mood.length > 0 && html`<text class="lane" x="8" y="126">mood</text>`}
<line class="head" data-playhead="1" x1="0" x2="0" y1="2" y2="98" visibility="hidden"/></svg>`;
}

function bar({ speaker, start_ms, end_ms }: TurnView, durationMs: number, percent: (ms: number) => string): Html {
  const [kind, y, height] = LANES[speaker] ?? LANES.unknown;
  return html`<rect class="${kind}" x="${percent(start_ms)}" width="${percent(Math.max(end_ms - start_ms, durationMs / 600))}" y="${y}" height="${height}" rx="2.5"/>`;
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

/** Gaps in which nobody speaks, `[from, to)` in ms. @param ordered by start */
export function silences(ordered: readonly Pick<TurnView, "start_ms" | "end_ms">[], durationMs: number): [number, number][] {
  const gaps: [number, number][] = [];
  let spokenUntil = 0;
  for (const turn of [...ordered, { start_ms: durationMs, end_ms: durationMs }]) {
    if (turn.start_ms - spokenUntil >= SILENCE_MS) gaps.push([spokenUntil, turn.start_ms]);
    spokenUntil = Math.max(spokenUntil, turn.end_ms);
  }
  return gaps;
}

function speechOfTurns(ordered: readonly TurnView[]): Record<"agent" | "customer", Span[]> {
  const of = (party: string): Span[] => ordered.filter((turn) => turn.speaker === party).map((turn) => ({ startMs: turn.start_ms, endMs: turn.end_ms }));
  return { agent: of("agent"), customer: of("customer") };
}

/** Stretches in which agent and customer speak at once, `[from, to)` in ms. */
export function overtalk({ agent, customer }: { agent: readonly Span[]; customer: readonly Span[] }): [number, number][] {
  const both: [number, number][] = [];
  for (let a = 0, c = 0; a < agent.length && c < customer.length; ) {
    const [one, other] = [agent[a] as Span, customer[c] as Span];
    const [from, to] = [Math.max(one.startMs, other.startMs), Math.min(one.endMs, other.endMs)];
    if (to - from >= OVERTALK_MS) both.push([from, to]);
    if (one.endMs < other.endMs) a++;
    else c++;
  }
  return both;
}
