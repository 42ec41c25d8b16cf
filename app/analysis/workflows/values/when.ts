// Days and times in a sentence: named, relative to the message, or as the bare "the fourteenth" with which people correct. Pure.
import { findDates, type Tense } from "../../facts/calendar.ts";
import { wordsAt, wordsOfText, type Line } from "../message.ts";
import { apart, type Reading, type ValueReader } from "./value.ts";

const ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth twenty-first twenty-second twenty-third twenty-fourth twenty-fifth twenty-sixth twenty-seventh twenty-eighth twenty-ninth thirtieth thirty-first".split(" ");
const BARE_DAY = new RegExp(`\\bthe (?:(\\d{1,2})(?:st|nd|rd|th)|(${[...ORDINALS].reverse().map((word) => word.replace("-", "[- ]")).join("|")}))\\b(?! (?:floor|time|line|page|street|letter|call|order|person|thing|week|month|half|part|item|option|one|attempt|party))`, "g");
/** 14.3.2027, 14/03/27, 3/14/2027; two numbers alone could be anything */
const ISO = /(?<!\d)(\d{4})-(\d{2})-(\d{2})(?!\d)/g;
const NUMERIC = /(?<![\d./-])(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})(?![\d])|(?<![\d./-])(\d{1,2})\.(\d{1,2})\.(?!\d)/g;
/** Countries that write the month first. */
const MONTH_FIRST = new Set(["US", "PH"]);

/** Dates as `YYYY-MM-DD`; days that no words name exactly ("next week") are none. */
export const readDates: ValueReader = (line, slot, { today, country }) => {
  const tense: Tense = slot.when === "any" ? "open" : slot.when;
  const found: Reading[] = [...line.text.matchAll(NUMERIC)].flatMap((match) => {
    const [a, b] = [Number(match[1] ?? match[5]), Number(match[3] ?? match[6])];
    const [day, month] = MONTH_FIRST.has(country) && match[2] === "/" ? [b, a] : [a, b];
    const date = match[4] === undefined ? undefined : isoDate(match[4].length === 2 ? 2000 + Number(match[4]) : Number(match[4]), month, day);
    const value = date ?? (match[4] === undefined ? nearest(day, month, today, tense) : undefined);
    return value === undefined ? [] : [{ value, ...wordsOfText(line, match.index, match.index + match[0].length) }];
  });
  for (const match of line.text.matchAll(ISO)) {
    const value = isoDate(Number(match[1]), Number(match[2]), Number(match[3]));
    if (value !== undefined) found.push({ value, ...wordsOfText(line, match.index, match.index + match[0].length) });
  }
  for (const { date, start, end } of findDates(line.line, today, tense)) if (date !== null) found.push({ value: date, ...wordsAt(line, start, end) });
  for (const match of line.text.toLowerCase().matchAll(BARE_DAY)) {
    const day = match[1] === undefined ? ORDINALS.indexOf((match[2] ?? "").replace(" ", "-")) + 1 : Number(match[1]);
    const [read] = findDates(`on the ${day}th`, today, tense === "open" ? "future" : tense);
    if (typeof read?.date === "string") found.push({ value: read.date, day, ...wordsOfText(line, match.index, match.index + match[0].length) });
  }
  return withoutWeekdays(line, apart(found));
};

/** "Thursday the 12th" names one day, and the number is what counts. */
function withoutWeekdays(line: Line, dates: readonly Reading[]): Reading[] {
  return dates.filter((one, at) => {
    const next = dates[at + 1];
    return next === undefined || next.from - one.to > 1 || !/day(?: the)?$/.test(line.plain.slice(one.from, next.from).map((word) => word.text).join(" "));
  });
}

/** @returns the day of the month in the month of another date; undefined when that month has no such day */
export function sameMonth(day: number, date: string): string | undefined {
  return isoDate(Number(date.slice(0, 4)), Number(date.slice(5, 7)), day);
}

