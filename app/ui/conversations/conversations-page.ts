// Conversations: every contact on every channel, filtered, in an order, or searched. Pure.
import { toRfc3339, type ContactView } from "../../domain/index.ts";
import { html, type Html } from "../frame/html.ts";
import { page, type Frame } from "../frame/layout.ts";
import { createTimes, type Times } from "../frame/times.ts";
import { contactRow } from "./contact-row.ts";
import { filterBar } from "./filter-bar.ts";
import { listAddress, without, type Chosen, type Offers } from "./filters.ts";
import { foundRow, type FoundContact } from "./found.ts";
import { viewForms, viewTabs, type KeptView } from "./view-tabs.ts";

/** Contacts in an order; or what a search found, the best first. */
export type ConversationList =
  | { kind: "contacts"; items: readonly ContactView[] }
  | { kind: "found"; items: readonly FoundContact[]; byMeaning: boolean };

export interface ConversationsView {
  frame: Frame;
  chosen: Chosen;
  offers: Offers;
  list: ConversationList;
  /** cursor of what follows; null at the end */
  next: string | null;
  /** The time was up before the page was full: how far back was looked. UTC milliseconds; null where the order is not that of time. Absent when the page is whole. */
  lookedTo?: number | null;
  /** null for those who cannot keep views */
  kept: readonly KeptView[] | null;
  /** they go with this login: it is nobody's account */
  isPassing?: boolean;
  canExport: boolean;
  /** `YYYY-MM-DD` where the site is */
  today: string;
  /** what is wrong with what was typed */
  problem: string | null;
}

export function renderConversations(view: ConversationsView): string {
  const { frame, chosen, offers, kept, canExport, list, problem } = view;
  const times = createTimes(frame.timeZone);
  return page(
    frame,
    "Conversations",
    html`<header class="head"><div><h1>Conversations</h1><p class="quiet">Every contact on every channel, times in ${frame.timeZone.replaceAll("_", " ")}</p></div>${canExport && html`<p><a class="button small" href="${listAddress(without(chosen), "/conversations.csv")}" download>Export as CSV</a></p>`}</header>
<div class="view-line">${viewTabs(chosen, kept)}${viewForms(chosen, kept, view.isPassing === true)}</div>
${filterBar(chosen, offers)}
<div data-live>${problem !== null ? html`<p class="notice warn" role="status">${problem}</p>` : html`${list.kind === "found" && aboutSearch(list.byMeaning, chosen)}${list.items.length === 0 ? nothing(view) : rows(view, times)}${goOn(view, times)}`}</div>`,
    { styles: ["conversations.css"], scripts: ["conversations.js"] },
  );
}

function aboutSearch(byMeaning: boolean, { order }: Chosen): Html {
  return html`<p class="small quiet about">${order === "newest" ? "What was said last comes first." : html`What matches best and is newest comes first${byMeaning && ", by words and by meaning"}.`}</p>`;
}

function nothing({ chosen, lookedTo }: ConversationsView): Html {
  if (Object.keys(without(chosen, "sort", "order")).length === 0 && chosen.cursor === undefined) return html`<p class="card in quiet">Nothing has been heard or read yet; <a class="link" href="/">the overview</a> says how the first conversation comes in.</p>`;
  return html`<p class="card in quiet">${lookedTo !== undefined ? "None so far." : chosen.cursor !== undefined ? "There are no more." : "No conversation here is like that."}</p>`;
}

/** In order of time by day; in other orders each row says its day. */
function rows({ list, chosen, frame, today }: ConversationsView, times: Times): Html | Html[] {
  const isMixed = list.kind === "found" || (chosen.sort ?? "newest") !== "newest";
  const parts = { times, today, isMixed };
  if (list.kind === "found") return html`<ol class="call-list card mixed">${list.items.map((one) => foundRow(one, parts))}</ol>`;
  if (isMixed) return html`<ol class="call-list card mixed">${list.items.map((one) => contactRow(one, parts))}</ol>`;
  const days = new Map<string, ContactView[]>();
  for (const contact of list.items) {
    const day = times.day(toRfc3339(contact.atMs), frame.nowMs);
    days.set(day, [...(days.get(day) ?? []), contact]);
  }
  return [...days].map(([day, contacts]) => html`<section><h2 class="day">${day}</h2><ol class="call-list card">${contacts.map((one) => contactRow(one, parts))}</ol></section>`);
}

function goOn({ chosen, next, lookedTo, list }: ConversationsView, times: Times): Html | false {
  if (next === null) return false;
  const address = listAddress({ ...chosen, cursor: next });
  const looked = lookedTo !== undefined && html`<span class="small quiet">${lookedTo === null ? "Not everything was looked at yet." : html`Looked back to ${times.moment(toRfc3339(lookedTo))}.`}</span> `;
  return html`<p class="more">${looked}<a class="button" href="${address}" rel="next">${lookedTo !== undefined ? "Go on looking" : list.kind === "found" ? "More of what was found" : "More conversations"}</a></p>`;
}
