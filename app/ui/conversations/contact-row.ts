// One contact in a list: when, what about and how it ended, with whom, in which mood, how long. Pure.
import { channelName } from "../frame/channel-words.ts";
import { formatDuration, groupedPhone, MESSAGES_COUNTED, MOOD_FROM, toRfc3339, type ContactView } from "../../domain/index.ts";
import { html, urlPart, type Html } from "../frame/html.ts";
import type { Times } from "../frame/times.ts";
import { agentWords, chip, DIRECTION_WORDS, matterTitle, outcomeChip, statusChip } from "../frame/words.ts";
import { feeling } from "../call/call-findings.ts";
import { callAddress } from "../frame/addresses.ts";

const STATUS_WORDS: Record<string, ["warn" | "good" | "", string]> = { open: ["warn", "open"], waiting: ["", "waiting for the customer"], resolved: ["good", "matter resolved"] };

/** What every row of a list is drawn with. */
export interface RowParts {
  times: Times;
  /** `YYYY-MM-DD` where the site is */
  today: string;
  /** the order is another one than that of time, so that each row says its day */
  isMixed: boolean;
}

/** Where a contact is read: the page of the call, else the thread of the customer at the line. @returns null where nobody knows whose it is */
export function contactAddress(contact: Pick<ContactView, "channel" | "call_id" | "source" | "customer_id" | "session_id">, messageId?: string): string | null {
  const line = messageId === undefined ? "" : `#${messageId}`;
  if (contact.channel === "phone") return `${callAddress(contact)}${line}`;
  return contact.customer_id === null ? null : `/customers/${urlPart(contact.customer_id)}?session=${urlPart(contact.session_id)}${line}`;
}

/** @param below instead of the summary: what was found in it */
export function contactRow(contact: ContactView, { times, today, isMixed }: RowParts, below?: Html): Html {
  const isCall = contact.channel === "phone";
  const at = toRfc3339(contact.atMs);
  const address = contactAddress(contact, isCall ? undefined : contact.last?.id);
  const headline = matterTitle(contact.topic, contact.reason) ?? (isCall && contact.state !== "done" ? `Call ${contact.call_id}` : "No topic stands out");
  const who = [channelName(contact.channel), isCall && contact.direction !== "unknown" && DIRECTION_WORDS[contact.direction], agentWords(contact.agent), contact.queue].filter((word): word is string => typeof word === "string" && word !== "");
  return html`<li class="call-row contact"><span class="when">${isMixed ? times.moment(at) : times.clock(at)}</span>
<div class="what"><p>${address === null ? html`<span class="strong">${headline}</span>` : html`<a class="whole" href="${address}" data-row>${headline}</a>`} ${signs(contact, today)}</p>${below ?? words(contact)}</div>
<div class="who"><p><bdi>${contact.customer === null ? "Customer not known" : groupedPhone(contact.customer)}</bdi></p><p class="quiet small">${who.join(" · ")}</p></div>
<p class="mood small">${mood(contact)}</p>
<p class="length small">${contact.length_ms !== null && isCall && html`${formatDuration(contact.length_ms)} <br>`}${contact.messages > 0 && html`<span class="quiet">${howMany(contact.messages, isCall ? "line" : "message")}</span>`}</p></li>`;
}

const howMany = (n: number, one: string): string => `${n > MESSAGES_COUNTED ? `${MESSAGES_COUNTED}+` : n} ${one}${n === 1 ? "" : "s"}`;

/** How it ended, how the matter stands, and what somebody should look at. */
function signs(contact: ContactView, today: string): Html {
  const state = contact.channel === "phone" && contact.state !== "done" ? statusChip(contact.state) : contact.outcome !== null && outcomeChip(contact.outcome);
  const matter = contact.status === null ? undefined : STATUS_WORDS[contact.status];
  const isDue = contact.due !== null && contact.due <= today && contact.status !== null && contact.status !== "resolved";
  const isSaid = contact.outcome === "resolved" && contact.status === "resolved"; // once is enough
  return html`${state} ${matter !== undefined && !isSaid && chip(...matter)} ${isDue && chip("bad", `promised for ${dayWords(contact.due ?? "")}`)} ${contact.alerts.map((alert) => (alert.holds ? chip("bad", `alert: ${alert.label}`) : chip("", `alert, no longer so: ${alert.label}`)))}`;
}

/** `2026-11-03` → `3 Nov`; a day has no time zone. What is no date stays as it is. */
function dayWords(date: string): string {
  const at = Date.parse(`${date}T00:00:00Z`);
  return Number.isNaN(at) ? date : new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" }).format(at);
}

/** The summary, else the last words, else why there is nothing. */
function words({ problem, summary, last }: ContactView): Html | false {
  if (problem !== null) return html`<p class="quiet clip">${problem}</p>`;
  if (summary !== null && summary !== "") return html`<p class="quiet clip">${summary}</p>`;
  return last !== null && last.text !== "" && html`<p class="quiet clip"><span class="label">${SPEAKER_WORDS[last.speaker] ?? "Last"}:</span> ${last.text}</p>`;
}

const SPEAKER_WORDS: Record<string, string> = { agent: "Agent", customer: "Customer", bot: "Bot", system: "Earshot", unknown: "Somebody" };

function mood({ mood_start: start, mood_end: end }: ContactView): Html {
  if (end === null) return html`<span class="missing">no mood</span>`;
  const tone = end < -MOOD_FROM ? "bad" : end > MOOD_FROM ? "good" : "plain";
  return html`<span title="The customer's mood, −1 bad … 1 good: ${start === null ? "" : `${start.toFixed(2)} → `}${end.toFixed(2)}">${start !== null && html`<span class="quiet">${feeling(start)} → </span>`}<b class="${tone}">${feeling(end)}</b></span>`;
}
