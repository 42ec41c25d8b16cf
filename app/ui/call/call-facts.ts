// What was measured on a call, how it was heard, and what happened to it. Pure.
import type { CallView, MadeBy, MetricDefinition } from "../../domain/index.ts";
import { html, type Html, type Part } from "../frame/html.ts";
import { metricRows, percentOf, type MetricRow } from "./metric-rows.ts";
import { took, type Times } from "../frame/times.ts";
import { entryWords } from "../frame/words.ts";

/** Numbers from voice activity, each with its definition on hover. What this recording does not allow is named with the reason, never shown as 0. */
export function numbers({ metrics }: CallView, definitions: readonly MetricDefinition[]): Html | false {
  if (metrics === null) return false;
  const { rows, missing } = metricRows(metrics, definitions);
  return html`<section class="card"><h2>Numbers <span class="tiny quiet">${metrics.estimated === true && "estimates, "}definitions ${metrics.definitions}</span></h2><div class="in">${meter(metrics.agent_talk_ratio)}${rows.length > 0 && html`<table class="numbers">${part(html`<th scope="col" class="agent">Agent</th><th scope="col" class="customer">Customer</th>`, rows.filter((row) => !("call" in row.values)))}${part(html`<th scope="col" colspan="2">Whole call</th>`, rows.filter((row) => "call" in row.values))}</table>`}${missing.map(({ why, labels }) => notMeasurable(why, labels, rows.length === 0 && missing.length === 1))}</div></section>`;
}

/** Numbers of the parties stand below the party's name, numbers of the call below both. */
function part(heads: Html, rows: readonly MetricRow[]): Html | false {
  return rows.length > 0 && html`<tbody><tr><td></td>${heads}</tr>${rows.map(numberRow)}</tbody>`;
}

function numberRow({ label, meaning, values }: MetricRow): Html {
  const cell = (value: string | null): Html => html`<td>${value ?? html`<span class="missing" title="not measurable">–</span>`}</td>`;
  return html`<tr><th scope="row" title="${meaning}">${label}</th>${"call" in values ? html`<td colspan="2">${values.call}</td>` : html`${cell(values.agent)}${cell(values.customer)}`}</tr>`;
}

function notMeasurable(why: string, labels: readonly string[], isAll: boolean): Html {
  return html`<p class="small quiet"><span class="missing">not measurable</span>: ${why}${!isAll && html` (${labels.join(", ")})`}</p>`;
}

function meter(share: number | null): Html | false {
  if (share === null) return false;
  const agent = percentOf(share);
  return html`<svg class="meter" width="100%" height="8" role="img" aria-label="Agent ${agent} %, customer ${100 - agent} % of the speech"><rect class="agent-fill" width="${agent}%" height="8"/><rect class="customer-fill" x="${agent}%" width="${100 - agent}%" height="8"/></svg>`;
}

/** Which models were used and what the sound was like: what the text is worth. */
export function heardHow({ engines, audio, language, revision, source }: CallView): Html | false {
  if (engines === null && audio === null) return false;
  const row = (label: string, value: Part): Part => value !== null && value !== undefined && value !== false && html`<dt>${label}</dt><dd class="wide">${value}</dd>`;
  const map = audio?.channel_map;
  return html`<section class="card"><h2>How it was heard</h2><div class="in"><dl class="slots">${engines !== null && html`${row("Speech", html`${engines.speech.model} <span class="tiny quiet">${engines.speech.engine} · ${engines.speech.sha256?.slice(0, 12) ?? engines.speech.endpoint}</span>`)}${row("Analysis", engines.analysis && analysedBy(engines.analysis))}`}${row("Language", language)}${audio !== null && html`${row("Sound", { stereo: "one party per channel", dual_mono: "the same on both channels", mono: "one channel" }[audio.layout])}${row("Channels", map && html`left ${map["0"]}, right ${map["1"]}`)}${row("Because", audio.channel_map_reason && html`<span class="small">${legWords(audio.channel_map_reason)}</span>`)}${row("Voices", audio.separation && html`${audio.separation.reason} <span class="tiny quiet">${audio.separation.method}</span>`)}${row("Blanked", audio.redacted_ms > 0 && `${took(audio.redacted_ms)} of sound`)}`}${row("Source", source)}${row("Revision", revision > 1 && revision)}</dl></div></section>`;
}

/** `direction=inbound, recorded leg=trunk` → `incoming call, recorded on the outside line`; every other reason is in words already. */
function legWords(reason: string): string {
  const [, direction, leg, rest = ""] = /^direction=(\w+), recorded leg=(trunk|extension)(.*)$/.exec(reason) ?? [];
  if (direction === undefined) return reason;
  const call = { inbound: "incoming call", outbound: "outgoing call", internal: "internal call" }[direction] ?? "call of unknown direction";
  return `${call}, recorded on ${leg === "trunk" ? "the outside line" : "the agent's telephone"}${rest}`;
}

function analysedBy({ engine, model, prompt, seed, terms, chunks, ms, instead_of: instead }: MadeBy): Html {
  const quiet = (words: string): Html => html` <span class="tiny quiet">${words}</span>`;
  return html`${model ?? engine}${model !== null && quiet(engine)}${instead !== undefined && quiet(`instead of ${instead.engine}: ${instead.code}`)}${prompt !== undefined && html`<br>${quiet(`${chunks === 1 ? "" : `in ${chunks} parts, `}prompts ${prompt}, seed ${seed}, ${took(ms ?? 0)}${terms === undefined ? "" : `; read with ${terms.join(", ")}`}`)}`}`;
}

export function ledgerCard({ ledger }: CallView, times: Times): Html {
  return html`<section class="card"><h2>What happened <span class="tiny quiet">the ledger</span></h2><div class="in"><ol class="events">${ledger.map((entry) => html`<li class="${toneOf(entry.status)}"><span>${happened(entry)}${entry.detail !== null && html`<br><span class="tiny quiet">${entry.detail}</span>`}</span><span class="tiny quiet">${times.clock(entry.at)}${entry.ms !== null && html` · ${took(entry.ms)}`}</span></li>`)}</ol></div></section>`;
}

function happened(entry: CallView["ledger"][number]): Html {
  const [words, status] = entryWords(entry);
  return html`${words}${status !== null && html`: <b>${status}</b>`}`;
}

function toneOf(status: string): string {
  return status === "done" ? "good" : status === "failed" ? "bad" : status === "skipped" ? "" : "warn";
}
