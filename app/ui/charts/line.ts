// Lines over days or weeks, with a zero line where there is a below; gaps where nothing was measured. Pure.
import { html, type Html } from "../frame/html.ts";
import { percent, round, scale } from "./scale.ts";

export interface Series {
  name: string;
  /** null: not measured */
  values: readonly (number | null)[];
}

export interface LineChart {
  title: string;
  summary: string;
  /** the first one is drawn strong */
  series: readonly Series[];
  /** one a value; "" for none */
  labels: readonly string[];
  /** what the pointer shows at each place */
  titles: readonly string[];
  low: number;
  high: number;
  ticks: readonly { value: number; words: string }[];
}

const GUTTER = 8;
const [TOP, BOTTOM, HEIGHT] = [10, 150, 172];

export function lineChart({ title, summary, series, labels, titles, low, high, ticks }: LineChart): Html {
  const y = scale(low, high, BOTTOM, TOP);
  const step = (100 - GUTTER) / Math.max(1, labels.length);
  const x = (at: number): number => GUTTER + (at + 0.5) * step;
  return html`<svg class="chart" width="100%" height="${HEIGHT}" role="img" aria-label="${title}"><title>${title}</title><desc>${summary}</desc>
${ticks.map(({ value, words }) => html`<line class="${value === 0 ? "zero" : "axis"}" x1="${percent(GUTTER)}" x2="100%" y1="${y(value)}" y2="${y(value)}"/><text x="${percent(GUTTER - 1)}" y="${y(value) + 4}" text-anchor="end">${words}</text>`)}
<svg x="0" y="0" width="100%" height="${HEIGHT}" viewBox="0 0 100 ${HEIGHT}" preserveAspectRatio="none">${series.map(({ values }, i) => html`<path class="line line-${Math.min(i, 3)}" d="${pathOf(values, x, y)}" vector-effect="non-scaling-stroke"/>`)}</svg>
${series.map(({ values }, i) => values.map((value, at) => value !== null && (values[at - 1] ?? null) === null && (values[at + 1] ?? null) === null && html`<circle class="point line-${Math.min(i, 3)}" cx="${percent(x(at))}" cy="${y(value)}" r="2.5"/>`))}
${labels.map((label, at) => html`<g><title>${titles[at] ?? label}</title><rect class="catch" x="${percent(GUTTER + at * step)}" width="${percent(step)}" y="${TOP}" height="${BOTTOM - TOP}"/>${label !== "" && html`<text x="${percent(x(at))}" y="${BOTTOM + 16}" text-anchor="middle">${label}</text>`}</g>`)}</svg>`;
}

/** `M…L…` for each stretch without gaps; "M0 0" where there is none, since an empty path is an error to some readers. */
export function pathOf(values: readonly (number | null)[], x: (at: number) => number, y: (value: number) => number): string {
  let path = "";
  for (const [at, value] of values.entries()) {
    if (value === null || Number.isNaN(value)) continue;
    const before = values[at - 1] ?? null;
    path += `${before === null || Number.isNaN(before) ? "M" : "L"}${round(x(at))} ${y(value)}`;
  }
  return path === "" ? "M0 0" : path;
}
