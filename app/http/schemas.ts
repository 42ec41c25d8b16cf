// The shapes of answers and bodies, for the documentation and for the tests. Calls are in domain/call-view.ts.
import { z } from "zod";
import { CALL_STATUSES, callSummarySchema, DIRECTIONS, ERROR_CATALOGUE, errorViewSchema, genericCallSchema, ledgerViewSchema, OUTCOMES, SPEAKERS, turnViewSchema } from "../domain/index.ts";
import type { ConversationView, CustomerView, JobView, LedgerLine, MessageView } from "../store/index.ts";
import type { SpeechView } from "../pipeline/index.ts";

const time = z.iso.datetime();
const cursor = z.string().nullable().describe("`cursor` of the next page; null on the last one");

/** A page of a list. */
export function pageSchema<T extends z.ZodType>(item: T): z.ZodObject<{ items: z.ZodArray<T>; next: typeof cursor }> {
  return z.object({ items: z.array(item), next: cursor });
}

export const acceptedSchema = z.object({ call_id: z.string().nullable().describe("null only when an ignored notification names no call"), status: z.enum(CALL_STATUSES), ignored: z.string().optional().describe("why a notification was acknowledged and not stored") });

export const uploadSchema = z.object({
  recording: z.string().meta({ format: "binary" }).describe("the sound, in any accepted format"),
  metadata: genericCallSchema.partial().optional().describe("what is known of the call; a call_id is made when absent"),
});

export const transcriptSchema = z.object({ call_id: z.string(), source: z.string(), language: z.string().nullable(), turns: z.array(turnViewSchema) });

export const ledgerLineSchema: z.ZodType<LedgerLine> = z.object({
  call_id: z.string(),
  source: z.string(),
  session_id: z.string(),
  status: z.enum(CALL_STATUSES),
  received_at: time,
  stages: z.array(ledgerViewSchema).describe("newest entry of each stage, in order"),
  waiting_for: z.string().nullable().describe("why the call is not finished; null when it is"),
});

export const jobSchema: z.ZodType<JobView> = z.object({
  id: z.string(), stage: z.string(), lane: z.string(), state: z.string(), call_id: z.string(), attempts: z.int(), run_after: time, created_at: time, error: errorViewSchema.nullable(),
});

export const jobRetriedSchema = z.object({ id: z.string(), state: z.literal("queued") });

export const customerSchema: z.ZodType<CustomerView> = z.object({
  id: z.string(), name: z.string().nullable(), identities: z.array(z.object({ kind: z.string(), value: z.string() })), created_at: time, last_contact_at: time.nullable(),
});

const messageShape = z.object({
  id: z.string(), channel: z.string(), session_id: z.string(), conversation_id: z.string().nullable(), speaker: z.enum(SPEAKERS), kind: z.string(), text: z.string(), at: time,
  start_ms: z.int().optional(), end_ms: z.int().optional(), confidence: z.number().optional(),
});
/** The store's rows are wider (`speaker` is text there); every row fits. */
export const messageSchema = messageShape satisfies z.ZodType<Omit<MessageView, "start_ms" | "end_ms" | "confidence">>;

export const threadSchema = z.object({ customer_id: z.string(), messages: z.array(messageSchema), next: cursor });

export const conversationSchema: z.ZodType<ConversationView> = z.object({
  id: z.string(), customer_id: z.string().nullable(), status: z.string(), reason: z.string().nullable(), topic: z.string().nullable(), summary: z.string().nullable(),
  opened_at: time, updated_at: time, session_ids: z.array(z.string()),
});

export const searchHitSchema = z.object({
  message: messageSchema, call_id: z.string().nullable(), customer_id: z.string().nullable(),
  snippet: z.string(), matches: z.array(z.tuple([z.int(), z.int()])).describe("where the words stand in `snippet`: start and end in UTF-16 units"),
});

export const speechViewSchema: z.ZodType<SpeechView> = z.object({
  engine: z.string(), model: z.string(), sha256: z.string().nullable(), because: z.enum(["setting", "choice"]).describe("a choice wins over the setting speech.model"), state: z.string(),
  endpoints: z.array(z.object({ host: z.string(), state: z.string(), busy: z.int(), windows: z.int(), error: z.string().nullable() })).describe("empty when this machine hears itself"),
});

const checkSchema = z.object({ name: z.string(), ok: z.boolean(), detail: z.string() });
export const readinessSchema = z.object({ ready: z.boolean(), checks: z.array(checkSchema).optional().describe("all with ?verbose, else the ones that fail") });

export const problemSchema = z.object({
  type: z.string(), title: z.string(), status: z.int(), detail: z.string(), instance: z.string().describe("urn:uuid of the request"),
  code: z.enum(Object.keys(ERROR_CATALOGUE) as [string, ...string[]]), retry: z.enum(["never", "later", "after_fix"]),
  problems: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
});

/** What `crm.url` receives: the five names of the blueprint at the top. */
export const crmCallSchema = z.object({
  call_id: z.string(), transcript: z.string(), summary: z.string(), topic: z.string().nullable(), duration: z.string().nullable().describe("8m12s"),
  type: z.literal("call.analysed"), revision: z.int(),
  customer: z.looseObject({ id: z.string() }).nullable(), conversation_id: z.string().nullable(), direction: z.enum(DIRECTIONS),
  agent: callSummarySchema.shape.agent, outcome: z.enum(OUTCOMES), reason: z.string().nullable(),
  sentiment: z.looseObject({ overall: z.number().nullable() }).nullable(), action_items: z.array(z.looseObject({ text: z.string() })), link: z.string().nullable(),
});
