// Is it in the transcript? Every content word of a finding must stand in the turns it cites; what is not proved is dropped. Pure.
import type { Turn } from "../domain/index.ts";
import { contentStems, readPlain, type Conversation } from "./text/conversation.ts";
import { fold } from "./text/fold.ts";

/** Words with which findings are framed: who speaks and how. They claim nothing about the matter. */
const FRAME = new Set("customer agent company ask offer accept decline call end whether caller want thank".split(" ").map(fold));

/** The content words of each turn, folded, by id. */
export type EvidenceWords = ReadonlyMap<string, ReadonlySet<string>>;

/** @returns the words that turns can prove; build it once per call */
export function readEvidence(turns: readonly Pick<Turn, "id" | "text">[], english = true): EvidenceWords {
  return new Map(turns.map((turn) => [turn.id, new Set(contentStems(readPlain(turn.text, english).plain, english))]));
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
