// "Next Tuesday", "within five working days", "the third of March": what people say about days, against the day of the call. Pure.
import { MONTHS } from "../text/numbers.ts";

const WEEKDAYS = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];
const WEEKDAY = `(${WEEKDAYS.join("|")})`;
const MONTH = `(${MONTHS.join("|")})`;
const AMOUNT = "(\\d{1,3}|an?|a couple of|a few)";

/** A day in the calendar as `YYYY-MM-DD`. */
export type IsoDate = string;

/** What was found: the day, or null when the words name none exactly ("next week"), and where in the line. */
export interface DateMention {
  date: IsoDate | null;
  start: number;
  end: number;
}

/** Which way a day without year lies: what is promised lies ahead. */
export type Tense = "past" | "future" | "open";

interface Rule {
  words: RegExp;
  /** day and month are named: with `open` the nearest such day, whatever the verb before it ("moved to the 12th of May") */
  named?: boolean;
  /** @returns days since 1970, null for "no exact day", undefined for "this is no date after all" */
  day(match: RegExpExecArray, today: number, tense: Tense): number | null | undefined;
}

/** More telling rules come first; a stretch of words belongs to the first rule that reads it. */
const RULES: readonly Rule[] = [
  { words: new RegExp(`\\b(?:the )?(\\d{1,2})(?:st|nd|rd|th)?(?: of)? ${MONTH}(?: (\\d{4}|(?:19|20) \\d{2}))?\\b`, "g"), named: true, day: (m, today, tense) => dayOfMonth(Number(m[1]), m[2], m[3], today, tense) },
  { words: new RegExp(`\\b${MONTH} (?:the )?(\\d{1,2})(?:st|nd|rd|th)?(?: (\\d{4}|(?:19|20) \\d{2}))?\\b(?! (?:pounds|dollars|euros))`, "g"), named: true, day: (m, today, tense) => dayOfMonth(Number(m[2]), m[1], m[3], today, tense) },
  { words: /\b(\d{4})-(\d{2})-(\d{2})\b/g, day: (m) => toDay(Number(m[1]), Number(m[2]), Number(m[3])) },
  { words: /\bthe day after tomorrow\b/g, day: (_, today) => today + 2 },
  { words: /\bthe day before yesterday\b/g, day: (_, today) => today - 2 },
  { words: /\b(?:tomorrow|tonight|today|this (?:morning|afternoon|evening)|yesterday|last night)\b/g, day: (m, today) => today + (m[0] === "tomorrow" ? 1 : m[0] === "yesterday" || m[0] === "last night" ? -1 : 0) },
  { words: new RegExp(`\\b(?:within|in|within the next|over the next|in the next|inside)(?: the next)? (?:\\d{1,2} (?:to|or) )?${AMOUNT} (working days?|business days?|days?|weeks?|months?|hours?|minutes?)\\b(?! ago)`, "g"), day: (m, today) => later(m[1] ?? "", m[2] ?? "", today) },
  { words: /\b(?:\d{1,2} (?:to|or) )(\d{1,2}) (working days?|business days?|days?|weeks?)\b(?! ago)/g, day: (m, today) => later(m[1] ?? "", m[2] ?? "", today) },
  { words: new RegExp(`\\b${AMOUNT} (days?|weeks?|months?|hours?|years?) ago\\b`, "g"), day: (m, today) => earlier(m[1] ?? "", m[2] ?? "", today) },
  { words: new RegExp(`\\b(?:(next|this|last|coming|on|by|since|until|before|for)(?: (?:next|this|last))? )?${WEEKDAY}(?: (?:next|last) week| week)?\\b`, "g"), day: (m, today, tense) => weekday(m[0], m[2] ?? "", today, tense === "past") },
  { words: /\b(?:by |before )?(?:the )?end of (?:the |this )?(day|week|month)\b/g, day: (m, today) => endOf(m[1] ?? "", today) },
  { words: /\b(?:on|by|before|until|from|since) the (\d{1,2})(?:st|nd|rd|th)\b/g, day: (m, today, tense) => dayOfThisMonth(Number(m[1]), today, tense === "past") },
  { words: /\b(?:next|last|this) (?:week|weekend|month|year)\b/g, day: () => null },
];

