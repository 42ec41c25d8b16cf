// What the numbers on the board mean. Those that the registries of metrics know are theirs, word for word; the rest are defined here. Pure.
import type { BoardDefinition, Measure } from "../../domain/index.ts";
import { journeyDefinitions } from "../journeys/registry.ts";
import { metricDefinitions } from "../metrics/registry.ts";

/** The definitions of what is in no other registry. */
export const BOARD_VERSION = "board-2026-1";

const MOOD = "customer's turns of the contact that carry a mood, weighted by words and by how well they were heard; mean over contacts. −1 is bad, 0 neutral, 1 good";

const OWN: Record<string, Omit<BoardDefinition, "name" | "version">> = {
  contacts: { label: "Contacts", unit: "count", formula: "calls and written contacts that began in the period and in which something was said", denominator: "none: a count", source: "sessions of every channel that belong to a conversation; calls that are still being heard are not in it" },
  resolved: { label: "Resolved", unit: "ratio", formula: "contacts that ended resolved / contacts whose outcome is clear", denominator: "contacts that ended resolved, not resolved, escalated or to be followed up; unclear ones are left out", source: "the outcome of the newest analysis, or what a person decided instead" },
  mood: { label: "Customer mood", unit: "mood", formula: `mean mood of the ${MOOD}`, denominator: "contacts in which the customer said something that carries a mood", source: "the newest analysis of each contact" },
  mood_start: { label: "Mood at the start", unit: "mood", formula: `the same over the first third of the ${MOOD}`, denominator: "contacts whose customer is known and spoke", source: "the newest analysis of each contact" },
  mood_end: { label: "Mood at the end", unit: "mood", formula: `the same over the last third of the ${MOOD}`, denominator: "contacts whose customer is known and spoke", source: "the newest analysis of each contact" },
  score: { label: "Scorecard", unit: "ratio", formula: "mean over contacts of the mean score of their scorecards", denominator: "contacts that have a score", source: "scorecards; an answer of a person counts instead of the machine's" },
};

/** Measure → its name in the registry it comes from, and what it is called where it stands alone. */
const BORROWED: Partial<Record<Measure, readonly [name: string, label?: string]>> = {
  first_contact: ["first_contact_resolution"], came_again: ["repeat_contact"], handle_ms: ["handle_time_ms"],
  talk: ["agent_talk_ratio", "Agent's talk share"], pauses: ["silence_over_3s_share"], interruptions: ["agent_interruptions", "Agent interrupts"],
};

/** @param name a measure, or `contacts` @throws Error for a name that nobody defines: a mistake in the program */
export function boardDefinition(name: Measure | "contacts"): BoardDefinition {
  const own = OWN[name];
  if (own !== undefined) return { name, version: BOARD_VERSION, ...own };
  const [theirs, label] = BORROWED[name as Measure] ?? [];
  const journey = journeyDefinitions().find((one) => one.name === theirs);
  if (journey !== undefined) return { name, label: journey.label, version: journey.version, unit: journey.unit, formula: journey.formula, denominator: journey.denominator, source: journey.source };
  const metric = metricDefinitions().find((one) => one.name === theirs);
  if (metric === undefined) throw new Error(`No registry defines ${name}`);
  return { name, label: label ?? metric.label, version: metric.version, unit: metric.unit === "count" ? "per_contact" : "ratio", formula: `mean over calls of: ${metric.formula}`, denominator: `${metric.denominator}; calls in which it is measurable`, source: metric.source };
}
