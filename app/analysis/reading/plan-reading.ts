// How a conversation is read by a model of limited size: in one piece where it fits, else in chunks. Counts tokens, so that nothing is ever cut without a word.
import { AppError } from "../../domain/index.ts";
import { largestPiece, planChunks, type Chunk, type Piece } from "./chunks.ts";
import { cutText } from "./cut-text.ts";
import { lineOf, type Item } from "./items.ts";

/** Counts the tokens of each text. */
export type CountTokens = (texts: readonly string[]) => Promise<number[]>;

/** The end of a line, and what a tokeniser may add where lines meet. */
const LINE_MARGIN = 2;
/** A chunk smaller than this tells a model nothing. */
const SMALLEST_BUDGET = 200;

/**
 * @param budget tokens that the lines of one chunk may have
 * @returns chunks that hold every item; the places in `pieces` are those in `items`
 * @throws AppError ANALYSIS_FAILED when the budget is too small to read anything
 */
export async function planReading(items: readonly Item[], budget: number, count: CountTokens): Promise<Chunk[]> {
  if (budget < SMALLEST_BUDGET) throw new AppError("ANALYSIS_FAILED", "The language model's context is too small to read a conversation; raise analysis.context_tokens, or take a model with a larger one");
  const most = largestPiece(budget);
  let pending: Piece[] = await measured(items, items.map((item, at) => ({ item: at, text: item.text })), count);
  // Too long a turn is cut; how many bytes fit is guessed from its own tokens, and half of that if the guess was wrong. A token has a byte at least, so this ends.
  for (let share = 0.8; pending.some((piece) => piece.tokens > most); share /= 2) {
    const parts = pending.flatMap((piece) => (piece.tokens <= most ? [piece] : cutText(piece.text, bytesFor(piece, most, share)).map((text) => ({ item: piece.item, text }))));
    pending = await measured(items, parts, count);
  }
  return planChunks(pending, budget);
}

function bytesFor({ text, tokens }: Piece, most: number, share: number): number {
  return Math.max(4, Math.floor((Buffer.byteLength(text, "utf8") * most * share) / tokens));
}

async function measured(items: readonly Item[], parts: readonly (Omit<Piece, "tokens"> & { tokens?: number })[], count: CountTokens): Promise<Piece[]> {
  const unknown = parts.filter((part) => part.tokens === undefined);
  const tokens = unknown.length === 0 ? [] : await count(unknown.map((part) => lineFor(items, part)));
  let next = 0;
  return parts.map((part) => ({ item: part.item, text: part.text, tokens: part.tokens ?? (tokens[next++] ?? 0) + LINE_MARGIN }));
}

/** The line of a piece. */
export function lineFor(items: readonly Item[], piece: Pick<Piece, "item" | "text">): string {
  const item = items[piece.item];
  return item === undefined ? piece.text : lineOf(item, piece.text.trim());
}
