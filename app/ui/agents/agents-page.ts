// Agents, topics and trends: side by side, never ranked. The frame around the three, and the table of agents. Pure.
import type { BoardDefinition, Measure, Measured } from "../../domain/index.ts";
import { counted, definition, figure, intervalWords, signed } from "../charts/figures.ts";
import { dotAndInterval, fromTo } from "../charts/small.ts";
import { html, urlPart, type Html, type Part } from "../frame/html.ts";
import { page, type Frame } from "../frame/layout.ts";
import { topicsTable, type TopicsView } from "./topics-table.ts";
import { trendCards, type TrendsView } from "./trend-cards.ts";

export const COMPARED_DAYS = [7, 30, 90] as const;
export type ComparedDays = (typeof COMPARED_DAYS)[number];

export interface AgentRow {
  id: string;
  name: string;
  contacts: number;
  href: string;
  /** null: too few contacts say anything about it */
  measures: Partial<Record<Measure, Measured | null>>;
}

/** A column of the comparison. */
export interface ComparedMeasure {
  measure: Measure;
  definition: BoardDefinition;
  /** of those agents who have enough contacts; null while nobody has */
  median: number | null;
  low: number;
  high: number;
}

export interface AgentsTableView {
  rows: readonly AgentRow[];
  columns: readonly ComparedMeasure[];
  /** median of moods at the end */
  fewest: number;
  /** how many agents there are in all */
  all: number;
  next: string | null;
}

export type ComparisonView = { view: "agents"; table: AgentsTableView } | { view: "topics"; table: TopicsView } | { view: "trends"; trends: TrendsView };

export interface AgentsPageView {
  frame: Frame;
  days: ComparedDays;
  span: string;
  shown: ComparisonView;
}

const VIEWS = [["agents", "Agents"], ["topics", "Topics"], ["trends", "Trends"]] as const;

export function renderAgents({ frame, days, span, shown }: AgentsPageView): string {
  const tab = (address: string, words: string, isHere: boolean): Html => (isHere ? html`<a href="${address}" aria-current="true">${words}</a>` : html`<a href="${address}">${words}</a>`);
  return page(
    frame,
    "Agents and topics",
    html`<div data-live><header class="head"><div><h1>Agents and topics</h1><p class="quiet">${span} · ${frame.seesAll ? "the whole house" : "your agents"} · times in ${frame.timeZone.replaceAll("_", " ")}</p></div>
<div class="head-tabs"><nav class="tabs" aria-label="What to compare">${VIEWS.map(([view, words]) => tab(`/agents?view=${view}&days=${days}`, words, view === shown.view))}</nav>${shown.view !== "trends" && html`<nav class="tabs" aria-label="Which period">${COMPARED_DAYS.map((one) => tab(`/agents?view=${shown.view}&days=${one}`, `${one} days`, one === days))}</nav>`}</div></header>
${shown.view === "agents" ? agentsTable(shown.table, frame.seesAll) : shown.view === "topics" ? topicsTable(shown.table, frame.timeZone) : trendCards(shown.trends)}</div>`,
    { styles: ["board.css"], scripts: ["board.js"] },
  );
}

function agentsTable({ rows, columns, fewest, all, next }: AgentsTableView, isHouse: boolean): Html {
  if (rows.length === 0) return html`<p class="card in quiet">No contact of this period says which agent it was with. Telephone systems send the agent with the call; file names can hold it too.</p>`;
  return html`<section class="card"><h2><span>${counted(all, "agent")}, by name</span><span class="tiny quiet">n: contacts it comes from · ● mean · ─ interval of 95 % · ┃ median of ${isHouse ? "the house" : "your agents"} (agents with enough contacts)</span></h2><div class="in"><div class="scroll whole" tabindex="0" role="region" aria-label="Comparison of agents"><table class="board compare"><thead><tr><th scope="col">Agent</th><th scope="col" class="n">Contacts</th>${columns.map(({ definition: of }) => html`<th scope="col"><span class="headed">${of.label} ${definition(of)}</span></th>`)}<th scope="col">Mood, start → end</th></tr></thead>
<tbody>${rows.map((row) => agentRow(row, columns, fewest))}</tbody>
<tfoot><tr><th scope="row">Median</th><td></td>${columns.map(({ median, definition: of }) => html`<td data-label="${of.label}">${median === null ? "–" : figure(median, of.unit)}</td>`)}<td></td></tr></tfoot></table></div>
<p class="small quiet measure">There is no ranking: one number says little about a person, and calls differ. An interval that reaches over the median may be chance.</p>${next !== null && html`<p class="more"><a class="button" href="${next}">More agents</a></p>`}</div></section>`;
}

function agentRow(row: AgentRow, columns: readonly ComparedMeasure[], fewest: number): Html {
  const head = html`<th scope="row"><a class="strong" href="/agents/${urlPart(row.id)}">${row.name}</a>${row.name !== row.id && html` <span class="tiny quiet">${row.id}</span>`}</th><td class="n" data-label="Contacts"><a href="${row.href}">${figure(row.contacts, "count")}</a></td>`;
  if (row.contacts < fewest) return html`<tr>${head}<td class="quiet" colspan="${columns.length + 1}">not enough contacts yet: ${row.contacts} of ${fewest}</td></tr>`;
  return html`<tr>${head}${columns.map((column) => html`<td data-label="${column.definition.label}">${measuredCell(row.measures[column.measure] ?? null, column)}</td>`)}<td data-label="Mood, start → end">${moodMove(row.measures.mood_start ?? null, row.measures.mood_end ?? null)}</td></tr>`;
}

/** The number with its n and interval, and where it lies. */
export function measuredCell(found: Measured | null, { definition: of, median, low, high }: ComparedMeasure): Part {
  if (found === null) return html`<span class="missing">too few</span>`;
  return html`<span title="${intervalWords(found, of)}">${figure(found.value, of.unit)} <span class="tiny quiet">n ${found.n}</span></span>${dotAndInterval({ value: found.value, interval: found.interval, median, low, high })}`;
}

function moodMove(start: Measured | null, end: Measured | null): Part {
  if (start === null || end === null) return html`<span class="missing">too few</span>`;
  return html`<span title="n ${end.n}">${signed(start.value)} → ${signed(end.value)}</span>${fromTo(start.value, end.value)}`;
}
