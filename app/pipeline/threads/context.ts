// The context for whoever answers next: agent, bot or voice assistant. Reads only; one customer, a few milliseconds.
import { toRfc3339, type ContextView } from "../../domain/index.ts";
import { channelPreference, continuesDigitally, ephemeralOf, findPassages, goalOf, pastIntents, recentSentiment, sessionRule } from "../../threads/index.ts";
import type { ContextMessage, ContextReads, ContextSession } from "../../store/index.ts";
import { consentOf } from "../consent-view.ts";
import type { Parts } from "../parts.ts";
import { formsOf } from "../workflows/desk.ts";
import type { ContextDesk, ContextQuestion } from "./desk-types.ts";

/** Questions are answered from this many of the last messages: some milliseconds, and years of most customers. */
const SEARCHED = 1_000;
/** Sessions and conversations that the layers are drawn from. */
const SESSIONS = 100;
const CONVERSATIONS = 20;
const PASSAGES = 5;

export function createContextDesk(parts: Parts): ContextDesk {
  return {
    of: (customerId, question) => contextOf(customerId, question, parts),
    byAddress: (identity) => parts.store.reads.context.customerByAddress(identity),
    references: (value, kind) => parts.store.reads.context.references(value, kind),
  };
}

function contextOf(customerId: string, question: ContextQuestion, parts: Parts): ContextView | undefined {
  const reads = parts.store.reads.context;
  const customer = reads.customer(customerId);
  if (customer === undefined) return undefined;
  const now = parts.clock.now();
  const messages = reads.latestMessages(customer.id, Math.max(question.messages, 100));
  const sessions = reads.latestSessions(customer.id, SESSIONS);
  const conversations = reads.conversations(customer.id, CONVERSATIONS);
  const open = conversations.filter((one) => one.status !== "resolved");
  const ephemeral = ephemeralOf(messages.slice(0, 50), now);
  const goal = goalOf(ephemeral, open, messages.slice(0, 50));
  const preference = channelPreference(sessions, now);
  const active = sessions.find((one) => one.channel !== "phone" && continuesDigitally(sessionRule(one.channel), one.endMs, now));
  return {
    customer: { id: customer.id, name: customer.name, identities: customer.identities, first_contact_at: toRfc3339(customer.createdAtMs) },
    last_interaction: lastInteraction(sessions[0], parts),
    trying_to: goal ?? null,
    active_session: active === undefined ? null : { session_id: active.id, channel: active.channel, conversation_id: active.conversationId, last_at: toRfc3339(active.endMs), agent: active.agentName },
    open_conversations: open.map((one) => ({
      id: one.id, status: one.status, reason: one.reason, topic: one.topic, owner: one.owner, queue: one.queue, crm_link: one.crm_link, summary: one.summary,
      promises: one.findings?.promises ?? [], risks: one.findings?.risks ?? null, opened_at: toRfc3339(one.openedAtMs), updated_at: toRfc3339(one.updatedAtMs),
    })),
    workflows: open.flatMap((one) => formsOf(one.id, parts)),
    ephemeral: ephemeral === undefined ? null : { intent: ephemeral.intent, slots: ephemeral.slots, unfinished: ephemeral.unfinished, evidence: ephemeral.evidence, at: toRfc3339(ephemeral.atMs) },
    persistent: {
      intents: pastIntents(sessions).map(({ lastAtMs, ...one }) => ({ ...one, last_at: toRfc3339(lastAtMs) })),
      resolutions: conversations.filter((one) => one.status === "resolved").map((one) => ({ conversation_id: one.id, reason: one.reason, topic: one.topic, summary: one.summary, resolved_at: one.resolvedAtMs === null ? null : toRfc3339(one.resolvedAtMs) })),
      channel_preference: preference ?? null,
    },
    system: { crm_id: customer.identities.find((one) => one.kind === "crm_id")?.value ?? null, profile: customer.profile },
    consent: consentOf(customer.id, parts),
    sentiment: recentSentiment(messages.slice(0, 100)) ?? null,
    messages: messages.slice(0, question.messages).reverse().map(messageOf),
    ...(question.query === undefined ? {} : passagesOf(question.query, customer.id, reads)),
  };
}

function lastInteraction(session: ContextSession | undefined, parts: Parts) {
  if (session === undefined) return null;
  const found = parts.store.reads.context.analysisOf(session.id);
  return {
    session_id: session.id, channel: session.channel, conversation_id: session.conversationId, at: toRfc3339(session.startMs), ended_at: toRfc3339(session.endMs), agent: session.agentName, queue: session.queue,
    reason: session.reason, outcome: session.outcome, summary: found?.summary ?? null, summary_points: found?.summary_points ?? [],
  };
}

function messageOf({ id, channel, sessionId, speaker, kind, text, atMs }: ContextMessage) {
  return { id, channel, session_id: sessionId, speaker, kind, text, at: toRfc3339(atMs) };
}

function passagesOf(query: string, customerId: string, reads: ContextReads) {
  const texts = reads.latestTexts(customerId, SEARCHED);
  const passages = findPassages(query, texts, PASSAGES).flatMap(({ id, score }) => {
    const message = reads.message(id);
    return message === undefined ? [] : [{ score, message: messageOf(message) }];
  });
  return { passages, coverage: { messages_searched: texts.length, all: texts.length < SEARCHED } };
}
