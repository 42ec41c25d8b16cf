// What may be asked of the business's own documents and of everything that was said.
import type { FoundBy, KnowledgePassage, Snippet } from "../../domain/index.ts";
import type { FoundMessage, PageOf, PageRequest, SearchFilter, SearchQuery } from "../../store/index.ts";

export interface FoundPassages {
  by: FoundBy;
  passages: KnowledgePassage[];
}

export interface GroundLimit {
  passages: number;
  /** tokens that all of them may have together */
  tokens: number;
}

/** Counts as a language model does: `LanguageModel.countTokens`. */
export type CountTokens = (texts: readonly string[], signal?: AbortSignal) => Promise<number[]>;

export interface Knowledge {
  /** @param question in whole sentences; the passages that answer it best */
  find(question: string, count: number, signal?: AbortSignal): Promise<FoundPassages>;
  /** @param text as people type into a search box; every word must be there, or the passage is near by meaning */
  search(query: SearchQuery, text: string, count: number, signal?: AbortSignal): Promise<{ by: FoundBy; hits: { passage: KnowledgePassage; snippet: Snippet }[] }>;
  /**
   * Terms and policies for a prompt: the best passages that fit, whole, best first. Their text is data, as the customer's words are.
   * @param countTokens of the model that will read them; without it 3 characters are a token, which is more than any common model needs
   */
  ground(question: string, limit: GroundLimit, countTokens?: CountTokens, signal?: AbortSignal): Promise<FoundPassages>;
}

export interface LibrarianStatus {
  /** of the last look through the folder that came to its end */
  scanned_at: string | null;
  /** why the last look failed, for people */
  error: string | null;
}

export interface MessageHit extends FoundMessage {
  snippet: Snippet;
}

export interface MessagePage extends PageOf<MessageHit> {
  by: FoundBy;
  /** how far back was looked: all of it, or messages since about this time; `next` goes on from there */
  coverage: { all: boolean; back_to: string | null };
}

/** fit: what has rare words, many of them and is recent; newest: what was said last. */
export const SEARCH_ORDERS = ["fit", "newest"] as const;
export type SearchOrder = (typeof SEARCH_ORDERS)[number];

export interface SearchDesk {
  /** @param text as people type it @param page `next` goes on in the same order · @throws AppError REQUEST_INVALID when there is nothing to look for, or the cursor is not ours */
  messages(text: string, filter: SearchFilter, page: PageRequest & { order?: SearchOrder }, signal?: AbortSignal): Promise<MessagePage>;
}
