// A call as the API, the command line and the dashboard show it: the shape that the contract fixes.
import { z } from "zod";
import { CALL_STATUSES, DIRECTIONS, SPEAKER_SOURCES, SPEAKERS } from "./glossary.ts";
import { OUTCOMES, RISK_LEVELS } from "./analysis.ts";
import { AUDIO_WARNINGS } from "./audio.ts";
import { machineCallSchema, machineTurnSchema } from "./corrections.ts";
import { madeBySchema } from "./made-by.ts";
import { callMetricsSchema } from "./metrics.ts";
import { qualityViewSchema } from "./quality.ts";

const evidence = z.array(z.string()).describe("ids of the turns that prove it");

const risk = z.object({ level: z.enum(RISK_LEVELS), evidence });
/** Findings that calls and whole conversations have alike. */
export const findingsSchema = z.object({
  intent: z.object({ text: z.string(), evidence }).nullable().describe("what the customer wants to achieve"),
  action_items: z.array(z.object({ text: z.string(), owner: z.enum(["agent", "customer"]), due: z.string().nullable(), evidence })),
  promises: z.array(z.object({ text: z.string(), by: z.enum(["agent", "customer"]), due: z.string().nullable(), evidence })).describe("what a party said it would do"),
  risks: z.object({ escalation: risk, churn: risk }),
  sentiment: z.object({ overall: z.number().nullable(), customer_start: z.number().nullable(), customer_end: z.number().nullable(), trend: z.enum(["improving", "worsening", "steady", "unknown"]) }),
});

export const turnViewSchema = z.object({
  id: z.string(),
  speaker: z.enum(SPEAKERS),
  voice: z.int().min(1).max(2).optional().describe("which of two voices on one channel, in the order in which they first speak; also when it is not known whose it is"),
  start_ms: z.int().min(0),
  end_ms: z.int().min(0),
  text: z.string(),
  confidence: z.number().min(0).max(1).nullable().describe("null when the speech engine gives none"),
  sentiment: z.number().min(-1).max(1).nullable(),
  corrected: z.boolean().optional().describe("a person changed what the machine heard; absent where nobody checked"),
  machine: machineTurnSchema.optional().describe("what the machine heard, where a person's word counts"),
});

export const errorViewSchema = z.object({ code: z.string(), message: z.string(), retry: z.enum(["never", "later", "after_fix"]) });

export const ledgerViewSchema = z.object({
  stage: z.string(),
  status: z.string(),
  at: z.iso.datetime(),
  ms: z.int().nullable(),
  code: z.string().nullable(),
  detail: z.string().nullable(),
});

/** How two voices of one channel were told apart, and which is whose. */
const separationViewSchema = z.object({
  method: z.string(),
  confidence: z.number().min(0).max(1),
  reason: z.string(),
  roles: z.record(z.string(), z.enum(["agent", "customer"])).nullable().describe("voice 1 and 2 → party; null when it is not known"),
  role_confidence: z.number().min(0).max(1).nullable(),
  role_reasons: z.array(z.string()),
});

/** Lists show this much of a call. */
export const callSummarySchema = z.object({
  call_id: z.string(),
  source: z.string(),
  status: z.enum(CALL_STATUSES),
  error: errorViewSchema.nullable(),
  direction: z.enum(DIRECTIONS),
  started_at: z.iso.datetime().nullable(),
  duration_ms: z.int().nullable(),
  duration: z.string().nullable().describe("8m12s"),
  customer_id: z.string().nullable(),
  conversation_id: z.string().nullable(),
  session_id: z.string(),
  agent: z.object({ id: z.string().nullable(), name: z.string().nullable() }).nullable(),
  queue: z.string().nullable(),
  topic: z.string().nullable(),
  outcome: z.enum(OUTCOMES).nullable(),
  summary: z.string().nullable(),
});

export const callViewSchema = callSummarySchema.extend({
  language: z.string().nullable(),
  audio: z
    .object({
      channels: z.int(),
      layout: z.enum(["stereo", "dual_mono", "mono"]),
      channel_map: z.record(z.string(), z.string()).nullable(),
      channel_map_reason: z.string().nullable(),
      truncated: z.boolean(),
      redacted_ms: z.int().describe("milliseconds of sound that were blanked"),
      warnings: z.array(z.object({ code: z.enum(AUDIO_WARNINGS), message: z.string() })).describe("what is wrong with the recording, and what to do about it"),
      speaker_source: z.enum(SPEAKER_SOURCES).nullable().optional().describe("where the speakers are known from; the same as speaker_source of the call"),
      separation: separationViewSchema.optional().describe("only where both parties are on one channel"),
    })
    .nullable(),
  speaker_source: z.enum(SPEAKER_SOURCES).nullable(),
  turns: z.array(turnViewSchema),
  transcript: z.string().nullable(),
  summary_points: z.array(z.object({ text: z.string(), evidence })),
  reason: z.string().nullable(),
  topic_evidence: evidence,
  outcome_evidence: evidence,
  ...findingsSchema.omit({ risks: true, sentiment: true }).shape,
  risks: findingsSchema.shape.risks.nullable(),
  entities: z.array(z.object({ kind: z.string(), text: z.string(), value: z.string().nullable(), evidence })),
  sentiment: findingsSchema.shape.sentiment.nullable(),
  coverage: z.object({ turns_read: z.int(), turns_total: z.int() }).nullable(),
  metrics: callMetricsSchema.nullable(),
  categories: qualityViewSchema.shape.categories.describe("rules of the site that matched"),
  alerts: qualityViewSchema.shape.alerts,
  rules_not_measurable: qualityViewSchema.shape.not_measurable,
  scorecards: qualityViewSchema.shape.scorecards,
  engines: z
    .object({
      speech: z.object({
        engine: z.string(),
        model: z.string(),
        sha256: z.string().nullable().describe("content of the model; null when a remote endpoint heard the call"),
        endpoint: z.string().optional().describe("host and port of the remote endpoints that heard the call"),
      }),
      analysis: madeBySchema.nullable(),
    })
    .nullable(),
  machine: machineCallSchema.optional().describe("topic, reason or outcome as the machine found them, where a person's word counts"),
  revision: z.int().describe("grows when a call is analysed again or corrected"),
  ledger: z.array(ledgerViewSchema),
});

export type CallSummary = z.infer<typeof callSummarySchema>;
export type CallView = z.infer<typeof callViewSchema>;
export type TurnView = z.infer<typeof turnViewSchema>;
