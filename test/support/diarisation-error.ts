// Diarisation error rate as NIST's md-eval counts it: missed, false and confused speaker time over all speaker time, at the best pairing of voices.
import type { Span } from "../../app/domain/index.ts";

/** Shares of the reference's speaker time. */
export interface DiarisationError {
  missed: number;
  falseAlarm: number;
  confused: number;
  /** sum of the three */
  total: number;
  /** speaker time that was scored */
  referenceMs: number;
}

const STEP_MS = 10;

/**
 * @param reference stretches of speech per true speaker; overlapping speech counts for each speaker
 * @param found     stretches per found voice; two at most are paired
 * @param collarMs  this much on each side of every border of the reference is not scored (NIST: 250)
 */
export function diarisationError(reference: readonly (readonly Span[])[], found: readonly (readonly Span[])[], collarMs: number): DiarisationError {
  const untilMs = Math.max(0, ...[...reference, ...found].flat().map((span) => span.endMs));
  const steps = Math.ceil(untilMs / STEP_MS);
  const scored = new Uint8Array(steps).fill(1);
  for (const span of reference.flat()) {
    for (const border of [span.startMs, span.endMs]) scored.fill(0, Math.max(0, Math.round((border - collarMs) / STEP_MS)), Math.max(0, Math.round((border + collarMs) / STEP_MS)));
  }
  const truth = reference.map((spans) => mask(spans, steps));
  const answers = found.map((spans) => mask(spans, steps));
  const pairings = [answers, [...answers].reverse()].map((order) => score(truth, order, scored));
  return pairings.reduce((best, one) => (one.total < best.total ? one : best));
}

function score(truth: readonly Uint8Array[], found: readonly Uint8Array[], scored: Uint8Array): DiarisationError {
  let [missed, falseAlarm, confused, all] = [0, 0, 0, 0];
  for (let i = 0; i < scored.length; i++) {
    if (scored[i] === 0) continue;
    const speaking = truth.reduce((sum, one) => sum + (one[i] ?? 0), 0);
    const heard = found.reduce((sum, one) => sum + (one[i] ?? 0), 0);
    const right = truth.reduce((sum, one, k) => sum + ((one[i] ?? 0) & (found[k]?.[i] ?? 0)), 0);
    all += speaking;
    missed += Math.max(0, speaking - heard);
    falseAlarm += Math.max(0, heard - speaking);
    confused += Math.min(speaking, heard) - right;
  }
  const share = (steps: number): number => (all === 0 ? 0 : Math.round((steps / all) * 10_000) / 10_000);
  return { missed: share(missed), falseAlarm: share(falseAlarm), confused: share(confused), total: share(missed + falseAlarm + confused), referenceMs: all * STEP_MS };
}

function mask(spans: readonly Span[], steps: number): Uint8Array {
  const out = new Uint8Array(steps);
  for (const span of spans) out.fill(1, Math.round(span.startMs / STEP_MS), Math.round(span.endMs / STEP_MS));
  return out;
}
