// Reads each message once: its sentences, and what stands in them for each slot. Kept in memory, since a conversation is folded again with every message.
import { localDay } from "../facts/calendar.ts";
import type { Slot, Workflow } from "./definition.ts";
import { findPhrases, linesOf, readPhrase, type Line, type PhraseWords, type SaidMessage } from "./message.ts";
import type { Reading, Surroundings } from "./values/value.ts";
import { heedsAsked, readValues } from "./values/read-values.ts";
import { chanceOfMoment, learnedChoice, learnedThings, type Choice } from "./learned/read-slots.ts";
import { isMomentType } from "./learned/moments.ts";
import { readEncoded, type EncodedMessage } from "./learned/encoded-message.ts";
import { roleChances, type RoleChance } from "./learned/role-chances.ts";
import type { SlotsModel } from "./learned/slots-model.ts";
import { readThings } from "./values/things.ts";

/** Where a site is. */
export interface Site {
  country: string;
  timeZone: string;
}

/** A slot with its phrases ready. */
export interface PreparedSlot {
  name: string;
  slot: Slot;
  keywords: readonly PhraseWords[];
  /** what the house asks for it, without capitals and marks */
  question: string;
  /** equal for slots that read the same values in every sentence */
  reads: string;
  /** what a text slot is about: names of it, and phrases that stand before and behind it */
  names: readonly PhraseWords[];
  after: readonly PhraseWords[];
  before: readonly PhraseWords[];
  /** true when the value counts wherever it stands */
  anywhere: boolean;
}

/** A workflow with its phrases ready. */
export interface PreparedWorkflow {
  workflow: Workflow;
  begins: readonly PhraseWords[];
  /** two that a sentence of the customer says, or three or more that a message of anybody says, begin it too */
  said: readonly (readonly { slot: PreparedSlot; value?: string }[])[];
  intents: ReadonlySet<string>;
  slots: readonly PreparedSlot[];
}

/** A message that was read. Everything in it is worked out when it is first asked for. */
export interface ReadMessage {
  message: SaidMessage;
  lines: readonly Line[];
  around: Surroundings;
  /** what an encoder made of it; undefined where none has read it */
  encoded: EncodedMessage | undefined;
  begins(workflow: PreparedWorkflow): boolean;
  /** phrases that begin the workflow and stand here, whoever says them; of those that overlap, the longest */
  signs(workflow: PreparedWorkflow): readonly string[];
  /** values by sentence */
  values(slot: PreparedSlot, asked: boolean): readonly (readonly Reading[])[];
  /** what a text slot is about, by sentence */
  things(slot: PreparedSlot, asked: boolean): readonly (readonly Reading[])[];
  /** whether a sentence names a thing that the site lists */
  listed(slot: PreparedSlot): readonly boolean[];
  /** 0…1: that a day, a time or a sum of a sentence is what the slot is about, as a trained model judges it; undefined without one */
  chanceOf(slot: PreparedSlot, at: number, one: Pick<Reading, "from" | "to">, asked: boolean): number | undefined;
  /** whether a trained model tells what days, times or sums are about */
  knowsMoments(slot: PreparedSlot): boolean;
  /** which value the message chooses, as a trained model judges it; undefined without one, null when none */
  choice(slot: PreparedSlot, asked: boolean, house: ReadMessage | undefined): Choice | null | undefined;
  /** places of the slot's keywords, by sentence */
  keywords(slot: PreparedSlot): readonly (readonly { from: number; to: number }[])[];
}

/** Types that cannot be mistaken for something else: they count wherever they stand, when a workflow has one slot of the type. */
const UNMISTAKABLE: ReadonlySet<string> = new Set(["email", "iban", "enum", "name", "organisation"]);

