// Customers and their addresses. What was first filed under a customer keeps that as its origin; the root through the standing merges counts.
import { newId, plainName, type Identity } from "../domain/index.ts";
import type { Db } from "../platform/index.ts";

/** How sure a name is: what people call themselves, or what the CRM says. The surer wins, then the later. */
export type NameRank = 0 | 1;

/** An address that is known, and the customer it leads to now. */
export interface KnownIdentity {
  id: string;
  kind: string;
  value: string;
  customer_id: string;
}

export interface Customers {
  /** the known ones among these addresses, in the order asked */
  known(identities: readonly Identity[]): KnownIdentity[];
  create(nowMs: number): string;
  /** a new address of the customer (a root), or one more sighting of a known one, whosever it is · @returns its id */
  see(customerId: string, identity: Identity, atMs: number): string;
  /** counts when it is surer than the name so far, or as sure and later (at the same moment, the greater text: arrival must not decide) */
  name(customerId: string, name: string, rank: NameRank, atMs: number): void;
  /** something a visitor typed about himself */
  claim(customerId: string, identity: Identity, atMs: number): void;
  rootOf(customerId: string): string | undefined;
  /** of several roots, the one that was known first */
  eldest(roots: readonly string[]): string | undefined;
  /** a session was filed by these addresses */
  filedBy(sessionId: string, identityIds: readonly string[]): void;
  /** its addresses, surest kind first */
  addressesOf(customerId: string): Identity[];
  /** a customer as far as likeness goes, and others that share a name, the form of an address or a claim with it */
  lookalikes(customerId: string): { own: LookalikeRow; others: LookalikeRow[] };
  setProfile(customerId: string, profile: Record<string, unknown>): void;
  card(customerId: string): { id: string; name: string | null; phone: string | null; email: string | null; crm_id: string | null } | undefined;
}

/** Names, addresses and claims of a root, as `kind value`. */
export interface LookalikeRow {
  id: string;
  names: string[];
  identities: string[];
  claims: string[];
}

/** Suggestions are for people: more than this nobody reads. */
const LOOKALIKES = 50;

/** The name that counts among everybody who was merged into a root. */
export const BEST_NAME = "(SELECT name FROM customers n WHERE n.root_id = c.id AND n.name IS NOT NULL ORDER BY n.name_rank DESC, n.name_at_ms DESC, n.name DESC LIMIT 1)";

