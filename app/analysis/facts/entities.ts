// What is named in the call: amounts, dates, references, contacts, products, people, places, firms; each with the turns that say it.
import type { Entity } from "../../domain/index.ts";
import type { Pacer } from "../pacer.ts";
import type { Conversation, Sentence } from "../text/conversation.ts";
import { saidAt } from "../text/said-at.ts";
import { findAmounts } from "./amounts.ts";
import { findDates, type IsoDate } from "./calendar.ts";
import { findContacts, readQuestionTopic, type Asked } from "./contacts.ts";
import type { Found } from "./found.ts";
import { readNames } from "./names.ts";

export interface EntityOptions {
  /** plain words of products, longest first */
  products: readonly string[];
  /** names of the company itself */
  companyNames: readonly string[];
  /** day of the call */
  today: IsoDate;
  english: boolean;
}

/** More would help nobody. */
const MAX_ENTITIES = 200;
const MAX_EVIDENCE = 5;

/** @returns entities in the order of their first mention; the same thing said again adds evidence. Other languages than English: contacts, amounts and numbers in digits only. */
export async function readEntities(conversation: Conversation, options: EntityOptions, pacer: Pacer): Promise<Entity[]> {
  const entities = new Map<string, Entity>();
  const add = (kind: Entity["kind"], text: string, value: string | null, sentence: Sentence): void => {
    const key = `${kind}\n${(value ?? text).toLowerCase()}`;
    const known = entities.get(key);
    if (known === undefined) {
      if (text !== "" && entities.size < MAX_ENTITIES) entities.set(key, { kind, text, value, evidence: [...sentence.turnIds] });
    } else if (known.evidence.length < MAX_EVIDENCE) known.evidence = [...new Set([...known.evidence, ...sentence.turnIds])];
  };
  const products = productPattern(options.products);
  let asked: Asked | undefined;
  for (const sentence of conversation.sentences) {
    await pacer.breathe();
    for (const found of findInSentence(sentence, asked, products, options)) add(found.kind, saidAt(sentence, found.start, found.end), found.value, sentence);
    asked = sentence.speaker === "customer" ? carryOn(asked, sentence) : (readQuestionTopic(sentence.line, sentence.index) ?? asked);
  }
  if (options.english) await readNames(conversation.sentences, options.companyNames, pacer, add);
  return [...entities.values()];
}

/** An answer may follow two sentences after the question, not later. */
function carryOn(asked: Asked | undefined, sentence: Sentence): Asked | undefined {
  return asked !== undefined && sentence.index - asked.index < 3 ? asked : undefined;
}

/** Earlier readings keep their words: the digits of an amount are no number of their own. */
function findInSentence(sentence: Sentence, asked: Asked | undefined, products: RegExp | undefined, options: EntityOptions): Found[] {
  const line = sentence.line;
  const found: Found[] = [];
  const add = (more: readonly Found[]): void => {
    for (const one of more) if (one.end > one.start && !found.some((other) => one.start < other.end && one.end > other.start)) found.push(one);
  };
  const hasDigits = /\d/.test(line);
  if (hasDigits || line.includes("@") || / at /.test(line)) {
    if (hasDigits) add(findAmounts(line));
    add(findContacts(sentence, asked));
  }
  if (options.english) add(readDates(sentence, asked, options.today));
  if (products !== undefined) {
    for (const match of line.matchAll(products)) add([{ kind: "product", value: (match[1] ?? match[0]).trim(), start: match.index, end: match.index + match[0].length }]);
  }
  if (hasDigits) {
    for (const match of line.matchAll(/\b\d+(?:\.\d+)? ?(?:%|percent|per cent)/g)) add([{ kind: "number", value: `${Number.parseFloat(match[0])}%`, start: match.index, end: match.index + match[0].length }]);
    for (const match of line.matchAll(/\b\d{3,}\b/g)) add([{ kind: "number", value: match[0], start: match.index, end: match.index + match[0].length }]);
  }
  return found.sort((a, b) => a.start - b.start);
}

/** Days without year are the nearest ones; a date of birth without year has no value. */
function readDates(sentence: Sentence, asked: Asked | undefined, today: IsoDate): Found[] {
  const { line } = sentence;
  const isBirth = (asked?.topic === "birth" && sentence.speaker === "customer") || /\bdate of birth\b/.test(line);
  return findDates(line, today, "open").map((date) => {
    const words = line.slice(date.start, date.end);
    const lead = /^(?:on|by|since|until|before|for|from) /.exec(words)?.[0].length ?? 0;
    return { kind: "date", value: isBirth && !/\d{4}|\d{2} \d{2}$/.test(words) ? null : date.date, start: date.start + lead, end: date.end };
  });
}

function productPattern(products: readonly string[]): RegExp | undefined {
  if (products.length === 0) return undefined;
  const names = products.map((product) => product.replace(/[^\p{L}\p{N} ]/gu, ".")).join("|");
  return new RegExp(`(?<!travel |help |service |front )\\b(${names})(?:s|es)?\\b`, "g");
}
