// Merges and splits of customers: each is a record and an edge or a list of moved rows; undoing takes exactly that back.
import { AppError, newId } from "../domain/index.ts";
import type { Db } from "../platform/index.ts";

export interface MergeRow {
  id: string;
  kind: "merge" | "split";
  from_id: string;
  into_id: string;
  automatic: number;
  actor: string | null;
  reason: string;
  /** of a split: what moved, and where it had been */
  moved: string;
  at_ms: number;
  undone_at_ms: number | null;
  undone_by: string | null;
}

export interface Why {
  /** null: Earshot itself, because an address is equal */
  actor: string | null;
  reason: string;
  atMs: number;
}

export interface Merges {
  /** Both are roots and different. @returns id of the record */
  merge(from: string, into: string, why: Why): string;
  /**
   * Takes a merge or split back: everything returns to the customer it came from, also what was filed since under addresses that return.
   * @throws AppError NOT_FOUND, CONFLICT when it is undone already, or a later split moved the same rows
   * @returns the roots that changed
   */
  undo(id: string, actor: string, nowMs: number): string[];
  /**
   * A new customer of some addresses, with the sessions that were filed by these addresses only, and some further sessions.
   * @throws AppError REQUEST_INVALID when something is not of this customer, or nothing would be left
   */
  split(from: string, identityIds: readonly string[], sessionIds: readonly string[], why: Why): { id: string; customerId: string };
  /** a person took the two apart, so nothing joins them by itself */
  isApart(one: string, other: string): boolean;
  of(customerId: string): MergeRow[];
  byId(id: string): MergeRow | undefined;
}

interface Moved { table: "identities" | "sessions"; id: string; origin: string }

/** Tables whose rows belong to a customer: `origin_id` stays, `customer_id` follows the merges. */
const FOLLOWERS = ["identities", "sessions", "consents"] as const;

const TREE = "WITH RECURSIVE tree(id) AS (SELECT @root UNION SELECT c.id FROM customers c JOIN tree t ON c.merged_into = t.id)";

