// HTML: what a reader would see of it. Nothing is fetched, nothing runs.
import { convert } from "html-to-text";
import type { Truncation } from "../document.ts";
import { decodeText } from "./plain.ts";
import { sayPages } from "./pages.ts";
import { Refusal, type Session } from "./reader.ts";

/** A page of a thousand nested tables is an attack or a mistake. */
const LIMITS = { maxInputLength: 16 * 1_048_576, maxDepth: 200, maxChildNodes: 100_000 };

export function readHtml(bytes: Uint8Array, session: Session): Truncation | null {
  const html = decodeText(bytes);
  if (html === undefined) throw new Refusal("DOCUMENT_UNREADABLE", "The page is in an encoding that Earshot does not know; send it as UTF-8");
  const text = convert(html, {
    wordwrap: false,
    limits: LIMITS,
    selectors: [{ selector: "a", options: { ignoreHref: true } }, { selector: "img", format: "skip" }, ...["h1", "h2", "h3", "h4", "h5", "h6"].map((selector) => ({ selector, options: { uppercase: false } })), { selector: "table", format: "dataTable", options: { uppercaseHeaderCells: false } }],
  });
  return sayPages(text, session);
}
