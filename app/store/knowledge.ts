// The business's own documents: which ones are known, their passages, and the vectors of these.
import type { ErrorView } from "../domain/index.ts";
import type { Db } from "../platform/index.ts";
import { anyOf } from "./search-query.ts";
import { pageOf, readCursor } from "./rows.ts";
import type { PageOf, PageRequest } from "./views.ts";

/** A file as it was when it was read. */
export interface KnowledgeFile {
  /** below the folder, with / between its parts */
  path: string;
  sizeBytes: number;
  mtimeMs: number;
  ino: number;
}

/** What is known of a file; `sha256` is null when it could not even be copied. */
export interface KnownDocument extends KnowledgeFile {
  id: string;
  state: "ready" | "failed";
  sha256: string | null;
  indexedAtMs: number;
}

export interface NewChunk {
  page: number;
  title: string;
  text: string;
}

export interface KnowledgeDocumentView {
  id: string;
  path: string;
  state: "ready" | "failed";
  title: string | null;
  kind: string | null;
  size_bytes: number;
  pages: number | null;
  chunks: number;
  /** chunks that have a vector, of whatever model */
  vectors: number;
  /** the limit that ended the reading before the end */
  truncated: string | null;
  error: ErrorView | null;
  indexedAtMs: number;
}

export interface FoundChunk extends NewChunk {
  id: number;
  documentId: string;
  document: string;
}

export interface KnowledgeRows {
  known(): KnownDocument[];
  /** A new version begins to be written; nobody sees it before `show`. */
  begin(id: string, file: KnowledgeFile & { sha256: string; title: string; kind: string; pages: number; truncated: string | null }, nowMs: number): void;
  addChunks(documentId: string, chunks: readonly NewChunk[]): void;
  /** From now on this version is found and what was there under its path is not. */
  show(id: string): void;
  fail(id: string, file: KnowledgeFile & { sha256: string | null }, error: ErrorView, nowMs: number): void;
  /** same content, other file: nothing to read */
  touch(id: string, file: KnowledgeFile): void;
  remove(id: string): void;
  /** Takes away a bit of what is not found any more, or was never finished. @returns false when nothing is left to do */
  sweep(chunks: number): boolean;
  /** passages without a vector of this model, oldest first */
  withoutVector(model: string, count: number): { id: number; text: string }[];
  setVector(chunkId: number, model: string, vector: Uint8Array): void;
}

export interface KnowledgeReads {
  list(page: PageRequest): PageOf<KnowledgeDocumentView>;
  isEmpty(): boolean;
  /** @param match an expression of the index · @returns ids, best first: BM25, titles counting three times */
  matching(match: string, count: number): number[];
  /** An expression for a question that the index answers quickly: words that are everywhere tell nothing and cost most. undefined when no word is left. */
  expressionFor(words: readonly string[]): string | undefined;
  chunks(ids: readonly number[]): FoundChunk[];
  vectorsAfter(model: string, seq: number, count: number): { seq: number; id: number; vector: Uint8Array }[];
  vectorCount(model: string): number;
}

/** BM25 costs 2 to 3 µs a hit and word: 12 ms at this many. */
const MOST_HITS = 5_000;

