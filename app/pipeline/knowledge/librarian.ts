// Keeps the index of the folder true: looks through it again and again, reads what changed, forgets what is gone, makes vectors. One thing at a time.
import { relative, resolve, sep } from "node:path";
import { setImmediate } from "node:timers/promises";
import { toAppError, toRfc3339 } from "../../domain/index.ts";
import { scanFolder } from "../../intake/index.ts";
import { inTransaction } from "../../platform/index.ts";
import type { KnowledgeFile } from "../../store/index.ts";
import type { Parts } from "../parts.ts";
import { decideWork, type Seen } from "./decide.ts";
import type { LibrarianStatus } from "./knowledge-types.ts";
import { forgetDocument, indexDocument } from "./index-document.ts";
import { embedKnowledge, embedMessages } from "./meaning.ts";

/** Messages wait this long for their vectors, more or less. */
const MESSAGES_EVERY_MS = 10_000;
/** Passages that are taken away in one transaction. */
const SWEEP = 25;

/** Restarts continue where it was: what was not shown is taken away and read again. */
export class Librarian {
  private readonly stopping = new AbortController();
  private work: Promise<unknown> = Promise.resolve();
  private before: Seen | undefined;
  private readonly state: LibrarianStatus = { scanned_at: null, error: null };

  private readonly parts: Parts;

  constructor(parts: Parts) {
    this.parts = parts;
  }

  start(): void {
    const { knowledge, search } = this.parts.config;
    const passages = this.every(knowledge.scan_seconds * 1000, () => this.look());
    let at = 0;
    const messages = search.by_meaning && this.parts.embedder !== undefined ? this.every(MESSAGES_EVERY_MS, async () => void (at = await embedMessages(this.parts, at, this.stopping.signal))) : undefined;
    this.work = Promise.all([passages, messages]);
  }

  /** Ends the reading of a document; it is read again after the next start. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.work;
  }

  status(): LibrarianStatus {
    return { ...this.state };
  }

  /** One look: what is there, what is to be done, and doing it. */
  async look(): Promise<void> {
    const { signal } = this.stopping;
    await this.sweep();
    const { folder, max_documents } = this.parts.config.knowledge;
    const known = this.parts.store.writes.knowledge.known();
    const seen = folder === undefined ? { files: [], unread: [] } : await this.scan(resolve(folder));
    const { read, gone, leftOut } = decideWork(seen, folder === undefined ? seen : this.before, known, max_documents, this.parts.clock.now());
    this.before = seen;
    for (const document of gone) forgetDocument(document, this.parts);
    const byPath = new Map(known.map((one) => [one.path, one]));
    for (const file of read) {
      signal.throwIfAborted();
      await indexDocument(resolve(folder ?? ""), file, byPath.get(file.path), this.parts, signal);
    }
    if (leftOut > 0) this.parts.log.warn({ event: "knowledge.left_out", documents: leftOut }, "more documents than knowledge.max_documents");
    await this.sweep();
    this.state.scanned_at = toRfc3339(this.parts.clock.now());
    await embedKnowledge(this.parts, signal);
  }

  private async scan(root: string): Promise<Seen> {
    const files: KnowledgeFile[] = [];
    const unread: string[] = [];
    const pathOf = (path: string): string => relative(root, path).split(sep).join("/");
    // Office and editors put locks and halves beside the file that is being written.
    const isWanted = (name: string): boolean => !/^(\.|~\$)|~$|\.(tmp|part|crdownload)$/i.test(name);
    for await (const { path, sizeBytes, mtimeMs, ino } of scanFolder(root, { recursive: true, isWanted, onError: (path) => void unread.push(pathOf(path)), signal: this.stopping.signal })) {
      files.push({ path: pathOf(path), sizeBytes, mtimeMs, ino });
    }
    this.stopping.signal.throwIfAborted();
    return { files, unread };
  }

  private async sweep(): Promise<void> {
    while (inTransaction(this.parts.db, () => this.parts.store.writes.knowledge.sweep(SWEEP))) {
      await setImmediate();
      this.stopping.signal.throwIfAborted();
    }
  }

  /** Runs until it is stopped; a failure is logged and tried again at the next turn. */
  private async every(ms: number, work: () => Promise<void>): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      try {
        await work();
        this.state.error = null;
      } catch (thrown) {
        if (signal.aborted) return;
        const { code } = toAppError(thrown);
        this.state.error = code === "EMBEDDING_FAILED" ? "The embedding model does not work; words alone are found" : "The folder cannot be looked through; check knowledge.folder and its permissions";
        this.parts.log.warn({ event: "knowledge.failed", code, err: (thrown as { code?: string }).code ?? "unknown" }, this.state.error);
      }
      await this.parts.clock.sleep(ms, signal).catch(() => undefined);
    }
  }
}
