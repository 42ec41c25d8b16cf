// What is open now, as it is kept: members, their themes, and the sums that the question reads. Every function is meant to run inside a transaction.
import type { IssueFacts, IssueMember, IssueTally, IssueTheme, SummaryPoint } from "../domain/index.ts";
import type { Db } from "../platform/index.ts";

export interface IssueRows {
  /** conversations that changed since they were last taken; what is taken is not marked any more. Large ones are put into the background's list instead */
  takeChanged(): string[];
  /** conversations that wait to be made again in the background, in the order in which they were put there; fewer than `limit` where they are large */
  takeLater(limit: number): string[];
  isBehind(): boolean;
  /** puts a few more of all conversations there, those opened first first, and what is kept of some that are gone @returns where to go on; undefined at the end */
  deriveLater(after: { openedAtMs: number; id: string } | undefined, limit: number): { openedAtMs: number; id: string } | undefined;
  /** undefined when it is resolved, empty or gone */
  factsOf(conversationId: string): IssueFacts | undefined;
  member(conversationId: string): IssueMember | undefined;
  membersOf(unit: string): IssueMember[];
  allMembers(): IssueMember[];
  put(member: IssueMember): void;
  /** something was said: nothing else of the member is different */
  renew(conversationId: string, lastAtMs: number): void;
  remove(conversationId: string): void;
  /** of a reason, in the order of foundation */
  themes(reason: string): IssueTheme[];
  found(reason: string, words: readonly number[]): IssueTheme;
  /** the theme goes when nobody is in it any more @returns whether it went */
  dropIfEmpty(reason: string, themeId: number): boolean;
  /** members of a reason that are in no theme, the longest open first */
  unplaced(reason: string): IssueMember[];
  add(differences: readonly IssueTally[]): void;
  allTallies(): IssueTally[];
  clear(): void;
  /** version of the definitions by which derived rows of this name were made */
  madeBy(name: string): string | undefined;
  setMadeBy(name: string, version: string): void;
}

interface MemberRow { conversation_id: string; unit: string; reason: string; theme_id: number | null; queue: string; channels: string; opened_at_ms: number; last_at_ms: number; mood: number | null; words: string; label: string | null; quote_id: string | null }
interface TallyRow { scope: string; channel: string; queue: string; customers: number; conversations: number; opened_minutes: number; mood: number; moods: number }
interface FactsRow { customer_id: string | null; reason: string | null; queue: string | null; opened_at_ms: number; updated_at_ms: number }
interface FoundRow { id: string; intent: string | null; points: string | null; topic: string | null }

/**
 * Contacts from which on a conversation is made again in the background: a burst of 7,000 calls from one number spent a third of its time on making theirs
 * again with every commit.
 */
const LARGE = 50;
/** Contacts that the background makes again at once: some 10 ms. */
const CONTACTS_AT_ONCE = 200;
/** A customer's first messages say why they write; later ones answer questions. */
const FIRST_SAID = 6;
const EVIDENCE_MAX = 12;

