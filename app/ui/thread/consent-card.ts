// What a customer agreed to, per purpose and channel, with who said so and when; and the page that shows what a change would do. Pure.
import { ANY_CHANNEL, CONSENT_PURPOSES, CONSENT_STATES, isId, type ConsentPurpose, type ConsentReport, type ConsentState, type ConsentView } from "../../domain/index.ts";
import { html, urlPart, type Html, type Part } from "../frame/html.ts";
import { page, type Frame } from "../frame/layout.ts";
import { chip } from "../frame/words.ts";
import { customerAddress } from "./proof.ts";
import { channelName } from "../frame/channel-words.ts";
import { CONSENT_WORDS, PURPOSE_WORDS, sourceWords } from "./thread-words.ts";
import type { Tools } from "./thread-view.ts";

export function consentCard({ decisions, records }: ConsentReport, tools: Tools): Html {
  const { view, times } = tools;
  return html`<section class="card" id="consent"><h2>Consent</h2><div class="in"><dl class="slots">${CONSENT_PURPOSES.map((purpose) => html`<dt>${PURPOSE_WORDS[purpose]}</dt>${alike(decisions.filter((one) => one.purpose === purpose)).map((group) => decisionRow(group, tools))}`)}</dl>
${records.length > 0 && html`<details class="rest"><summary>Every statement (${records.length})</summary><ul class="said-list">${records.slice(0, 50).map((one) => html`<li><span>${PURPOSE_WORDS[one.purpose]}, ${channelName(one.channel)}: ${CONSENT_WORDS[one.state]} <span class="tiny quiet">${times.moment(one.at)} · ${sourceWords(one.source)}${one.proof !== null && !isId("msg", one.proof) && !isId("ses", one.proof) && html` · “${one.proof}”`}</span></span>${tools.proof(one.proof === null ? [] : [one.proof])}</li>`)}</ul></details>`}
${view.canChange && changeForm(view.customer.id, view.channels)}</div></section>`;
}

/** Channels for which the same holds, for the same reason, are one line. */
function alike(decisions: readonly ConsentView[]): ConsentView[][] {
  const groups = new Map<string, ConsentView[]>();
  for (const one of decisions) {
    const key = `${one.state} ${one.because} ${one.allowed}`;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()];
}

function decisionRow(group: readonly ConsentView[], { times }: Tools): Html {
  const [one] = group;
  if (one === undefined) return html``;
  const isAll = group.some(({ channel }) => channel === ANY_CHANNEL);
  const where = isAll && group.length > 1 ? "every channel" : isAll ? "other channels" : group.map(({ channel }) => channelName(channel)).join(", ");
  if (one.state === "unknown") return html`<dd class="lone">not asked <span class="tiny quiet">${one.allowed ? "allowed" : one.purpose === "recording" || one.purpose === "analysis" ? "waits" : "not allowed"} by the site's rule · ${where}</span></dd>`;
  return html`<dd class="lone">${one.state === "granted" ? chip("good", "given") : chip("bad", "withdrawn")} <span class="tiny quiet">${where}${one.since !== null && html` · ${times.moment(one.since)}`} · ${sourceWords(one.source)}</span></dd>`;
}

function changeForm(customerId: string, channels: readonly string[]): Html {
  return html`<details class="rest change"><summary>Write down what they said</summary><form method="get" action="/customers/${urlPart(customerId)}/consent" class="fields">
<label>Purpose<select name="purpose">${CONSENT_PURPOSES.map((purpose) => html`<option value="${purpose}">${PURPOSE_WORDS[purpose]}</option>`)}</select></label>
<label>Channel<select name="channel">${[ANY_CHANNEL, ...channels].map((name) => html`<option value="${name}">${channelName(name)}</option>`)}</select></label>
<label>They<select name="state">${CONSENT_STATES.map((state) => html`<option value="${state}">${{ granted: "agree", withdrawn: "do not agree any more", unknown: "take back what they said" }[state]}</option>`)}</select></label>
<label>What proves it<input name="proof" maxlength="500" placeholder="a letter of 3 November"></label>
<p><button>See what that does</button></p></form></details>`;
}

export interface ConsentPreview {
  frame: Frame;
  customer: { id: string; name: string };
  purpose: ConsentPurpose;
  channel: string;
  state: ConsentState;
  proof: string;
  /** contacts that this touches: being worked on, and held */
  pending: number;
  held: number;
  /** days that a held recording waits for consent; then its sound is removed */
  holdDays: number;
}

/** The effect of a statement, before it is written down. */
export function renderConsentPreview(view: ConsentPreview): string {
  const { frame, customer, purpose, channel, state } = view;
  const title = `${PURPOSE_WORDS[purpose]}: ${state === "granted" ? "they agree" : state === "withdrawn" ? "they do not agree any more" : "what they said is taken back"}`;
  return page(
    frame,
    title,
    html`<p class="crumbs"><a href="/customers">Customers</a> / <a href="${customerAddress(customer.id)}"><bdi>${customer.name}</bdi></a> / Consent</p>
<header class="head"><div><h1>${title}</h1><p class="quiet">${channelName(channel)} · from now on</p></div></header>
<section class="card narrow"><h2>What that does</h2><div class="in stack-s"><ul class="plain-list">${effects(view).map((one) => html`<li>${one}</li>`)}</ul>
<form method="post" action="/customers/${urlPart(customer.id)}/consents" class="buttons">${Object.entries({ purpose, channel, state, proof: view.proof }).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}<button class="primary">Write it down</button> <a class="button" href="${customerAddress(customer.id)}#consent">Leave it as it is</a></form></div></section>`,
    { styles: ["thread.css"] },
  );
}

function effects({ purpose, state, pending, held, holdDays, proof }: ConsentPreview): Part[] {
  const isWork = purpose === "recording" || purpose === "analysis";
  const count = (n: number): string => (n === 1 ? "1 contact" : `${n} contacts`);
  const always = [html`The statement is kept for ever with your login as its writer${proof !== "" && html` and “${proof}” as its proof`}; a change of mind is a new statement.`];
  if (!isWork) return [state === "withdrawn" ? "Systems that ask Earshot before they write are told not to." : state === "granted" ? "Systems that ask Earshot before they write are told that they may." : "The site's rule answers systems that ask.", "Nothing that Earshot itself does changes.", ...always];
  if (state === "withdrawn") return [pending === 0 ? "No contact is being worked on, so nothing stops." : html`<b>${count(pending)} being worked on ${pending === 1 ? "stops" : "stop"} at once</b>; no further word of ${pending === 1 ? "it" : "them"} is stored.`, `New contacts are held. A held recording is removed after ${holdDays} days unless consent comes.`, "What was understood before stays; erasing a customer is another step.", ...always];
  if (state === "granted") return [held === 0 ? "No contact is held, so nothing starts." : html`<b>${count(held)} that ${held === 1 ? "is" : "are"} held ${held === 1 ? "goes" : "go"} on</b> where ${held === 1 ? "it" : "they"} stopped, unless refused in the contact itself.`, "New contacts are worked on.", ...always];
  return ["The site's rule decides again, as if nothing had been said.", html`${count(pending)} being worked on and ${count(held)} held are looked at again.`, ...always];
}
