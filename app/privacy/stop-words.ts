// What a customer says about consent in so many words: short commands as whole messages, requests in sentences. Pure.
import type { ConsentPurpose, ConsentState, Speaker } from "../domain/index.ts";
import { START_COMMANDS, STOP_ALL_COMMANDS, STOP_COMMANDS, STOP_PHRASES, type StopPhrase } from "./stop-phrases.ts";

/** `speech` has no commands: "stop" and "end" are said all the time. */
export type Medium = "text" | "mail" | "speech";

export interface Said {
  medium: Medium;
  channel: string;
  speaker: Speaker;
  text: string;
}

/** A withdrawal, or (by command only) its end. `granted` means "again": it lifts a withdrawal and starts nothing by itself. */
export interface StopStatement {
  channel: string;
  purpose: ConsentPurpose;
  state: Extract<ConsentState, "granted" | "withdrawn">;
}

/** Further whole messages of the site. */
export interface MoreStopWords {
  stop: readonly string[];
  start: readonly string[];
}

/** Longer turns are searched up to here; a withdrawal at the end of a longer monologue would be missed. */
const SEARCHED_CHARACTERS = 20_000;
const CONTACT: readonly ConsentPurpose[] = ["outbound_messaging", "marketing"];

/** @returns what this message says about consent, each channel and purpose once; empty for everybody but the customer */
export function consentIn(said: Said, more: MoreStopWords = { stop: [], start: [] }): StopStatement[] {
  if (said.speaker !== "customer") return [];
  const text = plainText(said.medium === "mail" ? withoutQuotes(said.text) : said.text);
  const command = said.medium === "speech" ? undefined : commandOf(text, more);
  if (command !== undefined) return CONTACT.map((purpose) => ({ channel: command.isForAll ? "any" : said.channel, purpose, state: command.state }));
  const found = new Map<string, StopStatement>();
  for (const phrase of STOP_PHRASES) {
    if (!isSaid(phrase, text)) continue;
    const channel = phrase.reach === "here" ? said.channel : phrase.reach;
    for (const purpose of phrase.purposes) found.set(`${channel} ${purpose}`, { channel, purpose, state: "withdrawn" });
  }
  return [...found.values()];
}

function commandOf(text: string, more: MoreStopWords): { isForAll: boolean; state: "granted" | "withdrawn" } | undefined {
  const whole = text.replace(/[.;/]+/g, (signs) => (signs.includes("/") ? "/" : " ")).replace(/^ *(?:please )?|(?: please| thanks| thank you)* *$/g, "").replace(/ +/g, " ").trim();
  const isOneOf = (words: readonly string[]): boolean => words.some((word) => plainWord(word) === whole);
  if (isOneOf(STOP_ALL_COMMANDS)) return { isForAll: true, state: "withdrawn" };
  if (isOneOf([...STOP_COMMANDS, ...more.stop])) return { isForAll: false, state: "withdrawn" };
  return isOneOf([...START_COMMANDS, ...more.start]) ? { isForAll: false, state: "granted" } : undefined;
}

/** Where a request begins: at the start of a clause, after a word of politeness, or after "I want you to". Elsewhere somebody reports ("you did not call me again"). */
const BEGINS = /(?:^|[.;] ?|\b(?:please|kindly|now|just|then|and|so|but|ok|okay|yes|no|hello|hi|well|look|listen|sir|madam|sorry|also|again|um|uh|er)(?: you)? |\b(?:(?:can|could|would|will) you|i (?:want|need|would like|would prefer|would appreciate it if|ask|am asking|told|asked|demand|insist|request)(?: that)?(?: you| them| your company)?(?: to| guys to)?|i said|i (?:am )?tell(?:ing)? you(?: to)?|you (?:must|should|need to|have to|may|can|better|had better)|let us|i will ask you to|i (?:would|must) ask you to|i would like to ask you to)(?: please| kindly| just| now)* )$/;
/** In front of a request these turn it around, or make it a story or a condition. */
const VETO = /\b(?:if|when|unless|whether|why|did|does|not|never|no need to|nobody|until|before|after|who|they|he|she|how|what if|or else) (?:[a-z]+ ){0,5}$/;

function isSaid(phrase: StopPhrase, text: string): boolean {
  for (const match of text.matchAll(regexOf(phrase))) {
    const before = text.slice(Math.max(0, match.index - 80), match.index);
    const clause = before.slice(Math.max(before.lastIndexOf("."), before.lastIndexOf(";")) + 1).trimStart();
    if (VETO.test(clause)) continue;
    if (!phrase.asks || BEGINS.test(clause)) return true;
  }
  return false;
}

const COMPILED = new Map<StopPhrase, RegExp>();
function regexOf(phrase: StopPhrase): RegExp {
  const known = COMPILED.get(phrase) ?? new RegExp(`(?<![a-z])(?:${phrase.pattern})(?![a-z])`, "g");
  COMPILED.set(phrase, known);
  return known;
}

/** The words of our lists and of the site never change: made plain once, and not with every message. */
const PLAIN_WORDS = new Map<string, string>();
function plainWord(word: string): string {
  const known = PLAIN_WORDS.get(word) ?? plainText(word);
  PLAIN_WORDS.set(word, known);
  return known;
}

const CONTRACTIONS: readonly [RegExp, string][] = [
  [/\b(ca)n't\b/g, "can not"], [/\bcannot\b/g, "can not"], [/\bwon't\b/g, "will not"], [/\b([a-z]+)n't\b/g, "$1 not"], [/\b(do|does|did|would|could|should|is|was)nt\b/g, "$1 not"],
  [/\bi'm\b/g, "i am"], [/\b([a-z]+)'d\b/g, "$1 would"], [/\b([a-z]+)'ll\b/g, "$1 will"], [/\blet's\b/g, "let us"],
];

/** Lower case, without accents, contractions written out; of all signs only the ends of clauses stay: `.` and, for a comma or a colon, `;`. */
export function plainText(text: string): string {
  let plain = text.slice(0, SEARCHED_CHARACTERS).normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replace(/[\u2018\u2019\u02bc`]/g, "'");
  for (const [from, to] of CONTRACTIONS) plain = plain.replace(from, to);
  return plain.replace(/[.!?\n\r]+/g, " . ").replace(/[,:;()"“”]|\s[-–—]+\s/g, " ; ").replace(/[^\p{L}\p{N}.;/]+/gu, " ").replace(/ +([.;])/g, "$1").replace(/ +/g, " ").trim();
}

/** What the customer wrote himself: without quoted lines, and without what stands below "On … wrote:" or a signature's dashes. */
function withoutQuotes(mail: string): string {
  const own: string[] = [];
  for (const line of mail.split(/\r?\n/)) {
    if (/^-- $|^-{2,} ?original message|^_{5,}$|^(?:on|am|le|el) .{5,120}(?:wrote|schrieb|a écrit|escribió).{0,40}:\s*$|^from: .+@/i.test(line)) break;
    if (!/^\s*>/.test(line)) own.push(line);
  }
  return own.join("\n");
}
