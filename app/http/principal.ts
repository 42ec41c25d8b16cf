// Who asks, and how much of the house they may see. Pure.
import type { Role } from "../domain/index.ts";
import type { AuditEvent, CallSummary } from "../store/index.ts";

/**
 * A machine with a key, a person with a login, or nobody known. A person's `id` stays the same from login to login (`per_…`); whoever came
 * by a one-time code has no name, and the id of the login (`login`) instead.
 */
export type Principal =
  | { kind: "key"; id: string; role: Role; agentIds?: readonly string[] }
  | { kind: "user"; id: string; role: Role; agentIds?: readonly string[]; token: string; login: string; name: string | null }
  | { kind: "anonymous" };

/** `all` contacts, the contacts of these agents, or nothing. */
export type Scope = { sees: "all" } | { sees: "agents"; agentIds: readonly string[] } | { sees: "nothing" };

/** Whoever is bound to agents (an agent to itself, a team's supervisor to the team) sees theirs; an agent bound to none sees nothing. */
export function scopeOf(principal: Principal): Scope {
  if (principal.kind === "anonymous" || principal.role === "intake") return { sees: "nothing" };
  if (principal.agentIds !== undefined) return principal.agentIds.length === 0 ? { sees: "nothing" } : { sees: "agents", agentIds: principal.agentIds };
  return principal.role === "agent" ? { sees: "nothing" } : { sees: "all" };
}

export function isInScope(scope: Scope, call: Pick<CallSummary, "agent">): boolean {
  if (scope.sees === "all") return true;
  const id = call.agent?.id;
  return scope.sees === "agents" && id !== undefined && id !== null && scope.agentIds.includes(id);
}

/** A filter narrowed to the scope; undefined when nothing can be in it. */
export function narrowed<F extends { agentId?: string; agentIds?: readonly string[] }>(scope: Scope, filter: F): F | undefined {
  if (scope.sees === "all") return filter;
  if (scope.sees === "nothing" || (filter.agentId !== undefined && !scope.agentIds.includes(filter.agentId))) return undefined;
  return { ...filter, agentIds: scope.agentIds };
}

/** The principal as the audit trail names it. */
export function actorOf(principal: Principal, ip: string): AuditEvent["actor"] {
  return { kind: principal.kind, id: principal.kind === "anonymous" ? null : principal.id, ip };
}
