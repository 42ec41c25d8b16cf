// The database: what was committed stays, and an encrypted file opens with its key only.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inTransaction, openDatabase } from "../../app/platform/index.ts";

describe("openDatabase", () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "earshot-sqlite-"))));
  afterEach(() => rmSync(folder, { recursive: true }));
  const key = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  const GOOD_KEY = "c29tZSBrZXkgdGhhdCBpcyBsb25nIGVub3VnaCBmb3IgdGhpcw==";

  it("writes ahead, flushes every commit, enforces references and wipes what is deleted", () => {
    const db = openDatabase(join(folder, "x.db"));
    const pragma = (name: string): unknown => db.pragma(name, { simple: true });
    assert.deepEqual(["journal_mode", "synchronous", "foreign_keys", "secure_delete", "trusted_schema"].map(pragma), ["wal", 2, 1, 1, 0]);
    db.close();
  });

  it("keeps what was said out of an encrypted file, and opens it with the key again", () => {
    const file = join(folder, "x.db");
    const keyFile = key("key", `${GOOD_KEY}\n`);
    const db = openDatabase(file, keyFile);
    db.exec("CREATE TABLE said (text TEXT); INSERT INTO said VALUES ('the card is blue')");
    db.close();
    assert.equal(readFileSync(file).includes("the card is blue"), false);
    assert.equal(readFileSync(file).includes("SQLite format"), false);
    const again = openDatabase(file, keyFile);
    assert.equal(again.prepare("SELECT text FROM said").pluck().get(), "the card is blue");
    again.close();
  });

  it("names the key when it is the wrong one, missing or badly made", () => {
    const file = join(folder, "x.db");
    const db = openDatabase(file, key("key", GOOD_KEY));
    db.exec("CREATE TABLE said (text TEXT)");
    db.close();
    assert.throws(() => openDatabase(file, key("wrong", GOOD_KEY.replace("c29", "d29"))), { code: "STORE_KEY_WRONG" });
    assert.throws(() => openDatabase(file), { code: "STORE_KEY_WRONG" });
    assert.throws(() => openDatabase(file, join(folder, "gone")), { code: "STORE_KEY_WRONG" });
    for (const bad of ["short", "", "x'; DROP TABLE said; --aaaaaaaaaaaaaaaaaaaaaaaaaaaa"]) assert.throws(() => openDatabase(file, key("bad", bad)), { code: "STORE_KEY_WRONG" }, bad);
  });

  it("never repeats the key in an error", () => {
    const file = join(folder, "x.db");
    openDatabase(file, key("key", GOOD_KEY)).exec("CREATE TABLE said (text TEXT)").close();
    const wrong = GOOD_KEY.replace("c29", "d29");
    assert.throws(() => openDatabase(file, key("wrong", wrong)), (error: Error) => !`${error.message} ${String(error.cause)}`.includes(wrong));
  });

  it("undoes a transaction that throws, whole", () => {
    const db = openDatabase(":memory:");
    db.exec("CREATE TABLE t (x INTEGER)");
    assert.throws(() => inTransaction(db, () => {
      db.exec("INSERT INTO t VALUES (1)");
      throw new Error("stop");
    }), /stop/);
    assert.equal(db.prepare("SELECT count(*) FROM t").pluck().get(), 0);
    assert.equal(inTransaction(db, () => db.prepare("INSERT INTO t VALUES (2)").run().changes), 1);
    db.close();
  });

  it("takes the write lock at once, so that two writers wait for each other instead of failing half-way", () => {
    const file = join(folder, "x.db");
    const one = openDatabase(file);
    const two = openDatabase(file);
    one.exec("CREATE TABLE t (x INTEGER)");
    two.pragma("busy_timeout = 0");
    inTransaction(one, () => {
      assert.throws(() => inTransaction(two, () => undefined), { code: "SQLITE_BUSY" });
    });
    inTransaction(two, () => two.exec("INSERT INTO t VALUES (1)"));
    one.close();
    two.close();
  });
});
