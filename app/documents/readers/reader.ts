// What every reader of one kind of document gets, and how it refuses.
import type { Line, REFUSALS, ReadingRequest } from "../document.ts";

/** The way out of the reading process, with the limits that a reader keeps itself. */
export interface Session {
  limits: ReadingRequest["limits"];
  /** longest side of the preview of a picture, when one is wanted */
  previewSide?: number | undefined;
  say: (line: Line) => void;
  /** true when so little of the time is left that the reader should end with what it has */
  isLate: () => boolean;
  /** text off a picture; empty when there is none to be read */
  ocr: (png: Uint8Array) => Promise<string>;
}

/** A document that is not read, with a sentence for people. */
export class Refusal extends Error {
  readonly code: (typeof REFUSALS)[number];

  constructor(code: (typeof REFUSALS)[number], message: string) {
    super(message);
    this.code = code;
  }
}
