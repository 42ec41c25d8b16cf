// What is open now, what was just heard, and how the house itself fares. Pure.
import { formatDuration, type CallSummary } from "../../domain/index.ts";
import { counted, figure } from "../charts/figures.ts";
import { channelWord } from "../frame/channel-words.ts";
import { callAddress } from "../frame/addresses.ts";
import { conversationsLink } from "../frame/conversations-link.ts";
import { html, urlPart, type Html, type Part } from "../frame/html.ts";
import { took, type Times } from "../frame/times.ts";
import { matterTitle, stateChip } from "../frame/words.ts";

export interface OpenIssue {
  label: string;
  reason: string | null;
  customers: number;
  conversations: number;
  oldestAt: string | null;
  trend: { direction: "rising" | "falling" | "steady"; last: number; previous: number };
  quotes: readonly { text: string; channel: string; at: string; customerId: string | null }[];
}

export interface IssuesCard {
  issues: readonly OpenIssue[];
  customers: number;
  conversations: number;
  /** how the order came about */
  formula: string;
}

export interface HouseCard {
  inWork: number;
  held: number;
  failed: number;
  jobs: { waiting: number; running: number; parked: number };
  outbox: { waiting: number; oldestMs: number | null };
  crm: boolean;
  speech: { words: string; isWell: boolean };
  analysis: string;
  disk: { freeBytes: number; reserveBytes: number };
}

/** A call as the overview lists it. */
export interface LatestCall extends Pick<CallSummary, "call_id" | "source" | "status" | "outcome" | "topic"> {
  reason: string | null;
  /** when it began, or arrived where nobody said; RFC 3339 */
  at: string;
  lengthMs: number | null;
}

export function issuesCard({ issues, customers, conversations, formula }: IssuesCard, times: Times, nowMs: number): Html {
  return html`<section class="card"><h2><span>Unresolved now <details class="definition" data-key="definition issues"><summary aria-label="What “Unresolved now” means">?</summary><dl><dt>In this order</dt><dd>${formula}</dd><dt>Of</dt><dd>conversations that are not resolved, over all channels, whenever they began</dd></dl></details></span><span class="tiny quiet">${counted(customers, "customer")}, ${counted(conversations, "conversation")} open · all channels</span></h2><div class="in">${issues.length === 0 ? html`<p class="quiet">No problem is open that several customers share.</p>` : html`<ol class="issues">${issues.map((issue) => html`<li><div><p>${issue.reason === null ? html`<b>${issue.label}</b>` : html`<a class="strong" href="${conversationsLink({ reason: issue.reason })}">${issue.label}</a>`} ${issue.trend.direction !== "steady" && html`<span class="chip ${issue.trend.direction === "rising" ? "warn" : ""}" title="${issue.trend.last} opened in the last seven days, ${issue.trend.previous} in the seven before">${issue.trend.direction === "rising" ? "▴ rising" : "▾ falling"}</span>`}</p><ul class="quotes">${issue.quotes.slice(0, 2).map((quote) => html`<li><q>${quote.text}</q> <span class="tiny quiet">${quote.customerId === null ? channelWord(quote.channel) : html`<a href="/customers/${urlPart(quote.customerId)}">${channelWord(quote.channel)}</a>`}, ${times.moment(quote.at)}</span></li>`)}</ul></div><p class="n">${counted(issue.customers, "customer")}<br><span class="tiny quiet">${issue.oldestAt !== null && `oldest ${age(Date.parse(issue.oldestAt), nowMs)}`}</span></p></li>`)}</ol>`}</div></section>`;
}

/** Newest first by when they began. @param nowMs calls of other days say which */
export function latestCard(calls: readonly LatestCall[], times: Times, nowMs: number): Html {
  const isToday = ({ at }: LatestCall): boolean => times.day(at, nowMs) === "Today";
  return html`<section class="card"><h2>Just heard <a class="tiny" href="/conversations">all</a></h2><div class="in">${calls.length === 0 ? html`<p class="quiet">No call in the last two days.</p>` : html`<ol class="latest ${calls.every(isToday) ? "" : "dated"}">${calls.map((call) => html`<li><span class="quiet">${isToday(call) ? times.clock(call.at) : times.moment(call.at)}</span><span><a class="strong" href="${callAddress(call)}">${matterTitle(call.topic, call.reason) ?? (call.status === "done" ? "No topic stands out" : "Call")}</a> ${stateChip(call)}</span><span class="n quiet">${call.lengthMs === null ? "" : formatDuration(call.lengthMs)}</span></li>`)}</ol>`}</div></section>`;
}

/** A number is good, bad or worth a look by its word, not by its colour. */
export function houseCard(house: HouseCard, nowMs: number): Html {
  const { disk, outbox, jobs } = house;
  const isLow = disk.freeBytes < 2 * disk.reserveBytes;
  const row = (name: string, value: Part, chip: [tone: string, words: string] | null): Html => html`<dt>${name}</dt><dd>${value}</dd><dd>${chip !== null && html`<span class="chip ${chip[0]}">${chip[1]}</span>`}</dd>`;
  return html`<section class="card"><h2>The house at work <a class="tiny" href="/ledger">ledger</a></h2><div class="in"><dl class="house">
${row("Calls", html`<a href="${conversationsLink({ status: "processing" })}">${house.inWork} in work</a> · <a href="${conversationsLink({ status: "held" })}">${house.held} held</a> · <a href="${conversationsLink({ status: "failed" })}">${house.failed} failed</a> <span class="tiny quiet">in 30 days</span>`, house.failed > 0 ? ["bad", "look at them"] : null)}
${row("Jobs", html`${figure(jobs.waiting, "count")} waiting · ${jobs.running} running · ${jobs.parked} set aside`, jobs.parked > 0 ? ["warn", "needs a person"] : null)}
${row("CRM", house.crm ? (outbox.waiting === 0 ? "everything has reached it" : html`${figure(outbox.waiting, "count")} not reached yet <span class="tiny quiet">oldest ${age(outbox.oldestMs ?? nowMs, nowMs)}</span>`) : html`<span class="quiet">none is connected</span>`, house.crm && outbox.waiting > 0 && nowMs - (outbox.oldestMs ?? nowMs) > 600_000 ? ["warn", "late"] : null)}
${row("Speech", house.speech.words, house.speech.isWell ? ["good", "hears"] : ["bad", "does not hear"])}
${row("Analysis", house.analysis, null)}
${row("Disk", html`${gigabytes(disk.freeBytes)} free <span class="tiny quiet">nothing is taken below ${gigabytes(disk.reserveBytes)}</span>`, isLow ? ["warn", "nearly full"] : null)}</dl></div></section>`;
}

function gigabytes(bytes: number): string {
  const gb = bytes / 1e9;
  return `${gb < 10 ? gb.toFixed(1) : figure(gb, "count")} GB`;
}

/** `40 s`, `12 min`, `5 h`, `6 days` */
function age(sinceMs: number, nowMs: number): string {
  const ms = Math.max(0, nowMs - sinceMs);
  if (ms < 60_000) return took(ms);
  if (ms < 3_600_000) return `${Math.round(ms / 60_000)} min`;
  return ms < 86_400_000 * 2 ? `${Math.round(ms / 3_600_000)} h` : `${Math.round(ms / 86_400_000)} days`;
}
