// The labelled conversations of test/fixtures/analysis-eval: their shape, how they are read, and what it means that a text says a thing.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { CHANNELS, DIRECTIONS, OUTCOMES, RISK_LEVELS, type AnalysisInput } from "../../../app/domain/index.ts";
import { installationRoot } from "../../../app/platform/index.ts";

export const SPLITS = ["dev", "test"] as const;
export type Split = (typeof SPLITS)[number];

/** Slots that may be labelled, by workflow: the names of this set, mapped to those of config/workflows by the scorer. */
export const SLOTS: Record<string, readonly string[]> = {
  "return-or-refund": ["order_number", "item", "reason", "resolution", "amount", "email", "phone"],
  appointment: ["service", "date", "time", "name", "phone", "email", "place"],
  "address-change": ["name", "account_number", "street", "postcode", "city", "valid_from"],
  complaint: ["subject", "order_number", "since", "wanted", "name", "phone", "email"],
  "card-blocking": ["card_last_four", "block_reason", "name", "date_of_birth", "replacement", "address_confirmed"],
  "sales-lead": ["product", "quantity", "budget", "name", "company", "email", "phone", "callback_date", "callback_time"],
};

const turnId = z.string().regex(/^t[1-9]\d?$/);
const due = z.iso.date().nullable();
/** Word stems or numbers that must all be said; one entry may hold alternatives: `refund|money back`. */
const stems = z.array(z.string().min(1)).min(1);
const party = z.enum(["agent", "customer"]);
const turn = z.strictObject({ id: turnId, speaker: z.enum(["agent", "customer", "bot"]), start_ms: z.int().min(0), end_ms: z.int().min(0), text: z.string().min(1) });

const slots = z.strictObject({ workflow: z.enum(Object.keys(SLOTS)).nullable(), values: z.record(z.string(), z.string().min(1)) });

const labels = z.strictObject({
  topic: z.string().nullable(),
  reason: z.string().nullable(),
  also_accept: z.array(z.string()),
  outcome: z.enum(OUTCOMES),
  sentiment_end: z.enum(["negative", "neutral", "positive"]),
  trend: z.enum(["improving", "worsening", "steady"]),
  key_facts: z.array(z.strictObject({ all_of: stems, turns: z.array(turnId).min(1) })).min(1).max(5),
  action_items: z.array(z.strictObject({ owner: party, about: stems, due })),
  promises: z.array(z.strictObject({ by: party, about: stems, due })),
  intent: z.strictObject({ about: stems }).nullable(),
  escalation_risk: z.enum(RISK_LEVELS),
  churn_risk: z.enum(RISK_LEVELS),
  slots,
});

const conversation = z.strictObject({
  channel: z.enum(CHANNELS),
  language: z.string().length(2),
  started_at: z.iso.datetime(),
  time_zone: z.string(),
  direction: z.enum(DIRECTIONS),
  turns: z.array(turn).min(1).max(40),
  labels,
});

/** Of the folder `forms`: whole conversations of which only the form is labelled. */
const formConversation = conversation.extend({ labels: z.strictObject({ reason: z.string(), slots }) });
export type FormConversation = z.infer<typeof formConversation> & { id: string };

/** A conversation, what is true of it, and its place: `id` is the name of its file, e.g. `phone-01-gym-double-charge`. */
export type LabelledConversation = z.infer<typeof conversation> & { id: string; split: Split };

/** @param folder test/fixtures/analysis-eval. @returns all conversations of a split, by name. @throws ZodError with the path of the mistake */
export function readAnalysisSet(split: Split, folder = join(installationRoot(), "test", "fixtures", "analysis-eval")): LabelledConversation[] {
  return readConversations(`${folder}/${split}`, split);
}

/** @param folder of conversations in the format of the set, such as those that the findings models learn from @returns them by name, as of a split */
export function readConversations(folder: string, split: Split): LabelledConversation[] {
  return readdirSync(folder)
    .sort()
    .map((name) => ({ ...conversation.parse(JSON.parse(readFileSync(`${folder}/${name}`, "utf8"))), id: name.replace(/\.json$/, ""), split }));
}

/** @param folder of conversations of which only the form is labelled @returns them by name. @throws ZodError with the path of the mistake */
export function readFormConversations(folder = join(installationRoot(), "test", "fixtures", "analysis-eval", "forms")): FormConversation[] {
  return readdirSync(folder).sort().map((name) => ({ ...formConversation.parse(JSON.parse(readFileSync(`${folder}/${name}`, "utf8"))), id: name.replace(/\.json$/, "") }));
}

/** @returns what the product gives to an engine for such a conversation */
export function inputOf(one: Omit<LabelledConversation, "labels" | "id" | "split">): AnalysisInput {
  return {
    turns: one.turns.map(({ id, speaker, text, start_ms, end_ms }) => ({ id, speaker, text, startMs: start_ms, endMs: end_ms, confidence: undefined })),
    startedAtMs: Date.parse(one.started_at), timeZone: one.time_zone, language: one.language, durationMs: one.turns.at(-1)?.end_ms ?? 0,
  };
}

/**
 * @param alternatives stems or numbers parted by `|`, any of which will do: `42|forty two|refund`
 * @returns whether a text says one of them. A stem begins a word; a number is a whole one ("3" is not in "30", but it is in "3rd"). Case, accents, apostrophes,
 *   hyphens and thousands commas do not count.
 */
export function says(text: string, alternatives: string): boolean {
  const said = fold(text);
  return alternatives.split("|").map(fold).some((alternative) => said.includes(/\d $/.test(alternative) ? alternative : alternative.trimEnd()));
}

/** Lower-case words with one space around each. */
function fold(text: string): string {
  const plain = text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replace(/['’]/g, "");
  return ` ${plain.replace(/(\d),(?=\d{3}\b)/g, "$1").replace(/(\d)(?:st|nd|rd|th)\b/g, "$1").replace(/[^\p{L}\p{N}]+/gu, " ").trim()} `;
}
