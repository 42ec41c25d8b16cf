// One call: what it was about, each claim with the line that proves it, the sound, the words, and how all of it came to be. Pure.
import { groupedPhone, type CallView, type MetricDefinition } from "../../domain/index.ts";
import { channelName } from "../frame/channel-words.ts";
import { html, urlPart, type Html } from "../frame/html.ts";
import { findings } from "./call-findings.ts";
import { alerts, categories, scorecards, type AgreementNotes } from "./call-quality.ts";
import { heardHow, ledgerCard, numbers } from "./call-facts.ts";
import { page, type Frame } from "../frame/layout.ts";
import { createTimes, position, type Times } from "../frame/times.ts";
import { addressOf, correctionsCard, type Mending } from "./mending.ts";
import { transcript } from "./transcript.ts";
import { turnStrip, type CallSound } from "./turn-strip.ts";
import { agentWords, DIRECTION_WORDS, matterTitle, reasonWords, STAGE_WORDS, stateChip, WARNING_WORDS } from "../frame/words.ts";
import { callAddress } from "../frame/addresses.ts";

export interface CallPageView {
  frame: Frame;
  call: CallView;
  /** name under which people know the customer */
  customer: string | null;
  /** when the call arrived: shown where nobody said when it began */
  arrivedAt: string | null;
  /** address of the sound; null while there is none to listen to */
  audio: string | null;
  /** what the numbers of the call mean, by the version that made them */
  definitions: readonly MetricDefinition[];
  /** as far as it was measured; null where there is none to show */
  sound: CallSound | null;
  mending: Mending;
  /** the contacts of the same customer before and after this one */
  beside: Record<"before" | "after", Contact | null>;
  agreement: AgreementNotes;
}

interface Contact {
  session_id: string;
  channel: string;
  call_id: string | null;
  source: string;
  at: string;
}

export function renderCall(view: CallPageView): string {
  const { call, frame } = view;
  const times = createTimes(frame.timeZone);
  const headline = matterTitle(call.topic, call.reason) ?? (call.status === "done" ? "No topic stands out" : `Call ${call.call_id}`);
  return page(
    frame,
    headline,
    html`<div data-live="${call.status === "done" || call.status === "failed" ? "finished" : "open"}" data-call="${call.call_id}">
${crumbs(view, times)}
<header class="head"><div data-part="headline"><h1>${headline}</h1><p class="quiet measure">${call.summary} ${stateChip(call)} ${call.reason !== null && headline === call.topic && html`<span class="chip">${reasonWords(call.reason)}</span>`} ${categories(call)}</p></div>${facts(view, times)}</header>
${notices(view)}
${call.turns.length > 0 || view.audio !== null ? player(view) : ""}
<div class="call"><section aria-label="Transcript">${call.turns.length === 0 ? nothingSaid(call) : transcript(call, view.mending)}</section>
<aside class="stack"><div class="stack findings">${alerts(call, times) || html`<div data-part="alerts" hidden></div>`}${findings(call, view.mending)}${scorecards(call, view.mending, view.agreement)}</div><div class="stack">${correctionsCard(view.mending.report, times, frame.nowMs) || html`<div data-part="corrections"></div>`}${numbers(call, view.definitions)}${heardHow(call)}${ledgerCard(call, times)}</div></aside></div></div>`,
    { styles: ["call.css"], scripts: ["call.js", "mend.js"] },
  );
}

/** Where this call stands: in the list, in the customer's thread, between two contacts. */
function crumbs({ call, customer, beside }: CallPageView, times: Times): Html {
  const contact = (one: Contact | null, words: string, rel: string): Html | false => {
    if (one === null || (one.call_id === null && call.customer_id === null)) return false;
    const address = one.call_id === null ? `/customers/${urlPart(call.customer_id ?? "")}?session=${urlPart(one.session_id)}` : callAddress({ call_id: one.call_id, source: one.source });
    return html`<a href="${address}" rel="${rel}">${words} ${times.moment(one.at)}${one.call_id === null && html` <span class="quiet">${channelName(one.channel)}</span>`}</a>`;
  };
  const thread = call.customer_id !== null && html`<a href="/customers/${urlPart(call.customer_id)}?session=${urlPart(call.session_id)}">${customer === null ? "Customer" : groupedPhone(customer)}</a> / `;
  return html`<div class="crumbs"><span><a href="/conversations">Conversations</a> / ${thread}<bdi>${call.call_id}</bdi></span><span class="beside">${contact(beside.before, "← earlier contact", "prev")}${contact(beside.after, "later contact →", "next")}</span></div>`;
}

