// Topics side by side: how many, how many more than before, in what mood, how they ended, and what customers say. Pure.
import type { BoardDefinition, Measured } from "../../domain/index.ts";
import { counted, definition, figure, intervalWords } from "../charts/figures.ts";
import { bar } from "../charts/small.ts";
import { channelWord } from "../frame/channel-words.ts";
import { callAddress } from "../frame/addresses.ts";
import { html, type Html } from "../frame/html.ts";
import { createTimes } from "../frame/times.ts";
import { moodCell } from "../overview/cards.ts";

export interface TopicRow {
  topic: string;
  href: string;
  contacts: number;
  /** in the period before; null where the house did not exist for all of it */
  before: number | null;
  mood: Measured | null;
  resolved: Measured | null;
  handle: Measured | null;
  quotes: readonly { text: string; channel: string; at: string; callId: string; source: string }[];
}

export interface TopicsView {
  rows: readonly TopicRow[];
  /** contacts in which no topic was recognised, and all */
  unknown: number;
  all: number;
  days: number;
  definitions: { mood: BoardDefinition; resolved: BoardDefinition; handle: BoardDefinition };
}

export function topicsTable({ rows, unknown, all, days, definitions }: TopicsView, timeZone: string): Html {
  if (rows.length === 0) return html`<p class="card in quiet">No topic was recognised in this period. Topics and the words that point to them are in <code>config/taxonomy.yaml</code>.</p>`;
  const times = createTimes(timeZone);
  const most = Math.max(...rows.map((row) => row.contacts));
  const head = (of: BoardDefinition): Html => html`<th scope="col" class="n"><span class="headed">${of.label} ${definition(of)}</span></th>`;
  const cell = (found: Measured | null, of: BoardDefinition): Html => (found === null ? html`<span class="missing" title="fewer than ten contacts">–</span>` : html`<span title="${intervalWords(found, of)}">${figure(found.value, of.unit)}</span><br><span class="tiny quiet">n ${found.n}</span>`);
  return html`<section class="card"><h2><span>${counted(rows.length, "topic")}, the most frequent first</span><span class="tiny quiet">no topic was recognised in ${figure(unknown, "count")} of ${counted(all, "contact")}</span></h2><div class="in"><div class="scroll whole" tabindex="0" role="region" aria-label="Comparison of topics"><table class="board compare topics"><thead><tr><th scope="col">Topic</th><th scope="col" class="n">Contacts</th><th scope="col" class="n">${days} days before</th>${head(definitions.mood)}${head(definitions.resolved)}${head(definitions.handle)}<th scope="col">In customers' words</th></tr></thead><tbody>${rows.map((row) => html`<tr><th scope="row"><a class="strong" href="${row.href}">${row.topic}</a>${bar(row.contacts / most)}</th><td class="n" data-label="Contacts">${figure(row.contacts, "count")}</td><td class="n" data-label="${days} days before">${changed(row)}</td><td class="n" data-label="${definitions.mood.label}">${row.mood === null ? moodCell(null) : html`<span title="${intervalWords(row.mood, definitions.mood)}">${moodCell(row.mood.value)}</span><br><span class="tiny quiet">n ${row.mood.n}</span>`}</td><td class="n" data-label="${definitions.resolved.label}">${cell(row.resolved, definitions.resolved)}</td><td class="n" data-label="${definitions.handle.label}">${cell(row.handle, definitions.handle)}</td><td class="quotes" data-label="In customers' words">${row.quotes.length === 0 ? html`<span class="missing">none recognised</span>` : html`<ul>${row.quotes.map((quote) => html`<li><q>${quote.text}</q> <span class="tiny quiet">${quote.channel === "phone" ? html`<a href="${callAddress({ call_id: quote.callId, source: quote.source })}">${channelWord(quote.channel)}</a>` : channelWord(quote.channel)}, ${times.moment(quote.at)}</span></li>`)}</ul>`}</td></tr>`)}</tbody></table></div></div></section>`;
}

/** What is no more than the scatter of counts (twice the root of their sum) is not called a change. */
function changed({ contacts, before }: TopicRow): Html | string {
  if (before === null) return "–";
  if (Math.abs(contacts - before) <= 2 * Math.sqrt(contacts + before)) return html`${figure(before, "count")}<br><span class="tiny quiet">about the same</span>`;
  const isMore = contacts > before;
  return html`${figure(before, "count")}<br><span class="tiny">${isMore ? "▴" : "▾"} ${before === 0 ? "new" : `${Math.abs(Math.round((contacts / before - 1) * 100))} % ${isMore ? "more" : "fewer"}`}</span>`;
}
