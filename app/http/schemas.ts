// The shapes of answers and bodies, for the documentation and for the tests. Calls are in domain/call-view.ts.
import { z } from "zod";
import { CALL_STATUSES, callSummarySchema, CONSENT_PURPOSES, CONSENT_STATES, consentStatementSchema, DIRECTIONS, ERROR_CATALOGUE, errorViewSchema, genericCallSchema, ledgerViewSchema, machineTurnSchema, METRIC_NAMES, METRIC_UNITS, NOT_MEASURABLE, OUTCOMES, snippetSchema, SPEAKERS, turnViewSchema, type ConsentRecordView, type ConsentReport, type ConsentView, type Received } from "../domain/index.ts";
import { messageInputSchema, messagesInputSchema } from "../intake/index.ts";
import { METRIC_GROUPINGS } from "../store/index.ts";
import type { ConversationView, CustomerView, JobView, LedgerLine, MessageView, MetricGroup } from "../store/index.ts";
import type { LibrarianStatus, MessageHit, SpeechView } from "../pipeline/index.ts";

const time = z.iso.datetime();
const cursor = z.string().nullable().describe("`cursor` of the next page; null on the last one");

/** A page of a list. */
export function pageSchema<T extends z.ZodType>(item: T): z.ZodObject<{ items: z.ZodArray<T>; next: typeof cursor }> {
  return z.object({ items: z.array(item), next: cursor });
}

export const acceptedSchema = z.object({ call_id: z.string().nullable().describe("null only when an ignored notification names no call"), status: z.enum(CALL_STATUSES), ignored: z.string().optional().describe("why a notification was acknowledged and not stored") });

export const receivedSchema: z.ZodType<Received> = z.object({ message_ids: z.array(z.string()).describe("ids of the messages, in the order of the request"), status: z.literal("received") });
export const whatsAppBodySchema = z.looseObject({ object: z.literal("whatsapp_business_account"), entry: z.array(z.looseObject({ changes: z.array(z.looseObject({ field: z.string(), value: z.looseObject({}) })) })) }).describe("as Meta sends it");
export const messagesBodySchema = z.union([messageInputSchema, messagesInputSchema]);

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

export const consentBodySchema = z.union([consentStatementSchema, z.array(consentStatementSchema).min(1).max(100)]).describe("one statement or several");

const consentViewSchema: z.ZodType<ConsentView> = z.object({
  channel: z.string().describe("any: every channel that is not listed"), purpose: z.enum(CONSENT_PURPOSES), state: z.enum(CONSENT_STATES), since: time.nullable(),
  source: z.string().describe("who said so; policy where nobody said anything"), allowed: z.boolean(), because: z.string().describe("id of the statement, or the rule of the site's policy"),
});
export const consentRecordSchema: z.ZodType<ConsentRecordView> = z.object({
  id: z.string(), channel: z.string(), purpose: z.enum(CONSENT_PURPOSES), state: z.enum(CONSENT_STATES), source: z.string(), at: time, proof: z.string().nullable().describe("id of a message, recording or session, or a sentence"),
  policy_id: z.string().describe("policy or notice under which it was said"), expires_at: time.nullable(), session_id: z.string().nullable().describe("the call that it was said in and about"), recorded_at: time, recorded_by: z.string(),
});
export const consentReportSchema: z.ZodType<ConsentReport> = z.object({ customer_id: z.string(), policy_id: z.string(), decisions: z.array(consentViewSchema), records: z.array(consentRecordSchema).describe("newest first, 500 at most") });

const messageShape = z.object({
  id: z.string(), channel: z.string(), session_id: z.string(), conversation_id: z.string().nullable(), speaker: z.enum(SPEAKERS), kind: z.string(), text: z.string(), at: time,
  start_ms: z.int().optional(), end_ms: z.int().optional(), confidence: z.number().optional(),
  attachments: z.array(z.object({ id: z.string(), role: z.string(), name: z.string().nullable(), media_type: z.string().nullable(), size_bytes: z.int().nullable(), state: z.string(), error: errorViewSchema.nullable() })).optional().describe("its files: GET /v1/attachments/{id}"),
  corrected: z.boolean().optional().describe("a person changed what the machine heard of a turn"), machine: machineTurnSchema.optional(),
  parent_id: z.string().optional().describe("the message whose attachment this was read from"), status: z.string().optional().describe("of a message that went out: sent, delivered, read or failed"),
  facts: z.record(z.string(), z.unknown()).optional().describe("who answered, what a bot believed (`intent`) and collected (`slots`), and what the kind holds besides text (`payload`)"),
});
/** The store's rows are wider (`speaker` is text there); every row fits. */
export const messageSchema = messageShape satisfies z.ZodType<Pick<MessageView, "id" | "text" | "at" | "kind">>;

