// Arrivals share commits: all of one turn together, and one that fails takes no other with it.
import assert from "node:assert/strict";
import { createGroupCommit } from "../../app/pipeline/group-commit.ts";
import { openDatabase, type Db } from "../../app/platform/index.ts";

describe("group commit", () => {
  let db: Db;
  let commits: string[];
  beforeEach(() => {
    db = openDatabase(":memory:");
    db.exec("CREATE TABLE t (id INTEGER PRIMARY KEY)");
    commits = [];
  });
  afterEach(() => db.close());
  const ids = (): number[] => (db.prepare("SELECT id FROM t ORDER BY id").all() as { id: number }[]).map((row) => row.id);
  const add = (id: number) => (): number => {
    db.prepare("INSERT INTO t VALUES (?)").run(id);
    return id;
  };

  it("everything that arrives within one turn of the event loop is one commit, answered after it", async () => {
    const group = createGroupCommit(db, (name) => commits.push(name));
    const answers = Promise.all([1, 2, 3].map((id) => group.run(add(id))));
    assert.deepEqual(ids(), []);
    assert.deepEqual(await answers, [1, 2, 3]);
    assert.deepEqual(commits, ["accept.saved", "accept.committed"]);
  });

  it("one that fails is refused, the others are stored and answered", async () => {
    const group = createGroupCommit(db, (name) => commits.push(name));
    const settled = await Promise.allSettled([group.run(add(1)), group.run(add(1)), group.run(add(2))]);
    assert.deepEqual(settled.map((one) => one.status), ["fulfilled", "rejected", "fulfilled"]);
    assert.deepEqual(ids(), [1, 2]);
  });

  it("is pressed for a moment after a large group that held everybody up, and not after a single slow one", async () => {
    const group = createGroupCommit(db, (name) => commits.push(name));
    const slow = (): void => {
      for (const began = performance.now(); performance.now() - began < 40; );
    };
    await group.run(slow);
    assert.equal(group.isPressed(), false);
    await Promise.all([slow, ...Array.from({ length: 7 }, (_, i) => add(i))].map((work) => group.run<unknown>(work)));
    assert.equal(group.isPressed(), true);
    await new Promise((resolve) => setTimeout(resolve, 550));
    assert.equal(group.isPressed(), false);
  });

  it("the next turn is the next commit", async () => {
    const group = createGroupCommit(db, (name) => commits.push(name));
    await group.run(add(1));
    await group.run(add(2));
    assert.equal(commits.filter((name) => name === "accept.committed").length, 2);
  });
});
