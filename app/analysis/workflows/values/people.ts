// Names, addresses and mail addresses in a sentence. Pure.
import { normaliseEmail } from "../../../domain/index.ts";
import { findContacts } from "../../facts/contacts.ts";
import { isFunctionWord } from "../../text/function-words.ts";
import { wordsAt, wordsOfText, type Line } from "../message.ts";
import { apart, type Reading, type ValueReader } from "./value.ts";

/** Typed, or spoken: "jane dot doe at example dot com". */
export const readEmails: ValueReader = (line) =>
  apart(
    findContacts({ index: 0, turn: 0, turnIds: [], speaker: "customer", text: line.text, tokens: [...line.tokens], plain: [...line.plain], line: line.line, stems: [], confidence: 1, weight: 1, position: 0 }, undefined).flatMap(({ kind, value, start, end }) => {
      const address = kind === "email" ? normaliseEmail(value ?? "") : undefined;
      return address === undefined ? [] : [{ value: address, ...wordsAt(line, start, end) }];
    }),
  );

const NAME = "(?:(?:[Mm]r|[Mm]rs|[Mm]s|[Dd]r)\\.? )?(\\p{Lu}[\\p{L}'’.-]*(?: (?:(?:van|von|de|der|den|da|di|del|la|le|bin|al) )*\\p{Lu}[\\p{L}'’-]*){0,3})";
const INTRODUCED = new RegExp(`(?:\\b(?:[Mm]y|[Tt]he|[Ff]ull|[Ll]ast|[Ff]irst) name(?:'s| is)|\\b[Nn]ame:|\\b[Tt]his is|\\b[Ii]t is|\\b[Ii]t's|\\bI'm|\\bI am|\\b[Ss]peaking (?:is|with)|\\b[Cc]all me) ${NAME}`, "gu");
const SPOKEN = /\bname is ((?:(?:mr|mrs|ms|dr) )?\p{L}[\p{L}'-]+(?: \p{L}[\p{L}'-]+){0,2})/gu;
const LEAD = /^(?:(?:yes|sure|ok|okay|hi|hello|it's|it is|that's|that is|this is|of course|certainly|my name is|the name is|i'm|i am|name)[,.:]? )+/iu;
const NOT_NAMES = new Set("calling looking having trying not so very sorry just still here interested afraid happy unhappy going waiting monday tuesday wednesday thursday friday saturday sunday january february march april june july august september october november december thanks thank please yes no hello hi".split(" "));

/** As it was written; spoken names that came without capitals get them. */
export const readNames: ValueReader = (line, _slot, _around, asked) => {
  const found: Reading[] = [];
  for (const match of line.text.matchAll(INTRODUCED)) {
    const name = trimmed(match[1] ?? "");
    const start = match.index + match[0].indexOf(match[1] ?? "");
    if (name !== "") found.push({ value: name, ...wordsOfText(line, start, start + name.length) });
  }
  if (found.length === 0 && !/\p{Lu}\p{Ll}/u.test(line.text.slice(1))) {
    for (const match of line.line.matchAll(SPOKEN)) {
      const name = trimmed(match[1] ?? "");
      const start = match.index + match[0].length - (match[1] ?? "").length;
      if (name !== "") found.push({ value: titled(name), ...wordsAt(line, start, start + name.length) });
    }
  }
  if (found.length === 0 && asked) {
    const lead = LEAD.exec(line.text)?.[0].length ?? 0;
    const rest = line.text.slice(lead).split(/[,.!?;]|\b(?:and|but|my|from|at|thanks|thank)\b/iu)[0]?.trim() ?? "";
    const words = rest.split(/\s+/);
    if (rest !== "" && words.length <= 4 && words.every((word) => /^[\p{L}'’.-]+$/u.test(word) && !NOT_NAMES.has(word.toLowerCase()) && (/^\p{Lu}/u.test(word) || !isFunctionWord(word.toLowerCase())))) {
      const start = line.text.indexOf(rest, lead);
      found.push({ value: /\p{Lu}/u.test(rest) ? rest : titled(rest), ...wordsOfText(line, start, start + rest.length) });
    }
  }
  return apart(found);
};

function trimmed(name: string): string {
  const words = name.split(" ");
  const end = words.findIndex((word) => NOT_NAMES.has(word.toLowerCase()) || isFunctionWord(word.toLowerCase()));
  return words.slice(0, end < 0 ? undefined : end).join(" ").replace(/[.'’-]+$/u, "");
}

function titled(name: string): string {
  return name.replace(/(^|[\s'-])(\p{Ll})/gu, (_, before: string, letter: string) => before + letter.toUpperCase());
}

const STREET = /\d{1,5} ?[a-z]?,? (?:\p{L}[\p{L}'’.-]* ){1,4}(?:road|rd|street|st|lane|ln|avenue|ave|drive|dr|close|way|place|square|crescent|court|terrace|gardens|boulevard|blvd|hill|park|row|walk|grove|mews)\b\.?/giu;
const STRASSE = /(?:\p{Lu}[\p{L}.-]* ){0,2}(?:\p{Lu}[\p{L}-]*(?:stra(?:ß|ss)e|str\.|weg|platz|allee|gasse|ring|ufer|straat|laan|plein)|Stra(?:ß|ss)e|Str\.|Weg|Platz|Allee|Gasse) ?\d{1,4} ?[a-z]?\b/gu;
/** What follows a street and belongs to it: further parts of up to three words or numbers, with capitals or digits. */
const REST = /^(?:,? (?:in )?(?:[\p{Lu}\d][\p{L}\d'’-]*)(?: [\p{Lu}\d][\p{L}\d'’-]*){0,2}){0,4}/u;

/** A street with its house number, and the place and postcode behind it. */
export const readAddresses: ValueReader = (line, _slot, _around, asked) => {
  // spoken numbers are digits in the plain words only
  const spoken = line.text === line.text.toLowerCase() || !/\d/.test(line.text);
  const text = spoken ? line.line : line.text;
  const found = [...text.matchAll(STREET), ...text.matchAll(STRASSE)].map((match): Reading => {
    const rest = REST.exec(text.slice(match.index + match[0].length))?.[0] ?? "";
    const value = (match[0] + rest).replace(/[\s,.]+$/, "");
    const at = spoken ? wordsAt(line, match.index, match.index + value.length) : wordsOfText(line, match.index, match.index + value.length);
    return { value: spoken ? titled(value) : value, ...at };
  });
  if (found.length > 0) return apart(found);
  return asked && /\d/.test(line.line) && line.plain.length >= 2 ? whole(line) : [];
};

const OPENER = /^(?:(?:yes|sure|ok|okay|well|so|um|uh|it's|it is|that's|that is|of course|certainly|please|because)[,.:]? )+/iu;

/** The whole sentence is the answer, without the words that only lead to it. */
export function whole(line: Line): Reading[] {
  const lead = OPENER.exec(line.text)?.[0].length ?? 0;
  const value = line.text.slice(lead).trim().replace(/[.!]+$/, "");
  return value === "" ? [] : [{ value, ...wordsOfText(line, lead, line.text.length) }];
}