/** @param db an open, migrated database */
export function createKnowledge(db: Db): { writes: KnowledgeRows; reads: KnowledgeReads } {
  const known = db.prepare<[], KnownDocument>("SELECT id, path, state, size_bytes AS sizeBytes, mtime_ms AS mtimeMs, ino, sha256, indexed_at_ms AS indexedAtMs FROM knowledge_documents WHERE state IN ('ready', 'failed')");
  const insert = db.prepare<[Record<string, unknown>]>(`INSERT INTO knowledge_documents (id, path, state, size_bytes, mtime_ms, ino, sha256, title, kind, pages, truncated, error_code, error_message, error_retry, indexed_at_ms)
    VALUES (@id, @path, @state, @sizeBytes, @mtimeMs, @ino, @sha256, @title, @kind, @pages, @truncated, @code, @message, @retry, @nowMs)`);
  const retire = db.prepare("UPDATE knowledge_documents SET state = 'old' WHERE path = (SELECT path FROM knowledge_documents WHERE id = @id) AND state IN ('ready', 'failed')");
  const setState = db.prepare("UPDATE knowledge_documents SET state = ? WHERE id = ?");
  const touch = db.prepare("UPDATE knowledge_documents SET size_bytes = @sizeBytes, mtime_ms = @mtimeMs, ino = @ino WHERE id = @id");
  const addChunk = db.prepare("INSERT INTO knowledge_chunks (document_id, page, title, text) VALUES (?, ?, ?, ?)");
  const leftover = db.prepare<[], { id: string }>("SELECT id FROM knowledge_documents WHERE state IN ('writing', 'old') LIMIT 1");
  const dropChunks = db.prepare("DELETE FROM knowledge_chunks WHERE id IN (SELECT id FROM knowledge_chunks WHERE document_id = ? LIMIT ?)");
  const drop = db.prepare("DELETE FROM knowledge_documents WHERE id = ?");
  const withoutVector = db.prepare<[string, number], { id: number; text: string }>(`SELECT c.id, c.title || char(10) || c.text AS text FROM knowledge_chunks c JOIN knowledge_documents d ON d.id = c.document_id
    LEFT JOIN knowledge_vectors v ON v.chunk_id = c.id AND v.model = ? WHERE d.state = 'ready' AND v.seq IS NULL ORDER BY c.id LIMIT ?`);
  const setVector = db.prepare("INSERT OR REPLACE INTO knowledge_vectors (chunk_id, model, vector) SELECT id, ?, ? FROM knowledge_chunks WHERE id = ?");
  const vectorsAfter = db.prepare<[number, string, number], { seq: number; id: number; vector: Uint8Array }>("SELECT seq, chunk_id AS id, vector FROM knowledge_vectors WHERE seq > ? AND model = ? ORDER BY seq LIMIT ?");
  const vectorCount = db.prepare<[string]>("SELECT count(*) FROM knowledge_vectors WHERE model = ?").pluck();
  const matching = db.prepare<[string, number]>(`SELECT c.id FROM knowledge_fts JOIN knowledge_chunks c ON c.id = knowledge_fts.rowid JOIN knowledge_documents d ON d.id = c.document_id
    WHERE knowledge_fts MATCH ? AND d.state = 'ready' ORDER BY bm25(knowledge_fts, 3.0, 1.0), c.id LIMIT ?`).pluck();
  const hits = db.prepare<[string]>(`SELECT count(*) FROM (SELECT 1 FROM knowledge_fts WHERE knowledge_fts MATCH ? LIMIT ${MOST_HITS + 1})`).pluck();
  const chunks = db.prepare<[string], FoundChunk>(`SELECT c.id, c.page, c.title, c.text, d.id AS documentId, d.path AS document FROM json_each(?) wanted JOIN knowledge_chunks c ON c.id = wanted.value
    JOIN knowledge_documents d ON d.id = c.document_id WHERE d.state = 'ready' ORDER BY wanted.key`);
  const list = (after: string | undefined) => `SELECT id, path, state, title, kind, size_bytes, pages, truncated, error_code, error_message, error_retry, indexed_at_ms AS indexedAtMs,
    (SELECT count(*) FROM knowledge_chunks c WHERE c.document_id = d.id) AS chunks, (SELECT count(*) FROM knowledge_chunks c JOIN knowledge_vectors v ON v.chunk_id = c.id WHERE c.document_id = d.id) AS vectors
    FROM knowledge_documents d WHERE state IN ('ready', 'failed') ${after === undefined ? "" : "AND path > @after"} ORDER BY path LIMIT @limit`;
  const nothing = { title: null, kind: null, pages: null, truncated: null, code: null, message: null, retry: null };
  return {
    writes: {
      known: () => known.all(),
      begin: (id, file, nowMs) => void insert.run({ ...nothing, ...file, id, state: "writing", nowMs }),
      addChunks(documentId, list) {
        for (const { page, title, text } of list) addChunk.run(documentId, page, title, text);
      },
      show(id) {
        retire.run({ id });
        setState.run("ready", id);
      },
      fail(id, file, error, nowMs) {
        insert.run({ ...nothing, ...file, id, state: "writing", ...error, nowMs });
        retire.run({ id });
        setState.run("failed", id);
      },
      touch: (id, file) => void touch.run({ ...file, id }),
      remove: (id) => void setState.run("old", id),
      sweep(count) {
        const row = leftover.get();
        if (row === undefined) return false;
        if (dropChunks.run(row.id, count).changes === 0) drop.run(row.id);
        return true;
      },
      withoutVector: (model, count) => withoutVector.all(model, count),
      setVector: (chunkId, model, vector) => void setVector.run(model, vector, chunkId),
    },
    reads: {
      list(page) {
        const after = readCursor(page)?.id;
        const rows = db.prepare<Record<string, unknown>, Omit<KnowledgeDocumentView, "error"> & { error_code: string | null; error_message: string | null; error_retry: ErrorView["retry"] | null }>(list(after)).all({ ...(after === undefined ? {} : { after }), limit: page.limit + 1 });
        return pageOf(rows, page.limit, (row) => ({ at: 0, id: row.path }), ({ error_code: code, error_message: message, error_retry: retry, ...row }) => ({ ...row, error: code === null ? null : { code, message: message ?? "", retry: retry ?? "never" } }));
      },
      isEmpty: () => known.get() === undefined,
      matching: (match, count) => matching.all(match, count) as number[],
      expressionFor(words) {
        const rarest = words.flatMap((word) => anyOf([word]) ?? []).map((match) => ({ match, hits: hits.get(match) as number })).filter((one) => one.hits > 0).sort((a, b) => a.hits - b.hits);
        let sum = 0;
        const affordable = rarest.filter((one) => (sum += one.hits) <= MOST_HITS);
        const [chosen, joint] = affordable.length > 0 ? [affordable, " OR "] : [rarest, " AND "];
        return chosen.length === 0 ? undefined : chosen.map((one) => one.match).join(joint);
      },
      chunks: (ids) => chunks.all(JSON.stringify(ids)),
      vectorsAfter: (model, seq, count) => vectorsAfter.all(seq, model, count),
      vectorCount: (model) => vectorCount.get(model) as number,
    },
  };
}
