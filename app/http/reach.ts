// What somebody who is bound to agents reaches beyond reading: contacts to change, files to fetch. Whoever sees the whole house reaches all of it.
import { isInScope, scopeOf } from "./principal.ts";
import type { Exchange } from "./route.ts";

type Asked = Pick<Exchange, "context" | "parts">;

/** Whether one of the asker's agents led this contact. */
export function reachesContact({ context, parts }: Asked, sessionId: string): boolean {
  const scope = scopeOf(context.principal);
  if (scope.sees !== "agents") return scope.sees === "all";
  const id = parts.appliance.store.reads.agentOf(sessionId);
  return isInScope(scope, { agent: id === null ? null : { id, name: null } });
}

/** Whether the asker's agents led every contact of this conversation, so that a change of it touches nobody else's. */
export function reachesMatter(asked: Asked, conversationId: string): boolean {
  const scope = scopeOf(asked.context.principal);
  if (scope.sees !== "agents") return scope.sees === "all";
  const contacts = asked.parts.appliance.store.reads.conversation(conversationId)?.session_ids ?? [];
  return contacts.length > 0 && contacts.every((id) => reachesContact(asked, id));
}

/** Whether a contact may be taken out of its conversation, and into another one (null: one of its own). */
export function reachesMove(asked: Asked, sessionId: string, intoId: string | null): boolean {
  if (scopeOf(asked.context.principal).sees === "all") return true;
  const from = asked.parts.appliance.store.reads.whereabouts(sessionId)?.conversationId ?? null;
  return reachesContact(asked, sessionId) && from !== null && reachesMatter(asked, from) && (intoId === null || reachesMatter(asked, intoId));
}

/** Whether the files of a contact may be fetched: own ones, and by a team's people those of customers whom the team has met, since they read the whole thread (pages/thread-scope.ts). */
export function reachesFiles(asked: Asked, sessionId: string): boolean {
  if (reachesContact(asked, sessionId)) return true;
  const { principal } = asked.context;
  const scope = scopeOf(principal);
  if (scope.sees !== "agents" || principal.kind === "anonymous" || principal.role === "agent") return false;
  const { reads } = asked.parts.appliance.store;
  const customerId = reads.whereabouts(sessionId)?.customerId ?? null;
  return customerId !== null && reads.people.isMet(customerId, scope.agentIds);
}
