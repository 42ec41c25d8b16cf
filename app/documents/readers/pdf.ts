// PDF: the text of each page, or the text off the picture that the page is.
import { extractImages, getDocumentProxy, getResolvedPDFJS } from "unpdf";
import type { Truncation } from "../document.ts";
import { LONGEST_PAGE, tidy } from "../cut-pages.ts";
import { prepareRaw } from "./image.ts";
import { Refusal, type Session } from "./reader.ts";

/** A scanned page often has a stamp or a page number as text; fewer characters than this do not make it a page of text. */
const PAGE_OF_TEXT = 20;
/** Lines and logos are pictures too; a scan has at least this many pixels. */
const SCAN_PIXELS = 100_000;

/** @throws Refusal when it is encrypted or cannot be opened; a page that cannot be read is passed over */
export async function readPdf(bytes: Uint8Array, session: Session): Promise<Truncation | null> {
  const pdf = await open(bytes, session);
  let isCut = false;
  for (let number = 1; number <= pdf.numPages; number++) {
    if (number > session.limits.maxPages) return "pages";
    if (session.isLate()) return "seconds";
    let text = "";
    try {
      const page = await pdf.getPage(number);
      const { items } = await page.getTextContent();
      text = tidy(items.map((item) => item.str === undefined ? "" : item.str + (item.hasEOL ? "\n" : "")).join(""));
      page.cleanup();
    } catch {
      // damaged: the others may be whole
    }
    isCut ||= text.length > LONGEST_PAGE;
    const scanned = text.length < PAGE_OF_TEXT ? await readScan(pdf, number, text === "", session) : "";
    if (scanned.length > text.length) session.say({ say: "page", page: { number, text: scanned.slice(0, LONGEST_PAGE), source: "ocr" } });
    else if (text !== "") session.say({ say: "page", page: { number, text: text.slice(0, LONGEST_PAGE), source: "text" } });
  }
  return isCut ? "text" : null;
}

/** What is used of pdf.js, which the package brings without its types. */
interface Pdf {
  numPages: number;
  getPage(number: number): Promise<{
    /** marks of structure have no `str` */
    getTextContent(): Promise<{ items: { str?: string; hasEOL?: boolean }[] }>;
    getOperatorList(): Promise<{ fnArray: number[] }>;
    cleanup(): void;
  }>;
}

async function open(bytes: Uint8Array, session: Session): Promise<Pdf> {
  try {
    return (await getDocumentProxy(bytes, { isEvalSupported: false, useSystemFonts: false, disableFontFace: true, stopAtErrors: false, maxImageSize: session.limits.maxPixels, verbosity: 0 })) as Pdf;
  } catch (error) {
    if (error instanceof Error && error.name === "PasswordException") throw new Refusal("DOCUMENT_ENCRYPTED", "The PDF is protected by a password; ask for a copy without one");
    throw new Refusal("DOCUMENT_UNREADABLE", "The PDF is damaged and cannot be opened; ask for it again");
  }
}

/** The largest picture of the page, read; a page without text that has something drawn on it is reported, so that a program may draw it. */
async function readScan(pdf: Pdf, number: number, isEmpty: boolean, session: Session): Promise<string> {
  try {
    const largest = (await extractImages(pdf, number)).sort((a, b) => b.width * b.height - a.width * a.height)[0];
    if (largest !== undefined && largest.width * largest.height >= SCAN_PIXELS) return await session.ocr(await prepareRaw(largest, session.limits.maxPixels));
    if (isEmpty && (await hasDrawing(pdf, number))) session.say({ say: "unread", page: number });
  } catch {
    if (isEmpty) session.say({ say: "unread", page: number });
  }
  return "";
}

/** An empty page needs no reading; a page of curves, or of a picture that was left out, does. */
async function hasDrawing(pdf: Pdf, number: number): Promise<boolean> {
  const { OPS } = (await getResolvedPDFJS()) as { OPS: Record<"constructPath" | "paintImageXObject" | "paintInlineImageXObject" | "paintImageMaskXObject", number> };
  const drawing = new Set([OPS.constructPath, OPS.paintImageXObject, OPS.paintInlineImageXObject, OPS.paintImageMaskXObject]);
  const { fnArray } = await (await pdf.getPage(number)).getOperatorList();
  return fnArray.some((operator) => drawing.has(operator));
}
