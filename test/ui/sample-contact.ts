// A contact as the store reads it, for tests of the list.
import type { ContactView } from "../../app/domain/index.ts";
import type { Offers } from "../../app/ui/index.ts";

export const NO_OFFERS: Offers = { channel: [], agent: [], queue: [], topic: [], reason: [], rule: [] };

export function contact(changes: Partial<ContactView> = {}): ContactView {
  return {
    session_id: "ses_01JCX3M7Q2E8V6T4Z9K1R5N0PA", channel: "phone", atMs: Date.UTC(2026, 10, 3, 13, 12, 2), call_id: "abc123", source: "pbx", state: "done", problem: null, direction: "inbound", customer_id: "cus_1", customer: "Maria Keller",
    agent: { id: "204", name: "Sarah" }, queue: "billing", topic: "Charged twice", reason: "billing.double_charge", outcome: "resolved", mood_start: -0.6, mood_end: 0.3, length_ms: 84_000, messages: 12, conversation_id: "cnv_1", status: "open", due: null,
    summary: "The customer was charged twice.", last: { id: "msg_1", speaker: "customer", text: "Thank you" }, alerts: [], ...changes,
  };
}

/** With this text in every place that holds text from outside. */
export function evilContact(text: string): ContactView {
  return contact({ session_id: text, channel: text, call_id: text, source: text, problem: null, customer_id: text, customer: text, agent: { id: text, name: text }, queue: text, topic: text, reason: text, status: text, due: text, summary: text, last: { id: text, speaker: text, text }, alerts: [{ label: text, severity: "critical", holds: true }] });
}
