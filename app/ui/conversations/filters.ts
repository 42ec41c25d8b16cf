// What the list of conversations can be filtered by: names as in the address, words for people, and addresses that carry them. Pure.
import { channelName } from "../frame/channel-words.ts";
import { ANY_ALERT, type Offer } from "../../domain/index.ts";
import { reasonWords } from "../frame/words.ts";

/** In the order in which people read them. */
export const FILTERS = ["channel", "agent", "queue", "topic", "reason", "outcome", "sentiment", "rule", "status", "state", "from", "to"] as const;
export type FilterName = (typeof FILTERS)[number];

/** What is chosen; what is not is absent. `q` is searched for, and what is found comes in the `order`. */
export type Chosen = Partial<Record<FilterName | "q" | "sort" | "order" | "cursor", string>>;

/** Values that contacts have. */
export type Offers = Record<"channel" | "agent" | "queue" | "topic" | "reason" | "rule", readonly Offer[]>;

export const FILTER_WORDS: Record<FilterName, string> = {
  channel: "Channel", agent: "Agent", queue: "Queue", topic: "Topic", reason: "Reason", outcome: "Outcome", sentiment: "Mood at the end", rule: "Rule", status: "Matter", state: "Calls", from: "From", to: "Until",
};

/** Choices that are always the same. */
export const CHOICES = {
  outcome: { resolved: "Resolved", unresolved: "Not resolved", escalated: "Escalated", follow_up: "To be followed up", unknown: "Not clear" },
  sentiment: { neg: "Unhappy", neutral: "Neutral", pos: "Friendly" },
  status: { open: "Open", waiting: "Waiting for the customer", resolved: "Resolved", due: "Promised and due" },
  state: { received: "Waiting", processing: "Being heard", held: "Held", failed: "Failed", done: "Heard" },
  sort: { newest: "Newest", longest: "Longest", worst: "Worst mood" },
  order: { fit: "Best match", newest: "Newest" },
} as const satisfies Record<string, Record<string, string>>;

/** A value as people read it. */
export function valueWords(name: FilterName, value: string, offers: Offers): string {
  if (name === "rule" && value === ANY_ALERT) return "any alert";
  if (name === "from" || name === "to") return value;
  if (name in CHOICES) return (CHOICES as Record<string, Record<string, string>>)[name]?.[value] ?? value;
  if (name === "channel") return channelName(value);
  if (name === "reason") return reasonWords(value);
  const label = offers[name as keyof Offers].find((one) => one.value === value)?.label;
  return label === null || label === undefined || label === value ? value : name === "agent" ? `${label} · ${value}` : label;
}

/** @returns the chosen as in an address, without `?`: always in the same order, so that equal choices are equal text */
export function queryText(chosen: Chosen): string {
  const usual = { sort: "newest", order: chosen.q === undefined ? chosen.order : "fit" };
  const set = (["q", ...FILTERS, "sort", "order", "cursor"] as const).flatMap((name): [string, string][] => (chosen[name] === undefined || (name in usual && chosen[name] === usual[name as "sort"]) ? [] : [[name, chosen[name]]]));
  return new URLSearchParams(set).toString();
}

/** Address of the list, or of its export. */
export function listAddress(chosen: Chosen, path = "/conversations"): string {
  const query = queryText(chosen);
  return query === "" ? path : `${path}?${query}`;
}

/** The same without the page that is shown, and without these. */
export function without(chosen: Chosen, ...names: (keyof Chosen)[]): Chosen {
  return Object.fromEntries(Object.entries(chosen).filter(([name]) => name !== "cursor" && !names.includes(name as keyof Chosen)));
}
