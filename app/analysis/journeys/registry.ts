// The registry of the numbers over channels: what each means. Formulas are in formulas.ts; a changed one is a new version, and all rows are made again.
import { JOURNEY_GROUPINGS, type JourneyDefinition, type JourneyMetricName, type NotCounted } from "../../domain/index.ts";
import { DROPPED_MS, HAND_OVER_MS, REPEAT_MS, TRANSFER_MS } from "./formulas.ts";

/** The definitions by which contacts are measured now. */
export const JOURNEYS_VERSION = "journeys-2026-1";

/** Below this many a number is not said: one more or less would move a share by 10 %. */
export const FEWEST = 10;

export interface JourneyMetric extends JourneyDefinition {
  /** a contact counts from this long after its end on; before it, what may still come is not over */
  settledMs: number;
  /** `mean` of the values · `agreement`: of those of one reason, the share that went to the queue that most of them went to · `mix`: shares of the channels · `customers`: counted among customers */
  kind: "mean" | "agreement" | "mix" | "customers";
}

type Spec = Pick<JourneyDefinition, "label" | "unit" | "formula" | "denominator" | "source"> & Partial<Pick<JourneyMetric, "thresholds" | "settledMs" | "kind" | "groupings">> & { reasons?: NotCounted[] };

const ROWS = "sessions, messages and analyses of a conversation, through journey_contacts";

const SPECS: Record<JourneyMetricName, Spec> = {
  handle_time_ms: {
    label: "Handle time", unit: "ms", reasons: ["asynchronous", "duration_unknown"],
    formula: "mean of: length of the recording for a call (talk and hold); from the first to the last message for a web chat",
    denominator: "calls and web chats in which a person of the house took part",
    source: `${ROWS}. Genesys AHT is talk + hold + after-call work; after-call work is not recorded and not in ours`,
  },
  first_contact_resolution: {
    label: "Solved at the first contact", unit: "ratio", settledMs: REPEAT_MS, thresholds: { window_ms: REPEAT_MS }, reasons: ["window_open", "still_open"],
    formula: "resolved conversations with exactly one contact on any channel / resolved conversations; counted for the first contact",
    denominator: "resolved conversations whose first contact ended at least the window ago",
    source: `${ROWS}. Amazon Connect: closed cases with exactly one contact / closed cases, without a window; a contact for the same reason within 14 days reopens a conversation here`,
  },
  repeat_contact: {
    label: "Came again", unit: "ratio", settledMs: REPEAT_MS, thresholds: { window_ms: REPEAT_MS, hand_over_ms: HAND_OVER_MS }, reasons: ["window_open", "customer_unknown"],
    formula: "contacts after which the customer began another one about the same matter, on any channel, later than the hand-over time and within the window / contacts",
    denominator: "contacts of known customers that ended at least the window ago",
    source: `${ROWS}. Others count repeat calls of one number within 1 to 30 days, whatever they are about`,
  },
  containment: {
    label: "Contained by the bot", unit: "ratio", settledMs: HAND_OVER_MS, thresholds: { hand_over_ms: HAND_OVER_MS }, reasons: ["window_open"],
    formula: "contacts with a bot in which no person of the house took part, nor in a contact that began within the hand-over time after them / contacts with a bot",
    denominator: "contacts in which a bot spoke",
    source: `${ROWS}. Contained is not resolved: whoever gives up is contained too; compare with first_contact_resolution by channel`,
  },
  escalation_drop_off: {
    label: "Lost on the way to a person", unit: "ratio", settledMs: DROPPED_MS, thresholds: { dropped_ms: DROPPED_MS, hand_over_ms: HAND_OVER_MS }, reasons: ["window_open"],
    formula: "contacts with a bot that were handed off, in which no person took part, nor in a contact within the time after them / contacts with a bot that were handed off",
    denominator: "contacts with a bot that a person took over, or for which a call was announced, or that ended escalated",
    source: `${ROWS}, and expected_calls`,
  },
  transfer_without_repetition: {
    label: "Transferred without saying it again", unit: "ratio", thresholds: { transfer_ms: TRANSFER_MS }, reasons: ["not_analysed", "nothing_to_repeat"],
    formula: "transfers after which the customer gave no number, address, reference or slot again that had been given before / transfers",
    denominator: "transfers (bot to person, to another agent or channel, within the time) before which the customer had given something",
    source: `${ROWS}: entities with their evidence, and slots that bots filled. No peer that was read publishes one; transfers between agents within one call are not seen`,
  },
  journey_time_ms: {
    label: "From opened to resolved", unit: "ms", reasons: ["still_open"],
    formula: "mean of the time from the first contact to the moment at which the conversation was resolved; counted for the first contact",
    denominator: "resolved conversations",
    source: `${ROWS}. Open ones are not in it, so a young period looks faster than it will`,
  },
  duplicates: {
    label: "Customers who were known already", unit: "ratio", kind: "customers", groupings: ["day", "week", "channel"],
    formula: "customers that were merged into another one since / customers first seen in the period",
    denominator: "customers first seen in the period",
    source: "customers and merges that stand; undone merges do not count. A channel's addresses that join nobody show here first",
  },
  routing_consistency: {
    label: "Same reason, same queue", unit: "ratio", kind: "agreement", reasons: ["reason_unknown", "queue_unknown"],
    formula: "Σ over reasons of the contacts in the reason's most used queue of the group / contacts",
    denominator: "contacts with a person whose queue and reason are known",
    source: `${ROWS}. 1 also where all queues are one; not additive over groups`,
  },
  channel_mix: {
    label: "Share of the channels", unit: "ratio", kind: "mix",
    formula: "by channel: contacts on it / contacts of the period; otherwise the shares of the channels within each group",
    denominator: "contacts",
    source: "sessions",
  },
};

const METRICS: ReadonlyMap<string, JourneyMetric> = new Map(
  (Object.entries(SPECS) as [JourneyMetricName, Spec][]).map(([name, { reasons = [], thresholds = {}, settledMs = 0, kind = "mean", groupings = JOURNEY_GROUPINGS, ...spec }]) => [
    name,
    { name, version: JOURNEYS_VERSION, ...spec, thresholds: { ...thresholds, fewest: FEWEST }, not_measurable: [...reasons, "too_few"], groupings, settledMs, kind },
  ]),
);

/** @returns undefined for a name that is no number over channels */
export function journeyMetric(name: string): JourneyMetric | undefined {
  return METRICS.get(name);
}

/** What the numbers over channels mean, in the order in which people read them. */
export function journeyDefinitions(): JourneyDefinition[] {
  return [...METRICS.values()].map(({ settledMs: _settled, kind: _kind, ...definition }) => definition);
}
