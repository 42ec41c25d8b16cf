// Live events as far as the asker may see them.
import type { LiveEvent } from "../pipeline/index.ts";
import { isInScope, type Scope } from "./principal.ts";

/**
 * Whoever sees the whole house sees every event. Whoever is bound to agents sees what happens to their contacts (and who calls them); what is
 * about no contact in particular, such as customers and issues, is not for them.
 * @param agentOf id of the agent who led a session; null when nobody is known to
 */
export async function* visibleEvents(events: AsyncIterable<LiveEvent>, scope: Scope, agentOf: (sessionId: string) => string | null): AsyncGenerator<LiveEvent> {
  for await (const event of events) if (isVisible(event, scope, agentOf)) yield event;
}

function isVisible({ type, data }: LiveEvent, scope: Scope, agentOf: (sessionId: string) => string | null): boolean {
  if (scope.sees === "all") return true;
  if (scope.sees === "nothing") return false;
  const { session_id: sessionId, agent_id: agentId } = data;
  const id = type === "call.started" ? agentId : typeof sessionId === "string" ? agentOf(sessionId) : null;
  return isInScope(scope, { agent: typeof id === "string" ? { id, name: null } : null });
}
