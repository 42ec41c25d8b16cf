// The reading process: opens one file, says what is in it line by line, and ends. It is started by read-document.ts with hard limits around it.
import { readFileSync, statSync, writeSync } from "node:fs";
import { requestSchema, type Line, type ReadingRequest, type Truncation } from "./document.ts";
import { kindOf } from "./kind.ts";
import { sayPages } from "./readers/pages.ts";
import { decodeText } from "./readers/plain.ts";
import { Refusal, type Session } from "./readers/reader.ts";

// Parsers are loaded when they are needed: half a second for all of them, and what is not loaded cannot be attacked.

/** Part of the time after which no further page is begun, so that the end is said before the process is ended. */
const LATE_AFTER = 0.75;

await main(requestSchema.parse(JSON.parse(process.argv[2] ?? "{}")));

async function main(request: ReadingRequest): Promise<void> {
  const say = (line: Line): void => void writeSync(1, `${JSON.stringify(line)}\n`);
  const ocr = lazyOcr(request.limits.ocrLanguages);
  try {
    const session: Session = { limits: request.limits, previewSide: request.previewSide, say, isLate: () => performance.now() > request.limits.seconds * 1000 * LATE_AFTER, ocr: ocr.read };
    say({ say: "end", truncated: await (request.drawn === undefined ? readFile(request, session) : readDrawn(request.drawn, session)) });
  } catch (error) {
    const refusal = error instanceof Refusal ? error : new Refusal("DOCUMENT_UNREADABLE", "The document cannot be read; ask for it in another format");
    if (refusal !== error) process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    say({ say: "refused", code: refusal.code, message: refusal.message });
  } finally {
    await ocr.end().catch(() => undefined);
  }
}

/** Loaded with the first picture. */
function lazyOcr(languages: readonly string[]): { read: Session["ocr"]; end: () => Promise<void> } {
  const loaded = once(async () => (await import("./readers/ocr.ts")).createOcr(languages));
  return { read: async (png) => (await loaded()).read(png), end: async () => (loaded.isCalled() ? (await loaded()).end() : undefined) };
}

function once<T>(make: () => T): (() => T) & { isCalled(): boolean } {
  let made: { value: T } | undefined;
  return Object.assign(() => (made ??= { value: make() }).value, { isCalled: () => made !== undefined });
}

async function readFile({ path, limits }: ReadingRequest, session: Session): Promise<Truncation | null> {
  if (statSync(path).size > limits.maxBytes) throw new Refusal("DOCUMENT_TOO_LARGE", `The document is larger than ${limits.maxBytes} bytes (documents.max_mb); ask for a smaller one`);
  const bytes = readFileSync(path);
  const kind = kindOf(bytes);
  if (kind === "archive") return (await import("./readers/docx.ts")).readDocx(bytes, session);
  if (kind === "locked") throw new Refusal("DOCUMENT_ENCRYPTED", "The document is protected by a password; ask for a copy without one");
  session.say({ say: "kind", kind });
  switch (kind) {
    case "pdf":
      return (await import("./readers/pdf.ts")).readPdf(new Uint8Array(bytes), session);
    case "html":
      return (await import("./readers/html.ts")).readHtml(bytes, session);
    case "text":
      return sayPages(decodeText(bytes) ?? "", session);
    case "image":
      return (await import("./readers/image.ts")).readImage(bytes, session);
    case "docx":
    case "unknown":
      throw new Refusal("DOCUMENT_UNSUPPORTED", "Earshot reads PDF, DOCX, HTML, text and pictures (PNG, JPEG, WebP, GIF, TIFF, AVIF); this file is none of them and is only kept");
  }
}

/** Pages that a program drew, because their pictures could not be taken out of the document. */
async function readDrawn(drawn: NonNullable<ReadingRequest["drawn"]>, session: Session): Promise<Truncation | null> {
  const { redraw } = await import("./readers/image.ts");
  for (const { page, path } of drawn) {
    if (session.isLate()) return "seconds";
    const text = await session.ocr((await redraw(readFileSync(path), session.limits.maxPixels)).png);
    if (text !== "") session.say({ say: "page", page: { number: page, text, source: "ocr" } });
  }
  return null;
}
