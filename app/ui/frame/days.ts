// Days and stretches of time as people name them. Pure.

/** `3 Nov`; made once for a zone, since making formats is slow */
export function dayWordsOf(timeZone: string): (ms: number) => string {
  const format = new Intl.DateTimeFormat("en-GB", { timeZone, day: "numeric", month: "short" });
  return (ms) => format.format(ms);
}

/** `Saturday 21 November, until 15:40`; over several days `28 Oct to 26 Nov, until 15:40` */
export function spanWords(fromMs: number, untilMs: number, timeZone: string): string {
  const clock = new Intl.DateTimeFormat("en-GB", { timeZone, hour: "2-digit", minute: "2-digit" }).format(untilMs);
  const day = new Intl.DateTimeFormat("en-GB", { timeZone, weekday: "long", day: "numeric", month: "long" });
  const words = dayWordsOf(timeZone);
  return `${day.format(fromMs) === day.format(untilMs) ? day.format(untilMs).replace(",", "") : `${words(fromMs)} to ${words(untilMs)}`}, until ${clock}`;
}
