// The cards of the overview: when people got in touch, why, in what mood, on which channel. Pure.
import { columnsChart, type Column } from "../charts/columns.ts";
import { counted, definition, figure, signed, tableBehind } from "../charts/figures.ts";
import { lineChart } from "../charts/line.ts";
import { bar, diverging, stacked } from "../charts/small.ts";
import { html, type Html } from "../frame/html.ts";
import type { BoardDefinition } from "../../domain/index.ts";

export interface VolumeView {
  by: "hour" | "day";
  columns: readonly Column[];
  /** what the pale columns are; null where there are none */
  usual: string | null;
}

export interface WhyRow {
  label: string;
  href: string;
  n: number;
  mood: number | null;
}

export interface WhyView {
  topics: readonly WhyRow[];
  reasons: readonly WhyRow[];
  /** contacts without a topic */
  unknown: number;
  all: number;
}

export interface MoodView {
  days: readonly { label: string; title: string; value: number | null; n: number; day: string }[];
  definition: BoardDefinition;
}

export interface ChannelRow {
  name: string;
  href: string;
  n: number;
}

export function volumeCard({ by, columns, usual }: VolumeView): Html {
  const known = columns.filter((one) => one.value !== null);
  const top = known.reduce<Column | undefined>((best, one) => ((one.value ?? 0) > (best?.value ?? -1) ? one : best), undefined);
  const sum = known.reduce((all, one) => all + (one.value ?? 0), 0);
  const title = by === "hour" ? "Contacts by hour" : "Contacts by day";
  const summary = `${counted(sum, "contact")}; most at ${top?.title ?? "no time"}`;
  return html`<section class="card"><h2><span>${title}</span> <span class="tiny quiet">${by === "hour" ? "when they began, local time" : "days at the site"}${usual !== null && `; pale: ${usual}`}</span></h2><div class="in">${columnsChart({ title, summary, columns })}${tableBehind("volume", title, [by === "hour" ? "Hour" : "Day", "Contacts", ...(usual === null ? [] : ["Usual"])], columns.map((one) => [one.title.split(",")[0] ?? one.label, one.value ?? "not yet", ...(usual === null ? [] : [one.usual === null ? "–" : one.usual.toFixed(1)])]))}</div></section>`;
}

export function whyCard({ topics, reasons, unknown, all }: WhyView): Html {
  const rest = unknown === 0 ? "" : `; no topic was recognised in ${figure(unknown, "count")} of ${counted(all, "contact")}`;
  return html`<section class="card"><h2>Why people got in touch <a class="tiny" href="/agents?view=topics">all topics</a></h2><div class="in">${topics.length + reasons.length === 0 ? html`<p class="quiet">No topic has been recognised in this period.</p>` : html`${whyTable("Topic", topics)}${reasons.length > 0 && whyTable("Reason", reasons)}`}<p class="tiny quiet">Mood: −1 bad to +1 good; “–”: fewer than ten contacts with a mood${rest}.</p></div></section>`;
}

function whyTable(head: string, rows: readonly WhyRow[]): Html {
  const most = Math.max(1, ...rows.map((row) => row.n));
  return html`<table class="board why"><thead><tr><th scope="col">${head}</th><th scope="col"><span class="hidden">Share of the largest</span></th><th scope="col" class="n">contacts</th><th scope="col" class="n">mood</th></tr></thead><tbody>${rows.map((row) => html`<tr><th scope="row"><a href="${row.href}">${row.label}</a></th><td class="bar">${bar(row.n / most)}</td><td class="n">${figure(row.n, "count")}</td><td class="n">${moodCell(row.mood)}</td></tr>`)}</tbody></table>`;
}

/** Arrow, number and bar: never the colour alone. */
export function moodCell(mood: number | null): Html {
  if (mood === null) return html`<span class="missing" title="fewer than ten contacts with a mood">–</span>`;
  const [tone, arrow] = mood <= -0.05 ? ["bad", "▾ "] : mood >= 0.05 ? ["good", "▴ "] : ["", ""];
  return html`<span class="change ${tone}">${arrow}${signed(mood)}</span> ${diverging(mood)}`;
}

export function moodCard({ days, definition: of }: MoodView): Html {
  const known = days.filter((day) => day.value !== null);
  const title = `Customer mood, last ${days.length} days`;
  const edge = (which: (a: number, b: number) => boolean): string => known.reduce<(typeof known)[number] | undefined>((best, one) => (best === undefined || which(one.value ?? 0, best.value ?? 0) ? one : best), undefined)?.title ?? "";
  const summary = known.length === 0 ? "no day has enough contacts" : `worst ${edge((a, b) => a < b)}; best ${edge((a, b) => a > b)}`;
  const high = moodReach(known.map((day) => day.value ?? 0));
  const ticks = [high, high / 2, 0, -high / 2, -high].map((value) => ({ value, words: value === 0 ? "0" : signed(value) }));
  return html`<section class="card"><h2><span>${title} ${definition(of, "mood-chart")}</span><span class="tiny quiet">by day, from ten contacts with a mood on</span></h2><div class="in">${known.length === 0 ? html`<p class="quiet">No day has ten contacts in which a customer showed a mood yet.</p>` : lineChart({ title, summary, series: [{ name: "mood", values: days.map((day) => day.value) }], labels: days.map((day) => day.label), titles: days.map((day) => day.title), low: -high, high, ticks })}${tableBehind("mood", title, ["Day", "Mood", "Contacts with a mood"], days.map((day) => [day.day, day.value === null ? "–" : signed(day.value), day.n]))}</div></section>`;
}

/** Moods of many contacts lie close to 0: the scale is as long on both sides of it as it must be, and no longer. */
export function moodReach(values: readonly number[]): number {
  const farthest = Math.max(0, ...values.map(Math.abs));
  return [0.2, 0.4, 0.6].find((reach) => farthest <= reach) ?? 1;
}

export function channelsCard(rows: readonly ChannelRow[]): Html {
  const all = rows.reduce((sum, row) => sum + row.n, 0);
  return html`<section class="card"><h2>Channels <span class="tiny quiet">share of ${counted(all, "contact")}</span></h2><div class="in">${rows.length === 0 ? html`<p class="quiet">Nobody got in touch in this period yet.</p>` : html`${stacked("Share of the channels", rows.map((row) => ({ name: row.name, value: row.n })))}<table class="board"><thead class="hidden"><tr><th scope="col">Channel</th><th scope="col">Contacts</th><th scope="col">Share</th></tr></thead><tbody>${rows.map((row, i) => html`<tr><th scope="row"><svg class="key-mark" width="10" height="10" aria-hidden="true"><rect class="shade-${Math.min(i, 5)}" width="10" height="10" rx="2"/></svg><a href="${row.href}">${row.name}</a></th><td class="n">${figure(row.n, "count")}</td><td class="n quiet">${figure(row.n / Math.max(1, all), "ratio")}</td></tr>`)}</tbody></table>`}</div></section>`;
}
