// Slots: what the shipped workflows fill in of the labelled conversations, against what was really said. Pure but for what an encoder is asked.
import { checkProposals, encodeMessage, foldForm, proposeEncoded, type Encoder, type FilledSlot, type MessageReader, type PreparedWorkflow, type SaidMessage, type Slot } from "../../../app/analysis/index.ts";
import { fold } from "../../../app/analysis/text/fold.ts";
import { isFunctionWord } from "../../../app/analysis/text/function-words.ts";
import { lineOf } from "../../../app/analysis/workflows/message.ts";
import { readValues } from "../../../app/analysis/workflows/values/read-values.ts";
import { diallablePhone, type Analysis } from "../../../app/domain/index.ts";
import { seededRandom } from "../interval.ts";
import { says, type FormConversation } from "./set.ts";

/** Names of the set → names of config/workflows. Slots that only one of both has are not compared. */
const NAMES: Readonly<Record<string, { workflow: string; slots: Readonly<Record<string, string>> }>> = {
  "return-or-refund": { workflow: "returns", slots: { order_number: "order_number", item: "item", reason: "reason", resolution: "resolution" } },
  appointment: { workflow: "appointment", slots: { service: "service", date: "date", time: "time", name: "name", phone: "phone" } },
  "address-change": { workflow: "address_change", slots: { account_number: "customer_number", street: "new_address", city: "new_address", postcode: "postcode", valid_from: "valid_from" } },
  complaint: { workflow: "complaint", slots: { subject: "description", order_number: "reference", since: "incident_date", phone: "phone", email: "email" } },
  "card-blocking": { workflow: "card_blocking", slots: { card_last_four: "card_last_four", block_reason: "incident", name: "name", replacement: "replacement" } },
  "sales-lead": { workflow: "sales_lead", slots: { product: "interest", name: "name", company: "company", email: "email", phone: "phone", budget: "budget", callback_date: "callback_date" } },
};
/** Words of the set for values of the workflows. */
const SAME: Readonly<Record<string, readonly string[]>> = { fraud: ["misused"], exchange: ["replacement"], repair: ["replacement"] };
const FREE_TEXT = new Set(["item", "reason", "subject", "wanted", "service", "product", "place", "street", "city"]);

/** What is needed of a labelled conversation. */
type WithForm = Omit<FormConversation, "labels"> & { labels: Pick<FormConversation["labels"], "slots"> };

export interface SlotScore {
  right: number;
  /** filled in and not so */
  wrong: number;
  missed: number;
  /** values whose quote is not in the messages that they cite: must be 0 */
  unsupported: number;
  filled: number;
  /** by the workflow's slot */
  bySlot: Record<string, SlotCount>;
  /** in words, for --show */
  misses: string[];
}

export interface SlotCount {
  right: number;
  wrong: number;
  missed: number;
}

/** @param found what the engine found of it, as it begins a workflow · @returns undefined where no workflow is labelled */
export async function scoreSlots(one: WithForm, { reason, likely_reasons: likely }: Pick<Analysis, "reason" | "likely_reasons">, workflows: readonly PreparedWorkflow[], { reader, encoder }: { reader: MessageReader; encoder: Encoder | undefined }, country: string): Promise<SlotScore | undefined> {
  const wanted = one.labels.slots.workflow === null ? undefined : NAMES[one.labels.slots.workflow];
  const workflow = workflows.find((each) => each.workflow.name === wanted?.workflow);
  if (wanted === undefined || workflow === undefined) return undefined;
  const startMs = Date.parse(one.started_at);
  const messages = one.turns.map(({ id, speaker, text, start_ms }): SaidMessage => ({ id, speaker, text, atMs: startMs + start_ms }));
  if (encoder !== undefined && one.language === "en") for (const [at, message] of messages.entries()) messages[at] = { ...message, encoding: await encodeMessage(encoder, messages[at - 1], message) };
  const { slots: proposals } = checkProposals(workflow, messages, proposeEncoded(workflow, messages, reader), reader);
  const found: Readonly<Record<string, FilledSlot>> = foldForm(workflow, { messages, reasons: reason === null ? [] : [reason], likely: likely === undefined ? [] : [likely], proposals }, reader)?.slots ?? {};
  const score: SlotScore = { right: 0, wrong: 0, missed: 0, unsupported: 0, filled: Object.keys(found).length, bySlot: {}, misses: [] };
  const count = (slot: string, what: keyof SlotCount): void => {
    score[what]++;
    (score.bySlot[`${workflow.workflow.name}.${slot}`] ??= { right: 0, wrong: 0, missed: 0 })[what]++;
  };
  const compared = new Set<string>();
  for (const [label, slot] of Object.entries(wanted.slots)) {
    const [said, filled, rules] = [one.labels.slots.values[label], found[slot], workflow.workflow.slots[slot]];
    if (said === undefined || rules === undefined) continue;
    compared.add(slot);
    if (filled !== undefined && isSame(label, said, filled.value, rules, country)) {
      count(slot, "right");
      continue;
    }
    if (filled !== undefined) count(slot, "wrong");
    count(slot, "missed");
    score.misses.push(`${slot} ${filled?.value ?? "empty"}, not ${said}`);
  }
  for (const slot of new Set(Object.values(wanted.slots))) {
    if (compared.has(slot) || found[slot] === undefined) continue;
    count(slot, "wrong");
    score.misses.push(`${slot} ${found[slot].value}, said by nobody`);
  }
  for (const filled of Object.values(found)) if (!isSupported(filled, one)) score.unsupported++;
  return score;
}

