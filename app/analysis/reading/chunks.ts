// Parts in which a conversation is read when it does not fit into a model at once: whole turns in order, none left out. Pure.

/** A turn, or a part of one that is too long, with what it costs. */
export interface Piece {
  /** place of its item */
  item: number;
  text: string;
  /** of its whole line */
  tokens: number;
}

export interface Chunk {
  pieces: Piece[];
  /** pieces at its beginning that the chunk before ended with */
  repeated: number;
}

/** The last turns of a part are read again at the beginning of the next, so that an answer is not torn from its question. */
const MOST_REPEATED = 2;
/** Of a chunk. */
const REPEATED_SHARE = 1 / 8;

/** @returns the largest piece that `planChunks` takes for a budget */
export function largestPiece(budget: number): number {
  return budget - Math.floor(budget * REPEATED_SHARE);
}

/**
 * @param pieces in order, none larger than `largestPiece(budget)`
 * @param budget tokens of one chunk
 * @returns chunks that hold every piece, in order, within the budget; the fewest that this way of filling gives
 */
export function planChunks(pieces: readonly Piece[], budget: number): Chunk[] {
  const chunks: Chunk[] = [];
  let current: Chunk = { pieces: [], repeated: 0 };
  let size = 0;
  for (const piece of pieces) {
    if (current.pieces.length > current.repeated && size + piece.tokens > budget) {
      chunks.push(current);
      const again = overlapOf(current.pieces, Math.floor(budget * REPEATED_SHARE));
      current = { pieces: [...again], repeated: again.length };
      size = sizeOf(again);
    }
    current.pieces.push(piece);
    size += piece.tokens;
  }
  return current.pieces.length > current.repeated ? [...chunks, current] : chunks;
}

function overlapOf(pieces: readonly Piece[], most: number): readonly Piece[] {
  for (let count = MOST_REPEATED; count > 0; count--) {
    const last = pieces.slice(-count);
    if (last.length < pieces.length && sizeOf(last) <= most) return last;
  }
  return [];
}

function sizeOf(pieces: readonly Piece[]): number {
  return pieces.reduce((sum, piece) => sum + piece.tokens, 0);
}
