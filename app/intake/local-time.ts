// Local times of telephone systems → UTC. Pure; time zone rules come from the runtime (Intl), not from a library.

/** A time on a clock on the wall. Month 1–12. */
export interface WallTime {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
}

/** What a local time is local to: an IANA name, or a fixed offset from UTC in minutes (east is positive). */
export type Zone = string | number;

/** The zone of a source: its own fixed offset when it has one, else the site's time zone. */
export function zoneOf(timeZone: string, utcOffsetMinutes: number | undefined): Zone {
  return utcOffsetMinutes ?? timeZone;
}

/**
 * @returns UTC milliseconds, or undefined when there is no such date. A time that the clock skips in spring is taken as if the clock had not been
 *   moved yet (02:30 → 03:30); a time that comes twice in autumn is its first occurrence.
 */
export function toUtcMs(wall: WallTime, zone: Zone): number | undefined {
  const asIfUtcMs = Date.UTC(wall.year, wall.month - 1, wall.day, wall.hour, wall.minute, wall.second);
  if (!isRealTime(wall, asIfUtcMs)) return undefined;
  if (typeof zone === "number") return asIfUtcMs - zone * 60_000;
  // Offsets a day before and after bracket any change of the clock; at most one change happens in between.
  const before = offsetMs(asIfUtcMs - 86_400_000, zone);
  const after = offsetMs(asIfUtcMs + 86_400_000, zone);
  const candidates = [asIfUtcMs - before, asIfUtcMs - after].filter((utcMs) => utcMs + offsetMs(utcMs, zone) === asIfUtcMs);
  return candidates.length > 0 ? Math.min(...candidates) : asIfUtcMs - before;
}

/**
 * Reads the stamps that telephone systems write: `2026-11-03 14:15:02`, `2026-11-03T14:15:02Z`, `…+01:00`, `2026/11/03 14:15`, `11/3/2026 2:15:02 PM`,
 * unix seconds, milliseconds or microseconds.
 * @returns UTC milliseconds, or undefined when it is none of them
 */
export function parseStamp(text: string, zone: Zone): number | undefined {
  const stamp = text.trim();
  const numeric = /^(\d{9,16})(\.\d{1,9})?$/.exec(stamp);
  if (numeric?.[1] !== undefined) return plausible(epochToMs(numeric[1], numeric[2]));
  const iso = /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d{1,9})?)?)? ?(Z|UTC|[+-]\d{2}:?\d{2})?$/i.exec(stamp);
  if (iso) return toUtcMs(wallOf(iso.slice(1, 7)), offsetIn(iso[7]) ?? zone);
  const american = /^(\d{1,2})\/(\d{1,2})\/(\d{4}) +(\d{1,2}):(\d{2})(?::(\d{2}))? ?([AP])M$/i.exec(stamp);
  if (!american) return undefined;
  const [month, day, year, hour, minute, second] = american.slice(1, 7).map((part) => Number(part ?? 0)) as [number, number, number, number, number, number];
  const isAfternoon = american[7]?.toUpperCase() === "P";
  return toUtcMs({ year, month, day, hour: (hour % 12) + (isAfternoon ? 12 : 0), minute, second: second || 0 }, zone);
}

/** Digits of a date and a time, e.g. `20261103` and `141502`, → wall time; absent parts are 0. */
export function wallOf(parts: readonly (string | undefined)[]): WallTime {
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = parts.map((part) => Number(part ?? 0));
  return { year, month, day, hour, minute, second };
}

/** Seconds, milliseconds or microseconds since 1970 → milliseconds, by their number of digits. */
function epochToMs(digits: string, fraction: string | undefined): number {
  if (digits.length >= 15) return Math.floor(Number(digits) / 1000);
  if (digits.length >= 12) return Number(digits);
  return Math.round(Number(digits + (fraction ?? "")) * 1000);
}

function plausible(ms: number): number | undefined {
  return ms >= 0 && ms <= 4_102_444_800_000 ? ms : undefined;
}

function offsetIn(text: string | undefined): number | undefined {
  if (text === undefined || text === "") return undefined;
  const match = /^([+-])(\d{2}):?(\d{2})$/.exec(text);
  return match ? (match[1] === "-" ? -1 : 1) * (Number(match[2]) * 60 + Number(match[3])) : 0;
}

/** Date.UTC silently rolls 31 February over; a real time comes back as it went in. */
function isRealTime(wall: WallTime, ms: number): boolean {
  const date = new Date(ms);
  return (
    wall.year >= 1970 &&
    wall.year < 2100 &&
    date.getUTCMonth() === wall.month - 1 &&
    date.getUTCDate() === wall.day &&
    date.getUTCHours() === wall.hour &&
    date.getUTCMinutes() === wall.minute &&
    date.getUTCSeconds() === wall.second
  );
}

const formatters = new Map<string, Intl.DateTimeFormat>();

/** Offset of a zone at a moment, in milliseconds. */
function offsetMs(utcMs: number, timeZone: string): number {
  let formatter = formatters.get(timeZone);
  if (formatter === undefined) {
    const fields = { year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric" } as const;
    formatter = new Intl.DateTimeFormat("en-US", { timeZone, hourCycle: "h23", era: "short", ...fields });
    formatters.set(timeZone, formatter);
  }
  const parts = Object.fromEntries(formatter.formatToParts(utcMs).map((part) => [part.type, Number(part.value)]));
  const shown = Date.UTC(parts["year"] ?? 0, (parts["month"] ?? 1) - 1, parts["day"] ?? 1, parts["hour"] ?? 0, parts["minute"] ?? 0, parts["second"] ?? 0);
  return shown - Math.floor(utcMs / 1000) * 1000;
}
