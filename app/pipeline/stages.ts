// READ FIRST: the work on a call, in order. A finished call enters at the top and leaves through the outbox at the bottom.
//
//   fetch        the recording comes into the vault                      net    skipped for files that were handed in
//   prepare      probe, layout, who is on which channel, who speaks when cpu
//   transcribe   words, and in the same breath redaction of text and     model  unredacted words live in memory only:
//                sound; messages are stored                                     a crash in between costs a repeat, never a leak
//   analyse      summary, topic, outcome …; the result enters the outbox cpu
//   judge        a person corrected a finished call: what was found in and judged  cpu
//                from the words before is found and judged anew
//   summarise    the same for a session of messages, once it has settled (threads/)   cpu
//
//   collect      the file of a message comes into the vault              net    skipped for files that were handed in
//   read         pages and pictures become messages of the thread        cpu
//   hear         voice notes become words, redacted like a call's        model
//
//   deliver      outbox → CRM (deliver.ts; the outbox is its own queue)  net
import type { Lane, Stage } from "../domain/index.ts";
import type { StageDefinition } from "./stage.ts";
import { analyse } from "./stages/analyse.ts";
import { collect } from "./stages/collect.ts";
import { fetchRecording } from "./stages/fetch.ts";
import { hear } from "./stages/hear.ts";
import { judge } from "./stages/judge.ts";
import { prepare } from "./stages/prepare.ts";
import { read } from "./stages/read.ts";
import { summarise } from "./stages/summarise.ts";
import { transcribe } from "./stages/transcribe.ts";

export const STAGE_TABLE: readonly StageDefinition[] = [fetchRecording, prepare, transcribe, analyse, judge, summarise, collect, read, hear];

/** @returns the stage's row of the table; `deliver`, `notify` and `redact` have none */
export function stageNamed(name: Stage): StageDefinition | undefined {
  return STAGE_TABLE.find((stage) => stage.name === name);
}

/** Later stages first: what is nearly done leaves before new work begins, so the spool stays small. @param base 0 a person waits … 100 import */
export function jobPriority(base: number, stage: Stage): number {
  return base * 10 + (STAGE_TABLE.length - STAGE_TABLE.findIndex((one) => one.name === stage));
}

/** Stages that a lane works on. */
export function stagesOf(lane: Lane): Stage[] {
  return STAGE_TABLE.filter((stage) => stage.lane === lane).map((stage) => stage.name);
}