function facts({ call, customer, arrivedAt }: CallPageView, times: Times): Html {
  const fact = (label: string, value: Html | string | null | undefined): Html => html`<div><dt class="label">${label}</dt><dd>${value === null || value === undefined || value === "" ? html`<span class="missing">not known</span>` : html`<bdi>${value}</bdi>`}</dd></div>`;
  return html`<dl class="facts">${fact("Customer", customer === null ? null : groupedPhone(customer))}${fact("Agent", agentWords(call.agent))}${call.queue !== null && fact("Queue", call.queue)}${call.started_at === null && arrivedAt !== null ? fact("Arrived", times.moment(arrivedAt)) : fact("When", call.started_at === null ? null : times.moment(call.started_at))}${fact("Length", call.duration)}${fact("Direction", call.direction === "unknown" ? null : DIRECTION_WORDS[call.direction])}</dl>`;
}

/** What a reader must know before believing anything on this page. */
function notices({ call, frame }: CallPageView): Html[] {
  const notes: Html[] = [];
  if (call.error !== null) notes.push(failed(call, frame));
  if (call.status === "processing" || call.status === "received") notes.push(inWork(call));
  if (call.status === "held") notes.push(held(call));
  if (call.engines?.speech.model === "starter-en" && call.turns.length > 0) notes.push(html`<section class="notice warn"><p><b>Heard with the starter model, which knows synthetic voices: expect wrong words where people speak.</b> It shows that everything works; install a production speech model to rely on the text: <code>scripts/earshot models fetch base.en</code></p></section>`);
  if (call.audio?.truncated === true) notes.push(html`<section class="notice warn"><p><b>The recording breaks off.</b> Part of the length that its header promises is missing; what is there was analysed.</p></section>`);
  for (const warning of call.audio?.warnings ?? []) notes.push(html`<section class="notice warn"><p><b>${WARNING_WORDS[warning.code]}.</b> ${warning.message}</p></section>`);
  if (call.turns.length > 0 && call.speaker_source === "diarised") notes.push(html`<section class="notice"><p><b>One channel for both parties: they are told apart by their voices.</b> ${toldApart(call)} A word here and there may stand with the wrong one; a telephone system that records two channels leaves no doubt.</p></section>`);
  if (call.turns.length > 0 && call.speaker_source === "none") notes.push(html`<section class="notice"><p><b>One channel for both parties.</b> The lines are not told apart into agent and customer${call.audio?.separation !== undefined && html` (${call.audio.separation.reason})`}; let the telephone system record two channels.</p></section>`);
  return notes;
}

function toldApart({ audio }: CallView): Html | string {
  const separation = audio?.separation;
  if (separation === undefined) return "";
  const sure = `Confidence ${separation.confidence.toFixed(2)}`;
  if (separation.roles === null) return `${sure}; nothing that was said tells which of them is the agent.`;
  return html`${sure}; who is the agent (${(separation.role_confidence ?? 0).toFixed(2)}) is known because ${separation.role_reasons.slice(0, 3).join(", ")}.`;
}

function failed(call: CallView, frame: Frame): Html {
  const again = frame.canMend && html`<form method="post" action="/calls/${urlPart(call.call_id)}/reprocess?source=${urlPart(call.source)}"><button class="primary">Try again</button></form>`;
  return html`<section class="notice bad"><div><p><b>This call could not be heard.</b> ${call.error?.message}</p><p class="small quiet">${call.error?.code} · ${call.error?.retry === "later" ? "trying again later may help" : call.error?.retry === "after_fix" ? "mend the cause, then try again" : "trying again will not help"} · the original recording is kept</p></div>${again}</section>`;
}

