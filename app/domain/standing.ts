// Where a contact stands on its way from its announcement to the CRM, and when waiting there is longer than usual. Pure.
import type { Stage } from "./glossary.ts";

/** `announced`: the telephone system told of a call and its recording has not come · `failed`: a person must look, a result that nobody took included. */
export const PLACES = ["done", "work", "announced", "failed", "held"] as const;
export type StandingPlace = (typeof PLACES)[number];

/** The steps that a call is complete with: announced, recorded, heard, sent to the CRM. */
export const REACHED = { announced: 0, recorded: 1, heard: 2, sent: 3 } as const;

/** How long a stage took of late, waiting for its turn included. */
export interface StagePace {
  stage: Stage;
  /** how many it was measured on, at most 200 */
  count: number;
  medianMs: number;
}

export interface LateRule extends StagePace {
  /** who waits longer than this is late */
  lateAfterMs: number;
}

const MINUTE_MS = 60_000;
/** Nobody needs to be told within ten minutes, and half a day is late whatever was usual: a backlog must not make itself normal. */
const BOUNDS = { leastMs: 10 * MINUTE_MS, mostMs: 12 * 60 * MINUTE_MS };
const TIMES_USUAL = 4;
/** Recordings come minutes after the call, whether the telephone system converts or copies them. */
const RECORDING_LATE_MS = 60 * MINUTE_MS;

/** Stages that something can wait at, in the order of the work; `notify` is the wait for a recording. */
export const WAITED_STAGES = ["notify", "fetch", "prepare", "transcribe", "analyse", "judge", "summarise", "collect", "read", "hear", "deliver"] as const satisfies readonly Stage[];

/**
 * Late is who waits at a stage for more than four times as long as it usually takes, but not before ten minutes and in any case after twelve hours.
 * @param paces of the stages that have finished anything yet
 * @param recordingWaitMs after this a recording counts as missing; it is late no later than that
 */
export function lateRules(paces: readonly StagePace[], recordingWaitMs: number): LateRule[] {
  return WAITED_STAGES.map((stage) => {
    const { count, medianMs } = paces.find((one) => one.stage === stage) ?? { count: 0, medianMs: 0 };
    const usual = stage === "notify" ? RECORDING_LATE_MS : Math.min(BOUNDS.mostMs, Math.max(BOUNDS.leastMs, TIMES_USUAL * medianMs));
    return { stage, count, medianMs, lateAfterMs: stage === "notify" ? Math.min(usual, recordingWaitMs) : usual };
  });
}
