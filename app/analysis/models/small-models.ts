// The seam for small models that run beside the language model: texts become vectors, pictures become words, conversations become what they are about.

export interface Embedder {
  /** name and content of the model: vectors of different models are never compared */
  readonly id: string;
  readonly dimensions: number;
  /**
   * @param kind models such as E5 want to know whether a text is asked or asked about
   * @returns one vector of unit length per text, in order
   * @throws AppError EMBEDDING_FAILED when the model cannot be loaded or broke down; the signal's reason when aborted
   */
  embed(texts: readonly string[], kind: "query" | "passage", signal?: AbortSignal): Promise<Float32Array[]>;
  /** ends its process, where it has one */
  stop?(): Promise<void>;
}

export interface PictureDescriber {
  readonly id: string;
  /**
   * @param path an ordinary picture file that was checked and re-encoded before (PNG)
   * @returns one sentence in the model's language; undefined when it says nothing
   * @throws AppError PICTURE_UNDESCRIBED when the model cannot be loaded or broke down; the signal's reason when aborted
   */
  describe(path: string, signal?: AbortSignal): Promise<string | undefined>;
}

/** A turn as an encoder reads it: who, and the words. */
export interface EncodedTurn {
  isHouse: boolean;
  text: string;
}

/** A word of a turn, and how likely it begins or goes on with each kind of span. */
export interface EncodedWord {
  turn: number;
  /** places in the turn's text; `to` is behind the last character */
  from: number;
  to: number;
  /** 0…1 per tag of the encoder; they sum to 1 */
  chances: readonly number[];
}

/** What an encoder makes of a conversation, or of a part of it. */
export interface Encoding {
  /** 0…1 per reason code, `none` among them; they sum to 1 */
  reasons: Readonly<Record<string, number>>;
  /** of each choice (`resolution`), 0…1 per value, `none` among them */
  choices: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** the words that were read, in order; of long conversations the first ones */
  words: readonly EncodedWord[];
}

/** Reads English as a whole, not word by word: what a customer came for, which words name what. */
export interface Encoder {
  /** another one for other weights: what was read with them is read again */
  readonly name: string;
  /** `O`, and `B-item`, `I-item`, … */
  readonly tags: readonly string[];
  /**
   * @returns what it makes of the turns; of more words than it can read, of the first ones
   * @throws AppError ENCODING_FAILED when the model cannot be loaded or broke down; the signal's reason when aborted
   */
  read(turns: readonly EncodedTurn[], signal?: AbortSignal): Promise<Encoding>;
  stop(): Promise<void>;
}
