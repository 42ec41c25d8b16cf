// What is read out of a document, and how the reading process says it: one JSON line at a time, so that nothing is lost when it is ended.
import { z } from "zod";

export const DOCUMENT_KINDS = ["pdf", "docx", "text", "html", "image", "unknown"] as const;
export type DocumentKind = (typeof DOCUMENT_KINDS)[number];

/** Why less was read than there is. */
export const TRUNCATIONS = ["pages", "seconds", "memory", "text"] as const;
export type Truncation = (typeof TRUNCATIONS)[number];

export const pageSchema = z.object({
  /** from 1; documents without pages of their own are cut between paragraphs */
  number: z.number().int().min(1),
  text: z.string(),
  /** `ocr`: read off a picture */
  source: z.enum(["text", "ocr"]),
});
export type Page = z.output<typeof pageSchema>;

export const pictureSchema = z.object({ width: z.number().int().min(1), height: z.number().int().min(1), format: z.string() });
export type Picture = z.output<typeof pictureSchema>;

/** Everything that was read. Pages without any text are absent. */
export interface DocumentReading {
  kind: DocumentKind;
  pages: Page[];
  truncated?: Truncation;
  picture?: Picture;
  /** the picture in colour, upright and small, drawn anew as PNG; only when it was asked for */
  preview?: Uint8Array;
  /** pages that are pictures and could not be read for want of a program */
  unreadPages: number[];
}

/** Limits of one reading. */
export interface DocumentLimits {
  maxBytes: number;
  maxPages: number;
  /** of one picture */
  maxPixels: number;
  /** unpacked ÷ packed of a part of an archive, and of all of it */
  maxArchiveRatio: number;
  /** wall clock, from start to end */
  seconds: number;
  memoryMb: number;
  /** `eng`, … : languages whose package `@tesseract.js-data/<language>` is installed */
  ocrLanguages: readonly string[];
}

export const REFUSALS = ["DOCUMENT_ENCRYPTED", "DOCUMENT_UNREADABLE", "DOCUMENT_TOO_LARGE", "DOCUMENT_UNSUPPORTED"] as const;

/** What the parent asks of the reading process. */
export const requestSchema = z.object({
  path: z.string(),
  /** pictures of pages that a program drew, by page number: read instead of the document */
  drawn: z.array(z.object({ page: z.number().int().min(1), path: z.string() })).optional(),
  /** longest side of the preview of a picture; none when absent */
  previewSide: z.number().int().min(1).optional(),
  limits: z.object({
    maxBytes: z.number(), maxPages: z.number(), maxPixels: z.number(), maxArchiveRatio: z.number(), seconds: z.number(), memoryMb: z.number(), ocrLanguages: z.array(z.string()).readonly(),
  }),
});
export type ReadingRequest = z.output<typeof requestSchema>;

/** One line of the reading process. */
export const lineSchema = z.discriminatedUnion("say", [
  z.object({ say: z.literal("kind"), kind: z.enum(DOCUMENT_KINDS) }),
  z.object({ say: z.literal("page"), page: pageSchema }),
  z.object({ say: z.literal("picture"), picture: pictureSchema }),
  z.object({ say: z.literal("preview"), png: z.string() }),
  /** the page is a picture that could not be taken out of the document */
  z.object({ say: z.literal("unread"), page: z.number().int().min(1) }),
  z.object({ say: z.literal("end"), truncated: z.enum(TRUNCATIONS).nullable() }),
  z.object({ say: z.literal("refused"), code: z.enum(REFUSALS), message: z.string().max(500) }),
]);
export type Line = z.output<typeof lineSchema>;
