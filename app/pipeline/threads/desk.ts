// What persons and other systems decide about threads: who is who, what belongs together, what state a matter is in. Each decision is one commit.
import { AppError, newId, normalisePhone, toRfc3339, type Identity } from "../../domain/index.ts";
import { suggestDuplicates } from "../../threads/index.ts";
import type { MergeRow, SessionRow } from "../../store/index.ts";
import { holdForbidden, releasePermitted } from "../consent-gate.ts";
import type { Parts } from "../parts.ts";
import { enqueueStage } from "../run-stage.ts";
import type { By, MergeView, ThreadDesk } from "./desk-types.ts";
import { gatherAround, gatherCustomer } from "./gather.ts";
import { identify } from "./identify.ts";

/** @param takeIn runs a piece of work in one transaction and resolves when it is on the disk */
export function createThreadDesk(parts: Parts, takeIn: <T>(work: () => T) => Promise<T>): ThreadDesk {
  const { customers, merges, conversations, sessions } = parts.store.writes;
  const now = (): number => parts.clock.now();
  const rootOf = (id: string): string => {
    const root = customers.rootOf(id);
    if (root === undefined) throw new AppError("NOT_FOUND", "There is no customer with this id; /v1/customers lists the customers");
    return root;
  };
  const nameOf = ({ actor }: By): string => `${actor.kind}:${actor.id ?? ""}`;
  const audit = (by: By, action: string, kind: string, id: string, reason?: string): void => parts.audit({ ...by, action, object: { kind, id }, outcome: "ok", ...(reason === undefined ? {} : { reason }) });
  const viewOf = (mergeId: string): MergeView => {
    const view = merges.byId(mergeId);
    if (view === undefined) throw new AppError("INTERNAL", "A merge that was just written cannot be read");
    return mergeView(view);
  };
  const session = (id: string): SessionRow => {
    const row = sessions.byId(id);
    if (row === undefined || row.is_empty === 1) throw new AppError("NOT_FOUND", "There is no session with this id; the conversation lists its sessions");
    return row;
  };
  /** Customers have come together or apart: conversations are gathered again, and what they agreed to is looked at again. */
  const settle = (...roots: string[]): void => {
    for (const customerId of roots) {
      gatherCustomer(customerId, parts);
      holdForbidden({ customerId, sessionId: null }, parts);
      releasePermitted({ customerId, sessionId: null }, parts, enqueueStage);
    }
  };
  const decide = (sessionId: string, field: string, value: string | null, by: By): void => conversations.log({ sessionId, atMs: now(), actor: nameOf(by), isDecision: true, field, value });

  return {
    merge: (one, other, reason, by) =>
      takeIn(() => {
        const roots = [rootOf(one), rootOf(other)];
        const into = customers.eldest(roots) ?? roots[0] ?? one;
        const from = roots.find((root) => root !== into);
        if (from === undefined) throw new AppError("CONFLICT", "These two are one customer already");
        const id = merges.merge(from, into, { actor: nameOf(by), reason, atMs: now() });
        settle(into);
        audit(by, "customer.merged", "customer", into, from);
        parts.events.emit("customer.merged", { customer_id: into, other: from, automatic: false });
        return viewOf(id);
      }),
    unmerge: (customerId, mergeId, by) =>
      takeIn(() => {
        const row = merges.byId(mergeId);
        if (row === undefined || (rootOf(row.from_id) !== rootOf(customerId) && rootOf(row.into_id) !== rootOf(customerId))) throw new AppError("NOT_FOUND", "This customer has no merge with this id; read the customer's merges");
        settle(...merges.undo(mergeId, nameOf(by), now()));
        audit(by, "customer.unmerged", "customer", row.into_id, mergeId);
        parts.events.emit("customer.split", { customer_id: row.into_id, other: row.from_id });
        return viewOf(mergeId);
      }),
    split: (customerId, addresses, sessionIds, reason, by) =>
      takeIn(() => {
        const from = rootOf(customerId);
        const known = addresses.flatMap((one) => customers.known([one as Identity]));
        if (known.length < addresses.length) throw new AppError("REQUEST_INVALID", "An address is not known; copy it from the customer's identities", { details: { problems: [{ path: "identities", message: "expected addresses of this customer" }] } });
        const { id, customerId: fresh } = merges.split(from, known.map((one) => one.id), sessionIds, { actor: nameOf(by), reason, atMs: now() });
        settle(from, fresh);
        audit(by, "customer.split", "customer", from, fresh);
        parts.events.emit("customer.split", { customer_id: from, other: fresh });
        return viewOf(id);
      }),
    merges: (customerId) => merges.of(rootOf(customerId)).map(mergeView),
    duplicates(customerId) {
      const root = rootOf(customerId);
      const { own, others } = parts.store.writes.customers.lookalikes(root);
      return suggestDuplicates(own, others.filter((one) => !merges.isApart(root, one.id)));
    },
    link: (customerId, identities, by) =>
      takeIn(() => {
        const root = rootOf(customerId);
        const [anchor] = customers.addressesOf(root);
        const { customerId: into } = identify({ identities: [...(anchor === undefined ? [] : [anchor]), ...identities], isFromCrm: true }, now(), parts);
        if (anchor === undefined) for (const identity of identities) customers.see(root, identity, now());
        settle(into ?? root);
        audit(by, "customer.linked", "customer", into ?? root, [...new Set(identities.map((one) => one.kind))].join(", "));
      }),
    setProfile: (customerId, profile, name, by) =>
      takeIn(() => {
        const root = rootOf(customerId);
        customers.setProfile(root, { ...profile, updated_at: toRfc3339(now()) });
        if (name !== undefined) customers.name(root, name, 1, now());
        audit(by, "customer.profile", "customer", root);
        parts.events.emit("customer.changed", { customer_id: root });
      }),
    change: (conversationId, change, by) =>
      takeIn(() => {
        const current = conversations.current(conversationId);
        const last = current === undefined ? undefined : conversations.sessionsOf(current).at(-1);
        if (last === undefined) throw new AppError("NOT_FOUND", "There is no conversation with this id; /v1/conversations lists them");
        for (const [field, value] of Object.entries(change) as [string, string | null][]) decide(last, field, value, by);
        gatherAround(session(last), parts);
        audit(by, "conversation.changed", "conversation", current ?? conversationId, Object.keys(change).join(", "));
      }),
    move: (sessionId, conversationId, by) =>
      takeIn(() => {
        const moved = session(sessionId);
        const target = conversationId === null ? null : conversations.current(conversationId);
        const anchor = target === null ? null : target === undefined ? undefined : conversations.sessionsOf(target).find((id) => id !== sessionId);
        if (anchor === undefined) throw new AppError("NOT_FOUND", "There is no other conversation with this id; /v1/conversations lists them");
        if (anchor !== null && session(anchor).customer_id !== moved.customer_id) {
          throw new AppError("REQUEST_INVALID", "A session stays with its customer; merge the customers first when both are one person", { details: { problems: [{ path: "conversation_id", message: "expected a conversation of the same customer" }] } });
        }
        conversations.passOn(sessionId);
        decide(sessionId, "conversation", anchor, by);
        gatherAround(moved, parts);
        audit(by, "session.moved", "session", sessionId, target ?? "a conversation of its own");
      }),
    expectCall: (sessionId, phone, minutes, by) =>
      takeIn(() => {
        const from = session(sessionId);
        const number = normalisePhone(phone, parts.config.site.country);
        if (number === undefined) throw new AppError("REQUEST_INVALID", "phone: expected a telephone number that can be called", { details: { problems: [{ path: "phone", message: "expected a telephone number that can be called" }] } });
        const id = newId("exp", now());
        conversations.expectCall({ id, sessionId: from.id, phone: number, fromMs: now() - 60_000, untilMs: now() + minutes * 60_000 });
        conversations.addRef({ kind: "expected_call", value: id, sessionId: from.id, messageId: "", atMs: now() });
        audit(by, "session.escalated", "session", from.id);
      }),
  };
}

function mergeView(row: MergeRow): MergeView {
  const isSplit = row.kind === "split";
  return {
    merge_id: row.id, kind: row.kind, customer_id: isSplit ? row.from_id : row.into_id, other: isSplit ? row.into_id : row.from_id, automatic: row.automatic === 1, by: row.actor, reason: row.reason,
    at: toRfc3339(row.at_ms), undone_at: row.undone_at_ms === null ? null : toRfc3339(row.undone_at_ms), undone_by: row.undone_by,
  };
}
