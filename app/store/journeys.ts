// What each contact says about the numbers over channels, as it is kept, and the facts that it is made from. Inside a transaction.
import type { ContactMetricName, ContactValues, Journey, JourneyContact } from "../domain/index.ts";
import type { Db } from "../platform/index.ts";

/** Columns of `journey_contacts`, in the order in which they stand there. */
export const CONTACT_METRICS = ["handle_time_ms", "first_contact_resolution", "repeat_contact", "containment", "escalation_drop_off", "transfer_without_repetition", "journey_time_ms", "routing_consistency", "channel_mix"] as const satisfies readonly ContactMetricName[];

export interface JourneyRows {
  /** undefined when the conversation is empty or gone */
  journeyOf(conversationId: string): Journey | undefined;
  /** Replaces the rows of a conversation; writes only what differs. @param codes what stands for the reasons */
  keep(conversationId: string, journey: Journey | undefined, values: readonly ContactValues[], codeOf: (why: string) => number): void;
  clearJourneys(): void;
}

interface SessionFacts { id: string; channel: string; start_ms: number; end_ms: number; duration_ms: number | null; direction: string; agent: string | null; queue: string | null; outcome: string | null; is_expected: number; entities: string | null }
interface Spoken { speaker: string; from_ms: number }
type Row = Record<string, string | number | null>;

/** A conversation with more contacts than this is somebody's whole life with the house; the first ones are measured. */
const CONTACTS_MAX = 500;

