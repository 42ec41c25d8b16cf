// The shapes of answers about workflows.
import { z } from "zod";
import type { PayloadView } from "../store/index.ts";

const time = z.iso.datetime();
export const workflowSchema = z.object({
  id: z.string(), version: z.int(), title: z.string(), purpose: z.string(),
  slots: z.array(z.object({ name: z.string(), type: z.string(), ask: z.string(), required: z.enum(["always", "sometimes", "never"]) })),
  endpoint: z.string().nullable().describe("host that payloads go to; null: they are only kept"),
  retention_days: z.int(),
  forms: z.object({ open: z.int(), complete: z.int(), abandoned: z.int() }).describe("conversations by state of the form"),
});
export const payloadSchema = z.object({
  id: z.string(), workflow: z.string(), revision: z.int().describe("grows when the form changes after it was complete; the highest counts"),
  conversation_id: z.string().nullable(), customer_id: z.string().nullable(), session_id: z.string(), completed_at: time, sha256: z.string().describe("of the values, as canonical JSON"),
  payload: z.record(z.string(), z.unknown()).nullable().describe("what was sent; null once its time to be kept is over"),
  delivery: z.object({ state: z.enum(["waiting", "delivered", "parked", "superseded"]), attempts: z.int(), http_status: z.int().nullable(), error: z.object({ code: z.string(), message: z.string() }).nullable(), finished_at: time.nullable() }).nullable().describe("null: the workflow has no endpoint"),
}) satisfies z.ZodType<PayloadView>;

/** What the endpoint of a workflow receives. */
export const completedFormSchema = z.object({
  type: z.literal("workflow.completed"), payload_id: z.string(), workflow: z.string(), version: z.int(), revision: z.int(), sha256: z.string(), completed_at: time,
  conversation_id: z.string(), customer: z.looseObject({ id: z.string() }).nullable(), slots: z.record(z.string(), z.string()),
  details: z.record(z.string(), z.object({ source: z.string(), confidence: z.number(), quote: z.string(), evidence: z.array(z.string()), at: time })), link: z.string(),
});
