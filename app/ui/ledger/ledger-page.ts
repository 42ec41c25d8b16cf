// The completeness ledger: announced → recording → words → findings → CRM for every call, and a reason for every gap. Pure.
import type { CallStatus, CallView } from "../../domain/index.ts";
import { callAddress } from "../conversations/contact-row.ts";
import { html, urlPart, type Html } from "../frame/html.ts";
import { page, type Frame } from "../frame/layout.ts";
import { createTimes, took, type Times } from "../frame/times.ts";
import { STAGE_WORDS, statusChip } from "../frame/words.ts";

/** A line of the ledger, as the API gives it. */
export interface LedgerRow {
  call_id: string;
  source: string;
  status: CallStatus;
  received_at: string;
  stages: CallView["ledger"];
  waiting_for: string | null;
}

export interface LedgerView {
  frame: Frame;
  rows: readonly LedgerRow[];
  unfinishedOnly: boolean;
  /** address of the next page; null on the last */
  next: string | null;
}

export function renderLedger(view: LedgerView): string {
  const times = createTimes(view.frame.timeZone);
  const tab = (address: string, words: string, isHere: boolean): Html => (isHere ? html`<a href="${address}" aria-current="true">${words}</a>` : html`<a href="${address}">${words}</a>`);
  return page(
    view.frame,
    "Ledger",
    html`<div data-live><header class="head"><div><h1>Ledger</h1><p class="quiet">Every call that was announced or found, each step of its way, and why it is not further.</p></div><nav class="tabs" aria-label="Which calls">${tab("/ledger", "All", !view.unfinishedOnly)}${tab("/ledger?unfinished=true", "Not finished", view.unfinishedOnly)}</nav></header>
${view.rows.length === 0 ? html`<p class="card in quiet">${view.unfinishedOnly ? "Every call is finished: nothing waits, nothing failed." : "No call has arrived yet."}</p>` : html`<ol class="card ledger">${view.rows.map((row) => line(row, times, view.frame.canMend))}</ol>`}
${view.next !== null && html`<p class="more"><a class="button" href="${view.next}">Older calls</a></p>`}</div>`,
  );
}

function line(row: LedgerRow, times: Times, canMend: boolean): Html {
  const again = row.status === "failed" && canMend && html`<form method="post" action="/calls/${urlPart(row.call_id)}/reprocess?source=${urlPart(row.source)}"><button class="small">Try again</button></form>`;
  return html`<li><div class="ledger-head"><span><a class="strong" href="${callAddress(row)}"><bdi>${row.call_id}</bdi></a> ${statusChip(row.status)}</span><span class="small quiet">${row.source} · ${times.moment(row.received_at)}</span></div>
<ol class="track">${Object.entries(STAGE_WORDS).map(([stage, words]) => step(words, row.stages.find((entry) => entry.stage === stage)))}</ol>
${row.waiting_for !== null && html`<div class="ledger-why"><p class="${row.status === "failed" ? "bad" : "quiet"}">${row.waiting_for}</p>${again}</div>`}</li>`;
}

/** A mark, a word and a time: the colour says nothing that they do not say. */
function step(words: { gives: string }, entry: CallView["ledger"][number] | undefined): Html {
  const [tone, mark] = entry === undefined ? ["none", "○"] : (MARKS[entry.status] ?? ["warn", "…"]);
  const note = entry === undefined ? "" : entry.status === "done" ? (entry.ms === null ? "" : took(entry.ms)) : entry.status;
  return html`<li class="${tone}" title="${entry?.detail}"><span aria-hidden="true">${mark}</span> ${words.gives} <span class="note">${note}</span></li>`;
}

const MARKS: Record<string, [string, string]> = { done: ["good", "✓"], failed: ["bad", "✕"], retrying: ["warn", "↻"], waiting: ["warn", "…"], held: ["warn", "‖"], skipped: ["none", "–"] };
