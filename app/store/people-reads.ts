// Customers as people look for them: whom we spoke with last, who fits what was typed, whom an agent has met, and how an address came.
import { toRfc3339, type KnownAddress, type MatterView } from "../domain/index.ts";
import type { Db } from "../platform/index.ts";
import { BEST_NAME } from "./customers.ts";
import { pageOf, readCursor } from "./rows.ts";
import type { PageOf, PageRequest } from "./views.ts";

/** A line of the list. */
export interface PersonView {
  id: string;
  name: string | null;
  identities: { kind: string; value: string }[];
  lastContactAt: string | null;
  /** of the conversation that was touched last */
  topic: string | null;
  status: string | null;
  openConversations: number;
}

export interface PeopleReads {
  /** newest contact first; with `agentIds` those whom these agents have met, by their newest contact with one of them */
  newest(scope: { agentIds?: readonly string[] }, page: PageRequest): PageOf<PersonView>;
  /** those whose name, address or id fits, newest contact first, at most 50; `isWhole` false: there are more */
  fitting(text: string, scope: { agentIds?: readonly string[] }): { items: PersonView[]; isWhole: boolean };
  /** whether one of these agents has led a contact with the customer */
  isMet(customerId: string, agentIds: readonly string[]): boolean;
  /** surest kind first, then as they came */
  addresses(customerId: string): KnownAddress[];
  /** name or first address under which a customer was filed, also once it is merged into another */
  ownName(customerId: string): string | null;
  /** conversations of a customer, last touched first */
  matters(customerId: string, page: PageRequest): PageOf<MatterView>;
  /** those of these conversations that are the customer's */
  mattersById(customerId: string, ids: readonly string[]): MatterView[];
  /** contacts that are being worked on or held, by channel */
  unfinished(customerId: string): { channel: string; isHeld: boolean; count: number }[];
}

type MatterDbRow = Omit<MatterView, "updated_at" | "resolved_at"> & { updated_at_ms: number; resolved_at_ms: number | null };

function matterView({ updated_at_ms, resolved_at_ms, ...row }: MatterDbRow): MatterView {
  return { ...row, updated_at: toRfc3339(updated_at_ms), resolved_at: resolved_at_ms === null ? null : toRfc3339(resolved_at_ms) };
}

/** Matches that are collected before the newest are shown: "a" fits everybody, and nobody reads on. */
const COLLECTED = 200;
const SHOWN = 50;

