// What the CRM receives for one analysed call: the contract's JSON, built and checked. Pure.
import { z } from "zod";
import { callViewSchema, DIRECTIONS, OUTCOMES, type CallView } from "../domain/index.ts";

/** The customer as the CRM knows or may find it. */
export const crmCustomerSchema = z.object({
  id: z.string(),
  name: z.string().nullable(),
  phone: z.string().nullable().describe("E.164, e.g. +31612345678"),
  email: z.string().nullable(),
  crm_id: z.string().nullable().describe("the CRM's own id, when the telephone system passed it on"),
});

/** The body of every POST to the CRM; also the `call.analysed` webhook of the OpenAPI document. */
export const crmBodySchema = z.object({
  call_id: z.string(),
  transcript: z.string().describe("one line per turn, `Agent: …`; empty when nothing was said"),
  summary: z.string(),
  topic: z.string().nullable(),
  duration: z.string().nullable().describe("8m12s"),
  type: z.literal("call.analysed"),
  revision: z.int().min(1).describe("grows when a call is analysed again; the highest one counts"),
  customer: crmCustomerSchema.nullable().describe("null when the caller withheld the number"),
  conversation_id: z.string().nullable(),
  direction: z.enum(DIRECTIONS),
  agent: callViewSchema.shape.agent,
  outcome: z.enum(OUTCOMES).nullable(),
  reason: z.string().nullable(),
  sentiment: callViewSchema.shape.sentiment,
  action_items: callViewSchema.shape.action_items,
  link: z.string().min(1).describe("address of the call on the dashboard"),
  categories: z.array(z.object({ rule: z.string(), label: z.string() })).describe("rules of the site that matched"),
});

export type CrmCustomer = z.infer<typeof crmCustomerSchema>;
export type CrmBody = z.infer<typeof crmBodySchema>;

/**
 * @param input.call      the call as the API shows it, its text already redacted
 * @param input.customer  null for callers without an identity
 * @param input.revision  ≥ 1
 * @param input.linkBase  address of the dashboard, with or without a slash at the end
 * @returns the body in the order of the contract, the five names of the blueprint first
 * @throws ZodError when the view does not fit the contract; that is a fault of Earshot, not of the input
 */
export function buildCrmBody({ call, customer, revision, linkBase }: { call: CallView; customer: CrmCustomer | null; revision: number; linkBase: string }): CrmBody {
  return crmBodySchema.parse({
    call_id: call.call_id,
    transcript: call.transcript ?? "",
    summary: call.summary ?? "",
    topic: call.topic,
    duration: call.duration,
    type: "call.analysed",
    revision,
    customer,
    conversation_id: call.conversation_id,
    direction: call.direction,
    agent: call.agent,
    outcome: call.outcome,
    reason: call.reason,
    sentiment: call.sentiment,
    action_items: call.action_items,
    link: `${linkBase.replace(/\/+$/, "")}/calls/${encodeURIComponent(call.call_id)}`,
    categories: call.categories.map(({ rule, label }) => ({ rule, label })),
  } satisfies CrmBody);
}
