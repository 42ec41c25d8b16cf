// The machinery behind the ledger: what the queue holds, and results that have not left the house. Pure.
import { html, type Html } from "../frame/html.ts";
import { page, type Frame } from "../frame/layout.ts";
import { createTimes, type Times } from "../frame/times.ts";
import { ledgerTabs } from "./ledger-page.ts";
import { contactLink, count, receiverWords, stageWords, waited, whatHappens, type LedgerTab } from "./ledger-words.ts";

interface Contact {
  channel: string;
  callId: string;
  source: string;
  customerId: string | null;
  sessionId: string;
}
interface Failure {
  code: string;
  message: string;
}

export interface JobsView {
  frame: Frame;
  tabAddress: (tab: LedgerTab) => string;
  counts: Record<LedgerTab, number>;
  parked: number;
  lanes: readonly { lane: string; queued: number; running: number; parked: number; oldestMs: number | null; stages: string }[];
  /** stages done within the last hour */
  lastHour: readonly { stage: string; count: number }[];
  state: string;
  jobs: readonly (Contact & { id: string; stage: string; lane: string; attempts: number; createdAt: string; runAfter: string; isDue: boolean; error: Failure | null })[];
  next: string | null;
  receivers: readonly { destination: string; waiting: number; parked: number; oldestMs: number | null; nextAt: string | null; disabled: string | null }[];
  undelivered: readonly (Contact & { id: string; destination: string; state: string; attempts: number; nextAttemptAt: string; createdAt: string; httpStatus: number | null; error: Failure | null })[];
}

const LANE_WORDS: Record<string, string> = { cpu: "Processor", model: "Speech model", net: "Network" };
export const JOB_TABS = ["parked", "queued", "running", "failed"] as const;
const STATE_WORDS: Record<string, string> = { parked: "Waiting for a person", queued: "Waiting for their turn", running: "Running", failed: "Given up" };

const NONE_WORDS: Record<string, string> = { parked: "No job waits for a person.", queued: "No job waits for its turn.", running: "No job is running.", failed: "No job was given up." };

export function renderJobs(view: JobsView): string {
  const times = createTimes(view.frame.timeZone);
  return page(
    view.frame,
    "Jobs and outbox",
    html`<header class="head"><div><h1>Jobs and outbox</h1><p class="quiet">The work that waits, by what it needs, and results that have not reached their receiver yet.</p></div></header>
<div data-live>${ledgerTabs("jobs", view.counts, view.tabAddress, view.parked)}
<div class="two"><section class="card"><h2>Queue</h2>${lanes(view)}</section><section class="card"><h2>Done in the last hour</h2>${lastHour(view)}</section></div>
<section class="card"><h2>Results on their way</h2>${outbox(view, times)}</section>
<section class="card"><h2>Jobs <span class="tabs" aria-label="Which jobs">${JOB_TABS.map((state) => (state === view.state ? html`<a href="/ledger/jobs?state=${state}" aria-current="true">${STATE_WORDS[state]}</a>` : html`<a href="/ledger/jobs?state=${state}">${STATE_WORDS[state]}</a>`))}</span></h2>
${view.jobs.length === 0 ? html`<p class="in quiet">${NONE_WORDS[view.state] ?? "No job is like that."}</p>` : html`<ol class="rows">${view.jobs.map((job) => jobRow(job, view, times))}</ol>`}</section>
${view.next !== null && html`<p class="more"><a class="button" href="${view.next}">Older jobs</a></p>`}</div>`,
    { styles: ["ledger.css"] },
  );
}

function lanes({ lanes: found }: JobsView): Html {
  if (found.length === 0) return html`<p class="in quiet">The queue is empty.</p>`;
  return html`<div class="in scroll" tabindex="0" role="region" aria-label="Queue by lane"><table class="numbers"><thead><tr><th scope="col">What a job needs</th><td>waiting</td><td>oldest waits</td><td>running</td><td>for a person</td></tr></thead>
<tbody>${found.map((lane) => html`<tr><th scope="row">${LANE_WORDS[lane.lane] ?? lane.lane} <span class="tiny quiet">${lane.stages}</span></th><td>${count(lane.queued)}</td><td>${lane.oldestMs === null ? "–" : waited(lane.oldestMs)}</td><td>${count(lane.running)}</td><td>${count(lane.parked)}</td></tr>`)}</tbody></table></div>`;
}

