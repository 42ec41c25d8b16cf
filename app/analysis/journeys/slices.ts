// A period in slices that belong to one day of the site each, none of them long, so that a year can be read without holding up anything else. Pure.

export interface Slice {
  fromMs: number;
  toMs: number;
  /** day at the site, `2026-11-03`, and its ISO week, `2026-W45` */
  day: string;
  week: string;
}

const QUARTER_MS = 900_000;
const HOUR_MS = 3_600_000;

/**
 * @param maxMs longest slice
 * @param timeZone IANA name; its offsets are multiples of a quarter of an hour
 * @returns slices in order, without gaps: [from, to)
 */
export function slicesOf(fromMs: number, toMs: number, timeZone: string, maxMs: number = 6 * HOUR_MS): Slice[] {
  const format = new Intl.DateTimeFormat("en-CA", { timeZone, year: "numeric", month: "2-digit", day: "2-digit" });
  const dayOf = (ms: number): string => format.format(ms);
  const slices: Slice[] = [];
  for (let at = fromMs; at < toMs; ) {
    const day = dayOf(at);
    const end = Math.min(toMs, at + maxMs);
    const next = dayOf(end - 1) === day ? end : midnightBetween(at, end, (ms) => dayOf(ms) === day);
    slices.push({ fromMs: at, toMs: next, day, week: weekOf(day) });
    at = next;
  }
  return slices;
}

/** @returns the first quarter of an hour after `fromMs` that is not of its day; the day changes once between the two */
function midnightBetween(fromMs: number, toMs: number, isSameDay: (ms: number) => boolean): number {
  let [same, other] = [Math.floor(fromMs / QUARTER_MS), Math.ceil(toMs / QUARTER_MS)];
  while (other - same > 1) {
    const middle = Math.floor((same + other) / 2);
    if (isSameDay(middle * QUARTER_MS)) same = middle;
    else other = middle;
  }
  return other * QUARTER_MS;
}

/** ISO 8601: the week of a day is that of its Thursday. */
export function weekOf(day: string): string {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + 3 - ((date.getUTCDay() + 6) % 7));
  const first = Date.UTC(date.getUTCFullYear(), 0, 1);
  return `${date.getUTCFullYear()}-W${String(1 + Math.floor((date.getTime() - first) / (7 * 86_400_000))).padStart(2, "0")}`;
}
