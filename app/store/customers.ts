// Customers, their addresses and conversations: the first contact creates, later ones find.
import { newId, type Identity } from "../domain/index.ts";
import type { Db } from "../platform/index.ts";

/** A new session joins an open conversation of the same customer that was touched this recently. */
const SAME_MATTER_MS = 7 * 86_400_000;

export interface Customers {
  /**
   * Finds the customer by the surest known address, or creates one; further addresses are added to it unless another customer has them
   * (two people are never joined without an equal address or a person's decision).
   * @param identities surest first; empty for callers who hide, who belong to nobody
   */
  findOrCreate(identities: readonly Identity[], name: string | undefined, nowMs: number): string | null;
  /** The open conversation that a new session of the customer belongs to, or a new one. */
  conversationFor(customerId: string | null, atMs: number): string;
  updateConversation(id: string, found: { topic: string | null; reason: string | null; summary: string; status: "open" | "resolved" }, nowMs: number): void;
  card(customerId: string): { id: string; name: string | null; phone: string | null; email: string | null; crm_id: string | null } | undefined;
}

/** @param db an open, migrated database */
export function createCustomers(db: Db): Customers {
  const findIdentity = db.prepare<[string, string], { customer_id: string }>("SELECT customer_id FROM identities WHERE kind = ? AND value = ?");
  const insertCustomer = db.prepare("INSERT INTO customers (id, name, created_at_ms) VALUES (?, ?, ?)");
  const nameCustomer = db.prepare("UPDATE customers SET name = ? WHERE id = ? AND name IS NULL");
  const insertIdentity = db.prepare("INSERT INTO identities (id, customer_id, kind, value, first_seen_ms) VALUES (?, ?, ?, ?, ?) ON CONFLICT (kind, value) DO NOTHING");
  const openConversation = db.prepare<[string, number], { id: string }>("SELECT id FROM conversations WHERE customer_id = ? AND status <> 'resolved' AND updated_at_ms >= ? ORDER BY updated_at_ms DESC LIMIT 1");
  const insertConversation = db.prepare("INSERT INTO conversations (id, customer_id, opened_at_ms, updated_at_ms) VALUES (?, ?, ?, ?)");
  const update = db.prepare("UPDATE conversations SET topic = coalesce(?, topic), reason = coalesce(?, reason), summary = ?, status = ?, updated_at_ms = max(updated_at_ms, ?) WHERE id = ?");
  const card = db.prepare<[string], { id: string; name: string | null; phone: string | null; email: string | null; crm_id: string | null }>(`SELECT c.id, c.name,
    (SELECT value FROM identities WHERE customer_id = c.id AND kind = 'e164' ORDER BY first_seen_ms LIMIT 1) AS phone,
    (SELECT value FROM identities WHERE customer_id = c.id AND kind = 'email' ORDER BY first_seen_ms LIMIT 1) AS email,
    (SELECT value FROM identities WHERE customer_id = c.id AND kind = 'crm_id' ORDER BY first_seen_ms LIMIT 1) AS crm_id FROM customers c WHERE c.id = ?`);
  return {
    findOrCreate(identities, name, nowMs) {
      if (identities.length === 0) return null;
      let id: string | undefined;
      for (const identity of identities) id ??= findIdentity.get(identity.kind, identity.value)?.customer_id;
      if (id === undefined) {
        id = newId("cus", nowMs);
        insertCustomer.run(id, name ?? null, nowMs);
      } else if (name !== undefined) nameCustomer.run(name, id);
      for (const identity of identities) insertIdentity.run(newId("idn", nowMs), id, identity.kind, identity.value, nowMs);
      return id;
    },
    conversationFor(customerId, atMs) {
      const open = customerId === null ? undefined : openConversation.get(customerId, atMs - SAME_MATTER_MS);
      if (open !== undefined) return open.id;
      const id = newId("cnv", atMs);
      insertConversation.run(id, customerId, atMs, atMs);
      return id;
    },
    updateConversation: (id, found, nowMs) => void update.run(found.topic, found.reason, found.summary, found.status, nowMs, id),
    card: (customerId) => card.get(customerId),
  };
}