function lastHour({ lastHour: done }: JobsView): Html {
  if (done.every((one) => one.count === 0)) return html`<p class="in quiet">Nothing was done in the last hour.</p>`;
  return html`<dl class="in facts">${done.filter((one) => one.count > 0).map((one) => html`<div><dt class="label">${stageWords(one.stage)}</dt><dd>${count(one.count)}</dd></div>`)}</dl>`;
}

function outbox({ receivers, undelivered, frame, state }: JobsView, times: Times): Html {
  if (receivers.length === 0) return html`<p class="in quiet">Every result has reached its receiver.</p>`;
  return html`<div class="in scroll" tabindex="0" role="region" aria-label="Receivers"><table class="numbers"><thead><tr><th scope="col">Receiver</th><td>waiting</td><td>refused</td><td>oldest waits</td><td>next attempt</td></tr></thead>
<tbody>${receivers.map((one) => html`<tr><th scope="row">${receiverWords(one.destination)}${one.disabled !== null && html` <span class="chip bad">switched off</span> <span class="tiny">${one.disabled}</span>`}</th><td>${count(one.waiting)}</td><td>${count(one.parked)}</td><td>${one.oldestMs === null ? "–" : waited(one.oldestMs)}</td><td>${one.nextAt === null ? "–" : times.moment(one.nextAt)}</td></tr>`)}</tbody></table></div>
<ol class="rows">${undelivered.map((one) => html`<li><div class="ledger-head"><span>${contactLink(one)} → ${receiverWords(one.destination)} <span class="chip ${one.state === "parked" ? "bad" : "warn"}">${one.state === "parked" ? "refused" : "tried again"}</span></span><span class="small quiet">since ${times.moment(one.createdAt)} · ${one.attempts} attempt${one.attempts === 1 ? "" : "s"}${one.state === "waiting" && html` · next ${times.moment(one.nextAttemptAt)}`}</span></div>
<p class="small ${one.state === "parked" ? "bad-text" : "quiet"}">${one.error === null ? "Not tried yet." : one.error.message}${one.httpStatus !== null && html` <span class="chip">answered ${one.httpStatus}</span>`}${one.error !== null && html` <code>${one.error.code}</code>`}</p>
${frame.canMend && one.state === "parked" && html`<form class="ledger-again" method="post" action="/ledger/retry?back=jobs&amp;state=${state}"><input type="hidden" name="session" value="${one.sessionId}"><button class="small" aria-label="Send again: ${one.callId}">Send again</button><span class="tiny quiet">${whatHappens("deliver")}</span></form>`}</li>`)}</ol>`;
}

function jobRow(job: JobsView["jobs"][number], { frame, state }: JobsView, times: Times): Html {
  const isStopped = state === "parked" || state === "failed";
  return html`<li><div class="ledger-head"><span><b>${stageWords(job.stage)}</b> of ${contactLink(job)}</span><span class="small quiet">${LANE_WORDS[job.lane] ?? job.lane} · since ${times.moment(job.createdAt)} · ${job.attempts} attempt${job.attempts === 1 ? "" : "s"}${state === "queued" && !job.isDue && html` · next ${times.moment(job.runAfter)}`}</span></div>
${job.error !== null && html`<p class="small ${isStopped ? "bad-text" : "quiet"}">${job.error.message} <code>${job.error.code}</code></p>`}
${frame.canMend && isStopped && html`<form class="ledger-again" method="post" action="/ledger/jobs/${job.id}/retry?state=${state}"><button class="small" aria-label="Try again: ${stageWords(job.stage)} of ${job.callId}">Try again</button><span class="tiny quiet">${whatHappens(job.stage)}</span></form>`}</li>`;
}
