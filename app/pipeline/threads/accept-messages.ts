// Arrivals on every channel but the telephone: one message, once, in its session, its conversation and its customer's thread.
import { AppError, newId, type ChannelEvent, type InboundMessage } from "../../domain/index.ts";
import { redactText, redactTexts } from "../../privacy/index.ts";
import type { SessionRow } from "../../store/index.ts";
import { releasePermitted } from "../consent-gate.ts";
import { recordSaidConsent } from "../consent-record.ts";
import type { Parts } from "../parts.ts";
import { enqueueStage } from "../run-stage.ts";
import { arriveAttachments } from "../attachments.ts";
import { gatherLater } from "./gather.ts";
import { identify } from "./identify.ts";
import { closeSeries, seriesOf, sessionFor } from "./place.ts";
import { summariseLater } from "./summarise-later.ts";

/** What became of one event. */
export interface ArrivedEvent {
  outcome: "accepted" | "repeated" | "ignored";
  messageId?: string;
  sessionId?: string;
}

/** Stores what came, in the order in which it came. Inside a transaction that ends with `gatherWaiting`; running it twice changes nothing. */
export function arriveEvents(events: readonly ChannelEvent[], parts: Parts): ArrivedEvent[] {
  return events.map((event) => arriveEvent(event, parts));
}

function arriveEvent(event: ChannelEvent, parts: Parts): ArrivedEvent {
  const { written } = parts.store.writes;
  switch (event.kind) {
    case "message":
      return arriveMessage(event.message, parts);
    case "status":
      return { outcome: written.setStatus(event.source, event.channel, event.externalId, event.status) ? "accepted" : "ignored" };
    case "closed": {
      const cut = closeSeries(`${event.channel}|${event.source}|key ${event.sessionKey}`, event.channel, event.atMs, parts);
      if (cut !== undefined) gatherLater(cut, parts);
      return { outcome: "accepted" };
    }
    case "renamed": {
      const { customerId } = identify({ identities: [...event.current, event.previous] }, event.atMs, parts);
      if (customerId !== null) gatherLater({ id: "", customer_id: customerId }, parts);
      return { outcome: "accepted" };
    }
    case "ignored":
      return { outcome: "ignored" };
  }
}

function arriveMessage(message: InboundMessage, parts: Parts): ArrivedEvent {
  const { written } = parts.store.writes;
  const known = written.byExternalId(message.source, message.channel, message.externalId);
  if (known !== undefined) return { outcome: "repeated", messageId: known.id, sessionId: known.session_id };

  const id = newId("msg", parts.clock.now());
  const { customerId, identityIds, isJoined } = identify(message.customer, message.atMs, parts);
  const found = sessionFor(message, id, seriesOf(message), parts);
  const session = customerId !== null && found.customer_id !== customerId ? filed(found, customerId, parts) : found;
  parts.store.writes.customers.filedBy(session.id, identityIds);
  written.answeredBy(session.id, { agentId: message.agent?.id ?? null, agentName: message.agent?.name ?? null, queue: message.queue ?? null, language: message.language ?? null });
  const text = redacted(message, session.id, parts);
  written.add({ id, sessionId: session.id, source: message.source, channel: message.channel, externalId: message.externalId, speaker: message.speaker, kind: message.kind, text, atMs: message.atMs, facts: factsOf(message, parts) }, session);
  arriveAttachments({ id, sessionId: session.id }, message.attachments ?? [], parts);
  written.measure(session.id, parts.clock.now());
  addRefs(message, id, session.id, parts);
  gatherLater(session, parts);
  const speaksOfConsent = recordSaidConsent({ session, messageId: id, speaker: message.speaker, text, atMs: message.atMs }, parts);
  if (isJoined || speaksOfConsent) releasePermitted({ customerId, sessionId: session.id }, parts, enqueueStage);
  summariseLater(session, message, parts);
  return { outcome: "accepted", messageId: id, sessionId: session.id };
}

function filed(session: SessionRow, customerId: string, parts: Parts): SessionRow {
  parts.store.writes.sessions.file(session.id, customerId, customerId);
  parts.store.writes.consents.adopt(session.id, customerId);
  const row = parts.store.writes.sessions.byId(session.id);
  if (row === undefined) throw new AppError("INTERNAL", "A session that was just written cannot be read");
  return row;
}

/** What is written before and after a message is read with it: a question in one message is answered in the next, and a number may fill several. */
const READ_WITH = 4;

/** Fails closed: what cannot be redacted is not stored. Messages around it lose what is seen to be a secret only now. */
function redacted(message: InboundMessage, sessionId: string, parts: Parts): string {
  const { written } = parts.store.writes;
  const { before, after } = written.around(sessionId, message.atMs, READ_WITH);
  const old = [...before, ...after];
  const { texts } = redactTexts([...before.map((one) => one.text), message.text, ...after.map((one) => one.text)], policyOf(parts));
  const text = texts.splice(before.length, 1)[0] ?? "";
  old.forEach((one, i) => {
    const now = texts[i];
    if (now !== undefined && now !== one.text) written.setText(one.id, now);
  });
  return text;
}

const policyOf = (parts: Parts): { detect: Parts["config"]["privacy"]["redact"] } => ({ detect: parts.config.privacy.redact });

/** What the kind holds besides text, who answered, what the bot believes: kept as it came, for whoever answers next. */
function factsOf(message: InboundMessage, parts: Parts): Record<string, unknown> | undefined {
  const clean = (fields: InboundMessage["payload"]): InboundMessage["payload"] =>
    fields && Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, typeof value === "string" ? redactText(value, policyOf(parts)).text : value]));
  const facts = Object.entries({ payload: clean(message.payload), agent: message.agent, intent: message.intent, slots: clean(message.slots) }).filter(([, value]) => value !== undefined);
  return facts.length === 0 ? undefined : Object.fromEntries(facts);
}

/**
 * References of the matter; and of every answer, the message that it answers: whichever of both comes first, both sessions carry its name.
 * Mails are tied by their letters already.
 */
function addRefs(message: InboundMessage, messageId: string, sessionId: string, parts: Parts): void {
  const { conversations, written } = parts.store.writes;
  const add = (kind: string, value: string, of = sessionId, by = messageId): void => conversations.addRef({ kind, value, sessionId: of, messageId: by, atMs: message.atMs });
  for (const { kind, value } of message.references ?? []) add(kind, value);
  if (message.channel === "email") return;
  const kind = `${message.channel}_message`;
  for (const answered of message.follows ?? []) {
    add(kind, answered);
    const original = written.byExternalId(message.source, message.channel, answered);
    if (original !== undefined) add(kind, answered, original.session_id, original.id);
  }
  if (conversations.sessionsOfRef(kind, message.externalId).length > 0) add(kind, message.externalId);
}
