// What people say is true of a call, beside what the machine heard.
import { z } from "zod";
import { OUTCOMES } from "./analysis.ts";
import { SPEAKERS, type Speaker } from "./glossary.ts";

export const TURN_FIELDS = ["text", "speaker"] as const;
export type TurnField = (typeof TURN_FIELDS)[number];
export const CALL_FIELDS = ["topic", "reason", "outcome"] as const;
export type CallField = (typeof CALL_FIELDS)[number];
export const CORRECTION_FIELDS = [...TURN_FIELDS, ...CALL_FIELDS] as const;
export type CorrectionField = (typeof CORRECTION_FIELDS)[number];

/** What the machine had where a person's word counts now; a field is absent where nobody said anything. */
export const machineTurnSchema = z.object({ text: z.string().optional(), speaker: z.enum(SPEAKERS).optional() });
export type MachineTurn = z.infer<typeof machineTurnSchema>;
export const machineCallSchema = z.object({ topic: z.string().nullable().optional(), reason: z.string().nullable().optional(), outcome: z.enum(OUTCOMES).optional() });
export type MachineCall = z.infer<typeof machineCallSchema>;

/** How wrong the words were that a person has checked: insertions, deletions and substitutions over words said. */
export const wordErrorsSchema = z.object({ lines: z.int().describe("turns whose text a person corrected or confirmed"), words: z.int(), errors: z.int(), rate: z.number().nullable().describe("errors ÷ words; null before anything was checked. Lines are picked by people, so this is not the rate of the whole call") });
export type CheckedWords = z.infer<typeof wordErrorsSchema>;

export const correctionViewSchema = z.object({
  field: z.enum(CORRECTION_FIELDS),
  turn_id: z.string().nullable().describe("turn that it belongs to now; null for the call, and where the call was heard again and the turn is not there any more"),
  start_ms: z.int().nullable(), end_ms: z.int().nullable(),
  machine: z.string().nullable().describe("what the machine had when the person looked"),
  replaced: z.string().nullable(), value: z.string().nullable(),
  by: z.string(), by_name: z.string().describe("who that is, in words: a person's name, `an API key named …`, or that there is no such account any more"), at: z.iso.datetime(),
  withdrawn_at: z.iso.datetime().nullable(), withdrawn_by: z.string().nullable(), withdrawn_by_name: z.string().nullable(),
  is_lost: z.boolean().describe("it counts, and its turn was not found again"),
});
export type CorrectionView = z.infer<typeof correctionViewSchema>;

export const correctionReportSchema = z.object({
  items: z.array(correctionViewSchema).describe("newest first, 500 at most"), next: z.null(), word_errors: wordErrorsSchema,
  judged_anew_at: z.iso.datetime().nullable().describe("from then on what was found in and judged from the words before is found and judged anew; null: nothing of that is on the way"),
  judging_stopped: z.object({ code: z.string(), message: z.string() }).nullable().describe("why that did not happen: what was found in and judged from the words before still stands, until somebody tries the job again; null: it happened, or is on the way") });
export type CorrectionReport = z.infer<typeof correctionReportSchema>;

/** Where a turn was heard, and from whom: `agent`, `customer`, … or `voice 0` where voices were told apart. */
export interface TurnPlace {
  party: string;
  startMs: number;
  endMs: number;
}

/** @param speaker as the machine heard it */
export function partyOf({ speaker, voice }: { speaker: Speaker; voice?: 0 | 1 | undefined }): string {
  return voice === undefined ? speaker : `voice ${voice}`;
}
