// How topics, reasons or channels went over weeks: a small picture each, on one scale, so that they can be compared. Pure.
import type { BoardDefinition } from "../../domain/index.ts";
import { counted, definition, figure, signed, tableBehind } from "../charts/figures.ts";
import { sparkline } from "../charts/small.ts";
import { html, type Html } from "../frame/html.ts";
import { moodReach } from "../overview/cards.ts";

export const TREND_GROUPINGS = ["topic", "reason", "channel"] as const;
export type TrendGrouping = (typeof TREND_GROUPINGS)[number];

export interface TrendRow {
  name: string;
  href: string;
  /** a week each */
  contacts: readonly number[];
  /** null: fewer than ten contacts with a mood */
  moods: readonly (number | null)[];
}

export interface TrendsView {
  by: TrendGrouping;
  /** `Week of 2 Nov`; the last one is not over */
  weeks: readonly string[];
  rows: readonly TrendRow[];
  all: TrendRow;
  mood: BoardDefinition;
}

export function trendCards({ by, weeks, rows, all, mood }: TrendsView): Html {
  const most = Math.max(1, ...rows.flatMap((row) => row.contacts));
  const reach = moodReach([all, ...rows].flatMap((row) => row.moods).filter((one): one is number => one !== null));
  const tab = (one: TrendGrouping): Html => (one === by ? html`<a href="/agents?view=trends&by=${one}" aria-current="true">By ${one}</a>` : html`<a href="/agents?view=trends&by=${one}">By ${one}</a>`);
  return html`<div class="bar-above"><nav class="tabs" aria-label="Lines for each">${TREND_GROUPINGS.map(tab)}</nav><p class="tiny quiet">${counted(weeks.length, "week")} to this one, which is not over · contacts on one scale, 0 to ${figure(most, "count")}; moods too, −${reach} to +${reach}${rows.length === 0 ? "" : ` · the ${rows.length} most frequent`}</p></div>
<div class="multiples">${[...(rows.length === 0 ? [] : [trendCard(all, weeks, { most: Math.max(1, ...all.contacts), reach }, mood, true)]), ...rows.map((row) => trendCard(row, weeks, { most, reach }, mood, false))]}</div>${rows.length === 0 && html`<p class="card in quiet">Nothing to draw yet: no ${by} was recognised in these weeks.</p>`}`;
}

function trendCard({ name, href, contacts, moods }: TrendRow, weeks: readonly string[], { most, reach }: { most: number; reach: number }, of: BoardDefinition, isAll: boolean): Html {
  const lastWhole = Math.max(0, contacts.length - 2);
  const known = moods.filter((one): one is number => one !== null);
  return html`<section class="card trend"><h2><a class="strong" href="${href}">${name}</a>${isAll && html`<span class="tiny quiet">own scale</span>`}</h2><div class="in">
<p class="small"><b>${figure(contacts[lastWhole] ?? 0, "count")}</b> <span class="quiet">contact${contacts[lastWhole] === 1 ? "" : "s"} in the last whole week</span></p>${sparkline(contacts, 0, most)}
<div class="small moods">${known.length === 0 ? html`<span class="missing">too few moods</span>` : html`<b>${signed(known.at(-1) ?? 0)}</b> <span class="quiet">customer mood</span>`} ${definition(of, `trend ${name}`)}</div>${known.length > 1 && sparkline(moods, -reach, reach)}
${tableBehind(`trend ${name}`, `${name} by week`, ["Week", "Contacts", "Mood"], weeks.map((week, i) => [week, contacts[i] ?? 0, moods[i] === null || moods[i] === undefined ? "–" : signed(moods[i])]))}</div></section>`;
}
