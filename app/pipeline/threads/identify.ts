// Whom a contact is with: the first contact creates the customer, later ones find it, and addresses said together are one person.
import type { CustomerClaim, Identity } from "../../domain/index.ts";
import type { Parts } from "../parts.ts";
import { holdForbidden } from "../consent-gate.ts";
import { gatherLater } from "./gather.ts";

/** Where a contact was filed. `customerId` is a root; null for those who hide, who belong to nobody. */
export interface Identified {
  customerId: string | null;
  identityIds: string[];
  /** customers became one just now: what one of them agreed to, or refused, holds for both */
  isJoined: boolean;
}

/**
 * Inside a transaction. Customers are joined only where the claim carries addresses of both and nobody took the two apart.
 * @param atMs when the contact was: first and last sightings, and names, follow it and not the arrival
 */
export function identify(claim: CustomerClaim, atMs: number, parts: Parts): Identified {
  const { customers } = parts.store.writes;
  if (claim.identities.length === 0) return { customerId: null, identityIds: [], isJoined: false };
  const { into, isJoined } = join(claim.identities, parts);
  const customerId = into ?? customers.create(parts.clock.now());
  const identityIds = claim.identities.map((identity) => customers.see(customerId, identity, atMs));
  if (claim.name !== undefined) customers.name(customerId, claim.name, claim.isFromCrm === true ? 1 : 0, atMs);
  for (const typed of claim.claimed ?? []) customers.claim(customerId, typed, atMs);
  if (isJoined) holdForbidden({ customerId, sessionId: null }, parts);
  return { customerId, identityIds, isJoined };
}

/** The one customer that these addresses lead to, undefined when none is known; several become one. */
function join(identities: readonly Identity[], parts: Parts): { into: string | undefined; isJoined: boolean } {
  const { customers, merges } = parts.store.writes;
  const known = customers.known(identities);
  const surest = known[0]?.customer_id;
  const roots = [...new Set(known.map((one) => one.customer_id))];
  const into = customers.eldest(roots.filter((root) => root === surest || !merges.isApart(root, surest ?? "")));
  let isJoined = false;
  if (into === undefined) return { into, isJoined };
  for (const root of roots) {
    if (root === into || merges.isApart(root, into) || (surest !== undefined && root !== surest && merges.isApart(root, surest))) continue;
    const shared = known.filter((one) => one.customer_id === root).map((one) => one.kind);
    merges.merge(root, into, { actor: null, reason: `One contact named addresses of both (${[...new Set(shared)].join(", ")})`, atMs: parts.clock.now() });
    parts.events.emit("customer.merged", { customer_id: into, other: root, automatic: true });
    gatherLater({ id: "", customer_id: into }, parts);
    isJoined = true;
  }
  return { into, isJoined };
}
