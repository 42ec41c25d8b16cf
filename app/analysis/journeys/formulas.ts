// What a contact says about each number over channels. Pure: the same conversation gives the same values, whatever order its contacts came in.
import type { ContactValues, Journey, JourneyContact, NotCounted } from "../../domain/index.ts";

export const MINUTE_MS = 60_000;
export const DAY_MS = 86_400_000;

/** Within this time after a contact the next one goes on with it: the same as the rule that continues a chat by telephone. */
export const HAND_OVER_MS = 30 * MINUTE_MS;
/** Connect, ServiceNow and callcentrehelper.com use 1 to 30 days; a week holds a weekend and an answer by post. */
export const REPEAT_MS = 7 * DAY_MS;
/** Whoever was promised a person and heard none for a day was dropped. */
export const DROPPED_MS = DAY_MS;
/** A contact that begins this soon after another one, with somebody else, is a transfer. */
export const TRANSFER_MS = DAY_MS;
/** Contacts that last as long as somebody works on them; in other channels hours pass between two messages. */
const LIVE: ReadonlySet<string> = new Set(["phone", "web_chat"]);

/** @returns one entry a contact, in time order */
export function measureJourney(journey: Journey): ContactValues[] {
  const contacts = [...journey.contacts].sort((a, b) => a.startMs - b.startMs || (a.sessionId < b.sessionId ? -1 : 1));
  return contacts.map((contact, i) => {
    const before = contacts[i - 1];
    const later = contacts.slice(i + 1);
    const all: Record<keyof ContactValues["values"], number | NotCounted | undefined> = {
      handle_time_ms: handleTime(contact),
      first_contact_resolution: i > 0 ? undefined : journey.resolvedAtMs === null ? "still_open" : contacts.length === 1 ? 1 : 0,
      repeat_contact: journey.hasCustomer ? Number(later.some((next) => next.isByCustomer && next.startMs - contact.endMs > HAND_OVER_MS && next.startMs - contact.endMs <= REPEAT_MS)) : "customer_unknown",
      containment: !contact.hasBot ? undefined : Number(contact.agentFromMs === null && !isPersonWithin(HAND_OVER_MS, contact, later)),
      escalation_drop_off: dropOff(contact, later),
      transfer_without_repetition: withoutRepetition(contact, before),
      journey_time_ms: i > 0 ? undefined : journey.resolvedAtMs === null ? "still_open" : Math.max(0, journey.resolvedAtMs - journey.openedAtMs),
      routing_consistency: contact.agentFromMs === null ? undefined : journey.reason === null ? "reason_unknown" : contact.queue === null ? "queue_unknown" : 1,
      channel_mix: 1,
    };
    return { sessionId: contact.sessionId, values: Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) };
  });
}

function handleTime({ channel, agentFromMs, durationMs, startMs, endMs }: JourneyContact): number | NotCounted | undefined {
  if (agentFromMs === null) return undefined;
  if (!LIVE.has(channel)) return "asynchronous";
  return channel === "phone" ? (durationMs ?? "duration_unknown") : Math.max(0, endMs - startMs);
}

function dropOff(contact: JourneyContact, later: readonly JourneyContact[]): number | undefined {
  if (!contact.hasBot) return undefined;
  const isTaken = contact.agentFromMs !== null || isPersonWithin(HAND_OVER_MS, contact, later);
  if (!contact.isHandedOff && !isTaken) return undefined; // nobody was promised, nobody came: containment counts it
  return Number(!isTaken && !isPersonWithin(DROPPED_MS, contact, later));
}

function isPersonWithin(ms: number, { endMs }: JourneyContact, later: readonly JourneyContact[]): boolean {
  return later.some((next) => next.agentFromMs !== null && next.startMs - endMs <= ms);
}

/** Of a bot's chat that a person took over, what is said before and after; of a contact that follows another one with somebody else, what was said in either. */
function withoutRepetition(contact: JourneyContact, before: JourneyContact | undefined): number | NotCounted | undefined {
  const inside = contact.hasBot && contact.agentFromMs !== null ? contact.agentFromMs : undefined;
  const follows = before !== undefined && contact.startMs - before.endMs <= TRANSFER_MS && isOther(before, contact);
  if (!follows && inside === undefined) return undefined;
  const given = [...(follows ? [...before.said, ...before.filled] : []), ...[...contact.said, ...contact.filled].filter((one) => inside !== undefined && one.atMs < inside)];
  const known = new Set(given.map((one) => one.value));
  if (!contact.isAnalysed || (follows && !before.isAnalysed && known.size === 0)) return "not_analysed";
  if (known.size === 0) return "nothing_to_repeat";
  return Number(!contact.said.some((one) => (inside === undefined || one.atMs >= inside) && known.has(one.value)));
}

/** Another agent, a person after a bot, or another channel. The same bot on the same channel is not a transfer. */
function isOther(before: JourneyContact, after: JourneyContact): boolean {
  return before.channel !== after.channel || (before.agentFromMs === null) !== (after.agentFromMs === null) || (before.agent !== null && after.agent !== null && before.agent !== after.agent);
}
