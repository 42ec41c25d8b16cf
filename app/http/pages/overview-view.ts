// From days of contacts to the numbers of the overview: which days count, what they are compared with, where each number leads. Pure.
import { boardDefinition, contactsOf, FEWEST, measured, sumCells, type Cell, type Grouping, type Tally } from "../../analysis/index.ts";
import type { Measure } from "../../domain/index.ts";
import type { BoardDay } from "../../pipeline/index.ts";
import { capitalised, channelWords, conversationsLink, counted, figure, reasonWords, signed, type BoardView, type ConversationsQuery, type Period, type Tile, type WhyRow } from "../../ui/index.ts";

/** Days behind which a number with a window of a week is certain. */
const WINDOW_DAYS = 7;
/** Rows of a short list. */
const ROWS = 5;

/** How many days a period needs: its own, those it is compared with, and those whose window is over. */
export const DAYS_NEEDED: Record<Period, number> = { today: 30, "7d": 30, "30d": 67 };
const LENGTH: Record<Period, number> = { today: 1, "7d": 7, "30d": 30 };

export interface Span {
  days: readonly BoardDay[];
  cell: Cell;
}

/** Days `[back + length, back)` before the end: back 0 ends with today. */
export function spanOf(days: readonly BoardDay[], length: number, back = 0, groupings: readonly Grouping[] = []): Span {
  const end = days.length - back;
  const own = days.slice(Math.max(0, end - length), Math.max(0, end));
  return { days: own, cell: sumCells(own.map((day) => day.cell), groupings) };
}

export const linkOf = (span: Span, query: Omit<ConversationsQuery, "fromMs" | "toMs"> = {}): string => {
  const [first, last] = [span.days[0], span.days.at(-1)];
  return conversationsLink({ ...query, fromMs: first?.fromMs, toMs: last?.toMs });
};

/** @param usual contacts by now on the same weekday; null before there is one to compare with */
export function overviewOf(days: readonly BoardDay[], period: Period, usual: { mean: number; weeks: number } | null, dayWords: (ms: number) => string): Omit<BoardView, "latest" | "issues" | "house"> {
  const length = LENGTH[period];
  const now = spanOf(days, length, 0, ["channels", "topics", "reasons"]);
  const trend = days.slice(-Math.max(14, length));
  return {
    tiles: [contactsTile(days, now, period, usual, trend), ...tilesOf(days, now, length, trend, dayWords)],
    volume: period === "today" ? byHour(days, usual !== null) : byDay(now, dayWords),
    why: whyOf(now),
    mood: {
      definition: boardDefinition("mood"),
      days: trend.map((day, i) => {
        const mood = measured(day.cell.all, "mood", FEWEST);
        const n = measured(day.cell.all, "mood")?.n ?? 0;
        const words = dayWords(day.fromMs);
        return { day: words, label: labelAt(i, trend.length, words), title: `${words}, ${mood === null ? "too few contacts" : signed(mood.value)}, ${counted(n, "contact")} with a mood`, value: mood?.value ?? null, n };
      }),
    },
    channels: sorted(now.cell.channels).map(([channel, tally]) => ({ name: channelWords(channel), n: contactsOf(tally), href: linkOf(now, { channel }) })),
  };
}

function contactsTile(days: readonly BoardDay[], now: Span, period: Period, usual: { mean: number; weeks: number } | null, trend: readonly BoardDay[]): Tile {
  const n = contactsOf(now.cell.all);
  const calls = contactsOf(now.cell.channels.get("phone") ?? new Float64Array(1));
  const before = spanOf(days, LENGTH[period], LENGTH[period]);
  const hasBefore = period !== "today" && contactsOf(before.cell.all) > 0 && before.days.length === LENGTH[period];
  const compared = period === "today" ? (usual === null ? null : changeOf(n, usual.mean, `usual by this time (mean of ${counted(usual.weeks, "week")})`)) : hasBefore ? changeOf(n, contactsOf(before.cell.all), `in the ${LENGTH[period]} days before`) : null;
  return { definition: boardDefinition("contacts"), value: n, note: `${counted(calls, "call")} · ${counted(n - calls, "written contact")}`, change: compared, href: linkOf(now), trend: trend.slice(0, -1).map((day) => contactsOf(day.cell.all)) }; // today is not over
}

function changeOf(n: number, before: number, when: string): Tile["change"] {
  const shown = before < 10 ? before.toFixed(1).replace(/\.0$/, "") : figure(before, "count");
  if (before === 0) return { words: `${shown} ${when}`, tone: "" };
  const percent = Math.round((n / before - 1) * 100);
  return { words: `${percent === 0 ? "as many as" : `${percent > 0 ? "▴" : "▾"} ${Math.abs(percent)} % on`} ${shown} ${when}`, tone: "" };
}

interface Kind {
  measure: Measure;
  /** more of it is better, worse, or neither */
  good: 1 | -1 | 0;
  /** it is certain only when a week has gone */
  isLate?: true;
  query: Omit<ConversationsQuery, "fromMs" | "toMs">;
  of: string;
}

