// The live question: groups of open conversations from their sums, and what shows a group: its oldest and newest, and customers' own words.
import type { IssueTally } from "../domain/index.ts";
import type { Db } from "../platform/index.ts";

export interface IssueFilter {
  channel?: string;
  queue?: string;
  reason?: string;
  /** only conversations in which something was said then or later */
  sinceMs?: number;
}

/** Sums of a group: of a reason, or of a theme (within a reason, or of conversations without one). Both null: everything that is in no group. */
export interface IssueGroupRow extends Pick<IssueTally, "customers" | "conversations" | "openedMinutes" | "mood" | "moods"> {
  reason: string | null;
  themeId: number | null;
}

/** Which members: of a reason ("" for those without one), of one theme of it. */
export interface IssuePlace {
  reason: string;
  themeId?: number;
}

export interface IssueReads {
  /** all that matches, from the sums: whatever `sinceMs` says */
  total(filter: IssueFilter): Pick<IssueGroupRow, "customers" | "conversations">;
  /** from the sums: every reason, every theme of conversations without one, and what is in neither */
  groups(filter: IssueFilter): IssueGroupRow[];
  /** from the sums: themes of one reason */
  themes(reason: string, filter: IssueFilter): IssueGroupRow[];
  /** rows that match, for sums that are not kept: in the order in which something was said last, after the one named */
  moved(filter: IssueFilter, after: { lastAtMs: number; conversationId: string }, limit: number): MovedRow[];
  /** by channel; a conversation on two channels counts on both */
  channels(place: IssuePlace, filter: IssueFilter): { channel: string; customers: number; conversations: number }[];
  span(place: IssuePlace, filter: IssueFilter): { conversationId: string; openedAtMs: number }[];
  /** the newest, of different customers; text as it is stored, redacted */
  quotes(place: IssuePlace, filter: IssueFilter, limit: number): { messageId: string; conversationId: string; customerId: string | null; channel: string; atMs: number; text: string }[];
  label(place: IssuePlace, filter: IssueFilter): string | null;
  /** conversations for a reason that were opened in [fromMs, toMs), resolved since or not; without a reason, those of a theme that are open still */
  opened(place: IssuePlace, fromMs: number, toMs: number): number;
}

/** Of one conversation what sums need. */
export interface MovedRow {
  conversationId: string;
  unit: string;
  reason: string;
  themeId: number | null;
  lastAtMs: number;
  openedMinutes: number;
  mood: number | null;
}

type Bound = Record<string, string | number | null>;
interface TallyRow { scope: string; customers: number; conversations: number; openedMinutes: number; mood: number; moods: number }

/** Of each group so many of the newest are looked at for quotes: most have one, and few customers have two. */
const LOOKED_AT = 40;

const SUMS = "customers, conversations, opened_minutes AS openedMinutes, mood, moods";
const MATCHES = `(@channel = '' OR instr(channels, ' ' || @channel || ' ') > 0) AND (@queue = '' OR queue = @queue)`;

