// A call rings: who it is, and what they were trying to do, is on the agent's screen before anybody speaks.
import { claimOfCall, toRfc3339, type CallFacts } from "../../domain/index.ts";
import type { Parts } from "../parts.ts";
import { createContextDesk } from "./context.ts";
import { expectedCall } from "./file-call.ts";

/** Enough of the thread to go on with; the rest is one request away. */
const MESSAGES = 10;

/** Tells everybody who watches. Nobody is created or joined: a call that is never answered leaves no trace but this event and its audit. */
export function popScreen(source: string, facts: CallFacts, parts: Parts): void {
  const desk = createContextDesk(parts);
  const { identities } = claimOfCall(facts, parts.config.site.country);
  const customerId = identities.map((one) => desk.byAddress(one)).find((id) => id !== undefined) ?? expectedCall(identities, parts.clock.now(), parts)?.customerId ?? undefined; // an announced call comes from a number that nobody knows yet
  const context = customerId === undefined ? null : (desk.of(customerId, { messages: MESSAGES }) ?? null);
  if (customerId !== undefined) parts.audit({ actor: { kind: "source", id: source, ip: null }, action: "context.pushed", object: { kind: "customer", id: customerId }, outcome: "ok" });
  parts.events.emit("call.started", {
    source, call_id: facts.callId, direction: facts.direction ?? "unknown", agent_id: facts.agentId ?? null, queue: facts.queue ?? null,
    started_at: facts.startedAtMs === undefined ? null : toRfc3339(facts.startedAtMs), customer_id: customerId ?? null,
    continues_session: context?.active_session?.session_id ?? null, conversation_id: context?.active_session?.conversation_id ?? context?.open_conversations[0]?.id ?? null, context,
  });
}
