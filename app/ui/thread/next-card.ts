// For whoever answers next: what the customer wants, what is unfinished, what was promised, what they like. And what is to be done. Pure.
import type { ContextView } from "../../domain/index.ts";
import { dayOf, feeling } from "../call/call-findings.ts";
import { html, type Html, type Part } from "../frame/html.ts";
import { capitalised, chip, outcomeChip, reasonWords } from "../frame/words.ts";
import { channelName } from "../frame/channel-words.ts";
import type { Tools } from "./thread-view.ts";

export function nextCard(next: ContextView, tools: Tools): Html {
  const { trying_to: goal, active_session: active, ephemeral } = next;
  return html`<section class="card next"><h2>For whoever answers next</h2><div class="in stack-s">
${active !== null && html`<p>${chip("warn", "writing now")} ${channelName(active.channel)}, ${tools.times.moment(active.last_at)}${active.agent !== null && html` with ${active.agent}`}</p>`}
<p class="with-proof"><span>${goal === null ? html`<span class="missing">What they wanted is not known</span>` : html`Wanted: <b>${goal.text}</b>`}</span>${tools.proof(goal?.evidence ?? [])}</p>
${ephemeral !== null && filling(ephemeral, tools)}${last(next, tools)}${promises(next, tools)}${risks(next, tools)}
<dl class="slots">${rows(next)}</dl></div></section>`;
}

function filling({ slots, unfinished, evidence }: NonNullable<ContextView["ephemeral"]>, tools: Tools): Html {
  const known = Object.entries(slots).map(([name, value]) => `${capitalised(name.replaceAll("_", " "))} ${String(value)}`);
  return html`<p class="with-proof"><span>${known.length > 0 && html`Told the assistant: ${known.join(", ")}. `}${unfinished.length > 0 ? html`Still open: <b>${unfinished.map((name) => name.replaceAll("_", " ")).join(", ")}</b>` : "Nothing it asked for is open."}</span>${tools.proof(evidence)}</p>`;
}

function last({ last_interaction: one }: ContextView, tools: Tools): Html | false {
  if (one === null) return false;
  const outcome = one.outcome === "resolved" || one.outcome === "unresolved" || one.outcome === "escalated" || one.outcome === "follow_up" ? outcomeChip(one.outcome) : "";
  return html`<p class="with-proof"><span>Last: ${channelName(one.channel)}, ${tools.times.moment(one.at)}${one.agent !== null && html`, ${one.agent}`} ${outcome}${one.summary !== null && html`<br><span class="quiet small clip-4">${one.summary}</span>`}</span>${tools.proof(one.summary_points.flatMap((point) => point.evidence.slice(0, 1)))}</p>`;
}

function promises({ open_conversations: open }: ContextView, tools: Tools): Part {
  const made = open.flatMap((one) => one.promises);
  if (made.length === 0) return open.length === 0 ? html`<p class="quiet small">No conversation is open, nothing is promised.</p>` : html`<p class="quiet small">${open.length === 1 ? "One conversation is open" : `${open.length} conversations are open`}; nothing is promised in ${open.length === 1 ? "it" : "them"}.</p>`;
  return html`<div><h3 class="label">Promised</h3><ul>${made.slice(0, 8).map((one) => html`<li class="finding"><span>${one.text} <span class="quiet small">· ${one.by}${one.due !== null && html`, by ${due(one.due, tools)}`}</span></span>${tools.proof(one.evidence)}</li>`)}</ul></div>`;
}

/** Of each kind the highest, with everything that proves it. */
function risks({ open_conversations: open }: ContextView, tools: Tools): Part {
  const words = { escalation: "May go over the agent's head", churn: "May leave" } as const;
  return (["escalation", "churn"] as const).map((kind) => {
    const found = open.flatMap(({ risks: all }) => (all === null || all[kind].level === "none" ? [] : [all[kind]]));
    return found.length > 0 && html`<p class="with-proof"><span>${chip(found.some((one) => one.level === "high") ? "bad" : "warn", words[kind])}</span>${tools.proof(found.flatMap((one) => one.evidence))}</p>`;
  });
}

/** A channel that fewer contacts than this share used is no preference. */
const PREFERS = 0.4;

/** Verification, preference, mood, and what the CRM wants whoever answers to see. */
function rows({ system: { profile }, persistent, sentiment }: ContextView): Part {
  const row = (label: string, value: Part, note: Part = ""): Html => html`<dt>${label}</dt><dd>${value}</dd><dd class="tiny quiet">${note}</dd>`;
  const { verification, fields } = profileOf(profile);
  const { channel_preference: likes, intents } = persistent;
  return html`${row("Verified", verification === undefined ? html`<span class="missing">nobody has said</span>` : verification.state === "verified" ? chip("good", "verified") : verification.state === "failed" ? chip("bad", "failed") : chip("warn", "not verified"), verification?.method)}
${row("Prefers", likes === null ? html`<span class="missing">too few contacts to say</span>` : likes.share < PREFERS ? html`<span class="missing">no one channel</span>` : channelName(likes.channel), likes !== null && likes.share >= PREFERS && `${Math.round(likes.share * 100)} % of ${likes.contacts}`)}
${sentiment !== null && row("Mood", feeling(sentiment.mean), { improving: "getting better", worsening: "getting worse", steady: "steady" }[sentiment.trend])}
${intents.length > 0 && html`<dt>Comes for</dt><dd class="wide">${intents.slice(0, 3).map((one, i) => html`${i > 0 && ", "}${reasonWords(one.reason)} <span class="tiny quiet">${one.times}×</span>`)}</dd>`}
${fields.map(([name, value]) => row(capitalised(name.replaceAll("_", " ")), value, "CRM"))}`;
}

/** What a CRM said, whatever it said: only flat values are shown. */
function profileOf(profile: Record<string, unknown> | null): { verification: { state: string; method?: string } | undefined; fields: [string, string][] } {
  const flat = (value: unknown): value is string | number | boolean => ["string", "number", "boolean"].includes(typeof value);
  const { state, method } = (profile?.["verification"] ?? {}) as { state?: unknown; method?: unknown };
  const fields = Object.entries((profile?.["fields"] ?? {}) as Record<string, unknown>).flatMap(([name, value]): [string, string][] => (flat(value) ? [[name, String(value)]] : []));
  return { verification: typeof state === "string" ? { state, ...(typeof method === "string" ? { method } : {}) } : undefined, fields: fields.slice(0, 12) };
}

export function todoCard(tools: Tools): Html {
  const { todo } = tools.view;
  return html`<section class="card"><h2>To do <span class="tiny quiet">open conversations</span></h2><div class="in">${todo.length === 0 ? html`<p class="missing">Nothing is to be done.</p>` : html`<ul>${todo.map((item) => html`<li class="finding"><span>${item.text} <span class="quiet small">· ${item.owner}${item.due !== null && html`, by ${due(item.due, tools)}`}</span></span>${tools.proof(item.evidence)}</li>`)}</ul>`}</div></section>`;
}

/** A day that is over, at the site, is late. */
function due(date: string, { view: { frame } }: Tools): Html {
  const today = new Intl.DateTimeFormat("en-CA", { timeZone: frame.timeZone, year: "numeric", month: "2-digit", day: "2-digit" }).format(frame.nowMs);
  return html`<span title="${date}">${dayOf(date)}</span>${/^\d{4}-\d\d-\d\d$/.test(date) && date < today && html` ${chip("warn", "day is over")}`}`;
}