export function prepareWorkflow(workflow: Workflow): PreparedWorkflow {
  const slots = Object.entries(workflow.slots);
  const prepared = slots.map(([name, slot]): PreparedSlot => ({
    name, slot,
    keywords: [...new Set([name.replaceAll("_", " "), ...slot.keywords])].map(readPhrase),
    question: bare(slot.ask),
    reads: JSON.stringify({ ...slot, ask: undefined, keywords: undefined, required: undefined, required_when: undefined }),
    names: slot.names.map(readPhrase),
    after: slot.after.map(readPhrase),
    before: slot.before.map(readPhrase),
    anywhere: slot.anywhere ?? (slots.filter(([, other]) => other.type === slot.type).length === 1 && (UNMISTAKABLE.has(slot.type) || (slot.type === "reference" && slot.pattern !== undefined)) || slot.type === "enum"),
  }));
  return {
    workflow,
    begins: workflow.begins.phrases.map(readPhrase),
    said: workflow.begins.said.map((group) => group.flatMap((what) => {
      const [name, value] = what.split("=");
      return prepared.filter((one) => one.name === name).map((slot) => ({ slot, ...(value === undefined ? {} : { value }) }));
    })),
    intents: new Set([workflow.name, ...workflow.begins.intents].map((text) => text.toLowerCase())),
    slots: prepared,
  };
}

/** Messages that stay read: those of a conversation in which something came late. */
const KEPT = 2_000;

export interface MessageReader {
  read(message: SaidMessage): ReadMessage;
}

/** @param model what trained models know of slots; without it patterns and phrases alone read */
export function createMessageReader(site: Site, model?: SlotsModel): MessageReader {
  const kept = new Map<string, ReadMessage>();
  return {
    read(message) {
      const known = kept.get(message.id);
      if (known !== undefined && known.message.text === message.text && known.message.atMs === message.atMs && known.message.speaker === message.speaker && known.message.encoding === message.encoding) {
        kept.delete(message.id);
        kept.set(message.id, known);
        return known;
      }
      const fresh = readMessage(message, site, model);
      kept.set(message.id, fresh);
      if (kept.size > KEPT) kept.delete(kept.keys().next().value ?? "");
      return fresh;
    },
  };
}

