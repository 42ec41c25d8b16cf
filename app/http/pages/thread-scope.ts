// Whose thread may be seen, and how much of it.
import { AppError, isId } from "../../domain/index.ts";
import { pathPart } from "../checked.ts";
import { actorOf, scopeOf } from "../principal.ts";
import type { Exchange } from "../route.ts";

export interface ThreadScope {
  /** id of the customer's root */
  customerId: string;
  /** agents whose contacts alone are shown; empty: all of them */
  filter: { agentIds?: readonly string[] };
  /** the whole thread, with everything beside it */
  isWhole: boolean;
  /** for the audit trail: why somebody who does not see the whole house sees this */
  why: string | null;
}

/**
 * Whoever sees the whole house sees every thread. A team's supervisor or analyst sees the whole thread of customers whom one of the team's agents
 * has met, since half a thread helps nobody; an agent sees the contacts that the agent led.
 * @throws AppError NOT_FOUND for a customer who does not exist, and for one who is not to be seen
 */
export function threadScope({ req, context, parts }: Exchange): ThreadScope {
  const id = pathPart(req, "id");
  const { reads } = parts.appliance.store;
  const scope = scopeOf(context.principal);
  const customer = isId("cus", id) && scope.sees !== "nothing" ? reads.customer(id) : undefined;
  if (customer === undefined) throw nobody();
  if (scope.sees !== "agents") return { customerId: customer.id, filter: {}, isWhole: true, why: null };
  if (!reads.people.isMet(customer.id, scope.agentIds)) throw nobody();
  const isWhole = context.principal.kind !== "anonymous" && context.principal.role !== "agent";
  return isWhole ? { customerId: customer.id, filter: {}, isWhole, why: "the team has met the customer" } : { customerId: customer.id, filter: { agentIds: scope.agentIds }, isWhole, why: "own contacts" };
}

/** Once a view of the page. @param what beside the reason, e.g. the session whose lines are read */
export function auditThreadRead({ context, parts }: Exchange, { customerId, why }: ThreadScope, what?: string): void {
  const reason = [why, what].filter((one) => one !== null && one !== undefined).join("; ");
  parts.appliance.audit({ actor: actorOf(context.principal, context.remoteIp), action: "thread.read", object: { kind: "customer", id: customerId }, outcome: "ok", ...(reason === "" ? {} : { reason }), requestId: context.id });
}

function nobody(): AppError {
  return new AppError("NOT_FOUND", "There is no customer with this id; the list of customers finds one by name, number or address");
}
