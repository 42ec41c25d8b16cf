// The numbers at the top: each leads to its conversations, says of how many it is, and what it means. Pure.
import type { BoardDefinition } from "../../domain/index.ts";
import { definition, figure } from "../charts/figures.ts";
import { sparkline } from "../charts/small.ts";
import { html, type Html } from "../frame/html.ts";

export interface Tile {
  definition: BoardDefinition;
  /** null: `note` says why */
  value: number | null;
  /** of how many, and of when */
  note: string;
  /** against what was before; null where there is nothing to compare with */
  change: { words: string; tone: "good" | "bad" | "" } | null;
  href: string;
  /** day by day */
  trend: readonly (number | null)[];
}

export function tiles(list: readonly Tile[]): Html {
  return html`<section class="tiles" aria-label="Numbers">${list.map(tile)}</section>`;
}

function tile({ definition: of, value, note, change, href, trend }: Tile): Html {
  const [low, high] = of.unit === "mood" ? [-1, 1] : of.unit === "ratio" ? [0, 1] : [undefined, undefined];
  return html`<div class="tile"><div class="label"><span>${of.label}</span>${definition(of)}</div>
<p class="number">${value === null ? html`<span class="missing">not yet</span>` : html`<a href="${href}" title="The conversations behind this number">${figure(value, of.unit)}</a>`}</p>
<p class="tiny quiet">${note}</p>${change !== null && html`<p class="tiny change ${change.tone}">${change.words}</p>`}
${trend.filter((one) => one !== null).length > 1 && sparkline(trend, low, high)}</div>`;
}
