// DOCX: its words, after the archive was looked through. Pictures, links and external parts are not followed.
import mammoth from "mammoth";
import type { Truncation } from "../document.ts";
import { checkZip } from "../zip-check.ts";
import { sayPages } from "./pages.ts";
import { Refusal, type Session } from "./reader.ts";

/** @throws Refusal when it is no DOCX, is locked, or would become too large */
export async function readDocx(bytes: Buffer, session: Session): Promise<Truncation | null> {
  const zip = checkZip(bytes, session.limits.maxArchiveRatio);
  if (!zip.ok) throw refusalFor(zip.why);
  if (!zip.names.includes("word/document.xml")) throw new Refusal("DOCUMENT_UNSUPPORTED", "The file is an archive and not a Word document; send its contents one by one");
  session.say({ say: "kind", kind: "docx" });
  try {
    // mammoth's parser of XML expands no entities of the document, and words alone need no file beside it (since 1.11, CVE-2025-11849)
    const { value } = await mammoth.extractRawText({ buffer: bytes });
    return sayPages(value, session);
  } catch {
    throw new Refusal("DOCUMENT_UNREADABLE", "The Word document is damaged and cannot be opened; ask for it again");
  }
}

function refusalFor(why: "too_large" | "locked" | "damaged"): Refusal {
  if (why === "too_large") return new Refusal("DOCUMENT_TOO_LARGE", "The document unpacks to far more than its size; it was not opened (documents.max_archive_ratio)");
  if (why === "locked") return new Refusal("DOCUMENT_ENCRYPTED", "The document is protected by a password; ask for a copy without one");
  return new Refusal("DOCUMENT_UNREADABLE", "The document is damaged and cannot be opened; ask for it again");
}
