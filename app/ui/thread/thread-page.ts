// The page of a customer: one timeline over all channels, and beside it what whoever answers next must know. Pure.
import { html, type Html } from "../frame/html.ts";
import { page } from "../frame/layout.ts";
import { consentCard } from "./consent-card.ts";
import { formCards } from "./form-cards.ts";
import { matterCard, mattersCard } from "./matters.ts";
import { nextCard, todoCard } from "./next-card.ts";
import { mergeWords, peopleCards, undoButton } from "./people-cards.ts";
import { toolsOf } from "./proof.ts";
import { channelName } from "../frame/channel-words.ts";
import { addressWords, shownAddress } from "./thread-words.ts";
import { timeline, timelineFilter } from "./timeline.ts";
import type { Note, ThreadView, Tools } from "./thread-view.ts";
import { marked } from "../frame/snippet.ts";

export function renderThread(view: ThreadView): string {
  const tools = toolsOf(view);
  const name = customerName(view);
  return page(
    view.frame,
    name,
    html`<div data-customer="${view.customer.id}" data-newest="${view.newest ?? ""}"><p class="crumbs"><a href="/customers">Customers</a> / <bdi>${name}</bdi></p>
<header class="head"><div><h1><bdi>${name}</bdi></h1><p class="quiet chips">${view.addresses.filter((one) => !one.isClaim).slice(0, 6).map((one) => html`<span class="chip" title="${addressWords(one.kind)}"><bdi>${shownAddress(one)}</bdi></span> `)}${view.isWhole && html`<span class="small">known since ${tools.times.moment(view.customer.firstContactAt)}</span>`}</p></div></header>
${view.note !== null && noteCard(view.note, tools)}<div class="notice fresh" role="status" hidden><p>Something new has come.</p><a class="button" href="${tools.address({})}">Show it</a></div>
${!view.isWhole && html`<section class="notice"><p>You see the contacts that you led yourself.</p></section>`}
<div class="thread"><section aria-label="Thread">${timelineFilter(tools)}${view.found !== null && foundCard(view.found, tools)}${view.matter !== null && matterCard(view.matter, tools)}${timeline(tools)}</section>
<aside class="stack" aria-label="About this customer">${view.next !== null && nextCard(view.next, tools)}${view.isWhole && html`${todoCard(tools)}${formCards(tools)}${mattersCard(tools)}`}${view.consent !== null && consentCard(view.consent, tools)}${view.isWhole && peopleCards(tools)}</aside></div></div>
<div class="player-bar" hidden><button class="primary" type="button" data-do="play" aria-label="Play">▶</button><span data-line></span><audio controls preload="none"></audio><button class="link small" type="button" data-do="close">Close</button></div>`,
    { styles: ["thread.css"], scripts: ["thread.js"] },
  );
}

/** Name, else first address. */
export function customerName({ customer, addresses }: { customer: { name: string | null }; addresses: readonly { kind: string; value: string }[] }): string {
  return customer.name ?? (addresses[0] && shownAddress(addresses[0])) ?? "Customer without a name";
}

function noteCard(note: Note, tools: Tools): Html {
  if (note.kind === "changed") return html`<section class="notice" role="status"><p>${note.words}</p></section>`;
  const { row } = note;
  const words = row.undone_at === null ? html`<b>Done.</b> ${mergeWords(row)}. Every contact, conversation and consent went along.` : html`<b>Taken back.</b> ${row.kind === "merge" ? html`They are two customers again, as before` : html`They are one customer again, as before`}: <a class="proof" href="/customers/${row.other}">the other one</a>.`;
  return html`<section class="notice good" role="status"><p>${words}</p>${undoButton(row, tools)}</section>`;
}

function foundCard({ rows, next }: NonNullable<ThreadView["found"]>, { times, address }: Tools): Html {
  return html`<section class="card found" aria-label="Found in this thread"><h2><span>Found${rows.length > 0 && html` <span class="quiet">${rows.length}${next !== null && " and more"}</span>`}</span><a href="${address({})}">Close the search</a></h2><div class="in">${rows.length === 0 ? html`<p class="missing">No message of this thread has all of these words.</p>` : html`<ul>${rows.map((one) => html`<li class="finding"><span><a href="${address({ around: one.id })}#${one.id}">${marked(one.snippet)}</a><br><span class="tiny quiet">${one.speaker} · ${channelName(one.channel)} · ${times.moment(one.at)}</span></span></li>`)}</ul>`}${next !== null && html`<p class="small"><a class="proof" href="${next}">More</a></p>`}</div></section>`;
}
