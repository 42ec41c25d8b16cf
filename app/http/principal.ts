// Who asks, and how much of the house they may see. Pure.
import type { Role } from "../domain/index.ts";
import type { AuditEvent, CallSummary } from "../store/index.ts";

/** A machine with a key, a person with a login, or nobody known. */
export type Principal =
  | { kind: "key"; id: string; role: Role; agentId?: string }
  | { kind: "user"; id: string; role: Role; agentId?: string; token: string }
  | { kind: "anonymous" };

/** `all` calls, the calls of one agent, or nothing. */
export type Scope = { sees: "all" } | { sees: "agent"; agentId: string } | { sees: "nothing" };

/** An agent sees own calls; as long as the key or login names no agent, that is nothing. */
export function scopeOf(principal: Principal): Scope {
  if (principal.kind === "anonymous" || principal.role === "intake") return { sees: "nothing" };
  if (principal.role !== "agent") return { sees: "all" };
  return principal.agentId === undefined ? { sees: "nothing" } : { sees: "agent", agentId: principal.agentId };
}

export function isInScope(scope: Scope, call: Pick<CallSummary, "agent">): boolean {
  if (scope.sees === "all") return true;
  return scope.sees === "agent" && call.agent?.id === scope.agentId;
}

/** The principal as the audit trail names it. */
export function actorOf(principal: Principal, ip: string): AuditEvent["actor"] {
  return { kind: principal.kind, id: principal.kind === "anonymous" ? null : principal.id, ip };
}
