// What an agent or bot does to a form: asks for slots, says values that the customer may confirm, and settles what is the house's to settle. Pure.
import { isErrand } from "./asides.ts";
import { quoteOf, type Line } from "./message.ts";
import { bare, isDenied, type PreparedSlot, type PreparedWorkflow, type ReadMessage } from "./reader.ts";
import { readAddressed } from "./values/names.ts";
import type { Reading } from "./values/value.ts";

/** A value that the house said; a "yes" right after it makes it the customer's. */
export interface Proposal {
  value: string;
  quote: string;
  messageId: string;
  /** of a day: a weekday alone, 0 is Sunday */
  weekday?: number;
}

/** What a message of the house left behind for the answer. */
export interface HouseTurn {
  messageId: string;
  asked: ReadonlySet<string>;
  /** values of slots of which it named exactly one, where an answer would be about it */
  proposals: ReadonlyMap<string, Proposal>;
  /** values that it said as done, of slots in which the house's word counts */
  stated: ReadonlyMap<string, Proposal>;
  read: ReadMessage;
}

const REQUEST = /\?\s*["'”’)]*$|\b(?:can|could|may|would) (?:i|you|we)\b|\b(?:what|which|when|where|who|whose|how much|how many)\b|\b(?:tell|give|send|share|confirm|provide|enter|type|let me have|i need|i will need|we need|please|take your|grab your)\b/i;
/** A question that is about what was said before it. */
const CONFIRMS = /\b(?:right|correct|confirm|confirmed|ok|work|works|suit|suits|good|fine|happy|is that|would that|shall i|agree|still)\b/;
/** Types that mean nothing without their name: only a labelled number of the house is a proposal. */
const NEEDS_LABEL: ReadonlySet<string> = new Set(["number", "amount", "name", "organisation", "reference", "boolean", "postcode"]);
/** What is offered, supposed or ruled out is not done. */
const IS_OPEN = /\b(?:says here|ran out|expired|can|could|would|should|might|if|unless|or|either|whether|not|never|cannot|no|reply|full|closed|was|were|had|before|until|till|next (?:\w+ )?(?:slot|one|appointment|free|available)|does not|only)\b/;

export function readHouse(read: ReadMessage, messageId: string, { slots }: PreparedWorkflow): HouseTurn {
  const asked = new Set<string>();
  const questions = read.lines.flatMap((line, at) => (isQuestion(line) ? [at] : []));
  const said = new Set(read.lines.map((line) => bare(line.text)));
  // by a word of the slot, or by the question of the definition, word for word: the bot took it from the context
  for (const slot of slots) if (said.has(slot.question) || read.keywords(slot).some((places, at) => places.some((place) => !isWithinOther(place, at, slot, read, slots)) && REQUEST.test(read.lines[at]?.text ?? ""))) asked.add(slot.name);
  const last = questions.at(-1);
  const proposals = new Map<string, Proposal>();
  const stated = new Map<string, Proposal>();
  for (const slot of slots) {
    const found = booked(valuesOf(read, slot, slots), slot, read, slots);
    const [first] = found;
    const line = first && read.lines[first.at];
    if (first !== undefined && line !== undefined && !isDenied(line, first.from) && found.every((one) => one.value === first.value)) {
      const proposal = { value: first.value, quote: quoteOf(line, first.from, first.to), messageId, ...(first.weekday === undefined ? {} : { weekday: first.weekday }) };
      const isAsked = last === undefined ? slot.slot.type !== "enum" || slot.slot.house : found.some((one) => one.at === last) || CONFIRMS.test(read.lines[last]?.line ?? "");
      const isErrandOnly = !isQuestion(line) && found.every((one) => isErrandFor(slot, one.at, read));
      if (isAsked && !isErrandOnly) proposals.set(slot.name, proposal);
      if (slot.slot.house && found.some((one) => isDone(read.lines[one.at] as Line) && !isErrandFor(slot, one.at, read))) stated.set(slot.name, proposal);
    }
    const whom = slot.slot.house && slot.slot.type === "name" ? addressed(read) : undefined;
    if (whom !== undefined && !stated.has(slot.name)) stated.set(slot.name, { ...whom, messageId });
  }
  return { messageId, asked, proposals, stated, read };
}

/** "Patch test Wednesday, and Saturday the first of August, nine o'clock": of several days (or times) the one that stands beside a time (or day). */
function booked(found: readonly Placed[], { slot }: PreparedSlot, read: ReadMessage, slots: readonly PreparedSlot[]): readonly Placed[] {
  const partner = slot.type === "date" ? "time" : slot.type === "time" ? "date" : undefined;
  if (partner === undefined || found.every((one) => one.value === found[0]?.value)) return found;
  const others = slots.filter((other) => other.slot.type === partner);
  const beside = found.filter((one) => others.some((other) => (read.values(other, false)[one.at] ?? []).some(({ from, to }) => Math.min(Math.abs(from - one.to), Math.abs(one.from - to)) <= 2)));
  return beside.length > 0 && beside.every((one) => one.value === beside[0]?.value) ? beside : found;
}

function isErrandFor(slot: PreparedSlot, at: number, read: ReadMessage): boolean {
  return !read.knowsMoments(slot) && isErrand(read.lines[at] as Line, slot.slot.type) && (read.keywords(slot)[at]?.length ?? 0) === 0;
}

/** "The name of the company" asks for the company: the longer phrase of another slot is what is meant. */
function isWithinOther(place: { from: number; to: number }, at: number, slot: PreparedSlot, read: ReadMessage, slots: readonly PreparedSlot[]): boolean {
  return slots.some((other) => other !== slot && (read.keywords(other)[at] ?? []).some((one) => one.from <= place.from && one.to >= place.to && one.to - one.from > place.to - place.from));
}

type Placed = Reading & { at: number };

/** From so likely a day or a time of the house is what the slot is about. */
const MOMENT = 0.3;

/** What it says of a slot: where the type alone does not tell, only beside the slot's name; of names, whom it asks after ("is that Mr Hussain?"). */
function valuesOf(read: ReadMessage, slot: PreparedSlot, slots: readonly PreparedSlot[]): Placed[] {
  if (slot.slot.type === "text") return slot.slot.house ? read.things(slot, false).flatMap((list, at) => list.filter((one) => one.isKnown && one.isGuess !== true && (one.isTagged === true || !isFirm(one.value))).slice(0, 1).map((one) => ({ ...one, at }))).slice(0, 1) : [];
  if (slot.slot.type === "name") return read.values(slot, true).flatMap((list, at) => (isQuestion(read.lines[at] as Line) && /\b(?:is (?:it|that|this)|it is|it's|speaking (?:to|with))\b/i.test(read.lines[at]?.text ?? "") ? list.map((one) => ({ ...one, at })) : []));
  const labelled = read.keywords(slot);
  const rivals = slots.filter((other) => other.slot.type === slot.slot.type);
  if (read.knowsMoments(slot)) return read.values(slot, false).flatMap((list, at) => list.filter((one) => (read.chanceOf(slot, at, one, false) ?? 0) >= MOMENT).map((one) => ({ ...one, at })));
  return read.values(slot, false).flatMap((list, at) => list.filter(() => (labelled[at]?.length ?? 0) > 0 || ((rivals.length === 1 || slot.slot.type === "enum") && !NEEDS_LABEL.has(slot.slot.type) && (slot.anywhere || slot.slot.type !== "date"))).map((one) => ({ ...one, at })));
}

/** "Nurse line", "Moorside Physio": what the house writes with a capital is its own name; "MOT" is none. */
function isFirm(value: string): boolean {
  return /\p{Lu}\p{Ll}/u.test(value);
}

function addressed(read: ReadMessage): { value: string; quote: string } | undefined {
  const [found] = read.lines.flatMap((line) => readAddressed(line) ?? []);
  const line = read.lines.find((one) => found !== undefined && readAddressed(one)?.value === found.value);
  return found === undefined || line === undefined ? undefined : { value: found.value, quote: quoteOf(line, found.from, found.to) };
}

function isDone(line: Line): boolean {
  return !/\?\s*["'”’)]*$/.test(line.text) && !IS_OPEN.test(line.line);
}

function isQuestion({ text, line }: Line): boolean {
  return /\?\s*["'”’)]*$/.test(text) || /^(?:can|could|may|would|what|which|when|where|who|how|is|are|do|does|did|will|shall|have) /.test(line);
}
