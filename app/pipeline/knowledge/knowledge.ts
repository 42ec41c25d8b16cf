// What the business's own documents say about a question: passages by words and by meaning, always with their source.
import { fuse, questionWords, snippetOf } from "../../analysis/index.ts";
import type { KnowledgePassage } from "../../domain/index.ts";
import type { FoundChunk } from "../../store/index.ts";
import type { Parts } from "../parts.ts";
import type { FoundPassages, Knowledge } from "./knowledge-types.ts";
import type { Meaning } from "./meaning.ts";

/** Length of each of the two lists that are made one. */
const CANDIDATES = 50;
const CHARACTERS_A_TOKEN = 3;

export function createKnowledge(parts: Pick<Parts, "store">, meaning: Meaning<number> | undefined): Knowledge {
  const reads = parts.store.reads.knowledge;

  async function hybrid(match: string | undefined, text: string, count: number, signal?: AbortSignal): Promise<FoundPassages> {
    if (reads.isEmpty()) return { by: "words", passages: [] };
    const byWords = match === undefined ? [] : reads.matching(match, CANDIDATES);
    const near = await meaning?.nearest(text, CANDIDATES, signal);
    const ranked = fuse(near === undefined ? [byWords] : [byWords, near.map((one) => one.id)]);
    const scores = new Map(ranked.map((one) => [one.id, one.score]));
    const passages = reads.chunks(ranked.map((one) => one.id)).slice(0, count).map((chunk) => passageOf(chunk, scores.get(chunk.id) ?? 0));
    return { by: near === undefined ? "words" : "words+meaning", passages };
  }

  const find: Knowledge["find"] = (question, count, signal) => hybrid(reads.expressionFor(questionWords(question)), question, count, signal);
  return {
    find,
    async search(query, text, count, signal) {
      const { by, passages } = await hybrid(query.match, text, count, signal);
      return { by, hits: passages.map((passage) => ({ passage, snippet: snippetOf(passage.text, query.terms) })) };
    },
    async ground(question, limit, countTokens, signal) {
      const { by, passages } = await find(question, limit.passages, signal);
      const texts = passages.map((one) => one.text);
      const tokens = countTokens === undefined ? texts.map((text) => Math.ceil(text.length / CHARACTERS_A_TOKEN)) : await countTokens(texts, signal);
      let left = limit.tokens;
      // One that is too long makes room for the next best: half a passage proves nothing.
      return { by, passages: passages.filter((_, i) => (tokens[i] ?? Infinity) <= left && ((left -= tokens[i] ?? 0), true)) };
    },
  };
}

function passageOf(chunk: FoundChunk, score: number): KnowledgePassage {
  return { text: chunk.text.trim(), document: chunk.document, document_id: chunk.documentId, page: chunk.page, title: chunk.title, score: Math.round(score * 10_000) / 10_000 };
}
