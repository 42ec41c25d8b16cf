// The labelled conversations: read, checked, and made into what an engine gets.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { OUTCOMES, RISK_LEVELS, type AnalysisInput } from "../../../app/domain/index.ts";
import { installationRoot } from "../../../app/platform/index.ts";

const about = z.array(z.string().min(1)).min(1);
const party = z.enum(["agent", "customer"]);
const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/).nullable();

/** One conversation with what a careful person found in it. */
export const labelledSchema = z.strictObject({
  channel: z.string(),
  language: z.string(),
  started_at: z.iso.datetime(),
  time_zone: z.string(),
  direction: z.string().optional(),
  turns: z.array(z.strictObject({ id: z.string(), speaker: z.enum(["agent", "customer", "bot"]), start_ms: z.int().min(0), end_ms: z.int().min(0), text: z.string().min(1) })).min(1),
  labels: z.strictObject({
    topic: z.string().nullable(),
    reason: z.string().nullable(),
    also_accept: z.array(z.string()).default([]),
    outcome: z.enum(OUTCOMES),
    sentiment_end: z.enum(["negative", "neutral", "positive"]),
    trend: z.enum(["improving", "worsening", "steady"]),
    key_facts: z.array(z.strictObject({ all_of: about, turns: z.array(z.string()).min(1) })),
    action_items: z.array(z.strictObject({ owner: party, about, due: day })),
    promises: z.array(z.strictObject({ by: party, about, due: day })),
    intent: z.strictObject({ about }).nullable(),
    escalation_risk: z.enum(RISK_LEVELS),
    churn_risk: z.enum(RISK_LEVELS),
    slots: z.strictObject({ workflow: z.string().nullable(), values: z.record(z.string(), z.string()) }),
  }),
});

export type Labelled = z.infer<typeof labelledSchema> & { name: string };
export type Split = "dev" | "test";

export const SET_FOLDER = join(installationRoot(), "test", "fixtures", "analysis-eval");

/** @returns the conversations of one split, in name order @throws ZodError naming what is wrong in a file */
export function conversationsOf(split: Split): Labelled[] {
  const folder = join(SET_FOLDER, split);
  return readdirSync(folder).filter((name) => name.endsWith(".json")).sort().map((name) => ({ name: name.replace(".json", ""), ...labelledSchema.parse(JSON.parse(readFileSync(join(folder, name), "utf8"))) }));
}

/** @returns what the product gives to an engine for such a conversation */
export function inputOf(one: Labelled): AnalysisInput {
  return {
    turns: one.turns.map(({ id, speaker, text, start_ms, end_ms }) => ({ id, speaker, text, startMs: start_ms, endMs: end_ms, confidence: undefined })),
    startedAtMs: Date.parse(one.started_at), timeZone: one.time_zone, language: one.language, durationMs: one.turns.at(-1)?.end_ms ?? 0,
  };
}
