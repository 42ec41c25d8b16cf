// The context of a customer as the API shows it: what whoever answers next should know, in three layers.
import { z } from "zod";
import { findingsSchema } from "./call-view.ts";
import { FOUND_BY, knowledgePassageSchema } from "./knowledge.ts";

const time = z.iso.datetime();
const nullableText = z.string().nullable();
/** A sentence and the ids of the messages that prove it. */
export const summaryPointSchema = z.object({ text: z.string(), evidence: z.array(z.string()) });
const slotValue = z.union([z.string(), z.number(), z.boolean()]);
/** A form that a conversation fills, as whoever answers next needs it. */
export const formViewSchema = z.object({
  workflow: z.string(), title: z.string(), conversation_id: z.string(), state: z.enum(["open", "complete", "abandoned"]), updated_at: time,
  slots: z.record(z.string(), z.object({ value: z.string(), source: z.string(), confidence: z.number(), quote: z.string(), evidence: z.array(z.string()), at: time })),
  missing: z.array(z.string()).describe("required and not filled, in the order in which they are asked for"),
  ask: nullableText.describe("the question to ask next; null when nothing is missing"),
  payload: z.object({ id: z.string(), revision: z.int() }).nullable().describe("the newest payload of it"),
});
export type FormView = z.infer<typeof formViewSchema>;
const contextMessage = z.object({ id: z.string(), channel: z.string(), session_id: z.string(), speaker: z.string(), kind: z.string(), text: z.string(), at: time });
export const contextViewSchema = z.object({
  customer: z.object({ id: z.string(), name: nullableText, identities: z.array(z.object({ kind: z.string(), value: z.string(), last_seen_at: time })), first_contact_at: time }),
  last_interaction: z.object({ session_id: z.string(), channel: z.string(), conversation_id: nullableText, at: time, ended_at: time, agent: nullableText, queue: nullableText, reason: nullableText, outcome: nullableText, summary: nullableText, summary_points: z.array(summaryPointSchema) }).nullable(),
  trying_to: z.object({ text: z.string(), source: z.enum(["bot", "conversation", "customer"]), evidence: z.array(z.string()) }).nullable().describe("what they were trying to achieve"),
  active_session: z.object({ session_id: z.string(), channel: z.string(), conversation_id: nullableText, last_at: time, agent: nullableText }).nullable().describe("a chat or message session that goes on right now"),
  open_conversations: z.array(z.object({ id: z.string(), status: z.string(), reason: nullableText, topic: nullableText, owner: nullableText, queue: nullableText, crm_link: nullableText, summary: nullableText, promises: findingsSchema.shape.promises, risks: findingsSchema.shape.risks.nullable(), opened_at: time, updated_at: time })),
  workflows: z.array(formViewSchema).describe("forms of the open conversations: what is filled, what is missing, what to ask next"),
  ephemeral: z.object({ intent: nullableText, slots: z.record(z.string(), slotValue), unfinished: z.array(z.string()), evidence: z.array(z.string()), at: time }).nullable().describe("what a bot was filling in during the last 24 hours"),
  persistent: z.object({
    intents: z.array(z.object({ reason: z.string(), times: z.int(), last_at: time })),
    resolutions: z.array(z.object({ conversation_id: z.string(), reason: nullableText, topic: nullableText, summary: nullableText, resolved_at: time.nullable() })),
    channel_preference: z.object({ channel: z.string(), share: z.number(), contacts: z.int() }).nullable(),
  }),
  system: z.object({ crm_id: nullableText, profile: z.record(z.string(), z.unknown()).nullable().describe("what the CRM said: PUT /v1/customers/{id}/profile") }),
  consent: z.array(z.object({ channel: z.string(), purpose: z.string(), state: z.string(), since: time.nullable(), source: z.string(), allowed: z.boolean(), because: z.string() })).describe("per channel and purpose, `any` for the other channels: what the customer said, and what may be done"),
  sentiment: z.object({ mean: z.number(), trend: z.enum(["improving", "worsening", "steady"]), messages: z.int() }).nullable(),
  messages: z.array(contextMessage).describe("the last ones over all channels, oldest first"),
  passages: z.array(z.object({ score: z.number(), message: contextMessage })).optional(),
  knowledge: z.array(knowledgePassageSchema).optional().describe("what the business's own documents say about the question"),
  knowledge_by: z.enum(FOUND_BY).optional(),
  coverage: z.object({ messages_searched: z.int(), all: z.boolean() }).optional(),
});

export type ContextView = z.infer<typeof contextViewSchema>;
