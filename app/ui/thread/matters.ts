// The conversations of a customer, and one of them: what has happened so far, whose it is, what state it is in, and who changed that. Pure.
import { html, urlPart, type Html } from "../frame/html.ts";
import { capitalised, outcomeChip, reasonWords } from "../frame/words.ts";
import { channelName } from "../frame/channel-words.ts";
import { MATTER_WORDS, matterChip } from "./thread-words.ts";
import { matterName } from "./timeline.ts";
import type { MatterDetail, Tools } from "./thread-view.ts";
import type { MatterView } from "../../domain/index.ts";

export function mattersCard(tools: Tools): Html {
  const { rows, next } = tools.view.matters;
  return html`<section class="card"><h2>Conversations</h2><div class="in">${rows.length === 0 ? html`<p class="missing">None yet.</p>` : html`<ul>${rows.map((one) => matterRow(one, tools))}</ul>`}${next !== null && html`<p class="small"><a class="proof" href="${next}">Older conversations</a></p>`}</div></section>`;
}

function matterRow(one: MatterView, { address, times, view }: Tools): Html {
  const facts = [one.reason === null || matterName(one) !== one.topic ? null : reasonWords(one.reason), one.owner, one.queue].filter((fact) => fact !== null);
  const name = matterName(one);
  return html`<li class="finding"><span>${view.matter?.id === one.id ? html`<b aria-current="true">${name}</b>` : html`<a class="strong" href="${address({ conversation: one.id })}">${name}</a>`}<br><span class="tiny quiet">${facts.map((fact) => html`${fact} · `)}${times.moment(one.updated_at)}</span></span>${matterChip(one.status)}</li>`;
}

/** The chosen conversation, above its part of the timeline. */
export function matterCard(matter: MatterDetail, tools: Tools): Html {
  const { view, times, address } = tools;
  return html`<section class="card matter"><h2><span>${matterName(matter)} ${matterChip(matter.status)}</span><a href="${address({})}">The whole thread</a></h2><div class="in stack-s">
${matter.summary !== null && html`<div><p class="said measure">${matter.summary}</p>${tools.proof(matter.summary_points.flatMap((point) => point.evidence.slice(0, 1)))}</div>`}
<dl class="slots"><dt>Reason</dt><dd class="wide">${matter.reason === null ? html`<span class="missing">not known</span>` : reasonWords(matter.reason)}</dd><dt>Owner</dt><dd class="wide">${matter.owner ?? html`<span class="missing">nobody</span>`}</dd><dt>Queue</dt><dd class="wide">${matter.queue ?? html`<span class="missing">none</span>`}</dd>${matter.crm_link !== null && html`<dt>CRM</dt><dd class="wide"><a class="proof" href="${matter.crm_link}" rel="noreferrer">Open the record</a></dd>`}${matter.references.length > 0 && html`<dt>Known as</dt><dd class="wide">${matter.references.slice(0, 12).map((one) => html`<span class="chip" title="${one.kind.replaceAll("_", " ")}"><bdi>${one.value}</bdi></span> `)}</dd>`}</dl>
${view.changeable.has(matter.id) && changeForm(matter, view.customer.id)}${sessions(matter, tools)}
<details class="rest"><summary>What was changed (${matter.activities.length})</summary>${matter.activities.length === 0 ? html`<p class="missing small">Nothing yet.</p>` : html`<ol class="events">${[...matter.activities].reverse().slice(0, 100).map((one) => html`<li><span>${capitalised(one.field.replaceAll("_", " "))}: <b>${valueWords(one)}</b></span><span class="tiny quiet"><bdi>${one.by}</bdi> · ${times.moment(one.at)}</span></li>`)}</ol>`}</details></div></section>`;
}

function valueWords({ field, value }: MatterDetail["activities"][number]): string {
  if (field === "conversation") return value === null ? "of its own" : "moved";
  if (value === null) return "none";
  return field === "status" ? (MATTER_WORDS[value] ?? value) : field === "reason" ? reasonWords(value) : value;
}

/** What people set; `reopened` only the rules say. */
const SET = ["open", "waiting", "resolved"];

function changeForm(matter: MatterDetail, customerId: string): Html {
  const option = (status: string): Html => (status === matter.status ? html`<option value="${status}" selected>${MATTER_WORDS[status]}</option>` : html`<option value="${status}">${MATTER_WORDS[status]}</option>`);
  return html`<details class="rest change"><summary>Change status, owner or reason</summary><form method="post" action="/customers/${urlPart(customerId)}/conversations/${urlPart(matter.id)}" class="fields">
<label>Status<select name="status">${(matter.status === "reopened" ? ["reopened", ...SET] : SET).map(option)}</select></label>
<label>Owner<input name="owner" value="${matter.owner ?? ""}" maxlength="200"></label><label>Queue<input name="queue" value="${matter.queue ?? ""}" maxlength="200"></label>
<label>Reason<input name="reason" value="${matter.reason ?? ""}" maxlength="200" placeholder="billing.refund"></label><p class="tiny quiet">What you set stays, whatever comes later. An empty field means nobody, or none.</p><p><button>Save</button></p></form></details>`;
}

/** Contacts of the conversation; each may be put where it belongs. */
function sessions(matter: MatterDetail, { view, times, address }: Tools): Html {
  const others = view.matters.rows.filter((one) => one.id !== matter.id && view.changeable.has(one.id));
  const move = (sessionId: string): Html => html`<form method="post" action="/customers/${urlPart(view.customer.id)}/sessions/${urlPart(sessionId)}/move" class="inline"><label class="sr" for="to-${sessionId}">Belongs to</label><select id="to-${sessionId}" name="conversation_id">${matter.sessions.length > 1 && html`<option value="">a conversation of its own</option>`}${others.map((one) => html`<option value="${one.id}">${matterName(one)}, ${one.updated_at.slice(0, 10)}</option>`)}</select><button class="small">Move</button></form>`;
  const canMove = view.changeable.has(matter.id) && (others.length > 0 || matter.sessions.length > 1);
  return html`<details class="rest"><summary>Contacts (${matter.sessions.length})</summary><ul>${[...matter.sessions].reverse().slice(0, 50).map((one) => html`<li class="finding"><span><a href="${address({ session: one.id })}">${channelName(one.channel)}, ${times.moment(one.started_at)}</a>${one.agent !== null && html` <span class="quiet small">${one.agent}</span>`} ${isOutcome(one.outcome) && outcomeChip(one.outcome)}${one.summary !== null && html`<br><span class="small quiet clip">${one.summary}</span>`}</span>${canMove && move(one.id)}</li>`)}</ul></details>`;
}

function isOutcome(outcome: string | null): outcome is "resolved" | "unresolved" | "escalated" | "follow_up" {
  return outcome === "resolved" || outcome === "unresolved" || outcome === "escalated" || outcome === "follow_up";
}
