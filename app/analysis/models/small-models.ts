// The seam for small models that run beside the language model: texts become vectors, pictures become words.

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
