// What whisper-server and whisper-cli answer becomes one shape. Pure: bytes in, RawWindow out.
import { z } from "zod";
import { AppError } from "../domain/index.ts";
import { languageCode } from "./languages.ts";
import type { RawSegment, RawToken } from "./words.ts";

/** Which remote model heard a window, and where. */
export interface HeardBy {
  model: string;
  /** host and port */
  endpoint: string;
}

/** What the engine heard in one window; times are milliseconds in that window. */
export interface RawWindow {
  /** code of the language it decoded in; undefined when it did not say */
  language: string | undefined;
  segments: RawSegment[];
  /** absent when the engine is the one of this machine */
  heardBy?: HeardBy;
}

/** Far above what 30 s of speech can be (about 100 KiB); protects the event loop from a runaway answer. */
export const MAX_ANSWER_BYTES = 4 * 1024 * 1024;

const number = z.number().nullish(); // NaN is written as null

const serverSchema = z.object({
  language: z.string().optional(),
  segments: z.array(
    z.object({
      start: number,
      end: number,
      words: z.array(z.object({ word: z.string(), start: number, end: number, probability: number })).optional(),
    }),
  ),
});

const cliSchema = z.object({
  result: z.object({ language: z.string().optional() }).optional(),
  transcription: z.array(
    z.object({
      offsets: z.object({ from: z.number(), to: z.number() }),
      tokens: z
        .array(z.object({ text: z.string(), offsets: z.object({ from: z.number(), to: z.number() }).optional(), p: number }))
        .optional(),
    }),
  ),
});

/**
 * Reads `verbose_json` of whisper-server. Its `words` are tokens and its times seconds; −0.01 means unknown.
 * @throws AppError SPEECH_OUTPUT_INVALID
 */
export function parseServerWindow(body: Buffer): RawWindow {
  const answer = parse(serverSchema, body, "whisper-server");
  return {
    language: languageCode(answer.language),
    segments: answer.segments.map((segment) => {
      const startMs = toMs(segment.start, 0);
      const endMs = Math.max(startMs, toMs(segment.end, startMs));
      const tokens = (segment.words ?? []).map((word) => rawToken(word.word, toMs(word.start, startMs), toMs(word.end, startMs), word.probability));
      return { startMs, endMs, tokens };
    }),
  };
}

/**
 * Reads the file that `whisper-cli -ojf` writes. It escapes only `"` and `\`, so control characters are taken out first; special tokens stay
 * in and are dropped when words are made.
 * @throws AppError SPEECH_OUTPUT_INVALID
 */
export function parseCliWindow(body: Buffer): RawWindow {
  const answer = parse(cliSchema, body, "whisper-cli");
  return {
    language: languageCode(answer.result?.language),
    segments: answer.transcription.map((segment) => {
      const startMs = Math.max(0, segment.offsets.from);
      const endMs = Math.max(startMs, segment.offsets.to);
      const tokens = (segment.tokens ?? [])
        .filter((token) => !/^\[_.*\]$/u.test(token.text))
        .map((token) => rawToken(token.text, Math.max(0, token.offsets?.from ?? startMs), Math.max(0, token.offsets?.to ?? startMs), token.p));
      return { startMs, endMs, tokens };
    }),
  };
}

function rawToken(text: string, startMs: number, endMs: number, probability: number | null | undefined): RawToken {
  return { text, startMs, endMs: Math.max(startMs, endMs), probability: Math.min(1, Math.max(0, probability ?? 0)) }; // whisper.cpp always gives one: NaN is bad hearing, not unknown
}

function toMs(seconds: number | null | undefined, unknown: number): number {
  return seconds === null || seconds === undefined || seconds < 0 ? unknown : Math.round(seconds * 1000);
}

function parse<T>(schema: z.ZodType<T>, body: Buffer, program: string): T {
  if (body.length > MAX_ANSWER_BYTES) throw unreadable(program, `is ${body.length} bytes long`);
  let value: unknown;
  try {
    // eslint-disable-next-line no-control-regex
    value = JSON.parse(body.toString("utf8").replace(/[\u0000-\u001f]+/g, " "));
  } catch {
    throw unreadable(program, "is no JSON"); // the cause would quote what was said
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw unreadable(program, `has an unexpected value at ${issue?.path.join(".") || "(top)"}`);
}

function unreadable(program: string, what: string): AppError {
  return new AppError("SPEECH_OUTPUT_INVALID", `The answer of ${program} ${what}; it is tried again, and if this stays, rebuild the speech engine with: npm run setup`, {
    details: { program },
  });
}
