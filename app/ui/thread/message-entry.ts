// A message in the timeline: who, by which channel, what it says, its files and what was read out of them. Pure.
import type { TimelineFile, TimelineMessage } from "../../domain/index.ts";
import { withTokens } from "../call/transcript.ts";
import { html, type Html, type Part } from "../frame/html.ts";
import { position } from "../frame/times.ts";
import { channelName } from "../frame/channel-words.ts";
import { deliveryWords, kindWords, sizeWords } from "./thread-words.ts";
import type { Tools } from "./thread-view.ts";

/** A mail longer than this is folded after its beginning. */
const FOLDED = 700;
const BEGINNING = 420;
/** What was read is shown at once when it is no longer than this. */
const SHORT = 160;

export function messageEntry(message: TimelineMessage, tools: Tools): Html {
  const isOpen = tools.view.open.includes(message.id);
  if (message.what === "event") return html`<div class="happened"><p>${message.text}</p><p class="tiny quiet">${channelName(message.channel)}</p></div>`;
  return html`<div class="bubble ${message.speaker}">${message.subject !== null && html`<p><b>${message.subject}</b></p>`}${words(message, isOpen)}${message.isCut && html`<p class="small"><a href="${whole(message, tools)}">The whole text</a></p>`}
${message.files.map((file) => fileLine(file, message))}${message.read.length > 0 && readParts(message, isOpen, tools)}
<p class="tiny quiet by"><b>${speaker(message)}</b>${[channelName(message.channel), heard(message)].flatMap((one) => (one === null ? [] : [html` · ${one}`]))}${message.status !== null && html` · ${deliveryWords(message.status)}`}</p></div>`;
}

const SPEAKERS: Readonly<Record<TimelineMessage["speaker"], string>> = { agent: "Agent", customer: "Customer", bot: "Assistant", system: "System", unknown: "Not known who" };

function speaker({ speaker: who, agent }: TimelineMessage): string {
  const name = agent?.name ?? agent?.id ?? null;
  return who === "agent" && name !== null ? `Agent ${name}` : SPEAKERS[who];
}

/** `voice note 0:06, heard` */
function heard({ what, durationMs, text }: TimelineMessage): string | null {
  const kind = kindWords(what);
  if (kind === null) return null;
  return durationMs === null ? kind : `${kind} ${position(durationMs)}${text === "" ? "" : ", heard"}`;
}

function words({ text, files, what }: TimelineMessage, isOpen: boolean): Part {
  if (text === "") return files.length === 0 && what !== "voice_note" && html`<p class="missing">Without words</p>`;
  if (text.length <= FOLDED || isOpen) return html`<p class="said">${withTokens(text)}</p>`;
  const cut = text.lastIndexOf(" ", BEGINNING) > BEGINNING / 2 ? text.lastIndexOf(" ", BEGINNING) : BEGINNING;
  return html`<p class="said">${withTokens(text.slice(0, cut))} …</p><details class="rest"><summary>Read on</summary><p class="said">… ${withTokens(text.slice(cut).trimStart())}</p></details>`;
}

function whole({ id }: TimelineMessage, { address }: Tools): string {
  return `${address({ around: id, open: id })}#${id}`;
}

const STATE_WORDS: Readonly<Record<string, string>> = { announced: "on its way", stored: "being looked at", read: "read", failed: "not read" };

/** The name leads to the file, which is saved and never shown at this address. */
function fileLine({ id, name, role, sizeBytes, state, problem }: TimelineFile, message: TimelineMessage): Html {
  const title = name ?? kindWords(role) ?? "file";
  const facts = [kindWords(role), sizeBytes === null ? null : sizeWords(sizeBytes), state === "read" && message.readCount > 0 && role === "document" ? `${message.readCount} ${message.readCount === 1 ? "page" : "pages"}, read` : STATE_WORDS[state]].filter((one) => one !== null && one !== undefined && one !== title);
  const isThere = state === "read" || state === "failed";
  return html`<p class="file">${isThere ? html`<a href="/v1/attachments/${id}" download title="Save the file; who saved it is written down">${title}</a>` : html`<span>${title}</span>`} <span class="quiet small">· ${facts.join(" · ")}</span>${problem !== null && html`<br><span class="small warn-text">${problem}</span>`}</p>`;
}

function readParts(message: TimelineMessage, isOpen: boolean, tools: Tools): Html {
  const [first] = message.read;
  if (message.readCount === 1 && first !== undefined && first.text.length <= SHORT) return html`<p class="small quiet" id="${first.id}">${withTokens(first.text)}</p>`;
  const left = message.readCount - message.read.length;
  const body = html`${message.read.map((part) => html`<div class="part" id="${part.id}"><p class="tiny quiet">${part.page === null ? (kindWords(part.kind) ?? part.kind) : `page ${part.page}`}</p><p class="said">${withTokens(part.text)}${part.isCut && " …"}</p></div>`)}${(left > 0 || (!isOpen && message.read.some((part) => part.isCut))) && html`<p class="small"><a href="${whole(message, tools)}">${left > 0 ? `${left} more` : "All of it"}</a></p>`}`;
  const heading = html`<summary>What was read${message.readCount > 1 && html` (${message.readCount})`}</summary>`;
  return isOpen ? html`<details class="read" open>${heading}${body}</details>` : html`<details class="read">${heading}${body}</details>`;
}
