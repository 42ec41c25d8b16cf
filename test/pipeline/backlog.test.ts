// A burst is written down and acknowledged first, taken in afterwards: once each, in order, with the time at which it came, also after a stop.
import assert from "node:assert/strict";
import Database from "better-sqlite3";
import { join } from "node:path";
import type { CallNotification } from "../../app/domain/index.ts";
import { until } from "../support/appliance-process.ts";
import { startTestAppliance, type TestAppliance } from "../support/in-process.ts";

const ENDED = (callId: string): CallNotification => ({ kind: "call.ended", facts: { callId, direction: "inbound", from: "+14155550132" } });

describe("pipeline: the backlog of notifications", () => {
  let house: TestAppliance;
  beforeEach(async () => (house = await startTestAppliance()));
  afterEach(() => house.end());
  const file = (): Database.Database => new Database(join(house.folder, "data", "earshot.db"));
  const all = <T>(sql: string): T[] => {
    const db = file();
    try {
      return db.prepare(sql).all() as T[];
    } finally {
      db.close();
    }
  };
  const rows = () => all<{ call_id: string; received_at_ms: number }>("SELECT call_id, received_at_ms FROM sessions ORDER BY rowid");
  const left = () => all<{ at_ms: number; error_code: string | null }>("SELECT at_ms, error_code FROM backlog");
  /** As the process that was killed in the middle of a burst left it. */
  const leave = (notification: unknown, atMs: number): void => {
    const db = file();
    db.prepare("INSERT INTO backlog (source, notification, at_ms) VALUES ('pbx', ?, ?)").run(JSON.stringify(notification), atMs);
    db.close();
  };

  it("whoever comes while earlier ones wait is answered at once and waits too; all are taken in once, in order, as of when they came", async () => {
    const atMs = Date.now() - 60_000;
    for (const id of ["left-1", "left-2", "left-1"]) leave(ENDED(id), atMs);
    const answers = await Promise.all(["c1", "c2", "c1"].map(async (id) => (await house.announce({ call_id: id, direction: "inbound", from: "+14155550132" })).json()));
    assert.deepEqual(answers, ["c1", "c2", "c1"].map((call_id) => ({ call_id, status: "received" })));
    const taken = await until("the backlog is empty", 10_000, () => (left().length === 0 && rows().length === 4 ? rows() : undefined));
    assert.deepEqual(taken.map((one) => one.call_id), ["left-1", "left-2", "c1", "c2"]);
    assert.deepEqual(taken.slice(0, 2).map((one) => one.received_at_ms), [atMs, atMs]);
    assert.equal((await house.get("/v1/calls/c2")).status, 200);
  });

  it("one that can't be taken in is kept and holds up nobody else", async () => {
    leave({ kind: "recording.ready" }, 1);
    leave(ENDED("fine"), 2);
    await house.announce({ call_id: "after", direction: "inbound", from: "+14155550132" });
    await until("the others are taken in", 10_000, () => (rows().length === 2 && left().length === 1 && left()[0]?.error_code !== null ? true : undefined));
    assert.deepEqual(left(), [{ at_ms: 1, error_code: "INTERNAL" }]);
  });
});
