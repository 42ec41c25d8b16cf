// People, places and firms: clear turns of phrase first ("my name is …"), then compromise on sentences that show a name in capitals.
import type { Entity } from "../../domain/index.ts";
import type { Pacer } from "../pacer.ts";
import type { Sentence } from "../text/conversation.ts";
import { isFunctionWord } from "../text/function-words.ts";
import { findNames } from "../text/grammar.ts";
import { MONTHS } from "../text/numbers.ts";
import { saidAt } from "../text/said-at.ts";
import { readQuestionTopic } from "./contacts.ts";

type Add = (kind: Entity["kind"], text: string, value: string | null, sentence: Sentence) => void;

/** compromise takes about 3 ms per sentence; the first sentences with names are enough for any call. */
const MAX_SENTENCES = 120;

const INTRODUCED = /\b(?:my (?:full |first |last )?name is|you are speaking (?:to|with)|speaking (?:to|with)|this is|spoke (?:to|with)|speak to|talking to|name of) ((?:(?:mr|mrs|ms|miss|dr) )?[\p{L}'-]+(?: [\p{L}'-]+)?)/gu;
const NOT_A_NAME = new Set(
  [...MONTHS, ..."monday tuesday wednesday thursday friday saturday sunday calling speaking a an the my your our his her someone somebody anyone manager supervisor terrible ridiculous unacceptable what how why about regarding from in at on and i sir madam here very so really not also all now customer agent billing technical sales support service team whatsapp visa mastercard paypal o'clock lane road street avenue station park church hall sms email internet".split(" ")],
);
const STREET = /\b\d{1,5}[a-z]? (?:\p{L}+ ){1,3}(?:road|street|lane|avenue|drive|close|way|place|square|crescent|court|terrace|gardens)\b/gu;
const TITLE = /^(?:mr|mrs|ms|miss|dr)\.? /i;

/** Calls `add` for every name found; names of the company itself become organisations. "Anna" after "Anna Miller" is the same person. */
export async function readNames(sentences: readonly Sentence[], companyNames: readonly string[], pacer: Pacer, add: Add): Promise<void> {
  const company = companyNames.filter((name) => name.trim().length > 1).map((name) => ({ name, words: wordsOf(name) }));
  const isCompany = (name: string): boolean => company.some((one) => ` ${one.words} `.includes(` ${wordsOf(name)} `));
  const people: string[] = [];
  const addPerson = (name: string, sentence: Sentence): void => {
    const bare = titled(name.replace(TITLE, ""));
    if (isCompany(bare)) return;
    const known = people.find((person) => person === bare || person.split(" ").includes(bare));
    if (known === undefined) people.push(bare);
    add("person", known === undefined ? titled(name) : bare, known ?? bare, sentence);
  };
  let parsed = 0;
  let askedName = false;
  for (const sentence of sentences) {
    await pacer.breathe();
    for (const one of company) if (` ${sentence.line} `.includes(` ${one.words} `)) add("organisation", one.name, one.name, sentence);
    for (const match of sentence.line.matchAll(STREET)) {
      const text = saidAt(sentence, match.index, match.index + match[0].length);
      add("place", text, titled(match[0]), sentence);
    }
    for (const match of sentence.line.matchAll(INTRODUCED)) {
      const name = nameAt(match[1] ?? "", sentence, /^(?:my|you|name)/.test(match[0]));
      if (name !== undefined) addPerson(name, sentence);
    }
    const streets = [...sentence.line.matchAll(STREET)].map((match) => match[0]).join(" ");
    const answer = askedName && sentence.speaker === "customer" ? /^(?:(?:yes|sure|it is|that is|of course),? )?(\p{Lu}\p{L}+(?: \p{Lu}\p{L}+){0,2})(?=[.,]|$)/u.exec(sentence.text.replace(/^(?:Yes|Sure|It's|It is|That's|Of course),? /, "")) : null;
    askedName = sentence.speaker === "agent" ? readQuestionTopic(sentence.line, sentence.index)?.topic === "name" || /\byour (?:full )?name\b/.test(sentence.line) : askedName && sentence.plain.length < 3;
    if (answer?.[1] !== undefined && isName(answer[1])) addPerson(answer[1], sentence);
    else if (parsed < MAX_SENTENCES && showsName(sentence)) {
      parsed++;
      const names = findNames(sentence.text);
      const persons = names.people.flatMap((name) => name.split(/,\s*/)).filter(isName);
      for (const person of persons) addPerson(person, sentence);
      for (const place of names.places.flatMap((name) => name.split(/,\s*/))) if (isName(place) && !streets.includes(place.toLowerCase()) && !people.some((person) => person.includes(place))) add("place", place, place, sentence);
      for (const organisation of names.organisations) if (isName(organisation) && !isCompany(organisation) && !people.includes(organisation)) add("organisation", organisation, organisation, sentence);
    }
  }
}

/** A capital that is not at the beginning and not "I". */
function showsName(sentence: Sentence): boolean {
  return sentence.tokens.some((token, at) => at > 0 && /^\p{Lu}\p{Ll}/u.test(token.text) && !NOT_A_NAME.has(token.lower) && !/^i'/.test(token.lower)) || /^\p{Lu}\p{Ll}+(?: in| from| is|,)/u.test(sentence.text);
}

function isName(text: string): boolean {
  const words = text.replace(TITLE, "").split(/\s+/);
  const [first = ""] = words;
  return words.length <= 4 && words.every((word) => /^\p{Lu}/u.test(word)) && !NOT_A_NAME.has(first.toLowerCase()) && !words.some((word) => isFunctionWord(word.toLowerCase()));
}

/** Up to two words that can be a name; in text without capitals only a certain introduction counts. */
function nameAt(words: string, sentence: Sentence, certain: boolean): string | undefined {
  const parts: string[] = [];
  for (const word of words.split(" ")) {
    const written = sentence.tokens.find((token) => token.lower === word)?.text ?? word;
    const capital = /^\p{Lu}/u.test(written);
    const surname = parts.length > 0 && capital; // "Julia Park", "Paul Hall"
    if ((NOT_A_NAME.has(word) && !surname) || isFunctionWord(word) || /\d/.test(word) || (!capital && (!certain || /\p{Lu}\p{Ll}/u.test(sentence.text.slice(1))))) break;
    parts.push(written);
  }
  const name = parts.join(" ");
  return name.length > 1 ? name : undefined;
}

function wordsOf(name: string): string {
  return name.toLowerCase().split(/[^\p{L}\p{N}]+/u).filter(Boolean).join(" ");
}

function titled(name: string): string {
  return name.replace(/(^|[\s'-])(\p{Ll})/gu, (_, before: string, letter: string) => before + letter.toUpperCase());
}
