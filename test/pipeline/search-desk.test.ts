// Search over a real index: the order that was asked for, page after page, each hit once.
import assert from "node:assert/strict";
import { createSearchDesk } from "../../app/pipeline/knowledge/search-desk.ts";
import type { SearchDesk, SearchOrder } from "../../app/pipeline/index.ts";
import { manualClock, openDatabase, type Db } from "../../app/platform/index.ts";
import { createStore, migrate } from "../../app/store/index.ts";

const DAY = 86_400_000;

describe("pipeline: search", () => {
  let db: Db;
  let desk: SearchDesk;
  before(() => {
    migrate((db = openDatabase(":memory:")));
    const clock = manualClock(1000 * DAY);
    desk = createSearchDesk({ store: createStore(db, clock), clock }, undefined);
    db.prepare("INSERT INTO sessions (id, channel, source, call_id, status, received_at_ms, updated_at_ms) VALUES ('ses_1', 'sms', 's', 'c', 'done', 1, 1)").run();
    const insert = db.prepare("INSERT INTO messages (id, session_id, channel, speaker, kind, text, at_ms) VALUES (?, 'ses_1', 'sms', 'customer', 'text', ?, ?)");
    // the older half says nothing but the word
    for (let i = 0; i < 60; i++) insert.run(`msg_${i}`, i < 30 ? "refund" : `the refund ${"was mentioned in passing among many other things ".repeat(3)}`, (900 + i) * DAY);
  });
  after(() => db.close());

  async function all(order: SearchOrder | undefined): Promise<string[]> {
    const ids: string[] = [];
    for (let cursor: string | undefined, isEnd = false; !isEnd; ) {
      const page = await desk.messages("refund", {}, { limit: 7, ...(cursor === undefined ? {} : { cursor }), ...(order === undefined ? {} : { order }) });
      ids.push(...page.items.map((one) => one.message.id));
      [cursor, isEnd] = [page.next ?? undefined, page.next === null];
    }
    return ids;
  }

  it("the newest first is the order of time, whatever matches better", async () => {
    assert.deepEqual(await all("newest"), Array.from({ length: 60 }, (_, i) => `msg_${59 - i}`));
  });

  it("without a word about the order the best match comes first, and nothing is left out or shown twice", async () => {
    const found = await all(undefined);
    assert.deepEqual(found, await all("fit"));
    assert.notEqual(found[0], "msg_59");
    assert.equal(new Set(found).size, 60);
  });
});
