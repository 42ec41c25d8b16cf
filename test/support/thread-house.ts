// The part of the house that threads live in, without engines: a real database and the real arrival of messages and calls.
import { configSchema, inTransaction, manualClock, openDatabase, silentLog, type Config, type Db, type ManualClock } from "../../app/platform/index.ts";
import { createStore, migrate, type AuditEvent } from "../../app/store/index.ts";
import { createQueue } from "../../app/jobs/index.ts";
import type { CallNotification, ChannelEvent } from "../../app/domain/index.ts";
import type { Parts } from "../../app/pipeline/parts.ts";
import { arriveNotification } from "../../app/pipeline/accept.ts";
import { createLiveEvents } from "../../app/pipeline/live-events.ts";
import { createThreadDesk } from "../../app/pipeline/threads/desk.ts";
import type { ThreadDesk } from "../../app/pipeline/threads/desk-types.ts";
import { openWorkflows } from "../../app/pipeline/workflows/workflow-work.ts";
import { gatherWaiting } from "../../app/pipeline/threads/gather.ts";
import { arriveEvents } from "../../app/pipeline/threads/accept-messages.ts";

export interface ThreadHouse {
  parts: Parts;
  db: Db;
  clock: ManualClock;
  desk: ThreadDesk;
  receive(...events: ChannelEvent[]): ReturnType<typeof arriveEvents>;
  notify(source: string, notification: CallNotification): void;
  close(): void;
}

/** What a person would call the result: which contacts are one session, one conversation, one customer, with their states; no ids of our own. */
export interface Picture {
  customers: { addresses: string[]; name: string | null; conversations: { status: string; reason: string | null; sessions: string[][] }[] }[];
}

/** @param settings as in config/earshot.yaml */
export function openThreadHouse(settings: Record<string, unknown> = {}): ThreadHouse {
  const config: Config = configSchema.parse(settings);
  const clock = manualClock();
  const db = openDatabase(":memory:");
  migrate(db);
  const store = createStore(db, clock);
  // Only what arrivals and threads use; anything else would be undefined and fail loudly.
  const parts = { config, clock, db, store, log: silentLog, queue: createQueue(db, clock, "boot"), events: createLiveEvents(clock), checkpoint: () => undefined, running: new Map(), ungathered: { customers: new Set(), sessions: new Set() }, workflows: openWorkflows(config, silentLog), audit: (event: AuditEvent) => store.audit.append(event) } as unknown as Parts;
  const settled = <T>(work: () => T): T =>
    inTransaction(db, () => {
      const value = work();
      gatherWaiting(parts);
      return value;
    });
  return {
    parts, db, clock,
    desk: createThreadDesk(parts, (work) => Promise.resolve().then(() => settled(work))),
    receive: (...events) => settled(() => arriveEvents(events, parts)),
    notify: (source, notification) => void settled(() => arriveNotification(source, notification, parts)),
    close: () => db.close(),
  };
}

/** @returns the whole store as people see it, in an order that does not depend on ids */
export function pictureOf({ db }: Pick<ThreadHouse, "db">): Picture {
  const all = <T>(sql: string, ...values: unknown[]): T[] => db.prepare<unknown[], T>(sql).all(...values);
  const contents = (sessionId: string): string[] =>
    all<{ name: string }>("SELECT channel || ' ' || coalesce(external_id, '') AS name FROM messages WHERE session_id = ? AND parent_id IS NULL UNION SELECT 'call ' || call_id FROM call_ids WHERE session_id = ?", sessionId, sessionId).map((row) => row.name).sort();
  const conversations = (where: string, ...values: unknown[]) =>
    all<{ id: string; status: string; reason: string | null }>(`SELECT id, status, reason FROM conversations WHERE is_empty = 0 AND ${where}`, ...values).map(({ id, status, reason }) => ({
      status, reason,
      sessions: all<{ id: string }>("SELECT id FROM sessions WHERE conversation_id = ? AND is_empty = 0", id).map((session) => contents(session.id)).sort(byText),
    })).sort(byText);
  const customers = all<{ id: string; name: string | null }>("SELECT c.id, (SELECT name FROM customers n WHERE n.root_id = c.id AND name IS NOT NULL ORDER BY name_rank DESC, name_at_ms DESC, name DESC LIMIT 1) AS name FROM customers c WHERE c.root_id = c.id AND EXISTS (SELECT 1 FROM identities WHERE customer_id = c.id)").map(({ id, name }) => ({
    addresses: all<{ name: string }>("SELECT kind || ' ' || value AS name FROM identities WHERE customer_id = ? ORDER BY 1", id).map((row) => row.name),
    name,
    conversations: conversations("customer_id = ?", id),
  }));
  const nobody = conversations("customer_id IS NULL");
  return { customers: [...customers, ...(nobody.length === 0 ? [] : [{ addresses: [], name: null, conversations: nobody }])].sort(byText) };
}

const byText = (a: unknown, b: unknown): number => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