function nearest(day: number, month: number, today: string, tense: Tense): string | undefined {
  const year = Number(today.slice(0, 4));
  const days = [year - 1, year, year + 1].flatMap((one) => isoDate(one, month, day) ?? []);
  if (tense === "past") return days.filter((one) => one <= today).at(-1);
  if (tense === "future") return days.find((one) => one >= today);
  return days.sort((a, b) => Math.abs(Date.parse(a) - Date.parse(today)) - Math.abs(Date.parse(b) - Date.parse(today)))[0];
}

function isoDate(year: number, month: number, day: number): string | undefined {
  const date = new Date(Date.UTC(year, month - 1, day));
  return year >= 1900 && year <= 2200 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? date.toISOString().slice(0, 10) : undefined;
}

const HALF = "(am|pm|a m|p m|in the morning|in the afternoon|in the evening|at night)";
const TIMES: readonly { words: RegExp; bare?: true; read: (match: RegExpExecArray) => [number, number, string | undefined] | undefined }[] = [
  { words: new RegExp(`\\b(\\d{1,2})[:.](\\d{2})(?: ?h| o'clock)?(?: ${HALF})?(?![\\d.:])`, "g"), read: (m) => [Number(m[1]), Number(m[2]), m[3]] },
  { words: new RegExp(`\\b(half|quarter) (past|to) (\\d{1,2})(?: ${HALF})?\\b`, "g"), read: (m) => partOfHour(m[1] ?? "", m[2] ?? "", Number(m[3]), m[4]) },
  { words: new RegExp(`\\b(\\d{1,2}) (\\d{2}) ${HALF}\\b`, "g"), read: (m) => [Number(m[1]), Number(m[2]), m[3]] },
  { words: new RegExp(`\\b(\\d{1,2})(?: o'clock)? ${HALF}\\b`, "g"), read: (m) => [Number(m[1]), 0, m[2]] },
  { words: /\b(\d{1,2}) o'clock\b/g, read: (m) => [Number(m[1]), 0, undefined] },
  { words: /\b(?:noon|midday)\b/g, read: () => [12, 0, "pm"] },
  { words: /\b(?:at|around|about|before|after|by) (\d{1,2})\b(?! (?:\p{L}+ )?(?:days?|weeks?|pounds|euros|dollars|percent|minutes|people|of|january|february|march|april|may|june|july|august|september|october|november|december))/gu, bare: true, read: (m) => [Number(m[1]), 0, undefined] },
];

/** Times as `HH:MM`. Without "am" or "pm" an hour from one to six is in the afternoon, as in business hours. */
export const readTimes: ValueReader = (line, _slot, _around, asked) => {
  const found: Reading[] = [];
  for (const { words, read } of TIMES) {
    for (const match of line.line.matchAll(words)) {
      const parts = read(match);
      const value = parts && clock(...parts);
      if (value !== undefined) found.push({ value, ...wordsAt(line, match.index, match.index + match[0].length) });
    }
  }
  if (found.length === 0 && asked) {
    const alone = /^(?:\D* )?(\d{1,2})(?: \D*)?$/.exec(line.line);
    const value = alone === null ? undefined : clock(Number(alone[1]), 0, undefined);
    if (value !== undefined) found.push({ value, ...wordsAt(line, line.line.indexOf(alone?.[1] ?? ""), line.line.indexOf(alone?.[1] ?? "") + 1) });
  }
  return apart(found);
};

function partOfHour(part: string, side: string, hour: number, half: string | undefined): [number, number, string | undefined] {
  const minutes = part === "half" ? 30 : 15;
  return side === "past" ? [hour, minutes, half] : [hour === 1 ? 12 : hour - 1, 60 - minutes, half];
}

function clock(hour: number, minute: number, half: string | undefined): string | undefined {
  if (hour > 24 || minute > 59 || (half !== undefined && (hour > 12 || hour === 0) && !/night/.test(half) && hour > 23)) return undefined;
  const isMorning = half !== undefined && /^(?:a|in the morning)/.test(half);
  const isLater = half !== undefined ? !isMorning : hour >= 1 && hour <= 6;
  const at = isMorning && hour === 12 ? 0 : isLater && hour < 12 ? hour + 12 : hour;
  return at > 23 ? undefined : `${String(at).padStart(2, "0")}:${String(minute).padStart(2, "0")}`;
}
