// The first page: what was said lately, and what is waiting or failed and why. Pure.
import type { CallStatus, CallSummary } from "../../domain/index.ts";
import { html, urlPart, type Html } from "../frame/html.ts";
import { page, type Frame } from "../frame/layout.ts";
import { createTimes, type Times } from "../frame/times.ts";
import { agentWords, DIRECTION_WORDS, stateChip } from "../frame/words.ts";

/** A call in the list, with the name under which people know the customer, and when it arrived: shown where nobody said when it began. */
export type CallRow = CallSummary & { customer: string | null; arrived_at: string | null };

/** A call that is not done, and why. */
export interface OpenCall {
  call_id: string;
  source: string;
  status: CallStatus;
  received_at: string;
  waiting_for: string | null;
}

export interface CallsView {
  frame: Frame;
  calls: readonly CallRow[];
  /** the newest calls that are not done; on the first page only */
  open: readonly OpenCall[];
  status: CallStatus | null;
  /** address of the next page; null on the last */
  next: string | null;
  isFirstPage: boolean;
}

export function renderCalls(view: CallsView): string {
  const times = createTimes(view.frame.timeZone);
  const isEmpty = view.calls.length === 0 && view.status === null && view.isFirstPage;
  return page(
    view.frame,
    "Calls",
    html`<div data-live><header class="head"><div><h1>Calls</h1><p class="quiet">Newest first, times in ${view.frame.timeZone.replaceAll("_", " ")}</p></div><nav class="tabs" aria-label="Which calls">${TABS.map(([status, words]) => tab(status, words, view.status))}</nav></header>
${view.open.length > 0 && openCalls(view, times)}
${isEmpty ? html`<p class="card in quiet">Nothing has been heard yet. <a href="/">The first steps are on the overview.</a></p>` : view.calls.length === 0 ? html`<p class="card in quiet">No call here is like that.</p>` : byDay(view, times)}
${view.next !== null && html`<p class="more"><a class="button" href="${view.next}">Older calls</a></p>`}</div>`,
  );
}

/** Address of a call's page. `source` is needed where two sources use the same id. */
export function callAddress(call: { call_id: string; source: string }): string {
  return `/calls/${urlPart(call.call_id)}?source=${urlPart(call.source)}`;
}

const TABS: [CallStatus | null, string][] = [[null, "All"], ["processing", "Being heard"], ["received", "Waiting"], ["held", "Held"], ["failed", "Failed"], ["done", "Heard"]];

function tab(status: CallStatus | null, words: string, here: CallStatus | null): Html {
  const address = status === null ? "/conversations" : `/conversations?status=${status}`;
  return status === here ? html`<a href="${address}" aria-current="true">${words}</a>` : html`<a href="${address}">${words}</a>`;
}

function openCalls(view: CallsView, times: Times): Html {
  const failed = view.open.filter((call) => call.status === "failed").length;
  const heading = failed === 0 ? "In work" : failed === view.open.length ? "Need attention" : "In work, and what needs attention";
  return html`<section class="card open-calls"><h2>${heading}<a class="quiet" href="/ledger?unfinished=true">all in the ledger</a></h2><ul class="in">${view.open.map((call) => openCall(view, call, times))}</ul></section>`;
}

function openCall({ frame }: CallsView, call: OpenCall, times: Times): Html {
  const again = call.status === "failed" && frame.canMend && html`<form method="post" action="/calls/${urlPart(call.call_id)}/reprocess?source=${urlPart(call.source)}"><button class="small">Try again</button></form>`;
  return html`<li class="finding"><span><a class="strong" href="${callAddress(call)}">${call.call_id}</a> ${stateChip({ status: call.status, outcome: null })}<br><span class="quiet">${call.waiting_for ?? "The next step is about to begin"}</span> <span class="tiny quiet">since ${times.moment(call.received_at)}</span></span>${again}</li>`;
}

function byDay(view: CallsView, times: Times): Html[] {
  const days = new Map<string, CallRow[]>();
  for (const call of view.calls) {
    const at = call.started_at ?? call.arrived_at;
    const day = at === null ? "Time not known" : times.day(at, view.frame.nowMs);
    days.set(day, [...(days.get(day) ?? []), call]);
  }
  return [...days].map(([day, calls]) => html`<section><h2 class="day">${day}</h2><ol class="call-list card">${calls.map((call) => callRow(call, times))}</ol></section>`);
}

function callRow(call: CallRow, times: Times): Html {
  const headline = call.topic ?? (call.status === "done" ? "No topic stands out" : call.call_id);
  const below = call.error?.message ?? call.summary;
  const at = call.started_at ?? call.arrived_at;
  return html`<li class="call-row"><span class="when">${at === null ? "–" : times.clock(at)}</span>
<div class="what"><p><a class="whole" href="${callAddress(call)}">${headline}</a> ${stateChip(call)}</p>${below !== null && below !== "" && html`<p class="quiet clip">${below}</p>`}</div>
<div class="who"><p><bdi>${call.customer ?? "Customer not known"}</bdi></p><p class="quiet small">${[agentWords(call.agent), call.queue, DIRECTION_WORDS[call.direction]].filter((word) => word !== undefined && word !== null).join(" · ")}</p></div>
<span class="length">${call.duration ?? ""}</span></li>`;
}
