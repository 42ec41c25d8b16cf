// The words of the ledger: places, stages and reasons as a supervisor says them. Pure.
import { ERROR_CATALOGUE, wordTable } from "../../domain/index.ts";
import { channelWord } from "../frame/channel-words.ts";
import { html, urlPart, type Html } from "../frame/html.ts";
import { chip, STAGE_WORDS } from "../frame/words.ts";
import { callAddress } from "../frame/addresses.ts";

export const LEDGER_TABS = ["all", "late", "failed", "held", "announced", "work"] as const;
export type LedgerTab = (typeof LEDGER_TABS)[number];

/** Name of the tab, and what is on it when it is empty. */
export const TAB_WORDS: Record<LedgerTab, { name: string; about: string; none: string }> = {
  all: { name: "All", about: "Every call from its announcement to the CRM, and every other contact with work pending; newest first.", none: "Nothing has arrived in this period." },
  late: { name: "Late", about: "Waits at a stage for longer than that stage usually takes; the longest wait first.", none: "Nothing waits for longer than usual." },
  failed: { name: "Failed", about: "Did not get through by itself: look at the reason, mend the cause, then try again.", none: "Nothing has failed." },
  held: { name: "Held", about: "Not worked on, on purpose: nobody has agreed to it, or somebody said no. It goes on by itself when consent is recorded.", none: "Nothing is held back." },
  announced: { name: "Announced, never delivered", about: "The telephone system told of these calls, and their recordings have not come.", none: "Every announced recording has come." },
  work: { name: "In work", about: "Waits for its turn, is being heard, or is on its way to the CRM.", none: "Nothing is being worked on." },
};

const MORE_STAGES: Record<string, string> = { summarise: "Summary", collect: "Attachment", read: "Reading", hear: "Voice note" };

/** What a stage gives: `Words`, `CRM`, `Summary`. */
export function stageWords(stage: string): string {
  return STAGE_WORDS[stage]?.gives ?? MORE_STAGES[stage] ?? stage;
}

/** Steps in the order of the work. They are shown whether or not they have happened, those of OCCASIONAL only when they have. */
export const CALL_STEPS = ["notify", "fetch", "prepare", "transcribe", "redact", "analyse", "judge", "deliver"] as const;
export const WRITTEN_STEPS = ["notify", "summarise", "deliver"] as const;
export const OCCASIONAL: Record<"call" | "written", string> = { call: "judge", written: "notify" };

const PLACE_CHIPS: Record<string, ["good" | "bad" | "warn" | "", string]> = { done: ["good", "through"], work: ["", "in work"], announced: ["warn", "recording missing"], failed: ["bad", "failed"], held: ["warn", "held"] };

export function placeChip(place: string): Html {
  return chip(...(PLACE_CHIPS[place] ?? ["", place]));
}

/** What went wrong, in words; the code, for whoever asks for help, on hover. @param code null: not known */
export function failureWords(code: string | null): Html {
  const title = ERRORS[code ?? ""]?.title;
  return title === undefined ? html`${code ?? "no reason is known"}` : html`<span title="${code}">${title}</span>`;
}

const ERRORS = wordTable<{ title: string }>(ERROR_CATALOGUE);

/** What trying again can come to, by the error's own advice. */
export const RETRY_WORDS: Record<string, string> = {
  never: "Trying again changes nothing unless the recording itself is another one",
  later: "Earshot tries again by itself",
  after_fix: "Mend the cause first, then try again",
};

/** What pressing "Try again" does, said before it is pressed. */
export function whatHappens(stage: string | null): string {
  if (stage === "deliver") return "The result is sent again under its old message number, so a receiver that has it already can tell; its schedule of attempts begins anew.";
  if (stage === "fetch" || stage === "collect") return "The file is fetched again from where it was announced, with all its attempts.";
  if (stage === null || stage === "notify") return "The stored recording goes through all stages again, as a new revision.";
  return `The stage that stopped (${stageWords(stage)}) runs again with all its attempts; what was done before it is kept.`;
}

/** A long wait: `12 min`, `3 h 10 min`, `2 days 4 h`. @param ms ≥ 0 */
export function waited(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return "under a minute";
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} days${hours % 24 === 0 ? "" : ` ${hours % 24} h`}`;
}

/** Name and, where there is one, address of a contact's own page. */
export function contactLink({ channel, callId, source, customerId }: { channel: string; callId: string; source: string; customerId: string | null }): Html {
  if (channel === "phone") return html`<a class="strong" data-row href="${callAddress({ call_id: callId, source })}"><bdi>${callId}</bdi></a>`;
  const name = html`${channelWord(channel)} <bdi class="tiny quiet">${callId}</bdi>`;
  return customerId === null ? html`<span class="strong">${name}</span>` : html`<a class="strong" data-row href="/customers/${urlPart(customerId)}">${name}</a>`;
}

/** `CRM`, `workflow returns`, `alerts of cancel-threat` */
export function receiverWords(destination: string): string {
  if (destination === "crm") return "the CRM";
  return destination.replace(/^workflow:/, "workflow ").replace(/^alert:/, "alerts of ");
}

export const count = (n: number): string => n.toLocaleString("en-GB");