/** @param db an open, migrated database */
export function createIssueRows(db: Db): IssueRows {
  const sizeOf = (id: string): string => `(SELECT count(*) FROM (SELECT 1 FROM sessions WHERE conversation_id = ${id} LIMIT ${CONTACTS_AT_ONCE}))`;
  const changed = db.prepare<[], { conversation_id: string; size: number }>(`SELECT conversation_id, ${sizeOf("c.conversation_id")} AS size FROM changed_conversations c`);
  const settled = db.prepare("DELETE FROM changed_conversations");
  const later = db.prepare<[number], { seq: number; conversation_id: string; size: number }>(`SELECT seq, conversation_id, ${sizeOf("l.conversation_id")} AS size FROM derive_later l ORDER BY seq LIMIT ?`);
  const taken = db.prepare("DELETE FROM derive_later WHERE seq <= ?");
  const behind = db.prepare("SELECT 1 FROM derive_later UNION ALL SELECT 1 FROM changed_conversations LIMIT 1");
  const some = db.prepare<Record<string, string | number>, { openedAtMs: number; id: string }>("SELECT opened_at_ms AS openedAtMs, id FROM conversations WHERE (opened_at_ms, id) > (@openedAtMs, @id) ORDER BY opened_at_ms, id LIMIT @limit");
  const putLater = db.prepare("INSERT INTO derive_later (conversation_id) SELECT value FROM json_each(?) WHERE NOT EXISTS (SELECT 1 FROM derive_later WHERE conversation_id = value) ORDER BY key");
  const gone = db.prepare(`INSERT INTO derive_later (conversation_id) SELECT DISTINCT conversation_id FROM (SELECT conversation_id FROM issue_members UNION ALL SELECT conversation_id FROM journey_contacts) WHERE conversation_id NOT IN (SELECT id FROM conversations)`);
  const began = "coalesce(s.started_at_ms, s.received_at_ms)";
  const conversation = db.prepare<[string], FactsRow>("SELECT customer_id, reason, queue, opened_at_ms, updated_at_ms FROM conversations WHERE id = ? AND is_empty = 0 AND status <> 'resolved'");
  const contacts = db.prepare<[string], { channel: string; queue: string | null; revision: number }>(`SELECT s.channel, s.queue, s.revision FROM sessions s WHERE s.conversation_id = ? AND s.is_empty = 0 ORDER BY ${began} DESC, s.id DESC`);
  const newest = "a.revision = (SELECT max(revision) FROM analyses WHERE session_id = s.id)";
  const found = db.prepare<[string], FoundRow>(`SELECT s.id, a.body -> '$.intent' AS intent, a.body -> '$.summary_points' AS points, a.body -> '$.topic_evidence' AS topic FROM sessions s JOIN analyses a ON a.session_id = s.id AND ${newest}
    WHERE s.conversation_id = ? AND s.is_empty = 0 AND (json_type(a.body, '$.intent') = 'object' OR json_array_length(a.body, '$.summary_points') > 0) ORDER BY ${began}, s.id LIMIT 1`);
  const mood = db.prepare<[string], { mood: number }>(`SELECT a.body ->> '$.sentiment.overall' AS mood FROM sessions s JOIN analyses a ON a.session_id = s.id AND ${newest}
    WHERE s.conversation_id = ? AND s.is_empty = 0 AND a.body ->> '$.sentiment.overall' IS NOT NULL ORDER BY ${began} DESC, s.id DESC LIMIT 1`);
  const said = "speaker = 'customer' AND text <> '' AND kind NOT IN ('reaction', 'event')";
  const cited = db.prepare<[string, string], { id: string; text: string }>(`SELECT m.id, m.text FROM json_each(?) e JOIN messages m ON m.id = e.value WHERE m.conversation_id = ? AND ${said} ORDER BY e.key`);
  const first = db.prepare<[string], { id: string; text: string }>(`SELECT id, text FROM messages WHERE session_id = (SELECT s.id FROM sessions s WHERE s.conversation_id = ? AND s.is_empty = 0
      AND EXISTS (SELECT 1 FROM messages m WHERE m.session_id = s.id AND ${said}) ORDER BY ${began}, s.id LIMIT 1) AND ${said} ORDER BY start_ms, seq LIMIT ${FIRST_SAID}`);
  const member = db.prepare<[string], MemberRow>("SELECT * FROM issue_members WHERE conversation_id = ?");
  const members = db.prepare<[string], MemberRow>("SELECT * FROM issue_members WHERE unit = ?");
  const put = db.prepare(`INSERT OR REPLACE INTO issue_members (conversation_id, unit, reason, theme_id, queue, channels, opened_at_ms, last_at_ms, mood, words, label, quote_id)
    VALUES (@conversationId, @unit, @reason, @themeId, @queue, @channels, @openedAtMs, @lastAtMs, @mood, @words, @label, @quoteId)`);
  const renew = db.prepare("UPDATE issue_members SET last_at_ms = ? WHERE conversation_id = ?");
  const remove = db.prepare("DELETE FROM issue_members WHERE conversation_id = ?");
  const themes = db.prepare<[string], { id: number; reason: string; words: string }>("SELECT id, reason, words FROM issue_themes WHERE reason = ? ORDER BY id");
  const foundTheme = db.prepare<[string, string], { id: number }>("INSERT INTO issue_themes (reason, words) VALUES (?, ?) RETURNING id");
  const drop = db.prepare("DELETE FROM issue_themes WHERE id = @id AND NOT EXISTS (SELECT 1 FROM issue_members WHERE reason = @reason AND theme_id = @id)");
  const unplaced = db.prepare<[string], MemberRow>("SELECT * FROM issue_members WHERE reason = ? AND theme_id IS NULL ORDER BY opened_at_ms, conversation_id");
  const add = db.prepare(`INSERT INTO issue_tallies (channel, queue, scope, customers, conversations, opened_minutes, mood, moods) VALUES (@channel, @queue, @scope, @customers, @conversations, @openedMinutes, @mood, @moods)
    ON CONFLICT DO UPDATE SET customers = customers + excluded.customers, conversations = conversations + excluded.conversations, opened_minutes = opened_minutes + excluded.opened_minutes, mood = mood + excluded.mood, moods = moods + excluded.moods`);
  const sweep = db.prepare("DELETE FROM issue_tallies WHERE channel = @channel AND queue = @queue AND scope = @scope AND conversations = 0");
  const madeBy = db.prepare<[string], { version: string }>("SELECT version FROM derived_by WHERE name = ?");
  const setMadeBy = db.prepare("INSERT OR REPLACE INTO derived_by (name, version) VALUES (?, ?)");

  return {
    takeChanged() {
      const rows = changed.all();
      if (rows.length > 0) settled.run();
      const large = rows.filter((row) => row.size > LARGE).map((row) => row.conversation_id);
      if (large.length > 0) putLater.run(JSON.stringify(large));
      return rows.filter((row) => row.size <= LARGE).map((row) => row.conversation_id);
    },
    takeLater(limit) {
      let contacts = 0;
      const rows = later.all(limit).filter(({ size }, i) => (contacts += size) <= CONTACTS_AT_ONCE || i === 0);
      if (rows.length > 0) taken.run(rows.at(-1)?.seq ?? 0);
      return rows.map((row) => row.conversation_id);
    },
    isBehind: () => behind.get() !== undefined,
    deriveLater(after, limit) {
      if (after === undefined) gone.run();
      const rows = some.all({ ...(after ?? { openedAtMs: Number.MIN_SAFE_INTEGER, id: "" }), limit });
      putLater.run(JSON.stringify(rows.map((row) => row.id)));
      return rows.at(-1);
    },
    factsOf(conversationId) {
      const row = conversation.get(conversationId);
      if (row === undefined) return undefined;
      const met = contacts.all(conversationId);
      const isAnalysed = met.some((one) => one.revision > 0);
      const analysed = isAnalysed ? found.get(conversationId) : undefined;
      const intent = JSON.parse(analysed?.intent ?? "null") as SummaryPoint | null;
      const points = JSON.parse(analysed?.points ?? "[]") as SummaryPoint[];
      const evidence = [...(intent?.evidence ?? []), ...(JSON.parse(analysed?.topic ?? "[]") as string[]), ...points.flatMap((point) => point.evidence)];
      const proofs = evidence.length === 0 ? [] : cited.all(JSON.stringify([...new Set(evidence)].slice(0, EVIDENCE_MAX)), conversationId);
      return {
        conversationId, customerId: row.customer_id, reason: row.reason, queue: row.queue ?? met.find((one) => one.queue !== null)?.queue ?? null, openedAtMs: row.opened_at_ms, lastAtMs: row.updated_at_ms,
        channels: [...new Set(met.map((one) => one.channel))].sort(),
        found: analysed === undefined ? null : { intent, points },
        mood: (isAnalysed ? mood.get(conversationId)?.mood : undefined) ?? null,
        said: [...proofs, ...first.all(conversationId)],
      };
    },
    member: (id) => memberOf(member.get(id)),
    membersOf: (unit) => members.all(unit).flatMap((row) => memberOf(row) ?? []),
    allMembers: () => db.prepare<[], MemberRow>("SELECT * FROM issue_members").all().flatMap((row) => memberOf(row) ?? []),
    put: (one) => void put.run({ ...one, channels: one.channels.length === 0 ? "" : ` ${one.channels.join(" ")} `, words: JSON.stringify(one.words) }),
    renew: (id, lastAtMs) => void renew.run(lastAtMs, id),
    remove: (id) => void remove.run(id),
    themes: (reason) => themes.all(reason).map((row) => ({ ...row, words: JSON.parse(row.words) as number[] })),
    found(reason, words) {
      const id = foundTheme.get(reason, JSON.stringify(words))?.id ?? 0;
      return { id, reason, words: [...words] };
    },
    dropIfEmpty: (reason, id) => drop.run({ reason, id }).changes > 0,
    unplaced: (reason) => unplaced.all(reason).flatMap((row) => memberOf(row) ?? []),
    add(differences) {
      for (const one of differences) {
        add.run(one);
        if (one.conversations < 0) sweep.run({ channel: one.channel, queue: one.queue, scope: one.scope });
      }
    },
    allTallies: () => db.prepare<[], TallyRow>("SELECT * FROM issue_tallies").all().map(({ opened_minutes: openedMinutes, ...row }) => ({ ...row, openedMinutes })),
    clear: () => void db.exec("DELETE FROM issue_members; DELETE FROM issue_themes; DELETE FROM issue_tallies"),
    madeBy: (name) => madeBy.get(name)?.version,
    setMadeBy: (name, version) => void setMadeBy.run(name, version),
  };
}

function memberOf(row: MemberRow | undefined): IssueMember | undefined {
  return row && {
    conversationId: row.conversation_id, unit: row.unit, reason: row.reason, themeId: row.theme_id, queue: row.queue, channels: row.channels.split(" ").filter((one) => one !== ""),
    openedAtMs: row.opened_at_ms, lastAtMs: row.last_at_ms, mood: row.mood, words: JSON.parse(row.words) as number[], label: row.label, quoteId: row.quote_id,
  };
}
