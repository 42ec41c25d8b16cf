// The house's words for people: a sentence, not a table name. Pure.
import type { AudioWarning, CallStatus, CallSummary, Outcome } from "../../domain/index.ts";
import { html, type Html } from "./html.ts";

type Tone = "good" | "bad" | "warn" | "";

const OUTCOME_WORDS: Record<Outcome, [Tone, string]> = {
  resolved: ["good", "resolved"],
  unresolved: ["warn", "not resolved"],
  escalated: ["bad", "escalated"],
  follow_up: ["warn", "to be followed up"],
  unknown: ["", "outcome not clear"],
};

const STATUS_WORDS: Record<CallStatus, [Tone, string]> = {
  received: ["", "waiting its turn"],
  processing: ["", "being heard"],
  done: ["good", "heard"],
  failed: ["bad", "could not be heard"],
  held: ["warn", "held"],
};

/** The stages as people name them, in the order of the work: what each gives, what it did, what it does. */
export const STAGE_WORDS: Record<string, { gives: string; done: string; doing: string }> = {
  notify: { gives: "Announcement", done: "Announced", doing: "waiting to be announced" },
  fetch: { gives: "Recording", done: "Recording fetched", doing: "fetching the recording" },
  prepare: { gives: "Sound", done: "Sound prepared", doing: "preparing the sound" },
  transcribe: { gives: "Words", done: "Listened to", doing: "listening" },
  redact: { gives: "Redaction", done: "Redacted", doing: "redacting" },
  analyse: { gives: "Findings", done: "Analysed", doing: "analysing" },
  judge: { gives: "Judged anew", done: "Judged anew after a correction", doing: "about to be judged anew" },
  deliver: { gives: "CRM", done: "Sent to the CRM", doing: "sending to the CRM" },
};

/** A line of the ledger as a few words: `Sound prepared`, `Sending to the CRM: retrying`. */
export function entryWords(entry: { stage: string; status: string }): [words: string, status: string | null] {
  const words = STAGE_WORDS[entry.stage];
  if (entry.status === "done") return [words?.done ?? entry.stage, null];
  const doing = words?.doing ?? entry.stage;
  return [capitalised(doing), entry.status];
}

export function chip(tone: Tone, words: string): Html {
  return html`<span class="chip ${tone}">${words}</span>`;
}

export function outcomeChip(outcome: Outcome): Html {
  return chip(...OUTCOME_WORDS[outcome]);
}

/** `not resolved` */
export function outcomeWords(outcome: Outcome): string {
  return OUTCOME_WORDS[outcome][1];
}

export function statusChip(status: CallStatus): Html {
  return chip(...STATUS_WORDS[status]);
}

/** Status of a finished call is its outcome; of any other, where it is. */
export function stateChip(call: Pick<CallSummary, "status" | "outcome">): Html {
  return call.status === "done" && call.outcome !== null ? outcomeChip(call.outcome) : statusChip(call.status);
}

/** `billing.double_charge` → `billing · double charge` */
export function reasonWords(reason: string): string {
  return reason.replaceAll("_", " ").replaceAll(".", " · ");
}

/**
 * What a contact or conversation is called: `Billing: double charge`. The reason is said only where it belongs to the topic, which a language model may word in
 * its own way; a list in which every second row is called "Billing" cannot be read.
 * @returns undefined when neither is known
 */
export function matterTitle(topic: string | null, reason: string | null): string | undefined {
  if (topic === null) return reason === null ? undefined : capitalised(reasonWords(reason));
  const [of = "", ...rest] = (reason ?? "").replaceAll("_", " ").split(".");
  const belongs = rest.length > 0 && of !== "" && topic.toLowerCase().startsWith(of);
  return belongs ? `${topic}: ${rest.join(" · ")}` : topic;
}

/** `Ana · 201`; undefined when nothing is known */
export function agentWords(agent: CallSummary["agent"]): string | undefined {
  const known = [agent?.name, agent?.id].filter((word): word is string => word !== null && word !== undefined && word !== "");
  return known.length === 0 ? undefined : known.join(" · ");
}

export const DIRECTION_WORDS: Record<CallSummary["direction"], string> = { inbound: "incoming", outbound: "outgoing", internal: "internal", unknown: "direction not known" };

/** What is wrong with a recording, in a few words. */
export const WARNING_WORDS: Record<AudioWarning["code"], string> = {
  dual_mono: "Two channels, one sound",
  silent_channel: "One party is missing",
  clipping: "The sound is cut off",
  level_imbalance: "One party is much quieter",
  swapped_legs: "Agent and customer may be swapped",
};

/** The first letter large. */
export function capitalised(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