/** F1 over all slots of all conversations, with the interval of drawing the conversations again. */
export function slotF1(scores: readonly SlotScore[]): { f1: number; low: number; high: number } {
  const of = (list: readonly SlotScore[]): number => {
    const [right, wrong, missed] = (["right", "wrong", "missed"] as const).map((key) => list.reduce((sum, one) => sum + one[key], 0));
    return (2 * (right ?? 0)) / Math.max(1, 2 * (right ?? 0) + (wrong ?? 0) + (missed ?? 0));
  };
  const random = seededRandom(20_261);
  const drawn = Array.from({ length: 2000 }, () => of(scores.map(() => scores[Math.floor(random() * scores.length)] as SlotScore))).sort((a, b) => a - b);
  return { f1: of(scores), low: drawn[50] ?? 0, high: drawn[1949] ?? 0 };
}

/** Equal in meaning: the labels write values as people do, the product in its normal forms. A different number, person or choice is never the same. */
function isSame(label: string, said: string, value: string, slot: Slot, country: string): boolean {
  const plain = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
  if (plain(said) === plain(value) || SAME[said]?.includes(value) === true) return true;
  // "07700 900142" is +447700900142 to whoever dials it in Britain
  if (slot.type === "phone") return (diallablePhone(said, country, true) ?? plain(said)) === value;
  // "50.00 GBP", "50 GBP" and "200 a month": the sum, and the currency where the label names one
  if (slot.type === "amount") return Number.parseFloat(said) === Number.parseFloat(value) && (!/[A-Z]{3}$/.test(said) || said.slice(-3) === value.slice(-3));
  // "Mrs Gloria Bennett-Clarke" and "Gloria Bennett-Clarke" are one person
  if (slot.type === "name") return plain(said.replace(TITLE, "")) === plain(value.replace(TITLE, ""));
  // labels say the reason in words of the conversation: they mean what the enum's own words say that they mean
  if (slot.type === "enum") return readValues(lineOf(said.replaceAll("_", " ")), slot, { country, today: "2026-01-01" }, false)[0]?.value === value;
  if (!FREE_TEXT.has(label)) return false;
  // half of the label's own words; "spaying" is said by "spayed"
  const words = said.split(/[\s/,-]+/).filter((word) => (word.length > 2 || /\d/.test(word)) && !isFunctionWord(word.toLowerCase()));
  const stems = new Set(lineOf(value).stems);
  return words.filter((word) => says(value.replaceAll("_", " "), word) || stems.has(fold(word.toLowerCase()))).length * 2 >= Math.max(1, words.length);
}

const TITLE = /^(?:(?:mr|mrs|ms|miss|dr|engr|prof)\.? )+/i;

function isSupported({ quote, evidence }: FilledSlot, { turns }: WithForm): boolean {
  const cited = turns.filter((turn) => evidence.includes(turn.id)).map((turn) => turn.text.toLowerCase());
  return cited.length === evidence.length && cited.some((text) => text.includes(quote.toLowerCase()));
}
