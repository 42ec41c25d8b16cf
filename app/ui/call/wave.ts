// How loud each party is over the call, as one shape per party: agent upwards, customer downwards, whoever is not told apart around the middle. Pure.
import type { Span } from "../../domain/index.ts";
import { html, type Html } from "../frame/html.ts";

/** Loudness of each lane, 0…255 in equal steps. */
export interface Lanes {
  agent: readonly number[];
  customer: readonly number[];
  /** of nobody who is known */
  rest: readonly number[];
}

/** Where the shapes begin, and how far they reach: the lines between 48 and 52 belong to overtalk. */
const AGENT_Y = 47;
const CUSTOMER_Y = 53;
const HEIGHT = 36;
/** The peaks are square roots of loudness; this brings the noise of a line (−50 dB) down to 7 % of speech (−20 dB), and keeps quiet words to be seen. */
const POWER = 1.5;
/** A party that says nothing is a line, not its noise drawn large: nothing below −32 dB fills a lane. */
const QUIETEST = 40;

/**
 * @param peaks    per channel, of equal length
 * @param channels party of channel 0 and 1; null: one sound for both, and `speech` says whose turn it is
 */
export function lanesOf(peaks: readonly (readonly number[])[], channels: readonly ["agent" | "customer", "agent" | "customer"] | null, speech: { agent: readonly Span[]; customer: readonly Span[] }, durationMs: number): Lanes {
  const [first = [], second] = peaks;
  if (channels !== null && second !== undefined) return channels[0] === "agent" ? { agent: first, customer: second, rest: [] } : { agent: second, customer: first, rest: [] };
  const sound = second === undefined ? first : first.map((loud, i) => Math.max(loud, second[i] ?? 0));
  const [agent, customer] = [stepsOf(speech.agent, sound.length, durationMs), stepsOf(speech.customer, sound.length, durationMs)];
  const only = (isWanted: (step: number) => boolean): number[] => sound.map((loud, step) => (isWanted(step) ? loud : 0));
  return { agent: only((step) => agent.has(step)), customer: only((step) => customer.has(step)), rest: only((step) => !agent.has(step) && !customer.has(step)) };
}

/** One shape per lane, stretched to the width of the strip. */
export function laneShapes({ agent, customer, rest }: Lanes): Html {
  const steps = Math.max(agent.length, customer.length, rest.length, 1);
  const loudest = (...lanes: (readonly number[])[]): number => Math.max(QUIETEST, ...lanes.map(loudOf));
  const full = rest.some((loud) => loud > 0) ? loudest(agent, customer, rest) : 0; // one sound has one scale, two channels have two
  const shape = (kind: string, lane: readonly number[], y: number, up: 1 | -1): Html | false => lane.some((loud) => loud > 0) && html`<path class="${kind}" d="${outline(lane, y, up, full || loudest(lane))}"/>`;
  return html`<svg x="0" y="0" width="100%" height="100" viewBox="0 0 ${steps} 100" preserveAspectRatio="none">${shape("agent-fill", agent, AGENT_Y, 1)}${shape("customer-fill", customer, CUSTOMER_Y, -1)}${shape("data-fill", rest, 50, 1)}${shape("data-fill", rest, 50, -1)}</svg>`;
}

/** Steps as an SVG path: 4 bytes each, fewer where nothing changes. */
function outline(lane: readonly number[], y: number, up: 1 | -1, full: number): string {
  let path = `M0 ${y}`;
  let [at, width] = [y, 0];
  for (const loud of lane) {
    const next = y - up * Math.max(loud > 0 ? 0.5 : 0, Math.round(HEIGHT * Math.min(1, loud / full) ** POWER));
    if (next !== at) {
      path += `${width === 0 ? "" : `h${width}`}V${next}`;
      [at, width] = [next, 0];
    }
    width++;
  }
  return `${path}h${width}V${y}z`;
}

/** One in a hundred is louder: a knock on the microphone does not make the rest of the call small. */
function loudOf(lane: readonly number[]): number {
  const heard = lane.filter((loud) => loud > 0).sort((a, b) => a - b);
  return heard[Math.floor(heard.length * 0.99)] ?? 0;
}

function stepsOf(spans: readonly Span[], steps: number, durationMs: number): Set<number> {
  const found = new Set<number>();
  for (const { startMs, endMs } of spans) for (let step = Math.floor((startMs / durationMs) * steps); step < Math.min(steps, Math.ceil((endMs / durationMs) * steps)); step++) found.add(step);
  return found;
}
