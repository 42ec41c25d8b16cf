// Passages of documents: whole versions or none, titles above texts, questions that stay affordable, vectors that go with their passage.
import assert from "node:assert/strict";
import { manualClock, openDatabase, type Db } from "../../app/platform/index.ts";
import { createStore, migrate, type KnowledgeReads, type KnowledgeRows } from "../../app/store/index.ts";

describe("store: the business's documents", () => {
  let db: Db;
  let rows: KnowledgeRows;
  let reads: KnowledgeReads;
  beforeEach(() => {
    migrate((db = openDatabase(":memory:")));
    const store = createStore(db, manualClock());
    [rows, reads] = [store.writes.knowledge, store.reads.knowledge];
  });
  afterEach(() => db.close());

  const file = (path: string) => ({ path, sizeBytes: 1, mtimeMs: 1, ino: 1, sha256: "x" });
  const begin = (id: string, path: string, ...texts: string[]): void => {
    rows.begin(id, { ...file(path), title: "T", kind: "text", pages: 1, truncated: null }, 1);
    rows.addChunks(id, texts.map((text, i) => ({ page: i + 1, title: "T", text })));
  };
  const add = (id: string, path: string, ...texts: string[]): void => {
    begin(id, path, ...texts);
    rows.show(id);
  };
  const texts = (match: string): string[] => reads.chunks(reads.matching(match, 10)).map((one) => one.text);
  const sweepAll = (): void => {
    while (rows.sweep(1));
  };

  it("a version is found whole or not at all; what was replaced, never finished or removed is taken away bit by bit", () => {
    add("doc_1", "a", "old words", "more old words");
    begin("doc_2", "a", "new words");
    assert.deepEqual(texts('"words"').sort(), ["more old words", "old words"]);
    rows.show("doc_2");
    assert.deepEqual(texts('"words"'), ["new words"]);
    begin("doc_3", "b", "half a document");
    sweepAll();
    assert.deepEqual(db.prepare("SELECT id FROM knowledge_documents").pluck().all(), ["doc_2"]);
    rows.fail("doc_4", file("a"), { code: "DOCUMENT_UNREADABLE", message: "no", retry: "after_fix" }, 2);
    assert.deepEqual(texts('"words"'), []);
    assert.deepEqual(reads.list({ limit: 5 }).items.map((one) => [one.path, one.state, one.error?.code]), [["a", "failed", "DOCUMENT_UNREADABLE"]]);
    sweepAll();
    assert.equal(db.prepare("SELECT count(*) FROM knowledge_chunks").pluck().get(), 0);
    db.exec("INSERT INTO knowledge_fts(knowledge_fts, rank) VALUES ('integrity-check', 1)");
  });

  it("pages of the list are complete; a title counts more than the text; forms of one English word are one", () => {
    for (const path of ["c", "a", "b"]) add(`doc_${path}`, path, "nothing");
    const first = reads.list({ limit: 2 });
    assert.deepEqual([...first.items, ...reads.list({ limit: 2, cursor: first.next ?? "" }).items].map((one) => one.path), ["a", "b", "c"]);
    rows.begin("doc_t", { ...file("t"), title: "T", kind: "text", pages: 1, truncated: null }, 1);
    rows.addChunks("doc_t", [{ page: 1, title: "T", text: "a refund is a refund, whoever it is that asks" }, { page: 2, title: "T › Refunds", text: "they are paid out, whoever it is that asks us" }]);
    rows.show("doc_t");
    assert.match(texts('"refund"')[0] ?? "", /^they are paid/);
  });

  it("a question leaves out words that are everywhere when it has others, and asks for all of them when it has not", () => {
    begin("doc_1", "a");
    for (let i = 0; i < 5100; i++) rows.addChunks("doc_1", [{ page: 1, title: "T", text: i === 7 ? "the everywhere zebra" : "the everywhere" }]);
    rows.show("doc_1");
    assert.equal(reads.expressionFor(["everywhere", "zebra", "unknown"]), '"zebra"');
    assert.equal(reads.expressionFor(["everywhere", "the"]), '"everywhere" AND "the"');
    assert.equal(reads.expressionFor(["unknown"]), undefined);
    assert.equal(reads.expressionFor([]), undefined);
  });

  it("vectors are continued by number, replaced by another model's, and go with their passage", () => {
    add("doc_1", "a", "one", "two");
    const bytes = new Uint8Array(8);
    assert.deepEqual(rows.withoutVector("m1", 5).map((one) => one.text), ["T\none", "T\ntwo"]);
    for (const { id } of rows.withoutVector("m1", 5)) rows.setVector(id, "m1", bytes);
    const [first] = reads.vectorsAfter("m1", 0, 5);
    assert.ok(first);
    rows.setVector(first.id, "m1", bytes);
    assert.deepEqual(reads.vectorsAfter("m1", 2, 5).map((one) => [one.seq, one.id]), [[3, first.id]], "a new number for a new vector");
    assert.equal(rows.withoutVector("m2", 5).length, 2);
    rows.remove("doc_1");
    assert.equal(rows.withoutVector("m2", 5).length, 0);
    sweepAll();
    assert.equal(reads.vectorCount("m1"), 0);
    rows.setVector(first.id, "m1", bytes);
    assert.equal(reads.vectorCount("m1"), 0, "what is gone gets none");
  });
});
