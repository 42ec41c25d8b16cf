// Slots: what the shipped workflows fill in of the labelled conversations, against what was really said. Pure.
import { foldForm, type FilledSlot, type MessageReader, type PreparedWorkflow, type SaidMessage } from "../../../app/analysis/index.ts";
import { seededRandom } from "../interval.ts";
import { says, type LabelledConversation } from "./set.ts";

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

export interface SlotScore {
  right: number;
  /** filled in and not so */
  wrong: number;
  missed: number;
  /** values whose quote is not in the messages that they cite: must be 0 */
  unsupported: number;
  filled: number;
  /** in words, for --show */
  misses: string[];
}

/** @param reason what the engine found, as it begins a workflow · @returns undefined where no workflow is labelled */
export function scoreSlots(one: LabelledConversation, reason: string | null, workflows: readonly PreparedWorkflow[], reader: MessageReader): SlotScore | undefined {
  const wanted = one.labels.slots.workflow === null ? undefined : NAMES[one.labels.slots.workflow];
  const workflow = workflows.find((each) => each.workflow.name === wanted?.workflow);
  if (wanted === undefined || workflow === undefined) return undefined;
  const startMs = Date.parse(one.started_at);
  const messages = one.turns.map(({ id, speaker, text, start_ms }): SaidMessage => ({ id, speaker, text, atMs: startMs + start_ms }));
  const found: Readonly<Record<string, FilledSlot>> = foldForm(workflow, { messages, reasons: reason === null ? [] : [reason] }, reader)?.slots ?? {};
  const score: SlotScore = { right: 0, wrong: 0, missed: 0, unsupported: 0, filled: Object.keys(found).length, misses: [] };
  const compared = new Set<string>();
  for (const [label, slot] of Object.entries(wanted.slots)) {
    const [said, filled] = [one.labels.slots.values[label], found[slot]];
    if (said === undefined) continue;
    compared.add(slot);
    if (filled === undefined) score.missed++;
    else if (isSame(label, said, filled.value)) score.right++;
    else {
      score.wrong++;
      score.missed++;
    }
    if (filled === undefined || !isSame(label, said, filled.value)) score.misses.push(`${slot} ${filled?.value ?? "empty"}, not ${said}`);
  }
  for (const slot of new Set(Object.values(wanted.slots))) {
    if (compared.has(slot) || found[slot] === undefined) continue;
    score.wrong++;
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

function isSame(label: string, said: string, value: string): boolean {
  const plain = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
  if (plain(said) === plain(value) || SAME[said]?.includes(value) === true) return true;
  if (!FREE_TEXT.has(label)) return false;
  const words = said.split(/[\s/]+/).filter((word) => word.length > 2 || /\d/.test(word));
  return words.filter((word) => says(value.replaceAll("_", " "), word)).length * 2 >= Math.max(1, words.length);
}

function isSupported({ quote, evidence }: FilledSlot, { turns }: LabelledConversation): boolean {
  const cited = turns.filter((turn) => evidence.includes(turn.id)).map((turn) => turn.text.toLowerCase());
  return cited.length === evidence.length && cited.some((text) => text.includes(quote.toLowerCase()));
}