export const threadSchema = z.object({ customer_id: z.string(), messages: z.array(messageSchema), next: cursor });

export const conversationSchema = z.object({
  id: z.string(), customer_id: z.string().nullable(), status: z.string(), reason: z.string().nullable(), topic: z.string().nullable(), summary: z.string().nullable(),
  owner: z.string().nullable(), queue: z.string().nullable(), crm_link: z.string().nullable(), opened_at: time, updated_at: time, resolved_at: time.nullable(), session_ids: z.array(z.string()),
}) satisfies z.ZodType<ConversationView>;
export const searchHitSchema = z.object({
  message: messageSchema, call_id: z.string().nullable(), customer_id: z.string().nullable(),
  snippet: snippetSchema,
}) satisfies z.ZodType<Pick<MessageHit, "call_id" | "customer_id" | "snippet">>;
export const knowledgeDocumentSchema = z.object({
  id: z.string(), path: z.string(), state: z.enum(["ready", "failed"]), title: z.string().nullable(), kind: z.string().nullable(), size_bytes: z.int(), pages: z.int().nullable(),
  chunks: z.int().describe("passages that can be found"), vectors: z.int().describe("passages that can be found by meaning"), truncated: z.string().nullable().describe("the limit that ended the reading before the end"),
  error: errorViewSchema.nullable(), indexed_at: time,
});
export const librarianSchema: z.ZodType<LibrarianStatus> = z.object({ scanned_at: time.nullable(), error: z.string().nullable() }).describe("the last look through the folder");

export const metricDefinitionSchema = z.object({
  name: z.enum(METRIC_NAMES), label: z.string().describe("numbers of one label belong together"), party: z.enum(["agent", "customer"]).nullable(), version: z.string(), unit: z.enum(METRIC_UNITS),
  formula: z.string(), thresholds: z.record(z.string(), z.number()), denominator: z.string(), estimable: z.boolean().describe("may be an estimate, from voices told apart on one channel"),
  not_measurable: z.array(z.enum(Object.keys(NOT_MEASURABLE) as [string, ...string[]])).describe("reasons for which it may be missing"), source: z.string().describe("how it compares with what other systems call so"),
});
export const metricDefinitionsSchema = z.object({
  version: z.string(), current: z.string(), versions: z.array(z.string()), notation: z.string().describe("what the letters of the formulas mean"),
  items: z.array(metricDefinitionSchema), reasons: z.record(z.string(), z.string()).describe("reasons for missing numbers, in words"),
});

const metricGroupSchema: z.ZodType<MetricGroup> = z.object({
  key: z.string().nullable().describe("null where it is not known"), count: z.int().describe("calls with a number"), mean: z.number().nullable().describe("every call weighs the same"), median: z.number().nullable(),
  p90: z.number().nullable().describe("nearest rank"), estimated: z.int().describe("how many of `count` are estimates"), not_measurable: z.int(), other_definitions: z.int().describe("calls measured by other definitions, not mixed in; `earshot metrics recompute --all` brings them in"),
});
export const metricStatisticsSchema = z.object({
  metric: z.enum(METRIC_NAMES), label: z.string(), party: z.enum(["agent", "customer"]).nullable(), unit: z.enum(METRIC_UNITS), definitions: z.string(), by: z.enum(METRIC_GROUPINGS), from: time, to: time, items: z.array(metricGroupSchema),
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
  sentiment: z.looseObject({ overall: z.number().nullable() }).nullable(), action_items: z.array(z.looseObject({ text: z.string() })), categories: z.array(z.object({ rule: z.string(), label: z.string() })), link: z.string().nullable(),
});
