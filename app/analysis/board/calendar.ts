// Days and hours of the site. Pure, but for its memory: asking the time zone costs a thousandth of a second for a hundred answers.
import { slicesOf } from "../journeys/slices.ts";

export interface LocalDay {
  /** `2026-11-03`; ISO week `2026-W45` */
  day: string;
  week: string;
  fromMs: number;
  toMs: number;
}

export interface Calendar {
  /** the last `count` days of the site, oldest first; the last one is today, whole */
  days(nowMs: number, count: number): LocalDay[];
  /** hour of the local day, 0…23 */
  hourOf(ms: number): number;
}

const HOUR_MS = 3_600_000;
const QUARTER_MS = 900_000;
/** No day is shorter than this, so no slice of it holds two midnights. */
const SLICE_MS = 23 * HOUR_MS;
/** Quarters remembered: three months. */
const REMEMBERED = 9000;

/** @param timeZone IANA name; its offsets are multiples of a quarter of an hour */
export function createCalendar(timeZone: string): Calendar {
  const hour = new Intl.DateTimeFormat("en-GB", { timeZone, hour: "2-digit", hourCycle: "h23" });
  const date = new Intl.DateTimeFormat("en-CA", { timeZone, year: "numeric", month: "2-digit", day: "2-digit" });
  const hours = new Map<number, number>();
  let known: { today: string; days: LocalDay[] } = { today: "", days: [] };
  return {
    days(nowMs, count) {
      const today = date.format(nowMs);
      if (known.today !== today || known.days.length < count) known = { today, days: daysUntil(nowMs, count, timeZone) };
      return known.days.slice(-count);
    },
    hourOf(ms) {
      const quarter = Math.floor(ms / QUARTER_MS);
      let found = hours.get(quarter);
      if (found === undefined) {
        if (hours.size > REMEMBERED) hours.clear();
        hours.set(quarter, (found = Number(hour.format(ms)) % 24));
      }
      return found;
    },
  };
}

/** From the first midnight that is `count` days back to the next one to come. */
function daysUntil(nowMs: number, count: number, timeZone: string): LocalDay[] {
  const days = new Map<string, LocalDay>();
  for (const { day, week, fromMs, toMs } of slicesOf(nowMs - (count + 1) * 24 * HOUR_MS, nowMs + 50 * HOUR_MS, timeZone, SLICE_MS)) {
    const begun = days.get(day);
    if (begun === undefined) days.set(day, { day, week, fromMs, toMs });
    else begun.toMs = toMs;
  }
  const whole = [...days.values()].filter((one) => one.fromMs <= nowMs);
  return whole.slice(-count);
}
