// Times and lengths as people read them, in the zone of the site. Pure.
import { html, type Html } from "./html.ts";

/** Formats of one time zone; made once, since making them is slow. */
export interface Times {
  /** `14:15`, with the exact UTC on hover */
  clock(at: string): Html;
  /** `3 Nov, 14:15`, with the exact UTC on hover */
  moment(at: string): Html;
  /** `Today`, `Yesterday`, `Tuesday 3 November` (with the year when it is another one) */
  day(at: string, nowMs: number): string;
}

/** @param timeZone IANA name */
export function createTimes(timeZone: string): Times {
  const format = (options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat => new Intl.DateTimeFormat("en-GB", { timeZone, ...options });
  const clock = format({ hour: "2-digit", minute: "2-digit" });
  const moment = format({ day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
  const date = format({ year: "numeric", month: "2-digit", day: "2-digit" });
  const day = format({ weekday: "long", day: "numeric", month: "long" });
  const dayAndYear = format({ weekday: "long", day: "numeric", month: "long", year: "numeric" });
  const year = format({ year: "numeric" });
  return {
    clock: (at) => timeTag(at, clock.format(new Date(at))),
    moment: (at) => timeTag(at, moment.format(new Date(at))),
    day(at, nowMs) {
      const then = new Date(at);
      const on = date.format(then);
      if (on === date.format(nowMs)) return "Today";
      if (on === date.format(nowMs - 86_400_000)) return "Yesterday";
      return (year.format(then) === year.format(nowMs) ? day : dayAndYear).format(then).replace(",", "");
    },
  };
}

/** Place in a recording: `0:41`, `1:02:03`. @param ms ≥ 0 */
export function position(ms: number): string {
  const s = Math.floor(ms / 1000);
  const two = (n: number): string => String(n).padStart(2, "0");
  return s < 3600 ? `${Math.floor(s / 60)}:${two(s % 60)}` : `${Math.floor(s / 3600)}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`;
}

/** How long something took: `340 ms`, `3.1 s`, `21 s`, `4 min 05 s`. @param ms ≥ 0 */
export function took(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 10_000) return `${(ms / 1000).toFixed(1)} s`;
  const s = Math.round(ms / 1000);
  return s < 60 ? `${s} s` : `${Math.floor(s / 60)} min ${String(s % 60).padStart(2, "0")} s`;
}

function timeTag(at: string, shown: string): Html {
  return html`<time datetime="${at}" title="${at.replace("T", " ").replace(/(\.\d+)?Z$/, "")} UTC">${shown}</time>`;
}
