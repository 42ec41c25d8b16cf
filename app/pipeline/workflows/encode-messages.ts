// Once a session was analysed, an encoder reads its messages for the forms that it may fill: which words name what, which choices were made.
import { toAppError, type Analysis } from "../../domain/index.ts";
import { encodeMessage, isBegun, isEnglish } from "../../analysis/index.ts";
import type { MessageEncoding, SessionRow } from "../../store/index.ts";
import type { Parts } from "../parts.ts";
import { foldLater, readConversation } from "./fold-forms.ts";

/** Of a session the newest so many: 10 ms each. What a form wants is rarely said earlier. */
const MOST = 400;

/**
 * @param analysed the analysis that was just made: it may begin a form
 * @returns what is to be kept; nothing where no form is or will be under way, and for languages that the encoder does not know
 * @throws the signal's reason. An encoder that fails reads nothing: forms are none of the stage's own work.
 */
export async function encodeMessages({ conversation_id: conversationId, id: sessionId, language }: SessionRow, analysed: Pick<Analysis, "reason" | "likely_reasons">, parts: Parts, signal: AbortSignal): Promise<MessageEncoding[]> {
  const { encoder, prepared } = parts.workflows;
  if (encoder === undefined || conversationId === null || !isEnglish(language ?? "en")) return [];
  const { forms } = parts.store.writes;
  const begins = { reasons: analysed.reason === null ? [] : [analysed.reason], likely: analysed.likely_reasons === undefined ? [] : [analysed.likely_reasons] };
  if (forms.of(conversationId).length === 0 && !prepared.some((workflow) => isBegun(workflow, begins))) return [];
  const { rows, messages } = readConversation(conversationId, parts);
  const isOwn = (at: number): boolean => rows[at]?.sessionId === sessionId && rows[at].speaker !== "system";
  const wanted = messages.flatMap((message, at) => (isOwn(at) && message.text !== "" && rows[at]?.encoder !== encoder.name ? [{ message, before: isOwn(at - 1) ? messages[at - 1] : undefined }] : [])).slice(-MOST);
  const found: MessageEncoding[] = [];
  try {
    for (const { message, before } of wanted) found.push({ messageId: message.id, encoder: encoder.name, body: await encodeMessage(encoder, before, message, signal) });
  } catch (thrown) {
    signal.throwIfAborted();
    parts.log.warn({ event: "workflow.encoder_failed", sessionId, code: toAppError(thrown, "ENCODING_FAILED").code }, "the encoder did not read for a form; patterns and the other weights fill it");
  }
  return found;
}

/** Inside the transaction that stores the analysis; the forms are folded at its end. */
export function keepEncodings(sessionId: string, encodings: readonly MessageEncoding[], parts: Parts): void {
  if (encodings.length === 0) return;
  parts.store.writes.forms.saveEncodings(encodings);
  foldLater(sessionId, parts);
}
