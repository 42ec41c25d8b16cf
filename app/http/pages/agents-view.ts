// From days of contacts to comparisons: agents by name, topics by volume, trends by week. Pure.
import { boardDefinition, contactsOf, FEWEST, measured, medianOf, type Tally } from "../../analysis/index.ts";
import type { Measure, Measured } from "../../domain/index.ts";
import type { BoardDay } from "../../pipeline/index.ts";
import { capitalised, channelWords, reasonWords, type AgentPageView, type AgentsTableView, type ComparedMeasure, type TopicsView, type TrendGrouping, type TrendRow, type TrendsView } from "../../ui/index.ts";
import { linkOf, sorted, spanOf, type Span } from "./overview-view.ts";

/** Below this many contacts nobody is compared with anybody. */
export const ENOUGH = 20;
export const AGENTS_ON_A_PAGE = 50;
const TOPICS = 40;
const TREND_LINES = 8;

/** Side by side, none before the others. */
const COMPARED: readonly Measure[] = ["talk", "pauses", "interruptions", "resolved", "handle_ms", "score"];
/** Means of moods of ten contacts and more hardly leave this. */
const MOOD_REACH = 0.6;
const SHARES: ReadonlySet<Measure> = new Set(["resolved", "score"]);

/** @param at place of the first agent on the page */
export function agentsOf(days: readonly BoardDay[], length: number, at: number): Omit<AgentsTableView, "next"> {
  const span = spanOf(days, length, 0, ["agents"]);
  const all = named(span);
  const columns = COMPARED.filter((measure) => measure !== "score" || all.some(({ tally }) => measured(tally, measure) !== null)).map((measure) => columnOf(measure, all.map(({ tally }) => tally)));
  const rows = all.slice(at, at + AGENTS_ON_A_PAGE).map(({ id, name, tally }) => ({ id, name, contacts: contactsOf(tally), href: linkOf(span, { agent: id }), measures: measuresOf(tally) }));
  return { rows, columns, fewest: ENOUGH, all: all.length };
}

function named({ cell }: Span): { id: string; name: string; tally: Tally }[] {
  return [...cell.agents].flatMap(([id, tally]) => (id === "" ? [] : [{ id, name: cell.names.get(id) ?? id, tally }])).sort((a, b) => a.name.localeCompare(b.name, "en") || (a.id < b.id ? -1 : 1));
}

function measuresOf(tally: Tally): Record<string, Measured | null> {
  return Object.fromEntries([...COMPARED, "mood_start" as const, "mood_end" as const].map((measure) => [measure, measured(tally, measure, FEWEST)]));
}

/** The median is that of agents, each counting once: those with enough contacts. */
function columnOf(measure: Measure, tallies: readonly Tally[]): ComparedMeasure {
  const found = tallies.flatMap((tally) => (contactsOf(tally) < ENOUGH ? [] : (measured(tally, measure, FEWEST) ?? [])));
  const highest = Math.max(0, ...found.map(({ value, interval }) => interval?.[1] ?? value));
  const definition = boardDefinition(measure);
  return { measure, definition, median: medianOf(found.map(({ value }) => value)), low: 0, high: SHARES.has(measure) || highest === 0 ? 1 : definition.unit === "ratio" ? Math.min(1, Math.ceil(highest * 5) / 5) : roundUp(highest) };
}

/** To one leading figure and a half. */
function roundUp(value: number): number {
  const magnitude = 10 ** Math.floor(Math.log10(value));
  return Math.ceil((value / magnitude) * 2) / 2 * magnitude;
}

/** @returns the rows with the contacts whose words may stand for them */
export function topicsOf(days: readonly BoardDay[], length: number): Omit<TopicsView, "rows"> & { rows: (Omit<TopicsView["rows"][number], "quotes"> & { samples: readonly string[] })[] } {
  const span = spanOf(days, length, 0, ["topics"]);
  const before = spanOf(days, length, length, ["topics"]);
  const hasBefore = before.days.length === length && contactsOf(before.days[0]?.cell.all ?? new Float64Array(1)) > 0;
  const rows = sorted(span.cell.topics).filter(([topic]) => topic !== "").slice(0, TOPICS).map(([topic, tally]) => ({
    topic, href: linkOf(span, { topic }), contacts: contactsOf(tally), before: hasBefore ? contactsOf(before.cell.topics.get(topic) ?? new Float64Array(1)) : null,
    mood: measured(tally, "mood", FEWEST), resolved: measured(tally, "resolved", FEWEST), handle: measured(tally, "handle_ms", FEWEST), samples: [...(span.cell.samples.get(topic) ?? [])].reverse(),
  }));
  return { rows, unknown: contactsOf(span.cell.topics.get("") ?? new Float64Array(1)), all: contactsOf(span.cell.all), days: length, definitions: { mood: boardDefinition("mood"), resolved: boardDefinition("resolved"), handle: boardDefinition("handle_ms") } };
}