/** @param db an open, migrated database */
export function createJourneyRows(db: Db): JourneyRows {
  const began = "coalesce(s.started_at_ms, s.received_at_ms)";
  const conversation = db.prepare<[string], { customer_id: string | null; reason: string | null; topic: string | null; status: string; opened_at_ms: number; resolved_at_ms: number | null }>("SELECT customer_id, reason, topic, status, opened_at_ms, resolved_at_ms FROM conversations WHERE id = ? AND is_empty = 0");
  const sessions = db.prepare<[string], SessionFacts>(`SELECT s.id, s.channel, ${began} AS start_ms, coalesce(s.ended_at_ms, ${began} + coalesce(s.duration_ms, 0)) AS end_ms, s.duration_ms, s.direction, coalesce(s.agent_id, s.agent_name) AS agent, s.queue, s.outcome,
      EXISTS (SELECT 1 FROM expected_calls e WHERE e.session_id = s.id) AS is_expected,
      (SELECT coalesce(a.body -> '$.entities', '[]') FROM analyses a WHERE a.session_id = s.id ORDER BY a.revision DESC LIMIT 1) AS entities
    FROM sessions s WHERE s.conversation_id = ? AND s.is_empty = 0 ORDER BY ${began}, s.id LIMIT ${CONTACTS_MAX}`);
  const spoken = db.prepare<[string], Spoken>("SELECT speaker, min(at_ms) AS from_ms FROM messages WHERE session_id = ? AND kind NOT IN ('event', 'reaction') GROUP BY speaker ORDER BY from_ms");
  const when = db.prepare<[string, string], { id: string; at_ms: number }>("SELECT id, at_ms FROM messages WHERE session_id = ? AND speaker = 'customer' AND id IN (SELECT value FROM json_each(?))");
  const slots = db.prepare<[string], { at_ms: number; slots: string }>("SELECT at_ms, facts -> '$.slots' AS slots FROM messages WHERE session_id = ? AND facts IS NOT NULL AND json_type(facts, '$.slots') = 'object' ORDER BY at_ms, seq");
  const kept = db.prepare<[string], Row>("SELECT * FROM journey_contacts WHERE conversation_id = ?");
  const names = ["conversation_id", "session_id", "at_ms", "ended_at_ms", "channel", "queue", "agent", "topic", "reason", ...CONTACT_METRICS];
  const put = db.prepare(`INSERT OR REPLACE INTO journey_contacts (${names.join(", ")}) VALUES (${names.map((name) => `@${name}`).join(", ")})`);
  const prolong = db.prepare("UPDATE journey_contacts SET ended_at_ms = ? WHERE at_ms = ? AND session_id = ?");
  const remove = db.prepare("DELETE FROM journey_contacts WHERE at_ms = ? AND session_id = ? AND conversation_id = ?");

  const contactOf = (row: SessionFacts): JourneyContact => {
    const speakers = spoken.all(row.id);
    const from = (speaker: string): number | undefined => speakers.find((one) => one.speaker === speaker)?.from_ms;
    const isCall = row.channel === "phone";
    // a call without turns, or whose parties are not known, was a talk with a person unless a bot is heard in it
    const person = from("agent") ?? (isCall && from("bot") === undefined ? row.start_ms : undefined);
    return {
      sessionId: row.id, channel: row.channel, startMs: row.start_ms, endMs: Math.max(row.start_ms, row.end_ms), durationMs: row.duration_ms,
      isByCustomer: isCall ? row.direction !== "outbound" : (speakers[0]?.speaker ?? "customer") === "customer",
      hasBot: from("bot") !== undefined, agentFromMs: person ?? null, agent: row.agent, queue: row.queue,
      isHandedOff: row.is_expected === 1 || row.outcome === "escalated", isAnalysed: row.entities !== null, said: [], filled: [],
    };
  };
  const saidIn = ({ id, entities }: SessionFacts): Pick<JourneyContact, "said" | "filled"> => {
    const found = (JSON.parse(entities ?? "[]") as { kind: string; text: string; value: string | null; evidence: string[] }[]).filter((one) => TELLING.has(one.kind));
    const at = new Map(found.length === 0 ? [] : when.all(id, JSON.stringify(found.flatMap((one) => one.evidence))).map((one) => [one.id, one.at_ms]));
    const said = found.flatMap((one) => one.evidence.flatMap((message) => (at.has(message) ? [{ value: plain(one.value ?? one.text), atMs: at.get(message) ?? 0 }] : [])));
    const filled = slots.all(id).flatMap((row) => Object.values(JSON.parse(row.slots) as Record<string, unknown>).flatMap((value) => (typeof value === "string" || typeof value === "number" ? [{ value: plain(String(value)), atMs: row.at_ms }] : [])));
    const isTelling = ({ value }: { value: string }): boolean => value.length >= SHORTEST;
    return { said: said.filter(isTelling), filled: filled.filter(isTelling) };
  };

  return {
    journeyOf(conversationId) {
      const row = conversation.get(conversationId);
      if (row === undefined) return undefined;
      const facts = sessions.all(conversationId);
      const contacts = facts.map(contactOf);
      // what was said matters only where somebody else took over
      const isTaken = contacts.length > 1 || contacts.some((one) => one.hasBot && one.agentFromMs !== null);
      return {
        conversationId, hasCustomer: row.customer_id !== null, reason: row.reason, topic: row.topic, openedAtMs: row.opened_at_ms, resolvedAtMs: row.status === "resolved" ? row.resolved_at_ms : null,
        contacts: isTaken ? contacts.map((one, i) => ({ ...one, ...(facts[i] === undefined ? {} : saidIn(facts[i])) })) : contacts,
      };
    },
    keep(conversationId, journey, values, codeOf) {
      const before = new Map(kept.all(conversationId).map((row) => [row["session_id"], row]));
      for (const contact of journey?.contacts ?? []) {
        const said = values.find((one) => one.sessionId === contact.sessionId)?.values ?? {};
        const row: Row = {
          session_id: contact.sessionId, conversation_id: conversationId, at_ms: contact.startMs, ended_at_ms: contact.endMs, channel: contact.channel, queue: contact.queue, agent: contact.agent, topic: journey?.topic ?? null, reason: journey?.reason ?? null,
          ...Object.fromEntries(CONTACT_METRICS.map((name) => [name, typeof said[name] === "string" ? codeOf(said[name]) : (said[name] ?? null)])),
        };
        const old = before.get(contact.sessionId);
        before.delete(contact.sessionId);
        const differ = old === undefined ? names : names.filter((name) => old[name] !== row[name]);
        if (differ.length === 0) continue;
        if (differ.length === 1 && differ[0] === "ended_at_ms") { // most messages only make a contact longer
          prolong.run(contact.endMs, contact.startMs, contact.sessionId);
          continue;
        }
        if (old !== undefined && old["at_ms"] !== row["at_ms"]) remove.run(old["at_ms"], contact.sessionId, conversationId);
        put.run(row);
      }
      for (const [id, row] of before) remove.run(row["at_ms"], id, conversationId);
    },
    clearJourneys: () => void db.exec("DELETE FROM journey_contacts"),
  };
}

/** What people are asked for to find or prove something; names and dates come up again by themselves. */
const TELLING: ReadonlySet<string> = new Set(["number", "email", "phone", "reference"]);
/** A shorter value ("2") is no identity, and equal by chance. */
const SHORTEST = 4;

const plain = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "");
