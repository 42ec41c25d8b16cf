// Is it in the transcript? Every content word of a finding must stand in the turns it cites; what is not proved is dropped. Pure.
import type { Turn } from "../domain/index.ts";
import { contentStems, readPlain, splitSentences, type Conversation } from "./text/conversation.ts";
import { fold } from "./text/fold.ts";

/** Words with which findings are framed: who speaks and how. They claim nothing about the matter. */
const FRAME = new Set("customer agent company ask offer accept decline call end whether caller want thank".split(" ").map(fold));

/** The content words of each turn, folded, by id. */
export type EvidenceWords = ReadonlyMap<string, ReadonlySet<string>>;

/** @returns the words that turns can prove; build it once per call */
export function readEvidence(turns: readonly Pick<Turn, "id" | "text">[], english = true): EvidenceWords {
  // "… six one seven. Seven at the end": a number may run over a full stop or end at it, and both readings were said
  return new Map(turns.map(({ id, text }) => [id, new Set([text, ...splitSentences(text)].flatMap((part) => contentStems(readPlain(part, english).plain, english)))]));
}

/** The same from sentences already read; numbers that run over a pause belong to both turns. */
export function evidenceOf(conversation: Conversation): EvidenceWords {
  const words = new Map<string, Set<string>>(conversation.turns.map((turn) => [turn.id, new Set()]));
  for (const sentence of conversation.sentences) for (const id of sentence.turnIds) for (const stem of sentence.stems) words.get(id)?.add(stem);
  return words;
}

/**
 * @param text     a finding in words; numbers may be digits where the turns have words, and the other way round
 * @param evidence ids of the turns it cites
 * @returns folded words of the text that no cited turn contains; `null` when an id is unknown or none is cited
 */
export function unprovedWords(text: string, evidence: readonly string[], words: EvidenceWords, english = true): string[] | null {
  const cited = evidence.map((id) => words.get(id));
  if (cited.length === 0 || cited.includes(undefined)) return null;
  return contentStems(readPlain(text, english).plain, english).filter((stem) => !FRAME.has(stem) && !cited.some((said) => said?.has(stem) ?? false));
}

/** True when every content word of the text stands in the turns it cites. */
export function isProved(text: string, evidence: readonly string[], words: EvidenceWords, english = true): boolean {
  return unprovedWords(text, evidence, words, english)?.length === 0;
}

/** Share of a quote's words that may be missing or other, and from how many words on one may: speech is transcribed ("nobody's"), and models tidy it. */
const QUOTE_SLIP = 0.15;
const SLIP_FROM = 5;
/** Words that turn a sentence round: one more or less is no slip. */
const NEGATION = /^(?:no|not|never|nobody|none|nothing|nowhere|neither|nor|without|nicht|nie|niemals|niemand|nichts|kein\p{L}*|ne|pas|jamais|non|mai|ni|nunca|nadie|nada|geen|niet|nooit|não|nie|nikt)$/u;

/**
 * Are these words in one of the texts, in this order and together? Case, punctuation, fillers and written or spoken numbers do not matter; a word in seven may
 * differ, but never a number or a negation.
 * @param texts each on its own: a quote does not run from one into the next
 * @returns false also for a quote that holds no content word
 */
export function isQuoted(quote: string, texts: readonly string[], english = true): boolean {
  const wanted = plainWords(quote, english);
  if (contentStems(readPlain(quote, english).plain, english).length === 0) return false;
  const slips = wanted.length < SLIP_FROM ? 0 : Math.max(1, Math.floor(wanted.length * QUOTE_SLIP));
  return texts.some((text) => {
    const said = plainWords(text, english);
    // a match begins with one of the first words that a quote with its slips may begin with
    return said.some((word, at) => wanted.indexOf(word) >= 0 && wanted.indexOf(word) <= slips && !isDenied(said, at) && stands(wanted, said.slice(at, at + wanted.length + slips + 1), slips));
  });
}

/**
 * Does a finding in a model's own words say what the texts say? Every number and every name must be there, and most of the other content words.
 * @param texts the words of all cited messages
 */
export function isGrounded(text: string, texts: readonly string[], english = true): boolean {
  const { tokens, plain } = readPlain(text, english);
  const said = new Set(texts.flatMap((one) => contentStems(readPlain(one, english).plain, english).map(figure)));
  const stems = contentStems(plain, english).filter((stem) => !FRAME.has(stem)).map(figure);
  if (stems.length === 0) return false;
  if (stems.some((stem) => /\d/.test(stem) && !said.has(stem))) return false;
  const isName = (word: string, at: number): boolean => at > 0 && /^\p{Lu}/u.test(word) && !/^I(?:$|['’])/.test(word);
  const names = english ? tokens.filter((token, at) => isName(token.text, at)).flatMap((token) => contentStems(readPlain(token.text, english).plain, english)) : [];
  if (names.some((stem) => !FRAME.has(stem) && !said.has(stem))) return false;
  return stems.filter((stem) => said.has(stem)).length * 2 >= stems.length;
}

function plainWords(text: string, english: boolean): string[] {
  return readPlain(text.normalize("NFKC"), english).plain.map((word) => word.text);
}

/** Longest common subsequence of the two; a number must be part of it. */
function stands(wanted: readonly string[], said: readonly string[], slips: number): boolean {
  const rows = [new Array<number>(said.length + 1).fill(0)];
  for (const [i, word] of wanted.entries()) {
    const before = rows[i] ?? [];
    const row = [0];
    for (const [j, other] of said.entries()) row.push(word === other ? (before[j] ?? 0) + 1 : Math.max(before[j + 1] ?? 0, row[j] ?? 0));
    rows.push(row);
  }
  const heard = new Set(said);
  const isKept = (word: string): boolean => !(/\d/.test(word) || NEGATION.test(word)) || heard.has(word);
  const isTurnedRound = said.slice(0, wanted.length).some((word) => NEGATION.test(word) && !wanted.includes(word));
  return (rows.at(-1)?.at(-1) ?? 0) >= wanted.length - slips && wanted.every(isKept) && !isTurnedRound;
}

/** "nobody has | called me back": a quote that begins behind its negation says the opposite. "No, I was …" does not deny. */
function isDenied(said: readonly string[], at: number): boolean {
  const denies = (word = ""): boolean => word !== "no" && NEGATION.test(word);
  return denies(said[at - 1]) || (/^(?:is|has|have|had|been|ever|was|were|be)$/.test(said[at - 1] ?? "") && denies(said[at - 2]));
}

/** "£20", "3rd" and "20%" are the figures in them. */
function figure(stem: string): string {
  return /^[£€$¥]?(\d+(?:[.,:]\d+)*)(?:st|nd|rd|th|%)?$/.exec(stem)?.[1] ?? stem;
}
