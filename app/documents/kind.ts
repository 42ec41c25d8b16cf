// What a file is, by its content alone: names and claimed types are the sender's. Pure.
import type { DocumentKind } from "./document.ts";
import { decodeText } from "./readers/plain.ts";

/** `locked`: an Office file behind a password · `archive`: a zip that may be a DOCX, which its list of entries tells. */
export type ContentKind = DocumentKind | "locked" | "archive";

const IMAGE_HEADS: readonly (readonly [number, string])[] = [
  [0, "\x89PNG\r\n\x1a\n"], [0, "\xff\xd8\xff"], [0, "GIF87a"], [0, "GIF89a"], [0, "II*\0"], [0, "MM\0*"], [8, "WEBP"], [4, "ftypavif"], [4, "ftypavis"],
];
/** PDF readers accept up to this much before the header. */
const PDF_HEAD_WITHIN = 1024;
const OFFICE_CONTAINER = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";

/**
 * @param bytes the whole file, or as much of it as there is
 * @returns what the first bytes say; of a file that is two things at once, the one that its beginning is
 */
export function kindOf(bytes: Uint8Array): ContentKind {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, PDF_HEAD_WITHIN)).toString("latin1");
  if (IMAGE_HEADS.some(([at, magic]) => head.startsWith(magic, at))) return "image";
  if (head.startsWith("PK\x03\x04")) return "archive";
  if (head.startsWith(OFFICE_CONTAINER)) return isLocked(bytes) ? "locked" : "unknown";
  if (head.includes("%PDF-")) return "pdf";
  if (head.startsWith("{\\rtf") || head.startsWith("%!PS") || head.startsWith("RIFF") || head.startsWith("OggS") || head.startsWith("ID3")) return "unknown";
  const text = decodeText(bytes.subarray(0, 65_536));
  if (text === undefined) return "unknown";
  return /^\s*(<!--[\s\S]{0,500}?-->\s*)?<(!doctype html|html|head|body)\b/i.test(text) ? "html" : "text";
}

/** The old container of Office holds a password-protected document as a stream of this name, in UTF-16. */
function isLocked(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes(Buffer.from("EncryptedPackage", "utf16le"));
}
