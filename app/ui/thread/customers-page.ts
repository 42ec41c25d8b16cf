// Finding a customer: whom we spoke with last, or who fits what was typed. And the page that compares two before they become one. Pure.
import { html, urlPart, type Html } from "../frame/html.ts";
import { page, type Frame } from "../frame/layout.ts";
import { createTimes, type Times } from "../frame/times.ts";
import { capitalised, chip } from "../frame/words.ts";
import { compareAddress } from "./people-cards.ts";
import { customerAddress } from "./proof.ts";
import { addressWords, matterChip, shownAddress } from "./thread-words.ts";

export interface CustomerRow {
  id: string;
  name: string | null;
  identities: readonly { kind: string; value: string }[];
  lastContactAt: string | null;
  topic: string | null;
  status: string | null;
  openConversations: number;
  /** may be the same person as somebody else */
  hasDuplicate: boolean;
}

export interface CustomersView {
  frame: Frame;
  q: string | null;
  rows: readonly CustomerRow[];
  /** false: more fit than are shown */
  isWhole: boolean;
  next: string | null;
  isFirstPage: boolean;
}

export function renderCustomers(view: CustomersView): string {
  const { frame, q, rows } = view;
  const times = createTimes(frame.timeZone);
  return page(
    frame,
    "Customers",
    html`<header class="head"><div><h1>Customers</h1><p class="quiet">${q === null ? (frame.seesAll ? "Newest contact first" : "Whom you have met, newest contact first") : html`Who fits “${q}”, newest contact first`}</p></div>${searchForm(q)}</header>
${rows.length === 0 ? nobody(view) : html`<ol class="card people">${rows.map((row) => customerRow(row, frame, times))}</ol>`}
${!view.isWhole && html`<p class="small quiet more">More customers fit; type more of the name, number or address.</p>`}
${view.next !== null && html`<p class="more"><a class="button" rel="next" href="${view.next}">More customers</a></p>`}`,
    { styles: ["thread.css"] },
  );
}

function searchForm(q: string | null): Html {
  return html`<form class="inline" method="get" action="/customers" role="search"><label class="sr" for="q">Name, number, address or id</label><input id="q" type="search" name="q" value="${q ?? ""}" placeholder="Name, number, address or id" maxlength="200"><button>Find</button>${q !== null && html` <a class="button" href="/customers">Everybody</a>`}</form>`;
}

function customerRow(row: CustomerRow, frame: Frame, times: Times): Html {
  const [first, ...more] = row.identities;
  const title = row.name ?? (first && shownAddress(first)) ?? "Without a name";
  const others = (row.name === null ? more : row.identities).slice(0, 3);
  return html`<li class="person"><span class="when">${row.lastContactAt === null ? html`<span class="quiet">–</span>` : html`${times.day(row.lastContactAt, frame.nowMs)}, ${times.clock(row.lastContactAt)}`}</span>
<div><p><a class="whole" href="${customerAddress(row.id)}" data-row><bdi>${title}</bdi></a> ${row.hasDuplicate && chip("warn", "may be there twice")}</p><p class="small quiet">${others.map((one, i) => html`${i > 0 && " · "}<bdi title="${addressWords(one.kind)}">${shownAddress(one)}</bdi>`)}</p></div>
<div class="about">${row.status !== null && html`<p>${row.topic ?? html`<span class="missing">No topic yet</span>`} ${matterChip(row.status)}</p>`}${row.openConversations > 1 && html`<p class="small quiet">${row.openConversations >= 100 ? "100 and more" : row.openConversations} open conversations</p>`}</div></li>`;
}

function nobody({ q, isFirstPage, frame }: CustomersView): Html {
  if (q !== null) return html`<section class="card"><div class="in"><p>Nobody fits “${q}”.</p><p class="quiet small">Part of a name, of a number as it is dialled abroad (+44…), or of an address is enough; so is the id of a customer, call, message or conversation.</p></div></section>`;
  return html`<section class="card"><div class="in"><p>${isFirstPage ? "Nobody is known yet." : "Nobody further."}</p>${isFirstPage && html`<p class="quiet small">${frame.seesAll ? html`A customer appears here with the first call or message that shows a number or an address. <a class="proof" href="/conversations">Bring in a call</a>` : "Customers appear here with the first contact that you lead."}</p>`}</div></section>`;
}