/** @param db an open, migrated database */
export function createIssueReads(db: Db): IssueReads {
  const tally = db.prepare<Bound, TallyRow>(`SELECT scope, ${SUMS} FROM issue_tallies WHERE channel = @channel AND queue = @queue AND scope = @scope`);
  const between = (from: string, to: string): string => `SELECT scope, ${SUMS} FROM issue_tallies WHERE channel = @channel AND queue = @queue AND scope >= '${from}' AND scope < '${to}'`;
  const tallies = db.prepare<Bound, TallyRow>(`${between("alike ", "alike!")} UNION ALL ${between("reason ", "reason!")} UNION ALL ${between("other", "other ")}`);
  const themed = db.prepare<Bound, TallyRow>(`SELECT scope, ${SUMS} FROM issue_tallies WHERE channel = @channel AND queue = @queue AND scope >= 'theme ' || @reason || ' ' AND scope < 'theme ' || @reason || '!'`);
  const byChannel = db.prepare<Bound, { channel: string; customers: number; conversations: number }>(`WITH RECURSIVE known(channel) AS (
      SELECT min(channel) FROM issue_tallies WHERE channel > '' UNION ALL SELECT (SELECT min(t.channel) FROM issue_tallies t WHERE t.channel > known.channel) FROM known WHERE known.channel IS NOT NULL)
    SELECT t.channel, t.customers, t.conversations FROM known JOIN issue_tallies t ON t.channel = known.channel AND t.queue = @queue AND t.scope = @scope ORDER BY t.conversations DESC, t.channel`);
  const moved = db.prepare<Bound, MovedRow>(`SELECT conversation_id AS conversationId, unit, reason, theme_id AS themeId, last_at_ms AS lastAtMs, opened_at_ms / 60000 AS openedMinutes, mood FROM issue_members
    WHERE (last_at_ms, conversation_id) > (@lastAtMs, @conversationId) AND ${MATCHES} AND (@reason IS NULL OR reason = @reason) ORDER BY last_at_ms, conversation_id LIMIT @limit`);
  const place = (isThemed: boolean): string => `FROM issue_members i INDEXED BY ${isThemed ? "issue_members_reason" : "issue_members_opened"} WHERE i.reason = @reason ${isThemed ? "AND i.theme_id = @themeId" : ""} AND i.last_at_ms >= @sinceMs AND ${MATCHES}`;
  const members = (what: string, more: string, order: string, limit: number) => ([true, false] as const).map((isThemed) => db.prepare<Bound, unknown>(`SELECT ${what} ${place(isThemed)} ${more} ORDER BY i.opened_at_ms ${order}, i.conversation_id LIMIT ${limit}`)) as [unknown, unknown];
  const statement = <T>(pair: [unknown, unknown]) => ({ theme: pair[0] as ReturnType<typeof db.prepare<Bound, T>>, all: pair[1] as ReturnType<typeof db.prepare<Bound, T>> });
  const oldest = statement<{ conversationId: string; openedAtMs: number }>(members("i.conversation_id AS conversationId, i.opened_at_ms AS openedAtMs", "", "ASC", 1));
  const newest = statement<{ conversationId: string; openedAtMs: number }>(members("i.conversation_id AS conversationId, i.opened_at_ms AS openedAtMs", "", "DESC", 1));
  const labelled = statement<{ label: string }>(members("i.label", "AND i.label IS NOT NULL", "DESC", 1));
  const quoted = statement<{ unit: string; conversationId: string; quoteId: string }>(members("i.unit, i.conversation_id AS conversationId, i.quote_id AS quoteId", "AND i.quote_id IS NOT NULL", "DESC", LOOKED_AT));
  const message = db.prepare<[string], { messageId: string; conversationId: string; customerId: string | null; channel: string; atMs: number; text: string }>("SELECT id AS messageId, conversation_id AS conversationId, customer_id AS customerId, channel, at_ms AS atMs, text FROM messages WHERE id = ? AND speaker = 'customer'");
  const openedForReason = db.prepare<Bound, { n: number }>("SELECT count(*) AS n FROM conversations WHERE is_empty = 0 AND reason = @reason AND opened_at_ms >= @fromMs AND opened_at_ms < @toMs");
  const openedInTheme = db.prepare<Bound, { n: number }>("SELECT count(*) AS n FROM issue_members WHERE reason = @reason AND theme_id = @themeId AND opened_at_ms >= @fromMs AND opened_at_ms < @toMs");

  const bound = ({ channel = "", queue = "", reason, sinceMs = 0 }: IssueFilter): Bound => ({ channel, queue, reason: reason ?? null, sinceMs });
  const at = ({ reason, themeId }: IssuePlace, filter: IssueFilter): Bound => ({ ...bound(filter), reason, ...(themeId === undefined ? {} : { themeId }) });
  const pick = <T>(pair: { theme: T; all: T }, { themeId }: IssuePlace): T => (themeId === undefined ? pair.all : pair.theme);
  const scoped = (scope: string, filter: IssueFilter): TallyRow | undefined => tally.get({ channel: filter.channel ?? "", queue: filter.queue ?? "", scope });
  const facet = ({ channel = "", queue = "" }: IssueFilter): Bound => ({ channel, queue });

  return {
    total(filter) {
      const row = scoped(filter.reason === undefined ? "all" : `reason ${filter.reason}`, filter);
      return { customers: row?.customers ?? 0, conversations: row?.conversations ?? 0 };
    },
    groups(filter) {
      if (filter.reason === undefined) return tallies.all(facet(filter)).map(groupOf);
      const row = scoped(`reason ${filter.reason}`, filter);
      return row === undefined ? [] : [groupOf(row)];
    },
    themes: (reason, filter) => themed.all({ ...facet(filter), reason }).map(groupOf),
    moved: (filter, after, limit) => moved.all({ ...bound(filter), ...after, limit }),
    channels: ({ reason, themeId }, { queue = "" }) => byChannel.all({ queue, scope: themeId === undefined ? `reason ${reason}` : reason === "" ? `alike ${themeId}` : `theme ${reason} ${themeId}` }),
    span: (where, filter) => [pick(oldest, where).get(at(where, filter)), pick(newest, where).get(at(where, filter))].filter((row) => row !== undefined),
    quotes(where, filter, limit) {
      const units = new Set<string>();
      const found: ReturnType<IssueReads["quotes"]> = [];
      for (const row of pick(quoted, where).all(at(where, filter))) {
        const text = units.has(row.unit) ? undefined : message.get(row.quoteId);
        if (text === undefined) continue;
        units.add(row.unit);
        found.push(text);
        if (found.length === limit) break;
      }
      return found;
    },
    label: (where, filter) => pick(labelled, where).get(at(where, filter))?.label ?? null,
    opened: ({ reason, themeId }, fromMs, toMs) => (themeId === undefined ? openedForReason.get({ reason, fromMs, toMs }) : openedInTheme.get({ reason, themeId, fromMs, toMs }))?.n ?? 0,
  };
}

/** Scopes are written by app/analysis/issues: `reason <code>`, `theme <code> <id>`, `alike <id>`, `other`. */
function groupOf({ scope, ...sums }: TallyRow): IssueGroupRow {
  const [kind = "", first = "", second = ""] = scope.split(" ");
  if (kind === "reason") return { reason: first, themeId: null, ...sums };
  if (kind === "theme") return { reason: first, themeId: Number(second), ...sums };
  return { reason: null, themeId: kind === "alike" ? Number(first) : null, ...sums };
}