const KINDS: readonly Kind[] = [
  { measure: "resolved", good: 1, query: { outcome: "resolved" }, of: "with a clear outcome" },
  { measure: "first_contact", good: 1, isLate: true, query: {}, of: "resolved" },
  { measure: "came_again", good: -1, isLate: true, query: {}, of: "of known customers" },
  { measure: "handle_ms", good: 0, query: { channel: "phone" }, of: "with a person" },
  { measure: "mood", good: 1, query: { sentiment: "neg" }, of: "with a mood" },
];

function tilesOf(days: readonly BoardDay[], now: Span, length: number, trend: readonly BoardDay[], dayWords: (ms: number) => string): Tile[] {
  return KINDS.map(({ measure, good, isLate, query, of }) => {
    // today says nothing about what may still come of it: the newest whole week that does is shown instead, and named
    const span = isLate ? spanOf(days, Math.max(7, length), WINDOW_DAYS + 1) : now;
    const before = isLate ? spanOf(days, span.days.length, WINDOW_DAYS + 1 + span.days.length) : spanOf(days, Math.max(7, length), length);
    const definition = boardDefinition(measure);
    const own = measured(span.cell.all, measure, FEWEST);
    const n = measured(span.cell.all, measure)?.n ?? 0;
    const [first, last] = [span.days[0], span.days.at(-1)];
    const when = isLate && first !== undefined && last !== undefined ? `, ${dayWords(first.fromMs)} to ${dayWords(last.fromMs)}` : "";
    return {
      definition, value: own?.value ?? null, href: linkOf(span, query),
      note: own === null ? `${n} of the ${FEWEST} contacts it takes${when}` : `${measure === "handle_ms" ? "mean of" : "of"} ${counted(n, "contact")} ${of}${when}`,
      change: own === null ? null : comparison(measured(before.cell.all, measure, FEWEST)?.value, own.value, own.interval, definition.unit, good, `${before.days.length} days before`),
      trend: (isLate ? days.slice(-(Math.max(14, length) + WINDOW_DAYS), -WINDOW_DAYS) : trend).map((day) => measured(day.cell.all, measure, FEWEST)?.value ?? null),
    };
  });
}

/** What lies within the interval of 95 % may be chance, and is not called a change. */
function comparison(before: number | undefined, value: number, interval: readonly [number, number] | null, unit: Tile["definition"]["unit"], good: Kind["good"], when: string): Tile["change"] {
  if (before === undefined) return null;
  const was = `${figure(before, unit)} in the ${when}`;
  if (interval === null || (before >= interval[0] && before <= interval[1])) return { words: `about as before (${was})`, tone: "" };
  const isMore = value > before;
  return { words: `${isMore ? "▴ up from" : "▾ down from"} ${was}`, tone: good === 0 ? "" : isMore === good > 0 ? "good" : "bad" };
}

function byHour(days: readonly BoardDay[], hasUsual: boolean): BoardView["volume"] {
  const today = days.at(-1);
  const same = [1, 2, 3, 4].flatMap((week) => days.at(-1 - 7 * week) ?? []).filter((day) => contactsOf(day.cell.all) > 0);
  const usualAt = (hour: number): number | null => (!hasUsual || same.length === 0 ? null : same.reduce((sum, day) => sum + (day.cell.hours[hour] ?? 0), 0) / same.length);
  const columns = Array.from({ length: 24 }, (_, hour) => {
    const [value, usual, at] = [today?.cell.hours[hour] ?? 0, usualAt(hour), `${String(hour).padStart(2, "0")}:00`];
    return { label: hour % 4 === 0 ? at : "", title: `${at}, ${counted(value, "contact")}${usual === null ? "" : `, usually ${usual.toFixed(1)}`}`, value, usual };
  });
  return { by: "hour", columns, usual: !hasUsual || same.length === 0 ? null : `the same weekday, mean of ${counted(same.length, "week")}` };
}

function byDay(now: Span, dayWords: (ms: number) => string): BoardView["volume"] {
  return { by: "day", usual: null, columns: now.days.map((day, i) => {
    const [words, value] = [dayWords(day.fromMs), contactsOf(day.cell.all)];
    return { label: labelAt(i, now.days.length, words), title: `${words}, ${counted(value, "contact")}`, value, usual: null };
  }) };
}

/** So few labels that they stand apart on a telephone as well; the last day always has one. */
export function labelAt(i: number, n: number, words: string): string {
  return (n - 1 - i) % Math.max(1, Math.ceil(n / 5)) === 0 ? words : "";
}

export const sorted = (map: ReadonlyMap<string, Tally>): [string, Tally][] => [...map].sort((a, b) => contactsOf(b[1]) - contactsOf(a[1]) || (a[0] < b[0] ? -1 : 1));

function whyOf(now: Span): BoardView["why"] {
  const rows = (map: ReadonlyMap<string, Tally>, name: "topic" | "reason"): WhyRow[] =>
    sorted(map).filter(([key]) => key !== "").slice(0, ROWS).map(([key, tally]) => ({ label: name === "topic" ? key : capitalised(reasonWords(key)), href: linkOf(now, { [name]: key }), n: contactsOf(tally), mood: measured(tally, "mood", FEWEST)?.value ?? null }));
  return { topics: rows(now.cell.topics, "topic"), reasons: rows(now.cell.reasons, "reason"), unknown: contactsOf(now.cell.topics.get("") ?? new Float64Array(1)), all: contactsOf(now.cell.all) };
}