/** @param db an open, migrated database */
export function createCustomers(db: Db): Customers {
  const find = db.prepare<[string, string], KnownIdentity>("SELECT id, kind, value, customer_id FROM identities WHERE kind = ? AND value = ?");
  const insert = db.prepare("INSERT INTO customers (id, root_id, created_at_ms) VALUES (?, ?, ?)");
  const see = db.prepare<[string, string, string, string, string, number, number], { id: string }>(`INSERT INTO identities (id, customer_id, origin_id, kind, value, first_seen_ms, last_seen_ms) VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (kind, value) DO UPDATE SET first_seen_ms = min(first_seen_ms, excluded.first_seen_ms), last_seen_ms = max(last_seen_ms, excluded.last_seen_ms) RETURNING id`);
  const name = db.prepare("UPDATE customers SET name = @name, name_key = @key, name_rank = @rank, name_at_ms = @atMs WHERE id = @id AND (name IS NULL OR (@rank, @atMs, @name) > (name_rank, name_at_ms, name))");
  const claim = db.prepare("INSERT INTO claims (customer_id, kind, value, at_ms) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET at_ms = max(at_ms, excluded.at_ms)");
  const root = db.prepare<[string], { root_id: string }>("SELECT root_id FROM customers WHERE id = ?");
  const eldest = db.prepare<[string], { id: string }>(`SELECT j.value AS id FROM json_each(?) j JOIN customers c ON c.id = j.value
    ORDER BY (SELECT min(first_seen_ms) FROM identities WHERE customer_id = c.id), c.id LIMIT 1`);
  const filed = db.prepare("INSERT INTO session_identities (session_id, identity_id) VALUES (?, ?) ON CONFLICT DO NOTHING");
  const profile = db.prepare("UPDATE customers SET profile = ? WHERE id = ?");
  const value = (kind: string): string => `(SELECT value FROM identities WHERE customer_id = c.id AND kind = '${kind}' ORDER BY first_seen_ms, value LIMIT 1)`;
  const card = db.prepare<[string], { id: string; name: string | null; phone: string | null; email: string | null; crm_id: string | null }>(
    `SELECT c.id, ${BEST_NAME} AS name, ${value("e164")} AS phone, ${value("email")} AS email, ${value("crm_id")} AS crm_id FROM customers c WHERE c.id = ?`,
  );
  const addresses = db.prepare<[string], Identity>("SELECT kind, value FROM identities WHERE customer_id = ? ORDER BY kind = 'crm_id' DESC, first_seen_ms, value");
  const namesOf = db.prepare<[string], { text: string }>("SELECT name AS text FROM customers WHERE root_id = ? AND name IS NOT NULL");
  const claimsOf = db.prepare<[string], { text: string }>("SELECT k.kind || ' ' || k.value AS text FROM claims k JOIN customers c ON c.id = k.customer_id WHERE c.root_id = ?");
  const candidates = db.prepare<Record<string, string>, { id: string }>(`SELECT id FROM (
      SELECT o.root_id AS id FROM customers n JOIN customers o ON o.name_key = n.name_key WHERE n.root_id = @id AND n.name_key IS NOT NULL
      UNION SELECT i.customer_id FROM claims k JOIN customers c ON c.id = k.customer_id JOIN identities i ON i.kind = k.kind AND i.value = k.value WHERE c.root_id = @id
      UNION SELECT c.root_id FROM identities i JOIN claims k ON k.kind = i.kind AND k.value = i.value JOIN customers c ON c.id = k.customer_id WHERE i.customer_id = @id
      UNION SELECT c.root_id FROM claims mine JOIN customers m ON m.id = mine.customer_id JOIN claims k ON k.kind = mine.kind AND k.value = mine.value JOIN customers c ON c.id = k.customer_id WHERE m.root_id = @id
    ) found WHERE found.id <> @id AND EXISTS (SELECT 1 FROM identities WHERE customer_id = found.id) LIMIT ${LOOKALIKES}`);
  const likeness = (id: string): LookalikeRow => ({
    id, names: namesOf.all(id).map((row) => row.text), identities: addresses.all(id).map((one) => `${one.kind} ${one.value}`), claims: claimsOf.all(id).map((row) => row.text),
  });
  return {
    addressesOf: (customerId) => addresses.all(customerId),
    lookalikes: (customerId) => ({ own: likeness(customerId), others: candidates.all({ id: customerId }).map((row) => likeness(row.id)) }),
    known: (identities) => identities.flatMap((one) => find.get(one.kind, one.value) ?? []),
    create(nowMs) {
      const id = newId("cus", nowMs);
      insert.run(id, id, nowMs);
      return id;
    },
    see(customerId, { kind, value: text }, atMs) {
      const id = newId("idn", atMs);
      return see.get(id, customerId, customerId, kind, text, atMs, atMs)?.id ?? id;
    },
    name: (id, text, rank, atMs) => void name.run({ id, name: text, key: plainName(text), rank, atMs }),
    claim: (customerId, identity, atMs) => void claim.run(customerId, identity.kind, identity.value, atMs),
    rootOf: (customerId) => root.get(customerId)?.root_id,
    eldest: (roots) => eldest.get(JSON.stringify(roots))?.id,
    filedBy(sessionId, identityIds) {
      for (const id of identityIds) filed.run(sessionId, id);
    },
    setProfile: (customerId, fields) => void profile.run(JSON.stringify(fields), customerId),
    card: (customerId) => card.get(customerId),
  };
}
