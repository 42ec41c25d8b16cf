// The metrics once more, the slow and plain way: a call as cells of 10 ms, each looked at by hand. What the formulas are held against.
import type { MetricName, Party, Span } from "../../app/domain/index.ts";

export const CELL_MS = 10;

type Cells = boolean[];

/** @param spans multiples of 10 ms @returns every number of 2026-2 that needs no words; undefined when a party is not heard */
export function measureByCells(speech: Record<Party, readonly Span[]>, held: readonly Span[], durationMs: number): Partial<Record<MetricName, number | null>> | undefined {
  const n = durationMs / CELL_MS;
  const hold = cellsOf(held, n);
  const voice = (spans: readonly Span[]): Cells => bridged(cellsOf(spans, n), 30).map((on, i) => on && !hold[i]);
  const A = voice(speech.agent);
  const C = voice(speech.customer);
  if (!A.includes(true) || !C.includes(true)) return undefined;
  const speaks = A.map((on, i) => on || C[i] === true);
  const first = speaks.indexOf(true);
  const H = hold.map((on, i) => on && i >= first);
  const last = Math.max(speaks.lastIndexOf(true), H.lastIndexOf(true));
  const S = speaks.map((on, i) => !on && !H[i] && i >= first && i <= last);
  const pauses = runsOf(S).map(([from, to]) => (to - from) * CELL_MS);
  const over = (ms: number): number[] => pauses.filter((pause) => pause > ms);
  const lengthMs = (last - first + 1) * CELL_MS;
  const both = A.map((on, i) => on && C[i] === true);
  const overtalkMs = sum(runsOf(both).map(([from, to]) => (to - from) * CELL_MS).filter((ms) => ms >= 500));
  const [a, c] = [timeOf(A), timeOf(C)];
  const cuts = { agent: interruptions(A, C), customer: interruptions(C, A) };
  const nods = { agent: backchannels(A, C).length, customer: backchannels(C, A).length };
  const replies = { agent: responses(A, C, H), customer: responses(C, A, H) };
  return {
    conversation_ms: lengthMs,
    agent_talk_ratio: thousandths(a / (a + c)), customer_talk_ratio: thousandths(c / (a + c)), agent_talk_ms: a, customer_talk_ms: c,
    agent_longest_monologue_ms: monologue(A, C, H), customer_longest_monologue_ms: monologue(C, A, H),
    agent_first_word_ms: A.indexOf(true) * CELL_MS,
    agent_response_median_ms: median(replies.agent), customer_response_median_ms: median(replies.customer),
    agent_response_p90_ms: ninetieth(replies.agent), customer_response_p90_ms: ninetieth(replies.customer),
    speaker_switches: switches(A, C),
    interruptions: cuts.agent + cuts.customer, agent_interruptions: cuts.agent, customer_interruptions: cuts.customer,
    backchannels: nods.agent + nods.customer, agent_backchannels: nods.agent, customer_backchannels: nods.customer,
    overtalk_ms: overtalkMs, overtalk_share: thousandths(overtalkMs / lengthMs),
    silence_ms: sum(pauses), silence_longest_ms: Math.max(0, ...pauses),
    silence_over_3s_ms: sum(over(3000)), silence_over_3s_count: over(3000).length, silence_over_3s_share: thousandths(sum(over(3000)) / lengthMs),
    silence_over_5s_ms: sum(over(5000)), silence_over_5s_count: over(5000).length, silence_over_5s_share: thousandths(sum(over(5000)) / lengthMs),
    hold_ms: timeOf(H), hold_count: runsOf(H).length, hold_longest_ms: Math.max(0, ...runsOf(H).map(([from, to]) => (to - from) * CELL_MS)),
  };
}

function cellsOf(spans: readonly Span[], n: number): Cells {
  const cells = new Array<boolean>(n).fill(false);
  for (const { startMs, endMs } of spans) for (let i = Math.max(0, startMs / CELL_MS); i < Math.min(n, endMs / CELL_MS); i++) cells[i] = true;
  return cells;
}

function bridged(cells: Cells, under: number): Cells {
  const result = [...cells];
  for (const [from, to] of runsOf(cells.map((on) => !on))) if (from > 0 && to < cells.length && to - from < under) result.fill(true, from, to);
  return result;
}

/** @returns [from, to) of each run of set cells */
function runsOf(cells: Cells): [number, number][] {
  const runs: [number, number][] = [];
  for (let i = 0; i < cells.length; i++) {
    if (!cells[i]) continue;
    const from = i;
    while (i < cells.length && cells[i]) i++;
    runs.push([from, i]);
  }
  return runs;
}

function interruptions(cutter: Cells, speaker: Cells): number {
  return runsOf(cutter).filter(([from, to]) => {
    if (!speaker[from] || !speaker[from - 1]) return false;
    let end = from;
    while (speaker[end]) end++;
    return end <= to && (end - from) * CELL_MS >= 1000 && (end - from) * CELL_MS <= 2000;
  }).length;
}

function backchannels(listener: Cells, speaker: Cells): [number, number][] {
  return runsOf(listener).filter(([from, to]) => {
    if ((to - from) * CELL_MS > 1000 || !speaker[from - 1]) return false;
    for (let i = from; i <= to; i++) if (!speaker[i]) return false;
    return true;
  });
}

function monologue(own: Cells, other: Cells, hold: Cells): number {
  const wall = other.map((on, i) => on || hold[i] === true);
  for (const [from, to] of backchannels(other, own)) wall.fill(false, from, to);
  let longest = 0;
  let from = -1;
  let lastOwn = -1;
  for (let i = 0; i <= own.length; i++) {
    if (i === own.length || wall[i] || (from >= 0 && (i - lastOwn - 1) * CELL_MS > 3000)) {
      if (from >= 0) longest = Math.max(longest, (lastOwn - from + 1) * CELL_MS);
      from = -1;
    }
    if (own[i] && !wall[i]) {
      if (from < 0) from = i;
      lastOwn = i;
    }
  }
  return longest;
}

function responses(replier: Cells, other: Cells, hold: Cells): number[] {
  const delays: number[] = [];
  for (let i = 1; i < replier.length; i++) {
    if (!replier[i] || replier[i - 1] || other[i]) continue;
    let back = i - 1;
    while (back >= 0 && !replier[back] && !other[back] && !hold[back]) back--;
    if (back >= 0 && other[back] && !replier[back]) delays.push((i - 1 - back) * CELL_MS);
  }
  return delays;
}

function switches(a: Cells, c: Cells): number {
  const alone = a.flatMap((on, i) => (on === c[i] ? [] : [on]));
  return alone.filter((isA, i) => i > 0 && alone[i - 1] !== isA).length;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const timeOf = (cells: Cells): number => cells.filter(Boolean).length * CELL_MS;
const thousandths = (value: number): number => Math.round(value * 1000) / 1000;

function median(values: readonly number[]): number | null {
  const sorted = [...values].sort((x, y) => x - y);
  if (sorted.length === 0) return null;
  const half = sorted.length / 2;
  return Math.round(Number.isInteger(half) ? ((sorted[half - 1] ?? 0) + (sorted[half] ?? 0)) / 2 : (sorted[Math.floor(half)] ?? 0));
}

/** The first value that has nine tenths of all values at or below it. */
function ninetieth(values: readonly number[]): number | null {
  return [...values].sort((x, y) => x - y).find((value) => values.filter((one) => one <= value).length * 10 >= values.length * 9) ?? null;
}
