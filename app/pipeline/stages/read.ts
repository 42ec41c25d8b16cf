// read: pages of documents, writing on pictures and what is to be seen on them become messages of the thread, redacted like everything that is stored.
import { setImmediate } from "node:timers/promises";
import { join } from "node:path";
import { readDocument, type DocumentLimits, type DocumentReading } from "../../documents/index.ts";
import { toAppError } from "../../domain/index.ts";
import { redactTexts } from "../../privacy/index.ts";
import type { Config } from "../../platform/index.ts";
import type { ReadMessage } from "../../store/index.ts";
import type { Parts } from "../parts.ts";
import type { PictureWords } from "../picture-words.ts";
import type { AttachmentStage } from "../stage.ts";
import { summariseLater } from "../threads/summarise-later.ts";
import { foldLater } from "../workflows/fold-forms.ts";

/** Models look at 224 to 384 pixels a side. */
const PREVIEW_SIDE = 512;

export const read: AttachmentStage = {
  name: "read",
  subject: "attachment",
  lane: "cpu",
  next: null,
  waiting: "A document is about to be read",
  async run({ attachment, message }, parts, signal) {
    const { file } = attachment;
    if (file === null) return { save: () => undefined, detail: "Nothing of this file was kept; its words are messages already" };
    const reading = await readDocument(parts.vault.pathOf(file), limitsOf(parts.config), {
      signal,
      ...(parts.pictures.isSet ? { previewSide: PREVIEW_SIDE } : {}),
      ...(parts.drawer === undefined ? {} : { drawer: { program: parts.drawer, folder: join(parts.spool, attachment.id) } }),
    });
    const seen = await describePicture(reading, attachment.id, parts, signal);
    const { messages, secrets } = await redactAll(reading, seen, parts);
    const isKept = secrets === 0 || parts.config.documents.keep_with_secrets;
    return {
      save() {
        const { attachments } = parts.store.writes;
        const carrier = attachments.carrierOf(attachment) ?? message; // it may have moved to another session meanwhile
        attachments.replaceRead(attachment, carrier, messages, parts.clock.now());
        foldLater(carrier.session_id, parts);
        attachments.setRead(attachment.id, isKept ? file : null, factsOf(reading, secrets));
        if (messages.length > 0) summariseLater({ id: carrier.session_id }, { channel: carrier.channel, atMs: carrier.at_ms }, parts);
      },
      detail: describe(reading, seen, secrets, isKept, parts),
      afterCommit: async () => {
        if (!isKept) await parts.vault.remove(file);
      },
    };
  },
};

/** What `documents` of the configuration allows one reading. */
export function limitsOf({ documents }: Config): DocumentLimits {
  return {
    maxBytes: documents.max_mb * 1_048_576, maxPages: documents.max_pages, maxPixels: documents.max_pixels, maxArchiveRatio: documents.max_archive_ratio,
    seconds: documents.seconds, memoryMb: documents.memory_mb, ocrLanguages: documents.ocr_languages,
  };
}

/** What a model saw on a picture, or why it did not say. */
type Seen = Partial<PictureWords> & { why?: string };

/** Whatever goes wrong, the words that were read stay: the ledger says why there is no description. */
async function describePicture({ picture, preview }: DocumentReading, name: string, parts: Parts, signal: AbortSignal): Promise<Seen> {
  if (picture === undefined || !parts.pictures.isSet) return {};
  if (preview === undefined) return { why: "it could not be drawn for the model" };
  try {
    return await parts.pictures.describe(preview, name, signal);
  } catch (error) {
    signal.throwIfAborted();
    const { code, message } = toAppError(error, "PICTURE_UNDESCRIBED");
    parts.log.warn({ event: "picture.undescribed", code }, "a picture was not described");
    return { why: message };
  }
}

/** Page by page, each with the one before it: a number may go on over the end of a page. In between others get their turn. @throws AppError REDACTION_FAILED */
export async function redactAll({ pages }: Pick<DocumentReading, "pages">, { text, model = "" }: Seen, parts: Pick<Parts, "config">): Promise<{ messages: ReadMessage[]; secrets: number }> {
  const texts: string[] = [];
  let secrets = 0;
  const redact = (some: readonly string[]): string[] => {
    const { texts: clean, found } = redactTexts(some, { detect: parts.config.privacy.redact });
    secrets += found.reduce((sum, one) => sum + one.count, 0);
    return clean;
  };
  for (const page of pages) {
    const before = texts.slice(-1);
    const clean = redact([...before, page.text]);
    texts.splice(-before.length, before.length, ...clean.slice(0, before.length));
    texts.push(clean.at(-1) ?? "");
    await setImmediate();
  }
  const read = pages.map(({ number, source }, i): ReadMessage => ({ kind: "page", text: texts[i] ?? "", facts: { page: number, source } }));
  const seen = text === undefined ? [] : redact([text]).map((one): ReadMessage => ({ kind: "picture", text: one, facts: { source: "model", model } }));
  return { messages: [...read, ...seen], secrets };
}

function factsOf({ kind, pages, truncated, picture, unreadPages }: DocumentReading, secrets: number): Record<string, unknown> {
  return { kind, pages: pages.length, ...(truncated === undefined ? {} : { truncated }), ...(picture === undefined ? {} : { picture }), ...(unreadPages.length === 0 ? {} : { unread_pages: unreadPages }), secrets };
}

function describe({ kind, pages, truncated, picture, unreadPages }: DocumentReading, seen: Seen, secrets: number, isKept: boolean, parts: Parts): string {
  const scanned = pages.filter((page) => page.source === "ocr").length;
  return [
    picture === undefined ? `${kind}, ${pages.length} pages with text` : `picture of ${picture.width} × ${picture.height}, ${pages.length === 0 ? "no writing on it" : "its writing was read"}`,
    ...(picture === undefined ? [] : describeSeen(seen, pages.length > 0, parts)),
    ...(picture === undefined && scanned > 0 ? [`${scanned} of them read off their picture`] : []),
    ...(truncated === undefined ? [] : [`not all of it: the limit of ${truncated} was reached`]),
    ...(unreadPages.length === 0 ? [] : [`${unreadPages.length} pages are drawings that were not read${parts.drawer === undefined ? "; install poppler-utils for them" : ""}`]),
    ...(secrets === 0 ? [] : [`${secrets} secrets taken out${isKept ? "" : "; the file itself was not kept"}`]),
  ].join("; ");
}

function describeSeen({ text, model, why }: Seen, isRead: boolean, parts: Parts): string[] {
  if (!parts.pictures.isSet) return isRead ? [] : ["no model that describes pictures is set (documents.picture_model)"];
  if (why !== undefined) return [`not described: ${why}`];
  return [text === undefined ? "the picture model said nothing of it" : `described by ${model?.split("@")[0]}`];
}
