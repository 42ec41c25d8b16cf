// Keys pressed on a telephone (DTMF): that one was pressed and when, never which one, because the digits may be those of a card. Pure.
import { FRAME_MS } from "./frame-size.ts";
import type { Span } from "../domain/index.ts";

/** Rows and columns of the keypad (ITU-T Q.23). */
const ROWS_HZ = [697, 770, 852, 941];
const COLUMNS_HZ = [1209, 1336, 1477, 1633];
/** Telephones may be 1.5 % off (Q.24). At 1.6 kHz that is half of a filter's width, so columns are listened for at three places; rows lie low enough. */
const COLUMN_DRIFT = [0.988, 1, 1.012];
/** Share of a frame's energy in one row and one column: a full frame of a key has 0.9 and more, one that the tone fills by half has 0.5. */
const STRONG = 0.8;
const WEAK = 0.4;
/** Rows may be louder than columns and the other way round (Q.24 allows 8 dB; lines add to it). */
const TWIST = 10 ** 1.2;

/** What one frame says of keys: 0 nothing, 1 perhaps, 2 surely; 4 is added when it is the same key as in the frame before. */
export type KeyMark = number;

/** @returns a function that judges frame after frame, each of `samples` values at 8 kHz; which key it was stays inside */
export function createKeyEar(samples: number): (frame: Float64Array) => KeyMark {
  const rows = ROWS_HZ.map((hz) => goertzel(hz, samples));
  const columns = COLUMNS_HZ.flatMap((hz) => COLUMN_DRIFT.map((drift) => goertzel(hz * drift, samples)));
  let before = -1;
  return (frame) => {
    let energy = 0;
    for (let i = 0; i < samples; i++) energy += (frame[i] as number) ** 2;
    const row = strongest(rows, frame);
    const column = strongest(columns, frame);
    const share = ((row.power + column.power) * 2) / (samples * energy);
    const isPair = energy > 0 && share >= WEAK && row.power < TWIST * column.power && column.power < TWIST * row.power;
    const key = isPair ? row.index * 4 + Math.floor(column.index / COLUMN_DRIFT.length) : -1;
    const mark = (key === -1 ? 0 : share >= STRONG ? 2 : 1) + (key !== -1 && key === before ? 4 : 0);
    before = key;
    return mark;
  };
}

/** The shortest key that exchanges must accept is 40 ms: it fills one frame and at least half of a neighbour. */
const MIN_FRAMES = 2;
/** Its onset and decay lie in the frames beside it. */
const EDGE_FRAMES = 1;

/** @returns one span per key pressed: sorted, not overlapping; two keys without a pause between them may be one span */
export function keySpans(marks: Uint8Array): Span[] {
  const spans: Span[] = [];
  for (let from = 0; from < marks.length; from++) {
    if (marks[from] === 0) continue;
    let to = from + 1;
    while (to < marks.length && ((marks[to] as number) & 4) !== 0) to++;
    const isSure = marks.subarray(from, to).some((mark) => (mark & 2) !== 0);
    if (isSure && to - from >= MIN_FRAMES) {
      const startMs = Math.max(0, from - EDGE_FRAMES) * FRAME_MS;
      const endMs = Math.min(marks.length, to + EDGE_FRAMES) * FRAME_MS;
      const last = spans.at(-1);
      if (last !== undefined && startMs < last.endMs) last.endMs = endMs;
      else spans.push({ startMs, endMs });
    }
    from = to - 1;
  }
  return spans;
}

function strongest(filters: readonly ((frame: Float64Array) => number)[], frame: Float64Array): { index: number; power: number } {
  let [index, power] = [0, 0];
  filters.forEach((filter, i) => {
    const found = filter(frame);
    if (found > power) [index, power] = [i, found];
  });
  return { index, power };
}

/** |X(f)|² of a frame. Source: Goertzel, An algorithm for the evaluation of finite trigonometric series, 1958. */
function goertzel(hz: number, samples: number): (frame: Float64Array) => number {
  const coefficient = 2 * Math.cos((2 * Math.PI * hz) / 8000);
  return (frame) => {
    let [a, b] = [0, 0];
    for (let i = 0; i < samples; i++) {
      const next = (frame[i] as number) + coefficient * a - b;
      b = a;
      a = next;
    }
    return a * a + b * b - coefficient * a * b;
  };
}
