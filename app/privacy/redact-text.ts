// Takes secrets out of what was written: chats, mails, pages of documents. Pure; fails closed.
import { AppError, type SpokenTurn } from "../domain/index.ts";
import { redactScript, type RedactionPolicy, type RedactionResult } from "./redact-turns.ts";
import { scanForCards } from "./scan-for-cards.ts";
import { readScript } from "./script.ts";

/** Texts without their secrets, and how many of each kind were found in all of them. */
export interface RedactedTexts {
  texts: string[];
  found: RedactionResult["found"];
}

/** A written text is read as if it were read aloud, 15 characters a second: "within 40 seconds of the question" then means within 600 characters. */
const MS_PER_CHARACTER = 66;
/** Lines without end (a paragraph of a document) are cut between sentences, so that a question in it does not count for all of it. */
const LONG_LINE = 300;
const SENTENCE_END = /(?<=[.!?] )(?=\p{L})/u;
const LINE_END = /(\r\n|[\n\r\v\f\u0085\u2028\u2029])/;

/**
 * @param text what somebody wrote, any Unicode, any length
 * @returns the text with `[CARD]` and `[CODE]` instead of secrets, line ends and all the rest as they were
 * @throws AppError REDACTION_FAILED when a card number would be left; nothing of the text may be stored then
 */
export function redactText(text: string, policy: RedactionPolicy): { text: string; found: RedactionResult["found"] } {
  const { texts, found } = redactTexts([text], policy);
  return { text: texts[0] ?? "", found };
}

/**
 * The same for texts that follow each other (messages of a chat, pages of a document): a question in one is answered in the next, and a card
 * number may be spread over several. Earlier ones may come redacted already; what is found in them only now is taken out of them too.
 * @param texts oldest first @returns as many texts in the same order
 * @throws AppError REDACTION_FAILED
 */
export function redactTexts(texts: readonly string[], policy: RedactionPolicy): RedactedTexts {
  try {
    const { lines, ends } = linesOf(texts);
    const { turns, found } = redactScript(readScript(lines, true), policy);
    const redacted = ends.map((own) => own.map(({ line, end }) => (turns[line]?.text ?? "") + end).join(""));
    if (policy.detect.includes("payment_card") && redacted.some(scanForCards)) throw new Error("the second look found a card number");
    return { texts: redacted, found };
  } catch (cause) {
    throw new AppError("REDACTION_FAILED", "A text could not be redacted, so nothing of it was stored; it is tried again", { cause });
  }
}

/** Every line as a turn of one voice, and per text its lines with what ended them. */
function linesOf(texts: readonly string[]): { lines: SpokenTurn[]; ends: { line: number; end: string }[][] } {
  const lines: SpokenTurn[] = [];
  let atMs = 0;
  const add = (text: string): number => {
    const endMs = atMs + (text.length + 1) * MS_PER_CHARACTER;
    lines.push({ speaker: "unknown", channel: 0, startMs: atMs, endMs, text, words: [], confidence: undefined });
    atMs = endMs;
    return lines.length - 1;
  };
  const ends = texts.map((text) => {
    const pieces = text.split(LINE_END); // a line, its end, a line, its end … a line
    return pieces.flatMap((piece, i) => {
      if (i % 2 === 1) return [];
      const sentences = piece.length > LONG_LINE ? piece.split(SENTENCE_END) : [piece];
      return sentences.map((sentence, j) => ({ line: add(sentence), end: j === sentences.length - 1 ? (pieces[i + 1] ?? "") : "" }));
    });
  });
  return { lines, ends };
}
