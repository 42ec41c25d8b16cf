// One agent: the same measures as in the comparison, over time, beside the median. Pure.
import { counted, definition, figure, intervalWords, tableBehind } from "../charts/figures.ts";
import { lineChart } from "../charts/line.ts";
import { html, type Html } from "../frame/html.ts";
import { page, type Frame } from "../frame/layout.ts";
import type { Measured } from "../../domain/index.ts";
import { measuredCell, type ComparedMeasure } from "./agents-page.ts";

export interface AgentPageView {
  frame: Frame;
  id: string;
  name: string;
  span: string;
  contacts: number;
  href: string;
  fewest: number;
  weeks: readonly string[];
  contactsByWeek: readonly number[];
  measures: readonly { column: ComparedMeasure; found: Measured | null; byWeek: readonly (Measured | null)[] }[];
}

export function renderAgent(view: AgentPageView): string {
  const { frame, id, name, span, contacts, href, fewest, measures } = view;
  return page(
    frame,
    name,
    html`<div data-live><p class="crumbs"><a href="/agents">Agents and topics</a> / <bdi>${id}</bdi></p>
<header class="head"><div><h1>${name}</h1><p class="quiet">${span} · <a href="${href}">${counted(contacts, "contact")}</a></p></div></header>
${contacts < fewest ? html`<p class="card in quiet">Not enough contacts yet: ${contacts} of ${fewest}. Below that, one unusual call would change every number.</p>` : html`<div class="multiples wide">${measures.map((one) => measureCard(one, view))}</div><p class="small quiet measure">Weeks with fewer than ten contacts are left out. The dashed line is the median of agents with enough contacts; calls differ, so a distance from it is a question, not a verdict.</p>`}</div>`,
    { styles: ["board.css"], scripts: ["board.js"] },
  );
}

function measureCard({ column, found, byWeek }: AgentPageView["measures"][number], { weeks, contactsByWeek }: AgentPageView): Html {
  const { definition: of, median, low, high } = column;
  const known = byWeek.filter((one) => one !== null);
  const ticks = [low, (low + high) / 2, high].map((value) => ({ value, words: figure(value, of.unit) }));
  const labels = weeks.map((week, i) => ((weeks.length - 1 - i) % 4 === 0 ? week.replace("Week of ", "") : ""));
  const titles = weeks.map((week, i) => `${week}, ${byWeek[i] === null || byWeek[i] === undefined ? "too few contacts" : `${figure(byWeek[i].value, of.unit)}, ${intervalWords(byWeek[i], of)}`}`);
  return html`<section class="card"><h2><span>${of.label} ${definition(of)}</span><span class="tiny quiet">median ${median === null ? "not known" : figure(median, of.unit)}</span></h2><div class="in"><div class="measured">${measuredCell(found, column)}</div>
${known.length < 2 ? html`<p class="small quiet">No line yet: hardly any week has ten contacts that say anything about it.</p>` : lineChart({ title: `${of.label} by week`, summary: `from ${figure(known[0]?.value ?? 0, of.unit)} to ${figure(known.at(-1)?.value ?? 0, of.unit)}`, series: [{ name: of.label, values: byWeek.map((one) => one?.value ?? null) }, ...(median === null ? [] : [{ name: "median", values: weeks.map(() => median) }])], labels, titles, low, high, ticks })}
${tableBehind(`agent ${of.name}`, `${of.label} by week`, ["Week", "Contacts", of.label, "n"], weeks.map((week, i) => [week, contactsByWeek[i] ?? 0, byWeek[i] === null || byWeek[i] === undefined ? "–" : figure(byWeek[i].value, of.unit), byWeek[i]?.n ?? 0]))}</div></section>`;
}