/** Whole weeks and the one that goes on. @param days may begin in the middle of a week, which is then left out */
export function weeksOf(days: readonly BoardDay[], groupings: Parameters<typeof spanOf>[3], dayWords: (ms: number) => string): { words: string; span: Span }[] {
  const weeks = new Map<string, BoardDay[]>();
  for (const day of days) weeks.set(day.week, [...(weeks.get(day.week) ?? []), day]);
  const [first, ...rest] = [...weeks.values()];
  const whole = [...(first?.length === 7 ? [first] : []), ...rest];
  const began = whole.findIndex((own) => own.some((day) => contactsOf(day.cell.all) > 0)); // nobody wants to see weeks before the house began
  return whole.slice(Math.max(0, began)).map((own) => ({ words: `Week of ${dayWords(own[0]?.fromMs ?? 0)}`, span: spanOf(own, own.length, 0, groupings) }));
}

export function trendsOf(days: readonly BoardDay[], by: TrendGrouping, dayWords: (ms: number) => string): TrendsView {
  const grouping = ({ topic: "topics", reason: "reasons", channel: "channels" } as const)[by];
  const weeks = weeksOf(days, [grouping], dayWords);
  const whole = spanOf(days, days.length, 0, [grouping]);
  const lineOf = (name: string, href: string, tallyOf: (span: Span) => Tally | undefined): TrendRow => {
    const tallies = weeks.map(({ span }) => tallyOf(span));
    return { name, href, contacts: tallies.map((tally) => (tally === undefined ? 0 : contactsOf(tally))), moods: tallies.map((tally) => (tally === undefined ? null : (measured(tally, "mood", FEWEST)?.value ?? null))) };
  };
  const nameOf = (key: string): string => (by === "topic" ? key : by === "reason" ? capitalised(reasonWords(key)) : channelWords(key));
  const keys = sorted(whole.cell[grouping]).map(([key]) => key).filter((key) => key !== "").slice(0, TREND_LINES);
  return { by, weeks: weeks.map(({ words }) => words), rows: keys.map((key) => lineOf(nameOf(key), linkOf(whole, { [by]: key }), (span) => span.cell[grouping].get(key))), all: lineOf("All contacts", linkOf(whole), (span) => span.cell.all), mood: boardDefinition("mood") };
}

/** @returns undefined when nobody of this id had a contact in these days */
export function agentOf(days: readonly BoardDay[], id: string, dayWords: (ms: number) => string): Omit<AgentPageView, "frame" | "span"> | undefined {
  const whole = spanOf(days, days.length, 0, ["agents"]);
  const tally = whole.cell.agents.get(id);
  if (tally === undefined || id === "") return undefined;
  const weeks = weeksOf(days, ["agents"], dayWords);
  const others = named(whole).map((one) => one.tally);
  return {
    id, name: whole.cell.names.get(id) ?? id, contacts: contactsOf(tally), href: linkOf(whole, { agent: id }), fewest: ENOUGH,
    weeks: weeks.map(({ words }) => words), contactsByWeek: weeks.map(({ span }) => contactsOf(span.cell.agents.get(id) ?? new Float64Array(1))),
    measures: [...COMPARED, "mood_start" as const, "mood_end" as const].map((measure) => {
      const column = columnOf(measure, others);
      return {
        column: column.definition.unit === "mood" ? { ...column, low: -MOOD_REACH, high: MOOD_REACH } : column, found: measured(tally, measure, FEWEST),
        byWeek: weeks.map(({ span }) => measured(span.cell.agents.get(id) ?? new Float64Array(1), measure, FEWEST)),
      };
    }).filter(({ found, column }) => found !== null || column.measure !== "score"),
  };
}
