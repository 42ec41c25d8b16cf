// Charts of the size of a word, for tables and tiles; each says in words what it shows, or stands beside the number itself. Pure.
import { html, type Html } from "../frame/html.ts";
import { pathOf } from "./line.ts";
import { percent, round, scale } from "./scale.ts";

/** A bar from the left. @param share 0…1 of the longest one */
export function bar(share: number): Html {
  return html`<svg class="small-bar" width="100%" height="6" aria-hidden="true"><rect class="track-fill" width="100%" height="6" rx="3"/><rect class="data-fill" width="${percent(scale(0, 1, 0, 100)(share))}" height="6" rx="3"/></svg>`;
}

/** Moods beyond this fill the bar: means of many contacts hardly get there. */
const FULL_MOOD = 0.5;

/** Bad to the left of the middle, good to the right. @param value −1…1 */
export function diverging(value: number): Html {
  const x = scale(-FULL_MOOD, FULL_MOOD, 0, 100)(value);
  return html`<svg class="diverging" width="44" height="8" aria-hidden="true"><line class="zero" x1="50%" x2="50%" y1="0" y2="8"/><rect class="${value < 0 ? "bad-fill" : "good-fill"}" x="${percent(Math.min(50, x))}" width="${percent(Math.abs(x - 50))}" y="1.5" height="5" rx="1"/></svg>`;
}

/** Shares of a whole, the largest first; together they fill the width. @param parts values ≥ 0 */
export function stacked(title: string, parts: readonly { name: string; value: number }[]): Html {
  const sum = parts.reduce((all, { value }) => all + Math.max(0, value || 0), 0);
  const at = scale(0, sum, 0, 100);
  let before = 0;
  const pieces = parts.map(({ name, value }, i) => {
    const [from, to] = [at(before), at((before += Math.max(0, value || 0)))];
    return html`<rect class="shade-${Math.min(i, 5)}" x="${percent(from)}" width="${percent(to - from)}" height="10"><title>${name}: ${value}</title></rect>`;
  });
  return html`<svg class="stacked" width="100%" height="10" role="img" aria-label="${title}"><title>${title}</title>${pieces}</svg>`;
}

/** A measure as a dot, its interval as a line, the median of all as a tick. */
export function dotAndInterval(spot: { value: number; interval: readonly [number, number] | null; median: number | null; low: number; high: number }): Html {
  const x = scale(spot.low, spot.high, 2, 98);
  const [from, to] = spot.interval ?? [spot.value, spot.value];
  return html`<svg class="spot" width="100%" height="14" aria-hidden="true">${spot.low < 0 && spot.high > 0 && html`<line class="zero" x1="${percent(x(0))}" x2="${percent(x(0))}" y1="0" y2="14"/>`}<line class="axis" x1="2%" x2="98%" y1="7" y2="7"/>${spot.median !== null && html`<line class="median" x1="${percent(x(spot.median))}" x2="${percent(x(spot.median))}" y1="1" y2="13"/>`}<line class="whisker" x1="${percent(x(from))}" x2="${percent(x(to))}" y1="7" y2="7"/><circle class="dot-fill" cx="${percent(x(spot.value))}" cy="7" r="3"/></svg>`;
}

/** From start (hollow) to end (full), zero in the middle. */
export function fromTo(start: number, end: number): Html {
  const x = scale(-FULL_MOOD, FULL_MOOD, 4, 96);
  return html`<svg class="spot" width="100%" height="14" aria-hidden="true"><line class="axis" x1="4%" x2="96%" y1="7" y2="7"/><line class="zero" x1="50%" x2="50%" y1="0" y2="14"/><line class="whisker" x1="${percent(x(start))}" x2="${percent(x(end))}" y1="7" y2="7"/><circle class="hollow" cx="${percent(x(start))}" cy="7" r="2.5"/><circle class="dot-fill" cx="${percent(x(end))}" cy="7" r="3"/></svg>`;
}

/** A line without axis: how something went, not how much it was; the number stands beside it. */
export function sparkline(values: readonly (number | null)[], low?: number, high?: number): Html {
  const known = values.filter((value): value is number => value !== null && Number.isFinite(value));
  const y = scale(low ?? Math.min(0, ...known), high ?? Math.max(1e-9, ...known), 20, 2);
  const x = scale(0, Math.max(1, values.length - 1), 1, 99);
  return html`<svg class="sparkline" width="100%" height="22" viewBox="0 0 100 22" preserveAspectRatio="none" aria-hidden="true">${low !== undefined && low < 0 && html`<line class="zero" x1="0" x2="100" y1="${y(0)}" y2="${y(0)}" vector-effect="non-scaling-stroke"/>`}<path class="line line-0" d="${pathOf(values, (at) => round(x(at)), y)}" vector-effect="non-scaling-stroke"/></svg>`;
}
