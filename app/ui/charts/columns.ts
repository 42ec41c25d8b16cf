// Counts over hours or days as columns from a zero line; behind them, pale, what is usual. SVG without a view box: places are percentages, so text keeps its shape. Pure.
import { html, type Html } from "../frame/html.ts";
import { countTicks, percent, scale } from "./scale.ts";

export interface Column {
  /** under the column; "" for none */
  label: string;
  /** what the pointer shows: `14:00, 52 contacts, usually 48` */
  title: string;
  /** null: not yet */
  value: number | null;
  usual: number | null;
}

export interface ColumnsChart {
  title: string;
  /** what a listener should know: extremes, sum */
  summary: string;
  columns: readonly Column[];
}

/** Place for the numbers of the axis, in percent. */
const GUTTER = 7;
const [TOP, ZERO, HEIGHT] = [10, 150, 172];

export function columnsChart({ title, summary, columns }: ColumnsChart): Html {
  const ticks = countTicks(Math.max(0, ...columns.flatMap(({ value, usual }) => [value ?? 0, usual ?? 0]).filter(Number.isFinite)));
  const y = scale(0, ticks.at(-1) ?? 1, ZERO, TOP);
  const step = (100 - GUTTER) / Math.max(1, columns.length);
  const bar = (value: number, at: number, kind: string, inset: number): Html => html`<rect class="${kind}" x="${percent(GUTTER + (at + inset) * step)}" width="${percent(step * (1 - 2 * inset))}" y="${y(value)}" height="${Math.max(0, ZERO - y(value))}" rx="1.5"/>`;
  return html`<svg class="chart" width="100%" height="${HEIGHT}" role="img" aria-label="${title}"><title>${title}</title><desc>${summary}</desc>
${ticks.map((tick, i) => html`<line class="${i === 0 ? "zero" : "axis"}" x1="${percent(GUTTER)}" x2="100%" y1="${y(tick)}" y2="${y(tick)}"/><text x="${percent(GUTTER - 1)}" y="${y(tick) + 4}" text-anchor="end">${tick}</text>`)}
${columns.map(({ value, usual, label, title: words }, at) => html`<g><title>${words}</title><rect class="catch" x="${percent(GUTTER + at * step)}" width="${percent(step)}" y="${TOP}" height="${ZERO - TOP}"/>${usual !== null && usual > 0 && bar(usual, at, "usual", 0.08)}${value !== null && value > 0 && bar(value, at, "data-fill", 0.2)}${label !== "" && html`<text x="${percent(GUTTER + (at + 0.5) * step)}" y="${ZERO + 16}" text-anchor="middle">${label}</text>`}</g>`)}</svg>`;
}
