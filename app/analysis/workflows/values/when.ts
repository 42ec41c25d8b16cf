// Days in a sentence: named, relative to the message, or as the bare "the fourteenth" with which people correct. Pure.
import { wordTable } from "../../../domain/index.ts";
import { findDates, type Tense } from "../../facts/calendar.ts";
import { MONTHS } from "../../text/numbers.ts";
import { wordsAt, wordsOfText, type Line } from "../message.ts";
import { apart, type Reading, type ValueReader } from "./value.ts";

const ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth twenty-first twenty-second twenty-third twenty-fourth twenty-fifth twenty-sixth twenty-seventh twenty-eighth twenty-ninth thirtieth thirty-first".split(" ");
const BARE_DAY = new RegExp(`\\bthe (?:(\\d{1,2})(?:st|nd|rd|th)|(${[...ORDINALS].reverse().map((word) => word.replace("-", "[- ]")).join("|")}))\\b(?! (?:floor|time|line|page|street|letter|call|order|person|thing|week|month|half|part|item|option|one|attempt|party|slot|available|class|thing|place|visit|appointment|two|three|few|next|last|best|only|lady|man|guy))`, "g");
/** "Twenty fifth, half eleven", "22nd any time": without "the" only days that are no rank, at the beginning of a part of a sentence. */
const DAY_ALONE = new RegExp(`(?:^|[.,;!?–-] |\\b(?:on|for|from|by|or|until|till) )(?:([12]\\d|3[01])(?:st|nd|rd|th)|(${[...ORDINALS].slice(10).reverse().map((word) => word.replace("-", "[- ]")).join("|")}))(?=[.,?!]|$| (?:at|any|then|please|half|quarter|or|is|will|in the|after|before)\\b)`, "g");
const OF_MONTH = /^ of (this|the|next) month/;
const LAST_DAY = /\bthe (?:last day|end) of (this|the|next) month\b/g;
/** 14.3.2027, 14/03/27, 3/14/2027; two numbers alone could be anything */
const ISO = /(?<!\d)(\d{4})-(\d{2})-(\d{2})(?!\d)/g;
const NUMERIC = /(?<![\d./-])(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})(?![\d])|(?<![\d./-])(\d{1,2})\.(\d{1,2})\.(?!\d)/g;
/** Countries that write the month first. */
const MONTH_FIRST = new Set(["US", "PH"]);

const RANGE = new RegExp(`\\b(\\d{1,2})(?:st|nd|rd|th)? (?:to|until|till|and) (?:the )?\\d{1,2}(?:st|nd|rd|th)?( of)? (${MONTHS.join("|")})\\b`, "g");
const WEEKDAYS = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];
const WRITTEN_ORDINAL = [...ORDINALS].reverse().map((word) => word.replace("-", "[- ]")).join("|");
const WEEKDAY_DAY = new RegExp(`\\b(${WEEKDAYS.join("|")}),?(?: the)? (?:(\\d{1,2})(?:st|nd|rd|th)?|(${WRITTEN_ORDINAL}))\\b(?![:.-]\\d)(?! (?:am|pm|a m|p m|o'clock|in the|or|to|past|of|(?:${ORDINALS.slice(0, 9).join("|")})\\b|${MONTHS.join("|")}))`, "g");
/** Short forms that cannot be other words; those that can ("sat", "sun", "wed") only behind words that lead to a day, or with a capital. */
const SHORT = wordTable<string>({
  mon: "monday", tue: "tuesday", tues: "tuesday", thu: "thursday", thur: "thursday", thurs: "thursday", fri: "friday", tmrw: "tomorrow", tmw: "tomorrow", tomoz: "tomorrow", mondays: "monday", tuesdays: "tuesday",
  jan: "january", feb: "february", apr: "april", jun: "june", jul: "july", aug: "august", sept: "september", sep: "september", oct: "october", nov: "november", dec: "december",
});
const SHORT_BESIDE = wordTable<string>({ wed: "wednesday", sat: "saturday", sun: "sunday" });
const LEADS_TO_DAY = new Set("on this next last until til till by for or from had do make not friday fri thursday thu and".split(" "));

/** The sentence with its short days and months written out, word by word: places stay what they are. */
function writtenOut(line: Line): Line {
  if (!line.plain.some(({ text }) => SHORT[text] !== undefined || SHORT_BESIDE[text] !== undefined || text === "mar")) return line;
  const plain = line.plain.map((word, at) => {
    const before = line.plain[at - 1]?.text ?? "";
    const after = line.plain[at + 1]?.text ?? "";
    const isDay = LEADS_TO_DAY.has(before) || /^\d/.test(after) || /^\p{Lu}/u.test(line.tokens[word.from]?.text ?? "") || line.plain.length === 1;
    const text = SHORT[word.text] ?? (isDay ? SHORT_BESIDE[word.text] : undefined) ?? (word.text === "mar" && /^\d/.test(before) ? "march" : word.text);
    return { ...word, text };
  });
  return { ...line, plain, line: plain.map((word) => word.text).join(" ") };
}

