// Puts a message into its session, and cuts the sessions around it anew when it came late. Inside a transaction.
import { AppError, newId, type InboundMessage } from "../../domain/index.ts";
import { continues, gatherSessions, sessionRule, type Said, type SessionRule } from "../../threads/index.ts";
import type { SaidRow, SessionRow } from "../../store/index.ts";
import type { Parts } from "../parts.ts";
import { foldLater } from "../workflows/fold-forms.ts";

type TimeRule = Exclude<SessionRule, { kind: "letters" }>;

/** What sessions are cut from: one counterpart on one front. What the front calls the contact comes first, then the surest address. */
export function seriesOf(message: Pick<InboundMessage, "channel" | "source" | "sessionKey" | "customer" | "externalId">): string {
  const surest = message.customer.identities[0];
  const key = message.channel !== "email" && message.sessionKey !== undefined ? `key ${message.sessionKey}` : surest === undefined ? `alone ${message.sessionKey ?? message.externalId}` : `${surest.kind} ${surest.value}`;
  return `${message.channel}|${message.source}|${key}`;
}

/** @returns the session, newest facts included, that the message is to be stored in; it may have been created just now */
export function sessionFor(message: InboundMessage, messageId: string, series: string, parts: Parts): SessionRow {
  const rule = sessionRule(message.channel);
  return rule.kind === "letters" ? sessionOfLetter(message, messageId, series, parts) : sessionInTime(message, messageId, series, rule, parts);
}

/** A front closed the contact: messages after that moment, also some that are here already, are another session. @returns the session that was cut in two */
export function closeSeries(series: string, channel: string, atMs: number, parts: Parts): SessionRow | undefined {
  const { written } = parts.store.writes;
  const rule = sessionRule(channel);
  written.close(series, atMs);
  const session = written.sessionAtOrBefore(series, atMs);
  if (session === undefined || rule.kind === "letters" || (session.ended_at_ms ?? 0) <= atMs) return undefined;
  recut(series, rule, session, undefined, parts);
  return session;
}

/** Mails that name each other, of the same counterpart, are one session; a mail that names two sessions joins them. */
function sessionOfLetter(message: InboundMessage, messageId: string, series: string, parts: Parts): SessionRow {
  const { conversations, sessions, written } = parts.store.writes;
  const names = [message.externalId, ...(message.follows ?? [])];
  const found = [...new Set(names.flatMap((name) => conversations.sessionsOfRef("letter", name)))].flatMap((id) => sessions.byId(id) ?? []).filter((one) => one.series === series && one.is_empty === 0);
  const [first = createSession(message, messageId, series, parts), ...others] = found.sort((a, b) => (a.id < b.id ? -1 : 1));
  for (const other of others) absorb(other, written.said(other.id).map((one) => one.id), first, parts);
  for (const value of names) conversations.addRef({ kind: "letter", value, sessionId: first.id, messageId, atMs: message.atMs });
  return first;
}

function sessionInTime(message: InboundMessage, messageId: string, series: string, rule: TimeRule, parts: Parts): SessionRow {
  const { written, sessions } = parts.store.writes;
  const fresh: Said = { id: messageId, atMs: message.atMs, isFromCustomer: message.speaker === "customer" };
  const near = written.sessionAtOrBefore(series, message.atMs) ?? written.sessionAfter(series, message.atMs);
  const holder = near === undefined ? undefined : recut(series, rule, near, fresh, parts);
  return (holder === undefined ? undefined : sessions.byId(holder)) ?? createSession(message, messageId, series, parts);
}

/** A session with the messages that it holds before the cut. */
type HeldSession = SessionRow & { messageIds: ReadonlySet<string> };

/**
 * Cuts the series anew from a session on, until the next border is where it was: a message can only join or part sessions near it.
 * @param fresh a message that is not stored yet
 * @returns the session that the fresh message belongs to; undefined when it begins one of its own
 */
function recut(series: string, rule: TimeRule, from: SessionRow, fresh: Said | undefined, parts: Parts): string | undefined {
  const { written } = parts.store.writes;
  const closings = written.closings(series);
  const held: HeldSession[] = [];
  const messages: Said[] = fresh === undefined ? [] : [fresh];
  let groups: Said[][] = [];
  for (let next: SessionRow | undefined = from; next !== undefined; ) {
    const said = written.said(next.id).map(saidOf);
    held.push({ ...next, messageIds: new Set(said.map((one) => one.id)) });
    messages.push(...said);
    groups = gatherSessions(messages, closings, rule);
    const last: Said[] = groups.at(-1) ?? [];
    const startMs: number = next.started_at_ms ?? 0;
    next = written.sessionAfter(series, startMs);
    const nextMs = next?.started_at_ms ?? 0;
    if (nextMs > (last.at(-1)?.atMs ?? 0) && !continues(last, nextMs, closings, rule)) next = undefined;
  }
  return keepGroups(groups, held, fresh, parts);
}

/** Each group goes to the oldest session that one of its messages founded, or to a new one; what is left empty only leads on. */
function keepGroups(groups: readonly (readonly Said[])[], held: readonly HeldSession[], fresh: Said | undefined, parts: Parts): string | undefined {
  const { written } = parts.store.writes;
  let holder: string | undefined;
  for (const group of groups) {
    const stored = group.filter((one) => one.id !== fresh?.id);
    const [first] = stored;
    const [model] = held;
    if (first === undefined || model === undefined) continue; // the fresh message alone: its session is created with it
    const target = written.foundedBy(stored.map((one) => one.id)) ?? splitOff(first, model, parts);
    for (const one of held) {
      const moving = stored.filter((message) => one.messageIds.has(message.id)).map((message) => message.id);
      if (one.id !== target.id && moving.length > 0) absorb(one, moving, target, parts);
    }
    if (stored.length < group.length) holder = target.id;
  }
  return holder;
}

/** A session for messages that are stored in another one and do not belong there any more. */
function splitOff(founder: Said, model: SessionRow, parts: Parts): SessionRow {
  const row = create({ source: model.source, channel: model.channel, series: model.series ?? "", founderId: founder.id, atMs: founder.atMs }, parts);
  parts.store.writes.sessions.file(row.id, model.origin_id, model.customer_id);
  return { ...row, origin_id: model.origin_id, customer_id: model.customer_id };
}

function absorb(from: SessionRow, messageIds: readonly string[], to: SessionRow, parts: Parts): void {
  const { written, conversations } = parts.store.writes;
  foldLater(from.id, parts);
  foldLater(to.id, parts);
  written.moveMessages(messageIds, to);
  written.measure(from.id, parts.clock.now());
  written.measure(to.id, parts.clock.now());
  if (parts.store.writes.sessions.byId(from.id)?.is_empty !== 1) return;
  conversations.moveActivities(from.id, to.id);
  parts.queue.cancelQueued(from.id);
}

function createSession({ source, channel, atMs }: InboundMessage, founderId: string, series: string, parts: Parts): SessionRow {
  return create({ source, channel, series, founderId, atMs }, parts);
}

function create(session: { source: string; channel: string; series: string; founderId: string; atMs: number }, parts: Parts): SessionRow {
  const { written, sessions } = parts.store.writes;
  const nowMs = parts.clock.now();
  const id = newId("ses", nowMs);
  written.createSession({ id, ...session, nowMs });
  const row = sessions.byId(id);
  if (row === undefined) throw new AppError("INTERNAL", "A session that was just written cannot be read");
  return row;
}

function saidOf(row: SaidRow): Said {
  return { id: row.id, atMs: row.atMs, isFromCustomer: row.speaker === "customer" };
}