/**
 * @param line  plain words, numbers in digits
 * @param today day of the call in the site's time zone
 * @returns days named in the line, in order. A weekday is the coming one, after a verb of the past ("I paid on Monday") the last one;
 *   a day of a month without year is the next, the last, or with `open` the nearest.
 */
export function findDates(line: string, today: IsoDate, tense: Tense): DateMention[] {
  const taken: DateMention[] = [];
  const now = parseDay(today);
  for (const rule of RULES) {
    for (const match of line.matchAll(rule.words)) {
      const start = match.index;
      const direction = tense === "open" && PAST_BEFORE.test(line.slice(Math.max(0, start - 45), start)) && !/\b(?:to|for|until|by) $/.test(line.slice(0, start)) && !/^(?:by|before|next|until|for) /.test(match[0]) ? "past" : tense;
      const end = start + match[0].length;
      if (taken.some((other) => start < other.end && end > other.start)) continue;
      const day = rule.day(match, now, rule.named === true ? tense : direction);
      if (day !== undefined) taken.push({ date: day === null || !Number.isFinite(day) ? null : formatDay(day), start, end });
    }
  }
  return taken.sort((a, b) => a.start - b.start);
}

/** @returns the calendar day at a moment, in a time zone; UTC when the zone is not known */
export function localDay(atMs: number, timeZone: string): IsoDate {
  try {
    return dayFormat(timeZone).format(atMs);
  } catch {
    return new Date(Number.isFinite(atMs) ? atMs : 0).toISOString().slice(0, 10);
  }
}

/** Making one takes 0.5 ms, asking it 2 µs; a site has one time zone. */
const FORMATS = new Map<string, Intl.DateTimeFormat>();

function dayFormat(timeZone: string): Intl.DateTimeFormat {
  const known = FORMATS.get(timeZone) ?? new Intl.DateTimeFormat("en-CA", { timeZone, year: "numeric", month: "2-digit", day: "2-digit" });
  FORMATS.set(timeZone, known);
  return known;
}

/** A verb of the past shortly before a day, with nothing about the future between them: "I paid on Monday". */
const PAST_BEFORE =
  /\b(?:was|were|had|did|ordered|paid|bought|sent|received|arrived|called|spoke|charged|moved|since|delivered|dispatched|shipped|stolen|happened|told|got|came|went|promised|booked|contacted|said|burst|broke|crashed|died|fell|hit|lost|left|made|wrote|saw|asked|started|stopped)\b(?!.*\b(?:will|going to|would|want|need|have to|can|could|please|by|and|but|move|change)\b)[^.]*$/;

function dayOfMonth(day: number, monthName: string | undefined, yearText: string | undefined, today: number, tense: Tense): number | undefined {
  const month = MONTHS.indexOf(monthName ?? "") + 1;
  if (month === 0 || day < 1 || day > 31) return undefined;
  if (yearText !== undefined) return toDay(Number(yearText.replace(" ", "")), month, day);
  const year = parts(today).year;
  const candidates = [year - 1, year, year + 1].map((y) => toDay(y, month, day)).filter((d) => d !== undefined);
  if (tense === "future") return candidates.find((d) => d >= today);
  if (tense === "past") return candidates.filter((d) => d <= today).at(-1);
  return candidates.sort((a, b) => Math.abs(a - today) - Math.abs(b - today))[0];
}

function dayOfThisMonth(day: number, today: number, past: boolean): number | undefined {
  const { year, month } = parts(today);
  const shifts = past ? [0, -1, -2] : [0, 1, 2];
  for (const shift of shifts) {
    const at = month - 1 + shift;
    const found = toDay(year + Math.floor(at / 12), (((at % 12) + 12) % 12) + 1, day);
    if (found !== undefined && (past ? found <= today : found >= today)) return found;
  }
  return undefined;
}