/** @param db an open, migrated database */
export function createPeopleReads(db: Db): PeopleReads {
  const person = db.prepare<[string], { id: string; name: string | null; topic: string | null; status: string | null; last_ms: number | null; open: number }>(`SELECT c.id, ${BEST_NAME} AS name, l.topic, l.status, l.updated_at_ms AS last_ms,
      (SELECT count(*) FROM (SELECT 1 FROM conversations WHERE customer_id = c.id AND is_empty = 0 AND status <> 'resolved' LIMIT 100)) AS open
    FROM customers c LEFT JOIN conversations l ON l.id = (SELECT id FROM conversations WHERE customer_id = c.id AND is_empty = 0 ORDER BY updated_at_ms DESC LIMIT 1) WHERE c.id = ?`);
  const identities = db.prepare<[string], { kind: string; value: string }>("SELECT kind, value FROM identities WHERE customer_id = ? ORDER BY first_seen_ms LIMIT 6");
  // Walks the conversations from the newest on and takes each customer at the first one: the next page goes on from there.
  const newest = (after: boolean) => db.prepare<Record<string, unknown>, { id: string; at: number; key: string }>(`SELECT customer_id AS id, updated_at_ms AS at, id AS key FROM conversations c WHERE is_empty = 0 AND customer_id IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM conversations n WHERE n.customer_id = c.customer_id AND n.is_empty = 0 AND n.updated_at_ms >= c.updated_at_ms AND (n.updated_at_ms > c.updated_at_ms OR n.id > c.id))
    ${after ? "AND (updated_at_ms, id) < (@at, @id)" : ""} ORDER BY updated_at_ms DESC, id DESC LIMIT @limit`);
  const met = (after: boolean) => db.prepare<Record<string, unknown>, { id: string; at: number; key: string }>(`SELECT customer_id AS id, max(received_at_ms) AS at, customer_id AS key FROM sessions WHERE agent_id IN (SELECT value FROM json_each(@agentIds)) AND customer_id IS NOT NULL
    GROUP BY customer_id ${after ? "HAVING (max(received_at_ms), customer_id) < (@at, @id)" : ""} ORDER BY 2 DESC, 1 DESC LIMIT @limit`);
  const isMet = db.prepare<[string, string]>("SELECT 1 FROM sessions WHERE agent_id IN (SELECT value FROM json_each(?)) AND customer_id = ? LIMIT 1");
  const byId = db.prepare<[string], { id: string }>("SELECT root_id AS id FROM customers WHERE id = ?");
  const byThing = db.prepare<Record<string, string>, { id: string }>(`SELECT customer_id AS id FROM sessions WHERE id = @text UNION SELECT customer_id FROM conversations WHERE id = @text UNION SELECT customer_id FROM messages WHERE id = @text
    UNION SELECT s.customer_id FROM call_ids k JOIN sessions s ON s.id = k.session_id WHERE k.call_id = @text`);
  const byAddress = db.prepare<[string, number], { id: string }>("SELECT DISTINCT customer_id AS id FROM identities WHERE value LIKE ? ESCAPE '\\' LIMIT ?");
  const byName = db.prepare<[string, number], { id: string }>("SELECT DISTINCT root_id AS id FROM customers WHERE name LIKE ? ESCAPE '\\' LIMIT ?");
  const lastOf = db.prepare<[string], { at: number | null }>("SELECT max(updated_at_ms) AS at FROM conversations WHERE customer_id = ?");
  const addresses = db.prepare<Record<string, string>, { kind: string; value: string; first_ms: number; last_ms: number; channel: string | null; isMerged: number; isClaim: number }>(`SELECT kind, value, first_seen_ms AS first_ms, last_seen_ms AS last_ms,
      (SELECT s.channel FROM session_identities f JOIN sessions s ON s.id = f.session_id WHERE f.identity_id = i.id ORDER BY f.session_id LIMIT 1) AS channel, origin_id IS NOT NULL AND origin_id <> @id AS isMerged, 0 AS isClaim FROM identities i WHERE customer_id = @id
    UNION ALL SELECT k.kind, k.value, k.at_ms, k.at_ms, NULL, k.customer_id <> @id, 1 FROM claims k JOIN customers c ON c.id = k.customer_id WHERE c.root_id = @id AND NOT EXISTS (SELECT 1 FROM identities WHERE kind = k.kind AND value = k.value AND customer_id = @id)
    ORDER BY isClaim, first_ms, kind, value LIMIT 100`);
  const unfinished = db.prepare<[string], { channel: string; isHeld: number; count: number }>("SELECT channel, status = 'held' AS isHeld, count(*) AS count FROM sessions WHERE customer_id = ? AND status IN ('received', 'processing', 'held') AND is_empty = 0 GROUP BY 1, 2 ORDER BY 1, 2");

  const ownName = db.prepare<[string], { name: string | null }>("SELECT coalesce(c.name, (SELECT value FROM identities WHERE origin_id = c.id ORDER BY first_seen_ms, value LIMIT 1)) AS name FROM customers c WHERE c.id = ?");
  const matter = "SELECT id, status, topic, reason, owner, queue, updated_at_ms, resolved_at_ms FROM conversations WHERE customer_id = @customerId AND is_empty = 0";
  const matters = (after: boolean) => db.prepare<Record<string, unknown>, MatterDbRow>(`${matter} ${after ? "AND (updated_at_ms, id) < (@at, @id)" : ""} ORDER BY updated_at_ms DESC, id DESC LIMIT @limit`);
  const mattersById = db.prepare<Record<string, unknown>, MatterDbRow>(`${matter} AND id IN (SELECT value FROM json_each(@ids))`);

  const viewOf = (id: string): PersonView[] => {
    const row = person.get(id);
    return row === undefined ? [] : [{ id: row.id, name: row.name, identities: identities.all(id), lastContactAt: row.last_ms === null ? null : toRfc3339(row.last_ms), topic: row.topic, status: row.status, openConversations: row.open }];
  };
  return {
    newest({ agentIds }, page) {
      const after = readCursor(page);
      const rows = agentIds === undefined ? newest(after !== undefined).all({ ...after, limit: page.limit + 1 }) : met(after !== undefined).all({ ...after, agentIds: JSON.stringify(agentIds), limit: page.limit + 1 });
      const { items, next } = pageOf(rows, page.limit, ({ at, key }) => ({ at, id: key }), ({ id }) => viewOf(id));
      return { items: items.flat(), next };
    },
    fitting(text, { agentIds }) {
      const like = `%${text.replace(/[\\%_]/g, "\\$&")}%`;
      const exact = [...byId.all(text), ...byThing.all({ text })];
      const found = exact.length > 0 ? exact : [...byAddress.all(like, COLLECTED), ...byName.all(like, COLLECTED)];
      const ids = [...new Set(found.flatMap(({ id }) => id ?? []))].filter((id) => agentIds === undefined || isMet.get(JSON.stringify(agentIds), id) !== undefined);
      const ranked = ids.map((id) => ({ id, at: lastOf.get(id)?.at ?? 0 })).sort((a, b) => b.at - a.at || (a.id < b.id ? 1 : -1));
      return { items: ranked.slice(0, SHOWN).flatMap(({ id }) => viewOf(id)), isWhole: ranked.length <= SHOWN && found.length < COLLECTED };
    },
    isMet: (customerId, agentIds) => isMet.get(JSON.stringify(agentIds), customerId) !== undefined,
    addresses: (id) => addresses.all({ id }).map(({ first_ms, last_ms, isMerged, isClaim, ...one }) => ({ ...one, firstSeenAt: toRfc3339(first_ms), lastSeenAt: toRfc3339(last_ms), isMerged: isMerged === 1, isClaim: isClaim === 1 })),
    ownName: (customerId) => ownName.get(customerId)?.name ?? null,
    matters(customerId, page) {
      const after = readCursor(page);
      return pageOf(matters(after !== undefined).all({ ...after, customerId, limit: page.limit + 1 }), page.limit, (row) => ({ at: row.updated_at_ms, id: row.id }), matterView);
    },
    mattersById: (customerId, ids) => (ids.length === 0 ? [] : mattersById.all({ customerId, ids: JSON.stringify(ids) }).map(matterView)),
    unfinished: (customerId) => unfinished.all(customerId).map((row) => ({ ...row, isHeld: row.isHeld === 1 })),
  };
}
