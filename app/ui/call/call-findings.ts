// Findings of a call; every one ends with ▸ and the second that proves it. Pure.
import type { CallView } from "../../domain/index.ts";
import { signed } from "../charts/figures.ts";
import { html, type Html } from "../frame/html.ts";
import { position } from "../frame/times.ts";
import { chip, outcomeChip, reasonWords } from "../frame/words.ts";
import { callForm, machineFinding, mendLink, type Mending } from "./mending.ts";

/** Cards from what was found; what was looked for and not said shows as "not mentioned". Nothing before the analysis. */
export function findings(call: CallView, mending: Mending): Html {
  if (call.coverage === null) return html``;
  return html`${summary(call)}${about(call, mending)}${toDo(call)}${risks(call)}${mood(call)}${named(call)}`;
}

function summary(call: CallView): Html {
  const { turns_read, turns_total } = call.coverage ?? { turns_read: 0, turns_total: 0 };
  return html`<section class="card"><h2>Summary <span class="tiny quiet">${turns_read} of ${turns_total} turns read</span></h2><div class="in">${call.summary_points.length === 0 ? html`<p class="missing">Nothing could be summarised.</p>` : html`<ul>${call.summary_points.map((point) => finding(call, point.text, point.evidence))}</ul>`}</div></section>`;
}

function toDo(call: CallView): Html {
  const item = (one: CallView["action_items"][number]): Html => finding(call, html`${one.text} <span class="quiet">· ${one.owner}${one.due !== null && html` · by ${dayOf(one.due)}`}${isPromised(call, one) && " · promised"}</span>`, one.evidence);
  return html`<section class="card"><h2>To do</h2><div class="in">${call.action_items.length === 0 ? html`<p class="missing">Nothing was promised or asked for.</p>` : html`<ul>${call.action_items.map(item)}</ul>`}</div></section>`;
}

function isPromised({ promises }: CallView, item: CallView["action_items"][number]): boolean {
  return promises.some((one) => one.by === item.owner && one.text === item.text);
}

const RISK_WORDS = { escalation: "The matter may go over the agent's head", churn: "The customer may leave" } as const;

/** Only what there is: a card without a risk would cry wolf. */
function risks({ risks, ...call }: CallView): Html | false {
  const found = Object.entries(risks ?? {}).filter(([, risk]) => risk.level !== "none") as [keyof typeof RISK_WORDS, { level: string; evidence: string[] }][];
  return found.length > 0 && html`<section class="card"><h2>Risks</h2><div class="in"><ul>${found.map(([kind, risk]) => finding({ ...call, risks }, html`${RISK_WORDS[kind]} ${chip(risk.level === "high" ? "bad" : "", risk.level)}`, risk.evidence))}</ul></div></section>`;
}

function about(call: CallView, mending: Mending): Html {
  const isEdited = mending.canCorrect && mending.editing === "call";
  const evidence = (field: "topic" | "outcome"): Html => (call.machine?.[field] === undefined ? proofCell(call, call[`${field}_evidence`]) : proofCell(call, [])); // a person's word rests on no line
  return html`<section class="card" id="about" data-part="about"><h2>About ${mending.canCorrect && !isEdited && mendLink(call, "call", "about", "Correct topic, reason or outcome")}</h2><div class="in">${isEdited && callForm(call, mending.reasons)}<dl class="slots">
<dt>Wants</dt><dd>${call.intent?.text ?? notMentioned()}</dd>${proofCell(call, call.intent?.evidence ?? [])}
<dt>Topic</dt><dd>${call.topic ?? notMentioned()}${machineFinding(call, "topic", mending)}</dd>${evidence("topic")}
<dt>Reason</dt><dd class="wide">${call.reason === null ? notMentioned() : reasonWords(call.reason)}${machineFinding(call, "reason", mending)}</dd>
<dt>Outcome</dt><dd>${call.outcome === null ? notMentioned() : outcomeChip(call.outcome)}${machineFinding(call, "outcome", mending)}</dd>${evidence("outcome")}</dl></div></section>`;
}

function mood({ sentiment }: CallView): Html {
  if (sentiment === null || sentiment.overall === null) return html`<section class="card"><h2>Mood</h2><p class="in missing">Nothing was said that carries a mood.</p></section>`;
  const { customer_start: start, customer_end: end } = sentiment;
  const change = start === null || end === null ? null : end - start;
  const arrow = { improving: chip("good", `↑ ${change?.toFixed(2)}`), worsening: chip("bad", `↓ ${Math.abs(change ?? 0).toFixed(2)}`), steady: chip("", "steady"), unknown: chip("", "no trend") }[sentiment.trend];
  return html`<section class="card"><h2>Mood <span class="tiny quiet">−1 bad … 1 good</span></h2><div class="in">${start === null || end === null ? html`<p>Whole call <b>${feeling(sentiment.overall)}</b> <span class="quiet">${signed(sentiment.overall)}</span></p>` : html`<p>Customer <b>${feeling(start)} → ${feeling(end)}</b> ${arrow}</p><p class="small quiet">from ${signed(start)} to ${signed(end)}; whole call ${signed(sentiment.overall)}</p>`}</div></section>`;
}

function named(call: CallView): Html | false {
  return call.entities.length > 0 && html`<section class="card"><h2>Named in the call</h2><div class="in"><dl class="slots">${call.entities.slice(0, 40).map((entity) => html`<dt>${entity.kind}</dt><dd>${entity.text}${entity.value !== null && entity.value !== entity.text && html` <span class="tiny quiet">${entity.value}</span>`}</dd>${proofCell(call, entity.evidence)}`)}</dl></div></section>`;
}

function finding(call: CallView, text: Html | string, evidence: readonly string[]): Html {
  return html`<li class="finding"><span>${text}</span>${proof(call, evidence)}</li>`;
}

/** Leads to the line; with scripts it also plays it. Up to three, the rest as a number. */
function proof(call: CallView, evidence: readonly string[]): Html {
  return html`<span class="proofs">${proofLinks(call, evidence)}</span>`;
}

/** The same as the last cell of a row. */
function proofCell(call: CallView, evidence: readonly string[]): Html {
  return html`<dd class="proofs">${proofLinks(call, evidence)}</dd>`;
}

function proofLinks(call: CallView, evidence: readonly string[]): Html {
  const turns = evidence.map((id) => call.turns.find((turn) => turn.id === id)).filter((turn) => turn !== undefined);
  return html`${turns.slice(0, 3).map((turn) => html`<a class="proof" href="#${turn.id}" title="Play the line that says so">▸ ${position(turn.start_ms)}</a>`)}${turns.length > 3 && html`<span class="tiny quiet">+${turns.length - 3}</span>`}`;
}

/** `2026-11-03` → `3 Nov`; a day has no time zone. What is no date stays as it is. */
export function dayOf(date: string): string {
  const at = Date.parse(`${date}T00:00:00Z`);
  return Number.isNaN(at) ? date : new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" }).format(at);
}

function notMentioned(): Html {
  return html`<span class="missing">not mentioned</span>`;
}

/** A mood, −1…1, in a word. */
export function feeling(value: number): string {
  return value <= -0.5 ? "angry" : value < -0.1 ? "unhappy" : value <= 0.1 ? "neutral" : value < 0.5 ? "friendly" : "happy";
}
