// Addresses of houses in a sentence: a street with its number, what stands before it (flat, building) and behind it (place, postcode). Pure.
import type { Line } from "../message.ts";
import { apart, type Reading, type ValueReader } from "./value.ts";

const KIND = "(?:road|rd|street|st|lane|ln|avenue|ave|drive|dr|close|way|place|square|crescent|court|terrace|gardens?|boulevard|blvd|hill|park|row|walk|grove|mews|rise|green|view|bank|wharf|quay|parade|cottages?|house|yard)";
const CAPITAL = "\\p{Lu}[\\p{L}'’.-]*";
const INSIDE = `(?:(?:[Ff]lat|FLAT|[Rr]oom|[Uu]nit|[Aa]partment|[Aa]pt|[Ss]uite) \\w{1,5},? )?(?:${CAPITAL}(?: ${CAPITAL}){0,3}, (?:(?:that's|which is) )?)?`;
const NUMBER = "(?:[Nn](?:umber|o\\.?) )?\\d{1,5} ?[A-Za-z]?,? ";
/** In order of how telling they are: a kind of street behind a number; a number before names, which only what leads to it tells from anything else. */
const SHAPES: readonly { words: RegExp; isLed?: true }[] = [
  { words: new RegExp(`${INSIDE}\\b${NUMBER}(?:the )?(?:[\\p{L}'’.-]+ ){0,3}?[\\p{L}'’.-]+ ${KIND}\\b\\.?`, "giu") },
  { words: new RegExp(`(?:\\p{Lu}[\\p{L}.-]* ){0,2}(?:\\p{Lu}[\\p{L}-]*(?:stra(?:ß|ss)e|str\\.|weg|platz|allee|gasse|ring|ufer|straat|laan|plein)|Stra(?:ß|ss)e|Str\\.|Weg|Platz|Allee|Gasse|Ring) ?\\d{1,4} ?[a-z]?\\b`, "gu") },
  { words: new RegExp(`(?:The ${CAPITAL}(?: ${CAPITAL}){0,2}, )${CAPITAL}(?: ${CAPITAL})? (?:Street|Road|Lane|Avenue|Close|Way|Hill|Square)\\b`, "gu") },
  { words: new RegExp(`(?:(?:[Uu]nit|[Ff]lat|[Rr]oom|[Ss]uite) \\w{1,5}, )?(?:${CAPITAL}(?: ${CAPITAL}){0,3}, ){1,4}(?=[A-Z]{1,2}\\d[A-Z\\d]? ?\\d[A-Z]{2}\\b)`, "gu") },
  { words: new RegExp(`${CAPITAL}(?: ${CAPITAL})? (?:Street|Road|Lane|Avenue|Close|Way|Drive|Hill|Square), (?:house|plot|number|no\\.?|block) \\d{1,5}[A-Za-z]?`, "gu") },
  { words: new RegExp(`${INSIDE}\\b\\d{1,5}[A-Za-z]?,? (?:The )?\\p{Lu}[\\p{L}'’-]{2,}(?: \\p{Lu}[\\p{L}'’-]{2,}){0,3}`, "gu"), isLed: true },
];
const LEADS = /(?:\b(?:to|at|is|it's|address|house|moved|now|me|in)(?: the)?|[:,.)]|^)\s*$/iu;
/** What follows a street and belongs to it: further parts of up to three words or numbers, with capitals or digits. */
const REST = /^(?:,? (?:in )?(?!(?:From|As|My|And|The|It|We|I|PIN|Account|Valid|Signature|Starting|Mon|Tue|Wed|Thu|Fri|Sat|Sun)\b)(?:[\p{Lu}\d][\p{L}\d'’-]*)(?: [\p{Lu}\d][\p{L}\d'’-]*){0,2}){0,4}/u;
/** An address that is left, or not meant. */
const LEFT_BEHIND = /\b(?:from|old|previous|former|current|currently|leaving|left|not|formerly|out of|(?:statements|letters|bills|post|mail|it|they|everything) (?:still )?go(?:es)? to)(?: address)?(?: is| was)?:? ?$/i;

/** Addresses as they are written, spoken numbers in digits; of several the ones that are left behind come last. Asked for, a sentence with a number is one. */
export const readAddresses: ValueReader = (line, _slot, _around, asked) => {
  const { text, wordAt } = inDigits(line);
  const found: Reading[] = [];
  for (const { words, isLed } of SHAPES) {
    for (const match of text.matchAll(words)) {
      const before = text.slice(0, match.index);
      if (/\b(?:old|previous|former|formerly|currently)(?: address)?(?: is| was)?:? ?$/i.test(before.slice(-30))) continue;
      if (isLed === true && !asked && !LEADS.test(before)) continue;
      const street = match[0].replace(/^(?:[Aa]nd|at|in|to|is|[Ii]t's|that's|the) /, "");
      const start = match.index + match[0].length - street.length;
      const rest = REST.exec(text.slice(match.index + match[0].length))?.[0] ?? "";
      const value = (street + rest).replace(/[\s,.]+$/, "").replace(/, that's /i, ", ");
      const at = { from: wordAt(start), to: wordAt(start + (street + rest).replace(/[\s,.]+$/, "").length - 1) + 1 };
      if (at.from >= 0 && at.to > at.from && !found.some((one) => at.from < one.to && at.to > one.from)) found.push({ value: text === text.toLowerCase() ? titled(value) : value, ...at, ...(LEFT_BEHIND.test(before.slice(-30)) || /\bstill\b/i.test(before) ? { isLeft: true as const } : {}) });
    }
  }
  if (found.length > 0) return [...apart(found.filter((one) => one.isLeft !== true)), ...apart(found.filter((one) => one.isLeft === true))];
  return asked && /\d/.test(line.line) && line.plain.length >= 2 && !/\b(?:ask for|postcode)\b/i.test(line.text) ? whole(line) : [];
};

/** "… Dufferin Lane. Guelph, Ontario.": a sentence that is nothing but the place behind a street. */
export function readPlaceOnly(line: Line): string | undefined {
  return /^(?!Thank|Yes|No\b|Please|Cheers|Ok|Right|Lovely|Great|That|From|And|So\b)\p{Lu}[\p{L}'’-]+(?: (?:upon |under |on )?\p{Lu}[\p{L}'’-]+)?(?:, \p{Lu}[\p{L}'’-]+)?(?=(?: still)?[.,!]?$)/u.exec(line.text)?.[0];
}

/** "And which town?", "Town and postcode?": the house asks for the place behind a street. */
export function asksPlace({ text, line }: Line): boolean {
  return /\b(?:which|what|the|and|your)? ?(?:town|city|village|suburb|county)\b/.test(line) && /\?\s*$|^(?:and )?(?:the )?(?:town|city)/i.test(text);
}

const NO_PLACE = /^(?:yes|yeah|yep|no|nope|ok|okay|er|erm|um|uh|oh|ah|it's|its|it is|that's|that is|in|still|sure|right|well)$/i;

/** "Stroud. G L five, three R W", "durham DH1 3RL", "That's Leeds": the place in an answer to such a question. */
export function readPlace(line: Line): string | undefined {
  const words = line.text.replace(/\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b.*$/i, "").replace(/[.,;!].*$/s, "").replace(/^(?:it's|its|that's|that is|it is|in|er|um|uh|yes|yeah)[, ]+/i, "").trim().split(/\s+/);
  const isPlace = words.length <= 3 && words.every((word) => /^[\p{L}'’-]{2,}$/u.test(word) && !NO_PLACE.test(word));
  return isPlace ? words.map((word) => (/^\p{Ll}/u.test(word) && words.length < 3 ? titled(word) : word)).join(" ") : undefined;
}

/** The sentence with its spoken numbers in digits, and which plain word stands at a place of it. */
function inDigits(line: Line): { text: string; wordAt: (place: number) => number } {
  let text = "";
  let done = 0;
  const ends: number[] = [];
  line.plain.forEach((word) => {
    const [start, end] = [line.tokens[word.from]?.start ?? done, line.tokens[word.to - 1]?.end ?? done];
    if (start >= done) text += line.text.slice(done, start) + (/^\d+$/.test(word.text) ? word.text : line.text.slice(start, end));
    done = Math.max(done, end);
    ends.push(text.length);
  });
  text += line.text.slice(done);
  return { text, wordAt: (place) => ends.findIndex((end) => end > place) };
}

const OPENER = /^(?:(?:yes|sure|ok|okay|well|so|um|uh|it's|it is|that's|that is|of course|certainly|please|because)[,.:]? )+/iu;

/** The whole sentence is the answer, without the words that only lead to it. */
export function whole(line: Line): Reading[] {
  const lead = OPENER.exec(line.text)?.[0].length ?? 0;
  const value = line.text.slice(lead).trim().replace(/[.!]+$/, "");
  const from = line.plain.findIndex((word) => (line.tokens[word.from]?.start ?? 0) >= lead);
  return value === "" || from < 0 ? [] : [{ value, from, to: line.plain.length, isWhole: true }];
}

/** Spoken words that came without capitals get them. */
function titled(text: string): string {
  return text.replace(/(^|[\s'-])(\p{Ll})/gu, (_, before: string, letter: string) => before + letter.toUpperCase());
}