/** One of two who may be the same person. */
export interface ComparedCustomer {
  id: string;
  name: string | null;
  addresses: readonly { kind: string; value: string }[];
  firstContactAt: string;
  lastContactAt: string | null;
  conversations: number;
  channels: readonly string[];
}

export interface CompareView {
  frame: Frame;
  one: ComparedCustomer;
  /** null: choose among `choices` */
  other: ComparedCustomer | null;
  choices: readonly CustomerRow[];
  asked: string;
  /** why they may be one; null where nothing suggests it */
  reason: string | null;
}

/** Two customers side by side, and what a merge would do. */
export function renderCompare(view: CompareView): string {
  const { frame, one, other } = view;
  const times = createTimes(frame.timeZone);
  const name = titleOf(one);
  return page(
    frame,
    `Merge ${name}`,
    html`<p class="crumbs"><a href="/customers">Customers</a> / <a href="${customerAddress(one.id)}"><bdi>${name}</bdi></a> / Merge</p><header class="head"><div><h1>Are these one person?</h1><p class="quiet">${view.reason !== null ? capitalised(view.reason) : (other === null ? "Choose the other one." : "Nothing that Earshot knows suggests it; look closely.")}</p></div></header>
${other === null ? choose(view, frame, times) : html`<div class="compare">${[one, other].map((customer) => comparedCard(customer, times))}</div>
<section class="card narrow"><h2>What a merge does</h2><div class="in stack-s"><ul class="plain-list"><li>Both threads become one, under the customer who was known first.</li><li>Conversations about the same matter are gathered anew; consent counts for both, the newest statement first.</li><li>It is written down with your login, and it can be undone exactly.</li></ul>
<form method="post" action="/customers/${urlPart(one.id)}/merge" class="fields"><input type="hidden" name="other" value="${other.id}"><label>Why<input name="reason" maxlength="500" value="${view.reason ?? ""}" placeholder="A person said so"></label><p class="buttons"><button class="primary">Merge them</button> <a class="button" href="${customerAddress(one.id)}">Leave them as two</a></p></form></div></section>`}`,
    { styles: ["thread.css"] },
  );
}

function titleOf({ name, addresses }: ComparedCustomer): string {
  return name ?? (addresses[0] && shownAddress(addresses[0])) ?? "Without a name";
}

function comparedCard(customer: ComparedCustomer, times: Times): Html {
  return html`<section class="card"><h2><a href="${customerAddress(customer.id)}"><b><bdi>${titleOf(customer)}</bdi></b></a></h2><div class="in"><dl class="slots">${customer.addresses.map((one) => html`<dt>${addressWords(one.kind)}</dt><dd class="wide"><bdi title="${one.value}">${shownAddress(one)}</bdi></dd>`)}<dt>Known since</dt><dd class="wide">${times.moment(customer.firstContactAt)}</dd><dt>Last contact</dt><dd class="wide">${customer.lastContactAt === null ? html`<span class="missing">none</span>` : times.moment(customer.lastContactAt)}</dd><dt>Channels</dt><dd class="wide">${customer.channels.join(", ")}</dd><dt>Open</dt><dd class="wide">${customer.conversations === 1 ? "1 conversation" : `${customer.conversations} conversations`}</dd></dl></div></section>`;
}

function choose({ one, choices, asked }: CompareView, frame: Frame, times: Times): Html {
  if (choices.length === 0) return html`<section class="card narrow"><div class="in"><p>Nobody else fits “${asked}”.</p><p><a class="button" href="${customerAddress(one.id)}#addresses">Back</a></p></div></section>`;
  return html`<ol class="card people">${choices.map((row) => html`<li class="person"><span class="when">${row.lastContactAt !== null && times.day(row.lastContactAt, frame.nowMs)}</span><div><p><a class="whole" href="${compareAddress(one.id, row.id)}" data-row><bdi>${row.name ?? row.identities[0]?.value ?? "Without a name"}</bdi></a></p><p class="small quiet">${row.identities.slice(0, 3).map((each) => each.value).join(" · ")}</p></div><div class="about"></div></li>`)}</ol>`;
}
