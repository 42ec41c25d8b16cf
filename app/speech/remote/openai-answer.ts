// What OpenAI-compatible servers answer becomes one shape, however much of it they leave out. Pure.
import { z } from "zod";
import { AppError, type Span } from "../../domain/index.ts";
import { MAX_ANSWER_BYTES, type RawWindow } from "../engine-output.ts";
import { languageCode } from "../languages.ts";
import { splitSpoken, type RawSegment, type RawToken } from "../words.ts";

const number = z.number().nullish();
const wordSchema = z.object({ word: z.string(), start: number, end: number, probability: number });
const segmentSchema = z.object({ start: number, end: number, text: z.string().nullish(), avg_logprob: number, words: z.array(wordSchema).nullish() });
const answerSchema = z
  .object({ language: z.string().nullish(), text: z.string().nullish(), segments: z.array(segmentSchema).nullish(), words: z.array(wordSchema).nullish() })
  .refine(({ text, segments, words }) => [text, segments, words].some((part) => part !== undefined && part !== null), "expected text, segments or words");

type Answer = z.output<typeof answerSchema>;
type Heard = z.output<typeof wordSchema>;

/**
 * Words inside of segments (faster-whisper, whisper.cpp), beside them (OpenAI), segments alone (vLLM, LocalAI), words alone, or only a text: the
 * finer times win. Words without times of their own are spread over their segment and carry it as `within`. A probability comes from the word,
 * else from the segment's `avg_logprob` (an exact 0 is a placeholder: no decoder is that sure), else it stays unknown.
 * @param durationMs length of the window; no time lies outside of it
 * @throws AppError SPEECH_OUTPUT_INVALID, never quoting the answer
 */
export function parseOpenAiAnswer(body: Buffer, durationMs: number): RawWindow {
  const answer = read(body);
  return { language: languageCode(answer.language?.toLowerCase()), segments: segmentsOf(answer, durationMs).filter((segment) => segment.tokens.length > 0) };
}

function segmentsOf({ text, segments, words }: Answer, durationMs: number): RawSegment[] {
  const whole = { startMs: 0, endMs: durationMs };
  if (segments === undefined || segments === null || segments.length === 0) {
    if (words === undefined || words === null || words.length === 0) return [{ ...whole, tokens: guessed(text ?? "", whole, undefined) }];
    const tokens = timed(words, text ?? "", whole, undefined);
    return [{ startMs: tokens[0]?.startMs ?? 0, endMs: Math.max(...tokens.map((token) => token.endMs)), tokens }];
  }
  const spans = segments.map(({ start, end }): Span => {
    const startMs = toMs(start, durationMs) ?? 0;
    return { startMs, endMs: Math.max(startMs, toMs(end, durationMs) ?? durationMs) };
  });
  const beside = share(words ?? [], spans, durationMs);
  return segments.map((segment, i) => {
    const span = spans[i] ?? whole;
    const own = segment.words !== undefined && segment.words !== null && segment.words.length > 0 ? segment.words : (beside[i] ?? []);
    const sure = segment.avg_logprob !== undefined && segment.avg_logprob !== null && segment.avg_logprob < 0 ? Math.exp(segment.avg_logprob) : undefined;
    return { ...span, tokens: own.length > 0 ? timed(own, segment.text ?? "", span, sure) : guessed(segment.text ?? "", span, sure) };
  });
}

/** Words that stand beside the segments belong to the first one that ends after their middle. */
function share(words: readonly Heard[], spans: readonly Span[], durationMs: number): Heard[][] {
  const shares: Heard[][] = spans.map(() => []);
  for (const word of words) {
    const startMs = toMs(word.start, durationMs) ?? 0;
    const middleMs = (startMs + (toMs(word.end, durationMs) ?? startMs)) / 2;
    const at = spans.findIndex((span) => middleMs < span.endMs);
    shares[at < 0 ? spans.length - 1 : at]?.push(word);
  }
  return shares;
}

/** A list in which no word begins with a space is one of whole words, as OpenAI sends them: without the punctuation, which the text then gives back. */
function timed(words: readonly Heard[], text: string, span: Span, sure: number | undefined): RawToken[] {
  const areWhole = words.every((word) => !/^\s/u.test(word.word));
  const written = text.trim().split(/\s+/u);
  const fits = areWhole && written.length === words.length && written.every((part, i) => letters(part) === letters(words[i]?.word ?? ""));
  return words.map((word, i) => {
    const startMs = toMs(word.start, span.endMs);
    const endMs = toMs(word.end, span.endMs);
    const isTimed = startMs !== undefined && endMs !== undefined;
    return {
      text: areWhole ? ` ${fits ? written[i] : word.word}` : word.word,
      startMs: startMs ?? span.startMs,
      endMs: Math.max(startMs ?? span.startMs, endMs ?? span.endMs),
      probability: bounded(word.probability) ?? sure,
      ...(isTimed ? {} : { within: span }),
    };
  });
}

/** Spread by the length of the words: good enough for the order of a conversation, and `within` says how far it can be trusted. */
function guessed(text: string, span: Span, sure: number | undefined): RawToken[] {
  const parts = splitSpoken(text);
  const total = parts.reduce((sum, part) => sum + part.length, 0);
  const at = (length: number): number => Math.round(span.startMs + ((span.endMs - span.startMs) * length) / total);
  let before = 0;
  return parts.map((part) => ({ text: part, startMs: at(before), endMs: at((before += part.length)), probability: sure, within: span }));
}

/** Seconds, as everybody sends them, or nanoseconds, as LocalAI did: a window has 30 s, so a million of anything are no seconds. */
function toMs(time: number | null | undefined, latestMs: number): number | undefined {
  if (time === undefined || time === null || time < 0) return undefined;
  return Math.min(latestMs, Math.round(time >= 1e6 ? time / 1e6 : time * 1000));
}

function bounded(probability: number | null | undefined): number | undefined {
  return probability === undefined || probability === null ? undefined : Math.min(1, Math.max(0, probability));
}

function letters(text: string): string {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
}

function read(body: Buffer): Answer {
  if (body.length > MAX_ANSWER_BYTES) throw unreadable(`is ${body.length} bytes long`);
  let value: unknown;
  try {
    value = JSON.parse(body.toString("utf8"));
  } catch {
    throw unreadable("is no JSON"); // the cause would quote what was said
  }
  const parsed = answerSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw unreadable(`has an unexpected value at ${parsed.error.issues[0]?.path.join(".") || "(top)"}`);
}

function unreadable(what: string): AppError {
  return new AppError("SPEECH_OUTPUT_INVALID", `The answer of the speech endpoint ${what}; check that it is an OpenAI-compatible /v1/audio/transcriptions`, { details: { program: "openai" } });
}
