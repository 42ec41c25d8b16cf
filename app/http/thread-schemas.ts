// The shapes of answers about threads: the context, conversations whole, merges, look-up.
import { z } from "zod";
import { alertViewSchema, categoryViewSchema, findingsSchema, formViewSchema, madeBySchema, OUTCOMES, summaryPointSchema } from "../domain/index.ts";
import type { MergeView } from "../pipeline/index.ts";
import type { ConversationDetail } from "../store/index.ts";
import { conversationSchema } from "./schemas.ts";

const time = z.iso.datetime();
const nullableText = z.string().nullable();
export const conversationDetailSchema = conversationSchema.extend({
  summary_points: z.array(summaryPointSchema),
  findings: findingsSchema
    .extend({ outcome: z.enum(OUTCOMES), coverage: z.object({ turns_read: z.int(), turns_total: z.int(), sessions: z.int() }), dropped: z.int() })
    .nullable()
    .describe("over all sessions; tasks, promises and risks since the last session that was resolved"),
  sessions: z.array(
    z.object({
      id: z.string(), channel: z.string(), started_at: time, ended_at: time, status: z.string(), agent: nullableText, queue: nullableText, reason: nullableText, outcome: nullableText, call_id: nullableText,
      summary: nullableText, topic: nullableText, analysis: madeBySchema.nullable().describe("what made it; null before it was analysed"), categories: z.array(categoryViewSchema), alerts: z.array(alertViewSchema),
    }),
  ),
  participants: z.array(z.object({ role: z.string(), id: z.string().nullable(), name: z.string().nullable(), sessions: z.int() })),
  activities: z.array(z.object({ at: time, by: z.string(), field: z.string(), value: z.string().nullable(), session_id: z.string() })).describe("every change, who and when"),
  references: z.array(z.object({ kind: z.string(), value: z.string(), session_id: z.string() })).describe("what other systems call it"),
}) satisfies z.ZodType<ConversationDetail>;

/** The same with the forms that it fills. */
export const conversationFormsSchema = conversationDetailSchema.extend({ forms: z.array(formViewSchema).describe("forms of workflows that it fills") });

export const referenceSchema = z.object({ kind: z.string(), session_id: z.string(), conversation_id: nullableText, customer_id: nullableText, channel: z.string(), call_id: nullableText });
export const mergeSchema = z.object({
  merge_id: z.string(), kind: z.enum(["merge", "split"]), customer_id: z.string(), other: z.string(), automatic: z.boolean(), by: nullableText, reason: z.string(), at: time, undone_at: time.nullable(), undone_by: nullableText,
}) satisfies z.ZodType<MergeView>;
export const duplicateSchema = z.object({ customer_id: z.string(), score: z.number(), reason: z.string() });