function readMessage(message: SaidMessage, site: Site, model: SlotsModel | undefined): ReadMessage {
  const isHouse = message.speaker === "agent" || message.speaker === "bot";
  const lines = linesOf(message.text);
  const encoded = message.encoding === undefined ? undefined : readEncoded(message.encoding);
  let starts: readonly number[] | undefined;
  const encodedAt = (at: number, role: string | undefined): RoleChance[] | undefined =>
    encoded === undefined || role === undefined ? undefined : roleChances(encoded, lines[at] as Line, (starts ??= startsOf(message.text, lines))[at] ?? 0, role);
  let around: Surroundings | undefined;
  const begun = new Map<PreparedWorkflow, boolean>();
  const signs = new Map<PreparedWorkflow, readonly string[]>();
  type Found = Partial<Record<"asked" | "free", readonly (readonly Reading[])[]>>;
  const values = new Map<string, Found>();
  const places = new Map<PreparedSlot, readonly (readonly { from: number; to: number }[])[]>();
  const things = new Map<PreparedSlot, Found>();
  const choices = new Map<string, Choice | null>();
  const listed = new Map<PreparedSlot, readonly boolean[]>();
  return {
    message, lines, encoded,
    get around() {
      return (around ??= { country: site.country, today: localDay(message.atMs, site.timeZone) });
    },
    begins(workflow) {
      const isSaid = (_line: Line, at: number): boolean => workflow.said.some((group) => group.length === 2 && group.every((one) => says(this, one, at)));
      return remembered(begun, workflow, () => (!isHouse && (this.signs(workflow).length > 0 || lines.some(isSaid))) || workflow.said.some((group) => group.length > 2 && group.every((one) => lines.some((_line, at) => says(this, one, at)))));
    },
    signs: (workflow) => remembered(signs, workflow, () => lines.flatMap((line) => signsIn(line, workflow))),
    values(slot, asked) {
      const of = remembered(values, slot.reads, (): Found => ({}));
      return (of[asked && heedsAsked(slot.slot) ? "asked" : "free"] ??= lines.map((line) => readValues(line, slot.slot, this.around, asked)));
    },
    things(slot, asked) {
      const head = model?.spans[slot.slot.learned ?? ""];
      const of = remembered(things, slot, (): Found => ({}));
      return (of[asked && head !== undefined ? "asked" : "free"] ??= lines.map((line, at) => (head === undefined ? readThings(line, slot) : learnedThings(head, line, slot, { isHouse, isAsked: asked, encoded: encodedAt(at, slot.slot.learned) })).filter(({ value }) => value.length <= (slot.slot.max_length ?? 200))));
    },
    listed: (slot) => remembered(listed, slot, () => lines.map((line) => readThings(line, slot).some((one) => one.isKnown))),
    knowsMoments: ({ slot: { type, learned } }) => learned !== undefined && isMomentType(type) && model?.moments.classes.includes(learned) === true,
    chanceOf(slot, at, one, asked) {
      const { type, learned } = slot.slot;
      if (model === undefined || learned === undefined || !isMomentType(type) || !this.knowsMoments(slot)) return undefined;
      return chanceOfMoment(model.moments, learned, lines[at] as Line, one, { type, isHouse, asked: asked ? [type] : [], before: lines[at - 1], after: lines[at + 1] }, encodedAt(at, learned));
    },
    choice(slot, asked, house) {
      const head = slot.slot.type === "enum" || slot.slot.type === "boolean" ? model?.choices[slot.slot.learned ?? ""] : undefined;
      if (head === undefined) return undefined;
      return remembered(choices, `${slot.name}\n${String(asked)}\n${house?.message.id ?? ""}\n${slot.reads}`, () => learnedChoice(head, lines, { isAsked: asked, house: house?.lines ?? [], says: (line) => readValues(line, slot.slot, this.around, false).map(({ value }) => value) }, encoded?.choices[slot.slot.learned ?? ""]) ?? null);
    },
    keywords: (slot) => remembered(places, slot, () => lines.map((line) => findPhrases(slot.keywords, line.stems))),
  };
}

/** Where each sentence stands in its message. */
function startsOf(text: string, lines: readonly Line[]): number[] {
  let from = 0;
  return lines.map((line) => {
    const at = text.indexOf(line.text, from);
    if (at >= 0) from = at + line.text.length;
    return Math.max(0, at);
  });
}

function signsIn(line: Line, { begins, workflow }: PreparedWorkflow): string[] {
  const found = findPhrases(begins, line.stems).filter((place) => !isDenied(line, place.from)).map((place) => ({ ...place, text: workflow.begins.phrases[place.phrase] ?? "" }));
  const apart: typeof found = [];
  for (const one of found.sort((a, b) => b.to - b.from - (a.to - a.from))) if (apart.every((other) => one.to <= other.from || one.from >= other.to)) apart.push(one);
  return apart.map(({ text }) => text);
}

/** Whether a sentence says a thing that is known by name, or a value of the slot (a certain one, where the workflow names it). */
function says(read: ReadMessage, { slot, value }: { slot: PreparedSlot; value?: string }, at: number): boolean {
  if (slot.slot.type === "text") return read.listed(slot)[at] ?? false;
  return read.values(slot, false)[at]?.some((one) => (value === undefined || one.value === value) && !isDenied(read.lines[at] as Line, one.from)) ?? false;
}

function remembered<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

/** @returns the words alone, so that equal questions are equal however they are written */
export function bare(text: string): string {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, " ").trim();
}

/** "I do not want a refund", "not a refund but an exchange", "instead of Tuesday": up to four words before, nothing but small words between. */
export function isDenied(line: Line, from: number): boolean {
  const before = line.plain.slice(Math.max(0, from - 4), from).map((word) => word.text).join(" ");
  return /\b(?:not|never|no longer|instead of|rather than|without)(?: (?:want|need|like|trust|risk|fancy|to|be|a|an|the|my|for|on|at|in|just|it|is|about|any|looking|have))*$/.test(before);
}
