// Terms of the business for a reading: passages of its own documents that fit the conversation, bounded, as data.
import type { Analysis, KnowledgePassage } from "../../domain/index.ts";
import { terms1 } from "../prompts/terms-1.ts";
import { clean, documentOf } from "../reading/items.ts";
import { withoutOrders } from "../reading/orders.ts";
import type { CountTokens } from "../reading/plan-reading.ts";

/** Looks something up in the business's own documents: whole passages, best first, together within the limit. */
export type GroundTerms = (question: string, limit: { passages: number; tokens: number }, count: CountTokens, signal?: AbortSignal) => Promise<{ passages: readonly Pick<KnowledgePassage, "text" | "document" | "page">[] }>;

/** What comes before the conversation; the same for all questions and all parts, so that a model reads it once. */
export interface Terms {
  system: string;
  document: string;
  /** names of the documents, for the record */
  sources: string[];
}

const MOST = { passages: 3, tokens: 600 };
/** The conversation comes first: terms get at most this much of its room. */
const SHARE = 1 / 6;
/** What rules found says what it is about; more words find nothing better. */
const QUESTION_CHARACTERS = 500;

/**
 * @param base what rules found
 * @param room tokens that the conversation would have alone
 * @returns undefined when the site has no documents, or none that fit. Never throws but for the signal's reason: findings do without.
 */
export async function findTerms(base: Pick<Analysis, "topic" | "intent" | "summary">, room: number, ground: GroundTerms | undefined, count: CountTokens, signal?: AbortSignal): Promise<(Terms & { tokens: number }) | undefined> {
  const most = Math.min(MOST.tokens, Math.floor(room * SHARE));
  const question = [base.topic, base.intent?.text, base.summary].filter((text) => text !== null && text !== undefined && text !== "").join(". ").slice(0, QUESTION_CHARACTERS);
  if (ground === undefined || most < 1 || question === "") return undefined;
  const found = await ground(question, { ...MOST, tokens: most }, count, signal).catch(() => undefined);
  signal?.throwIfAborted();
  const known = (found?.passages ?? []).flatMap(({ text, document, page }) => {
    const words = clean(withoutOrders(text));
    return words === "" ? [] : [{ source: clean(`${document}, page ${page}`), words }];
  });
  if (known.length === 0) return undefined;
  const terms: Terms = { system: terms1.system(), document: documentOf("terms", known.map(({ source, words }) => `${source}: ${words}`)), sources: [...new Set(known.map(({ source }) => source))] };
  const [frame = 0, shown = 0] = await count([`${terms.system}\n`, `${terms.document}\n`]);
  return shown > 2 * most ? undefined : { ...terms, tokens: frame + shown }; // names of files may be long, too
}

/** @returns the reading with the terms before it */
export function withTerms({ system, document }: { system: string; document: string }, terms: Terms | undefined): { system: string; document: string } {
  return terms === undefined ? { system, document } : { system: `${system}\n${terms.system}`, document: `${terms.document}\n${document}` };
}