/** @param db an open, migrated database */
export function createMerges(db: Db): Merges {
  const insert = db.prepare(`INSERT INTO merges (id, kind, from_id, into_id, automatic, actor, reason, moved, at_ms) VALUES (@id, @kind, @from, @into, @automatic, @actor, @reason, @moved, @atMs)`);
  const point = db.prepare("UPDATE customers SET merged_into = ? WHERE id = ?");
  const reroot = [`UPDATE customers SET root_id = @root WHERE id IN (${TREE} SELECT id FROM tree)`,
    ...FOLLOWERS.map((table) => `UPDATE ${table} SET customer_id = @root WHERE customer_id <> @root AND origin_id IN (${TREE} SELECT id FROM tree)`),
    `UPDATE messages SET customer_id = @root WHERE customer_id <> @root AND session_id IN (SELECT id FROM sessions WHERE origin_id IN (${TREE} SELECT id FROM tree))`].map((sql) => db.prepare(sql));
  const root = db.prepare<[string], { root_id: string; merged_into: string | null }>("SELECT root_id, merged_into FROM customers WHERE id = ?");
  const byId = db.prepare<[string], MergeRow>("SELECT * FROM merges WHERE id = ?");
  const undone = db.prepare("UPDATE merges SET undone_at_ms = ?, undone_by = ? WHERE id = ?");
  const apart = db.prepare("INSERT INTO apart (one, other, at_ms) VALUES (min(@one, @other), max(@one, @other), @atMs) ON CONFLICT DO NOTHING");
  const together = db.prepare(`DELETE FROM apart WHERE (one, other) IN (SELECT a.one, a.other FROM apart a JOIN customers x ON x.id = a.one JOIN customers y ON y.id = a.other
    WHERE (x.root_id = @one AND y.root_id = @other) OR (x.root_id = @other AND y.root_id = @one))`);
  const isApart = db.prepare<Record<string, string>, { n: number }>(`SELECT count(*) AS n FROM apart a JOIN customers x ON x.id = a.one JOIN customers y ON y.id = a.other
    WHERE (x.root_id = @one AND y.root_id = @other) OR (x.root_id = @other AND y.root_id = @one)`);
  const history = db.prepare<Record<string, string>, MergeRow>(`${TREE} SELECT * FROM merges WHERE from_id IN (SELECT id FROM tree) OR into_id IN (SELECT id FROM tree) ORDER BY at_ms, id`);
  const create = db.prepare("INSERT INTO customers (id, root_id, created_at_ms) VALUES (?, ?, ?)");
  const origins = { identities: db.prepare<[string], { origin_id: string; customer_id: string }>("SELECT origin_id, customer_id FROM identities WHERE id = ?"), sessions: db.prepare<[string], { origin_id: string; customer_id: string }>("SELECT origin_id, customer_id FROM sessions WHERE id = ?") };
  const setOrigin = { identities: db.prepare("UPDATE identities SET origin_id = ?, customer_id = ? WHERE id = ?"), sessions: db.prepare("UPDATE sessions SET origin_id = ?, customer_id = ? WHERE id = ?") };
  const setMessages = db.prepare("UPDATE messages SET customer_id = ? WHERE session_id = ?");
  const onlyBy = db.prepare<Record<string, string>, { id: string }>(`SELECT DISTINCT s.session_id AS id FROM session_identities s WHERE s.identity_id IN (SELECT value FROM json_each(@ids))
    AND NOT EXISTS (SELECT 1 FROM session_identities o WHERE o.session_id = s.session_id AND o.identity_id NOT IN (SELECT value FROM json_each(@ids)))`);
  const countIdentities = db.prepare<[string], { n: number }>("SELECT count(*) AS n FROM identities WHERE customer_id = ?");
  const left = db.prepare<Record<string, string>, { table: "identities" | "sessions"; id: string }>("SELECT 'identities' AS \"table\", id FROM identities WHERE origin_id = @id UNION ALL SELECT 'sessions', id FROM sessions WHERE origin_id = @id");

  const take = (id: string): void => {
    for (const one of reroot) one.run({ root: id });
  };
  const rootOf = (id: string): string => root.get(id)?.root_id ?? id;
  const move = ({ table, id }: Pick<Moved, "table" | "id">, origin: string): void => {
    const to = rootOf(origin);
    setOrigin[table].run(origin, to, id);
    if (table === "sessions") setMessages.run(to, id);
  };

  const undoMerge = (row: MergeRow, nowMs: number): string[] => {
    const below = root.get(row.from_id);
    if (below?.merged_into !== row.into_id) throw new AppError("CONFLICT", "This merge does not stand any more; read the customer again");
    const whole = rootOf(row.into_id);
    point.run(null, row.from_id);
    take(row.from_id);
    apart.run({ one: row.from_id, other: row.into_id, atMs: nowMs });
    return [row.from_id, whole];
  };

  const undoSplit = (row: MergeRow): string[] => {
    const moved = JSON.parse(row.moved) as Moved[];
    const elsewhere = moved.find((one) => origins[one.table].get(one.id)?.origin_id !== row.into_id);
    if (elsewhere !== undefined) throw new AppError("CONFLICT", "A later split moved some of the same addresses; undo that one first");
    const before = rootOf(row.into_id);
    const known = new Set(moved.map((one) => one.id));
    for (const one of moved) move(one, one.origin);
    for (const one of left.all({ id: row.into_id })) if (!known.has(one.id)) move(one, row.from_id); // filed since, under the addresses that return
    together.run({ one: rootOf(row.from_id), other: before });
    return [...new Set([before, ...moved.map((one) => rootOf(one.origin)), rootOf(row.from_id)])];
  };

  return {
    merge(from, into, { actor, reason, atMs }) {
      const id = newId("mrg", atMs);
      insert.run({ id, kind: "merge", from, into, automatic: actor === null ? 1 : 0, actor, reason, moved: "[]", atMs });
      together.run({ one: from, other: into }); // whoever merges by hand takes the earlier decision back
      point.run(into, from);
      take(into);
      return id;
    },
    undo(id, actor, nowMs) {
      const row = byId.get(id);
      if (row === undefined) throw new AppError("NOT_FOUND", "There is no merge with this id; the customer's page lists them");
      if (row.undone_at_ms !== null) throw new AppError("CONFLICT", "This merge was undone before");
      const changed = row.kind === "merge" ? undoMerge(row, nowMs) : undoSplit(row);
      undone.run(nowMs, actor, id);
      return changed;
    },
    split(from, identityIds, sessionIds, { actor, reason, atMs }) {
      const customerId = newId("cus", atMs);
      const id = newId("mrg", atMs);
      const along = onlyBy.all({ ids: JSON.stringify(identityIds) }).map((row) => row.id);
      const things: Pick<Moved, "table" | "id">[] = [
        ...[...new Set(identityIds)].map((one) => ({ table: "identities" as const, id: one })),
        ...[...new Set([...along, ...sessionIds])].map((one) => ({ table: "sessions" as const, id: one })),
      ];
      const moved = things.flatMap((one): Moved[] => {
        const row = origins[one.table].get(one.id);
        if (row?.customer_id === from) return [{ ...one, origin: row.origin_id }];
        if (one.table === "sessions" && along.includes(one.id)) return []; // filed by this address and taken out by a person before
        throw new AppError("REQUEST_INVALID", "Only addresses and sessions of this customer can be taken out of it", { details: { problems: [{ path: one.table, message: "expected ids that belong to this customer" }] } });
      });
      const takesAll = moved.filter((one) => one.table === "identities").length === countIdentities.get(from)?.n;
      if (moved.length === 0 || takesAll) throw new AppError("REQUEST_INVALID", "A split leaves something on both sides; name some of the addresses, not all", { details: { problems: [{ path: "identities", message: "expected some of the customer's addresses" }] } });
      create.run(customerId, customerId, atMs);
      for (const one of moved) move(one, customerId);
      insert.run({ id, kind: "split", from, into: customerId, automatic: 0, actor, reason, moved: JSON.stringify(moved), atMs });
      apart.run({ one: from, other: customerId, atMs });
      return { id, customerId };
    },
    isApart: (one, other) => (isApart.get({ one, other })?.n ?? 0) > 0,
    of: (customerId) => history.all({ root: customerId }),
    byId: (id) => byId.get(id),
  };
}
