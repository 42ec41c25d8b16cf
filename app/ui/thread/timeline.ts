// All channels in one timeline: days and matters as headings, an entry a call or message, oldest above. Pure.
import type { TimelineEntry, MatterView } from "../../domain/index.ts";
import { html, type Html, type Part } from "../frame/html.ts";
import { matterTitle } from "../frame/words.ts";
import { callEntry } from "./call-entry.ts";
import { messageEntry } from "./message-entry.ts";
import { channelName } from "../frame/channel-words.ts";
import { glyph, matterChip } from "./thread-words.ts";
import type { Tools } from "./thread-view.ts";

export function timeline(tools: Tools): Html {
  const { view } = tools;
  if (view.entries.length === 0) return nothing(tools);
  let [day, matter] = ["", ""];
  const rows = view.entries.map((entry, i): Part => {
    const today = tools.times.day(entry.at, view.frame.nowMs);
    const about = entry.conversationId ?? "";
    const isNew = today !== day || about !== matter;
    const heading = isNew && dayHeading(today === day ? null : today, about === matter ? undefined : view.names.get(about), tools);
    [day, matter] = [today, about];
    return html`${heading}${row(entry, i === view.entries.length - 1 && view.later === null, tools)}`;
  });
  return html`${view.earlier !== null && html`<p class="more">${view.newest === null && view.entries.length > 8 && html`<a class="button" href="#newest">Down to the newest</a> `}<a class="button" rel="prev" href="${view.earlier}">Earlier</a></p>`}<ol class="timeline">${rows}</ol>
<p class="more" id="${view.later === null ? "newest" : "more"}">${view.later !== null && html`<a class="button" rel="next" href="${view.later}">Later</a> `}${view.newest !== null && html`<a class="button" href="${view.newest}">The newest</a>`}</p>`;
}

/** What a conversation is about. */
export function matterName({ topic, reason }: Pick<MatterView, "topic" | "reason">): string {
  return matterTitle(topic, reason) ?? "No topic yet";
}

function row(entry: TimelineEntry, isNewest: boolean, tools: Tools): Html {
  const isCall = entry.kind === "call";
  return html`<li class="entry ${isNewest ? "newest" : ""}" id="${entry.id}" data-session="${isCall ? entry.id : entry.sessionId}"><span class="when">${tools.times.clock(entry.at)}</span>${glyph(isCall ? "phone" : entry.channel, isCall ? "call" : entry.what)}${isCall ? callEntry(entry, tools) : messageEntry(entry, tools)}</li>`;
}

function dayHeading(day: string | null, matter: MatterView | undefined, { address, times, view }: Tools): Html {
  const about = matter !== undefined && view.matter === null && html`<a href="${address({ conversation: matter.id })}">${matterName(matter)}</a> ${matter.status === "resolved" && matter.resolved_at !== null ? matterChip(matter.status, times.moment(matter.resolved_at)) : matterChip(matter.status)}`;
  return html`<li class="day">${day !== null && html`<span>${day}</span>`}${day !== null && about !== false && html`<span aria-hidden="true">·</span>`}${about}</li>`;
}

function nothing({ view, address }: Tools): Html {
  const { channel, date } = view.shown;
  if (channel !== null || date !== null || view.matter !== null) return html`<p class="card in quiet">Nothing here is like that. <a class="proof" href="${address({})}">Show everything</a></p>`;
  return html`<p class="card in quiet">${view.isWhole ? "Nothing has been said or written yet. The next call or message of this customer appears here by itself." : "You have had no contact with this customer that could be shown."}</p>`;
}

/** Channel, date, words: what of the thread is shown. */
export function timelineFilter({ view, address }: Tools): Html {
  const { channel, q, date } = view.shown;
  const conversation = view.matter?.id ?? null;
  const tab = (name: string | null, words: string): Html => (name === channel ? html`<a href="${address({ channel: name, conversation })}" aria-current="true">${words}</a>` : html`<a href="${address({ channel: name, conversation })}">${words}</a>`);
  return html`<div class="thread-filter">${view.channels.length > 1 && html`<nav class="tabs" aria-label="Which channels">${tab(null, "All")}${view.channels.map((name) => tab(name, channelName(name)))}</nav>`}
<form class="inline" method="get" action="${address({})}" role="search"><label class="sr" for="thread-q">Search in this thread</label><input id="thread-q" type="search" name="q" value="${q ?? ""}" placeholder="Search in this thread" maxlength="200"><button>Search</button></form>
<form class="inline" method="get" action="${address({})}">${channel !== null && html`<input type="hidden" name="channel" value="${channel}">`}<label class="sr" for="thread-date">Go to a day</label><input id="thread-date" type="date" name="date" value="${date ?? ""}" required><button>Go</button></form></div>`;
}
