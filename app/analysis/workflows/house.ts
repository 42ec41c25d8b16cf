// What an agent or bot does to a form: asks for slots, and says values that the customer may confirm. Pure.
import type { Line } from "./message.ts";
import { bare, isDenied, type PreparedWorkflow, type ReadMessage } from "./reader.ts";

/** A value that the house said; a "yes" right after it makes it the customer's. */
export interface Proposal {
  value: string;
  quote: string;
  messageId: string;
}

/** What a message of the house left behind for the answer. */
export interface HouseTurn {
  messageId: string;
  asked: ReadonlySet<string>;
  /** values of slots of which it named exactly one, where an answer would be about it */
  proposals: ReadonlyMap<string, Proposal>;
  read: ReadMessage;
}

const REQUEST = /\?\s*["'”’)]*$|\b(?:can|could|may|would) (?:i|you|we)\b|\b(?:what|which|when|where|who|whose|how much|how many)\b|\b(?:tell|give|send|share|confirm|provide|enter|type|let me have|i need|i will need|we need|please|take your|grab your)\b/i;
/** A question that is about what was said before it. */
const CONFIRMS = /\b(?:right|correct|confirm|confirmed|ok|work|works|suit|suits|good|fine|happy|is that|would that|shall i|agree|still)\b/;
/** Types that mean nothing without their name: only a labelled number of the house is a proposal. */
const NEEDS_LABEL: ReadonlySet<string> = new Set(["number", "amount", "name", "reference", "boolean", "postcode"]);

export function readHouse(read: ReadMessage, messageId: string, { slots }: PreparedWorkflow): HouseTurn {
  const asked = new Set<string>();
  const questions = read.lines.flatMap((line, at) => (isQuestion(line) ? [at] : []));
  const said = new Set(read.lines.map((line) => bare(line.text)));
  // by a word of the slot, or by the question of the definition, word for word: the bot took it from the context
  for (const slot of slots) if (said.has(slot.question) || read.keywords(slot).some((places, at) => places.length > 0 && REQUEST.test(read.lines[at]?.text ?? ""))) asked.add(slot.name);
  const last = questions.at(-1);
  const proposals = new Map<string, Proposal>();
  for (const slot of slots) {
    if (slot.slot.type === "text") continue;
    const labelled = read.keywords(slot);
    const rivals = slots.filter((other) => other.slot.type === slot.slot.type);
    const found = read.values(slot, false).flatMap((list, at) => list.filter(() => (labelled[at]?.length ?? 0) > 0 || (rivals.length === 1 && !NEEDS_LABEL.has(slot.slot.type))).map((one) => ({ ...one, at })));
    const [first] = found;
    const line = first && read.lines[first.at];
    if (first === undefined || line === undefined || isDenied(line, first.from) || found.some((one) => one.value !== first.value)) continue;
    const isAsked = last === undefined || found.some((one) => one.at === last) || CONFIRMS.test(read.lines[last]?.line ?? "");
    if (isAsked) proposals.set(slot.name, { value: first.value, quote: line.text.slice(line.tokens[line.plain[first.from]?.from ?? 0]?.start, line.tokens[(line.plain[first.to - 1]?.to ?? 1) - 1]?.end), messageId });
  }
  return { messageId, asked, proposals, read };
}

function isQuestion({ text, line }: Line): boolean {
  return /\?\s*["'”’)]*$/.test(text) || /^(?:can|could|may|would|what|which|when|where|who|how|is|are|do|does|did|will|shall|have) /.test(line);
}
