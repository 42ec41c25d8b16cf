// One document from the folder into passages: copied, read by a process of its own, redacted, cut, written bit by bit and shown at once.
import { rm } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { cutChunks, documentTitle, type Chunk } from "../../analysis/index.ts";
import { AppError, errorView, newId, toAppError } from "../../domain/index.ts";
import { readDocument } from "../../documents/index.ts";
import { ensureFolder, inTransaction } from "../../platform/index.ts";
import type { KnowledgeFile, KnownDocument } from "../../store/index.ts";
import type { Parts } from "../parts.ts";
import { limitsOf, redactAll } from "../stages/read.ts";
import { takeCopy } from "./take-copy.ts";

/** Passages of one transaction: half a millisecond each, the index included. */
const BATCH = 25;

/** @returns what became of it, for the audit trail · @throws only what is no fault of the document: the signal's reason, a full disk */
export async function indexDocument(root: string, file: KnowledgeFile, known: KnownDocument | undefined, parts: Parts, signal: AbortSignal): Promise<"same" | "indexed" | "failed"> {
  const id = newId("doc", parts.clock.now());
  const copy = join(await ensureFolder(join(parts.spool, "knowledge")), id);
  let sha256: string | null = null;
  try {
    const taken = await takeCopy(root, join(root, ...file.path.split("/")), copy, limitsOf(parts.config).maxBytes, signal);
    const now: KnowledgeFile = { path: file.path, sizeBytes: taken.sizeBytes, mtimeMs: taken.mtimeMs, ino: taken.ino };
    ({ sha256 } = taken);
    if (known?.state === "ready" && known.sha256 === sha256) {
      inTransaction(parts.db, () => parts.store.writes.knowledge.touch(known.id, now));
      return "same";
    }
    await read(id, { ...now, sha256 }, copy, parts, signal);
    return "indexed";
  } catch (thrown) {
    signal.throwIfAborted();
    const error = toAppError(thrown, "INTERNAL");
    if (error.code === "INTERNAL" && isOutOfSpace(thrown)) throw thrown;
    inTransaction(parts.db, () => {
      parts.store.writes.knowledge.fail(newId("doc", parts.clock.now()), { ...file, sha256 }, errorView(error), parts.clock.now());
      audit("failed", id, error.code, parts);
    });
    return "failed";
  } finally {
    await rm(copy, { force: true });
  }
}

async function read(id: string, file: KnowledgeFile & { sha256: string }, copy: string, parts: Parts, signal: AbortSignal): Promise<void> {
  const reading = await readDocument(copy, limitsOf(parts.config), { signal, ...(parts.drawer === undefined ? {} : { drawer: { program: parts.drawer, folder: `${copy}-pages` } }) });
  const { messages } = await redactAll(reading, {}, parts); // nothing is described: a picture in a folder of terms is its writing
  const texts = reading.pages.map(({ number }, i) => ({ number, text: messages[i]?.text ?? "" }));
  const title = documentTitle(texts) ?? basename(file.path, extname(file.path));
  const chunks: Chunk[] = [];
  for (const some of cutChunks(texts, title)) {
    chunks.push(...some);
    await setImmediate();
  }
  if (chunks.length === 0) throw new AppError("DOCUMENT_UNREADABLE", "The document holds no words that can be read; ask for it in another format");
  const rows = parts.store.writes.knowledge;
  inTransaction(parts.db, () => rows.begin(id, { ...file, title, kind: reading.kind, pages: texts.length, truncated: reading.truncated ?? null }, parts.clock.now()));
  for (let at = 0; at < chunks.length; at += BATCH) {
    await setImmediate();
    signal.throwIfAborted();
    inTransaction(parts.db, () => rows.addChunks(id, chunks.slice(at, at + BATCH)));
  }
  inTransaction(parts.db, () => {
    rows.show(id);
    audit("indexed", id, `${chunks.length} passages`, parts);
  });
}

/** Takes a document out of what is found. */
export function forgetDocument({ id }: KnownDocument, parts: Parts): void {
  inTransaction(parts.db, () => {
    parts.store.writes.knowledge.remove(id);
    audit("removed", id, "its file is gone", parts);
  });
}

function audit(what: "indexed" | "failed" | "removed", id: string, reason: string, parts: Parts): void {
  parts.audit({ actor: { kind: "system", id: null, ip: null }, action: `knowledge.${what}`, object: { kind: "document", id }, outcome: what === "failed" ? "failed" : "ok", reason });
}

function isOutOfSpace(thrown: unknown): boolean {
  const code = (thrown as { code?: string }).code ?? "";
  return code === "ENOSPC" || code === "SQLITE_FULL";
}