/** Why nothing happens, and where the one thing that changes it is done. */
function held({ ledger, customer_id: customer }: CallView): Html {
  const why = ledger.at(-1)?.detail?.replace(/^Held: /, "") ?? "the ledger below says why";
  return html`<section class="notice warn"><div><p><b>Held:</b> ${why}.</p><p class="small quiet">Nothing is heard or analysed meanwhile; the call goes on by itself when consent is recorded, unless it was refused in the call itself.</p></div>${customer !== null && html`<a class="button" href="/customers/${urlPart(customer)}#consent">The customer’s consent</a>`}</section>`;
}

function inWork(call: CallView): Html {
  const last = call.ledger.at(-1);
  const words = last === undefined ? undefined : STAGE_WORDS[last.stage];
  const where = last === undefined || words === undefined ? "It is about to begin." : last.status === "done" ? `Done so far: ${words.done.toLowerCase()}.` : `Now ${words.doing}${last.detail === null ? "" : `: ${last.detail}`}.`;
  return html`<section class="notice"><p><b>${call.status === "received" ? "Waiting its turn." : "Being heard."}</b> ${where} <span class="quiet">This page fills in by itself; without scripts, load it again.</span></p></section>`;
}

const NOTHING_SAID: Record<CallView["status"], string> = {
  done: "Nobody says anything in this recording.",
  failed: "There is no transcript, since the call could not be heard.",
  held: "There is no transcript while the call is held.",
  received: "The words appear here as soon as they are heard and redacted.",
  processing: "The words appear here as soon as they are heard and redacted.",
};

function nothingSaid(call: CallView): Html {
  return html`<p class="quiet empty">${NOTHING_SAID[call.status]}</p>`;
}

/** How long a call is, for its picture. @returns > 0 */
export function lengthOf(call: Pick<CallView, "duration_ms" | "turns">): number {
  return Math.max(call.duration_ms ?? 0, ...call.turns.map((turn) => turn.end_ms), 1);
}

/** Without scripts the browser's own player; with them one that follows the lines. */
function player({ call, audio, sound }: CallPageView): Html {
  const lengthMs = lengthOf(call);
  const parties = sound?.channels ?? [];
  const waveAt = audio !== null && sound !== null && sound.peaks === null ? addressOf(call, "/wave") : "";
  const controls =
    audio === null
      ? html`<div class="controls"><span>There is no recording to listen to.</span>${legend(call)}</div>`
      : html`<audio controls preload="metadata" src="${audio}"></audio>
<div class="controls scripted" hidden><button class="play primary" type="button" data-do="play" aria-label="Play">▶</button><span><span data-now="1">0:00</span> / ${position(lengthMs)}</span>
<button type="button" data-do="line" title="R">Only this line</button><label class="pick">Speed <select data-rate="1"><option value="0.75">0.75×</option><option value="1" selected>1×</option><option value="1.25">1.25×</option><option value="1.5">1.5×</option><option value="2">2×</option></select></label>${parties.length === 2 && html`<label class="pick">Hear <select data-party="1" data-channels="${parties.join(" ")}"><option value="both" selected>both</option><option value="agent">the agent</option><option value="customer">the customer</option></select></label>`}
<details class="keys-help"><summary>Keys</summary><p class="small"><span class="key">space</span> play <span class="key">J</span> <span class="key">K</span> line by line <span class="key">←</span> <span class="key">→</span> 5 s <span class="key">R</span> only this line <span class="key">+</span> <span class="key">−</span> speed <span class="key">E</span> correct the line</p></details><a class="quiet" href="${audio}&amp;download=1" download>Save</a>${legend(call)}</div>`;
  return html`<section class="card player" aria-label="Recording" data-length="${lengthMs}"><div class="wave" data-wave="${waveAt}">${call.turns.length > 0 || sound?.peaks ? turnStrip(call.turns, lengthMs, sound) : ""}</div>${controls}</section>`;
}

function legend({ turns }: CallView): Html {
  const has = (speaker: string): boolean => turns.some((turn) => turn.speaker === speaker);
  return html`<span class="legend">${has("agent") && html`<span><i class="swatch agent"></i>agent</span>`}${has("customer") && html`<span><i class="swatch customer"></i>customer</span>`}${has("unknown") && html`<span><i class="swatch data"></i>not told apart</span>`}<span><i class="swatch silence"></i>silence</span>${has("agent") && has("customer") && html`<span><i class="swatch overtalk"></i>both at once</span>`}</span>`;
}
