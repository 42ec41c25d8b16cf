// The completeness ledger: every contact from its announcement to the CRM, and a reason for every gap. Pure.
import { html, type Html } from "../frame/html.ts";
import { page, type Frame } from "../frame/layout.ts";
import { createTimes, took } from "../frame/times.ts";
import { completeness, type CompletenessView } from "./completeness.ts";
import { ledgerRow, type LedgerRow } from "./ledger-row.ts";
import { count, failureWords, LEDGER_TABS, stageWords, TAB_WORDS, waited, whatHappens, type LedgerTab } from "./ledger-words.ts";

export interface LedgerView {
  frame: Frame;
  tab: LedgerTab;
  counts: Record<LedgerTab, number>;
  rows: readonly LedgerRow[];
  /** the filter as it was given; dates as YYYY-MM-DD in the site's zone */
  filter: { source: string | null; from: string | null; to: string | null; code: string | null };
  /** the same as the query of an address, without `cursor` */
  query: string;
  /** sources that can be chosen */
  sources: readonly string[];
  /** what failed, by error */
  reasons: readonly { code: string | null; count: number; href: string }[];
  /** what late means now */
  rules: readonly { stage: string; count: number; medianMs: number; lateAfterMs: number }[];
  completeness: CompletenessView | null;
  /** what the last press of "Try again" came to */
  result: { again: number; refused: number; why: string | null } | null;
  /** why nothing new is accepted at present */
  refusing: string | null;
  /** address of the next page; null on the last */
  next: string | null;
  /** address of a tab with the same filter */
  tabAddress: (tab: LedgerTab) => string;
  /** jobs and results that wait for a person */
  parked: number;
}

export function renderLedger(view: LedgerView): string {
  const times = createTimes(view.frame.timeZone);
  const words = TAB_WORDS[view.tab];
  return page(
    view.frame,
    "Ledger",
    html`<header class="head"><div><h1>Ledger</h1><p class="quiet">${words.about}</p></div></header>
<div data-live>${ledgerTabs(view.tab, view.counts, view.tabAddress, view.parked)}
${view.refusing !== null && html`<div class="notice bad"><p><b>Nothing new is accepted</b>: ${view.refusing}</p></div>`}${result(view)}
${filterForm(view)}
${view.completeness !== null && completeness(view.completeness)}${view.tab === "late" && lateRule(view)}${view.tab === "failed" && reasons(view)}
${view.rows.length === 0 ? html`<p class="card in quiet">${words.none}${view.tab === "all" && view.filter.source === null && html` <a class="proof" href="/settings/sources">Connect a source</a>`}</p>` : html`<ol class="card ledger">${view.rows.map((row) => ledgerRow(row, times, view.frame.canMend, view.query))}</ol>`}
${view.next !== null && html`<p class="more"><a class="button" href="${view.next}">${view.tab === "late" ? "Shorter waits" : "Older"}</a></p>`}</div>`,
    { styles: ["ledger.css"] },
  );
}

/** @param here "jobs" on the page of the queue */
export function ledgerTabs(here: LedgerTab | "jobs", counts: Record<LedgerTab, number> | null, address: (tab: LedgerTab) => string, parked: number): Html {
  const link = (tab: LedgerTab | "jobs", href: string, name: string, n: number | null): Html => {
    const inner = html`${name}${n !== null && html` <span class="tab-count">${count(n)}</span>`}`;
    return tab === here ? html`<a href="${href}" aria-current="page">${inner}</a>` : html`<a href="${href}">${inner}</a>`;
  };
  return html`<nav class="tabs" aria-label="Parts of the ledger">${LEDGER_TABS.map((tab) => link(tab, address(tab), TAB_WORDS[tab].name, counts?.[tab] ?? null))}${link("jobs", "/ledger/jobs", "Jobs and outbox", parked === 0 ? null : parked)}</nav>`;
}

function filterForm({ tab, filter, sources }: LedgerView): Html {
  const isFiltered = filter.source !== null || filter.from !== null || filter.to !== null || filter.code !== null;
  return html`<form class="filters" method="get" action="/ledger"><input type="hidden" name="tab" value="${tab}">
<label>Source <select name="source"><option value="">All sources</option>${sources.map((name) => (name === filter.source ? html`<option selected>${name}</option>` : html`<option>${name}</option>`))}</select></label>
<label>From <input type="date" name="from" value="${filter.from}"></label><label>To <input type="date" name="to" value="${filter.to}"></label>
<button>Show</button>${isFiltered && html` <a class="small" href="/ledger?tab=${tab}">Show everything</a>`}${filter.code !== null && html` <span class="chip">only: ${failureWords(filter.code)}</span>`}</form>`;
}

function result({ result: came }: LedgerView): Html | false {
  if (came === null) return false;
  return html`<div class="notice ${came.refused > 0 ? "warn" : ""}" role="status"><p><b>${came.again === 1 ? "One contact was" : `${count(came.again)} contacts were`} set going again.</b>${came.refused > 0 && html` ${count(came.refused)} could not be${came.why !== null && html` (${failureWords(came.why)})`}; open them to see why.`}</p></div>`;
}

/** Which reasons there are, and for one of them: all of this page again. */
function reasons({ reasons: found, filter, rows, frame, query }: LedgerView): Html | false {
  if (found.length === 0) return false;
  const stages = new Set(rows.map((row) => row.stage));
  return html`<section class="card in reasons"><p class="small"><b>By reason:</b> ${found.map((one) => (one.code === filter.code ? html`<a class="chip" aria-current="true" href="${one.href}">${failureWords(one.code)}&nbsp;<b>${count(one.count)}</b></a> ` : html`<a class="chip" href="${one.href}">${failureWords(one.code)}&nbsp;<b>${count(one.count)}</b></a> `))}</p>
${frame.canMend && filter.code !== null && rows.length > 0 && html`<form class="ledger-again" method="post" action="/ledger/retry?${query}">${rows.map((row) => html`<input type="hidden" name="session" value="${row.session_id}">`)}<button>${rows.length === 1 ? "Try this one again" : `Try these ${rows.length} again`}</button><span class="small quiet">${[...stages].map((stage) => whatHappens(stage)).join(" ")}</span></form>`}
${frame.canMend && filter.code === null && html`<p class="tiny quiet">Choose a reason to try all contacts with it again at once.</p>`}</section>`;
}

function lateRule({ rules }: LedgerView): Html {
  return html`<details class="card in rule"><summary class="small">What late means</summary><p class="small">Late is who waits at a stage for more than four times as long as that stage usually takes (the median of the last 200, waiting for a turn included); not before 10 minutes, and always after 12 hours. Recordings are late an hour after their announcement.</p>
<table class="numbers"><thead><tr><th scope="col">Stage</th><td scope="col">usually takes</td><td scope="col">measured on</td><td scope="col">late after</td></tr></thead><tbody>${rules.map((rule) => html`<tr><th scope="row">${rule.stage === "notify" ? "Waiting for a recording" : stageWords(rule.stage)}</th><td>${rule.count === 0 ? "not known yet" : took(rule.medianMs)}</td><td>${count(rule.count)}</td><td>${waited(rule.lateAfterMs)}</td></tr>`)}</tbody></table></details>`;
}

export type { LedgerRow } from "./ledger-row.ts";