/** Dates as `YYYY-MM-DD`; days that no words name exactly ("next week") are none. */
export const readDates: ValueReader = (said, slot, { today, country }) => {
  const line = writtenOut(said);
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
  for (const match of [...line.text.toLowerCase().matchAll(WEEKDAY_DAY)]) {
    const day = ORDINALS.indexOf((match[3] ?? "").replace(" ", "-")) + 1;
    const value = day > 0 ? weekdayAndDay(WEEKDAYS.indexOf(match[1] ?? ""), day, today, tense) : undefined;
    if (value !== undefined) found.push({ value, ...wordsOfText(line, match.index, match.index + match[0].length) });
  }
  for (const match of line.line.matchAll(WEEKDAY_DAY)) {
    const day = match[2] === undefined ? ORDINALS.indexOf((match[3] ?? "").replace(" ", "-")) + 1 : Number(match[2]);
    const value = weekdayAndDay(WEEKDAYS.indexOf(match[1] ?? ""), day, today, tense);
    // "Saturday eight" is an hour, unless Saturday is the eighth
    if (/ \d{1,2}$/.test(match[0]) && !/ the /.test(match[0]) && day <= 12 && (value === undefined || Math.abs(Date.parse(value) - Date.parse(today)) > 14 * 86_400_000)) continue;
    if (value !== undefined) found.push({ value, ...wordsAt(line, match.index, match.index + match[0].length) });
  }
  for (const match of line.line.matchAll(RANGE)) {
    const [date] = findDates(`${match[1]} ${match[3]}`, today, tense);
    if (typeof date?.date === "string") found.push({ value: date.date, ...wordsAt(line, match.index, match.index + match[0].length) });
  }
  for (const { date, start, end } of findDates(line.line, today, tense)) if (date !== null) found.push({ value: date, ...wordsAt(line, start, end), ...weekdayOf(line.line.slice(start, end)) });
  const lower = line.text.toLowerCase();
  for (const match of lower.matchAll(LAST_DAY)) {
    const value = inMonth(today, match[1] === "next" ? 2 : 1, 0);
    found.push({ value, ...wordsOfText(line, match.index, match.index + match[0].length) });
  }
  for (const match of [...lower.matchAll(BARE_DAY), ...lower.matchAll(DAY_ALONE)]) {
    const day = match[1] === undefined ? ORDINALS.indexOf((match[2] ?? "").replace(" ", "-")) + 1 : Number(match[1]);
    const month = OF_MONTH.exec(lower.slice(match.index + match[0].length))?.[1];
    const ofMonth = month === undefined ? undefined : inMonth(today, month === "next" ? 1 : 0, day);
    const [read] = ofMonth !== undefined ? [{ date: ofMonth }] : findDates(`on the ${day}th`, today, tense === "open" ? "future" : tense);
    if (typeof read?.date === "string") found.push({ value: read.date, day, ...wordsOfText(line, match.index, match.index + match[0].length) });
  }
  const lead = (one: Reading): string => line.plain.slice(Math.max(0, one.from - 1), one.from + 1).map((word) => word.text).join(" ");
  const ahead = (one: Reading): boolean => /\b(?:by|until|till|before|next)\b/.test(lead(one)) || (one.weekday !== undefined && /\b(?:will|going to|coming|next|until|can|could|have got|am in|opens?|leaves?)\b/.test(line.line));
  // "by the seventh", "until Friday": what lies ahead is no day of the past
  return withoutWeekdays(line, apart(found)).filter((one) => slot.when !== "past" || !ahead(one));
};

/** Of the months around, the one in which that day is that weekday: ahead of today first, unless the slot lies behind. */
function weekdayAndDay(weekday: number, day: number, today: string, tense: Tense): string | undefined {
  const [year, month] = [Number(today.slice(0, 4)), Number(today.slice(5, 7))];
  const days = Array.from({ length: 9 }, (_, shift) => {
    const at = month - 1 + (tense === "past" ? -shift : shift - (tense === "future" ? 0 : 1));
    return isoDate(year + Math.floor(at / 12), (((at % 12) + 12) % 12) + 1, day);
  });
  return days.find((one) => one !== undefined && new Date(one).getUTCDay() === weekday && (tense === "past" ? one <= today : tense === "future" ? one >= today : Date.parse(today) - Date.parse(one) < 15 * 86_400_000));
}

/** "Thursday" alone may be the Thursday that was offered before. */
function weekdayOf(words: string): { weekday?: number } {
  const weekday = WEEKDAYS.indexOf(/^(?:on |this |for |by )?([a-z]+)$/.exec(words)?.[1] ?? "");
  return weekday < 0 ? {} : { weekday };
}

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

/** @param ahead months from today's @param day 0 is the last one of the month before */
function inMonth(today: string, ahead: number, day: number): string {
  return new Date(Date.UTC(Number(today.slice(0, 4)), Number(today.slice(5, 7)) - 1 + ahead, day)).toISOString().slice(0, 10);
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