/** Weeks begin on Monday. "Next Tuesday" is the Tuesday of next week; "Tuesday" the coming one, never today; "last Tuesday" the one before today. */
function weekday(text: string, name: string, today: number, past: boolean): number {
  const target = WEEKDAYS.indexOf(name);
  const mondayBased = (day: number): number => (day + 6) % 7;
  const current = new Date(today * DAY_MS).getUTCDay();
  if (/\bnext\b/.test(text)) return today - mondayBased(current) + 7 + mondayBased(target);
  if (/\blast week\b/.test(text)) return today - mondayBased(current) - 7 + mondayBased(target);
  if (/\b(?:last|since)\b/.test(text) || (past && !/\bthis\b/.test(text))) return today - ((current - target + 7) % 7 || 7);
  if (/\bthis\b/.test(text)) return today + ((target - current + 7) % 7);
  return today + ((target - current + 7) % 7 || 7) + (/ week$/.test(text) ? 7 : 0);
}

function later(amount: string, unit: string, today: number): number | null {
  const count = countOf(amount);
  if (count === undefined) return null;
  if (/^(?:working|business)/.test(unit)) return addWorkingDays(today, count);
  if (unit.startsWith("week")) return today + 7 * count;
  if (unit.startsWith("month")) return addMonths(today, count);
  if (unit.startsWith("hour")) return today + Math.round(count / 24);
  if (unit.startsWith("minute")) return today;
  return today + count;
}

function earlier(amount: string, unit: string, today: number): number | null {
  const count = countOf(amount);
  if (count === undefined) return null;
  if (unit.startsWith("hour")) return today - Math.floor(count / 24);
  if (unit.startsWith("week")) return today - 7 * count;
  if (unit.startsWith("month")) return addMonths(today, -count);
  if (unit.startsWith("year")) return addMonths(today, -12 * count);
  return today - count;
}

function countOf(amount: string): number | undefined {
  if (amount === "a" || amount === "an") return 1;
  if (amount === "a couple of") return 2;
  return amount === "a few" ? undefined : Number(amount);
}

function endOf(what: string, today: number): number {
  if (what === "day") return today;
  if (what === "month") {
    const { year, month } = parts(today);
    return Date.UTC(year, month, 0) / DAY_MS;
  }
  return today + ((5 - new Date(today * DAY_MS).getUTCDay() + 7) % 7);
}

/** Saturdays and Sundays do not count; public holidays are not known. */
function addWorkingDays(from: number, count: number): number {
  let day = from;
  for (let left = Math.min(count, 400); left > 0; ) {
    day++;
    const weekday = new Date(day * DAY_MS).getUTCDay();
    if (weekday !== 0 && weekday !== 6) left--;
  }
  return day;
}

function addMonths(from: number, count: number): number {
  const { year, month, day } = parts(from);
  const at = year * 12 + month - 1 + count;
  const lastDay = new Date(Date.UTC(Math.floor(at / 12), (at % 12) + 1, 0)).getUTCDate();
  return Date.UTC(Math.floor(at / 12), at % 12, Math.min(day, lastDay)) / DAY_MS;
}

const DAY_MS = 86_400_000;

/** Days since 1970; undefined for the 31st of June. */
function toDay(year: number, month: number, day: number): number | undefined {
  const ms = Date.UTC(year, month - 1, day);
  const date = new Date(ms);
  return year >= 1900 && year <= 2200 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? ms / DAY_MS : undefined;
}

function parseDay(date: IsoDate): number {
  const ms = Date.parse(`${date}T00:00:00Z`);
  return Number.isFinite(ms) ? ms / DAY_MS : 0;
}

function formatDay(day: number): IsoDate {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

function parts(day: number): { year: number; month: number; day: number } {
  const date = new Date(day * DAY_MS);
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
}
