// The durable queue: claims, retries, reclaim after a crash.
import assert from "node:assert/strict";
import fc from "fast-check";
import { backoffMs, createQueue, DEATHS_UNTIL_PARKED, type Queue } from "../../app/jobs/index.ts";
import { manualClock, openDatabase, type Db, type ManualClock } from "../../app/platform/index.ts";
import { createStore, migrate } from "../../app/store/index.ts";

describe("queue", () => {
  let db: Db;
  let clock: ManualClock;
  let queue: Queue;
  beforeEach(() => {
    db = openDatabase(":memory:");
    migrate(db);
    clock = manualClock();
    queue = createQueue(db, clock, "boot-1");
    const { sessions } = createStore(db, clock).writes;
    for (const id of ["s1", "s2", "s3"]) sessions.create({ id, source: "pbx", facts: { callId: id }, priority: 50, nowMs: clock.now() });
  });
  afterEach(() => db.close());
  const prepare = { stage: "prepare", lane: "cpu", priority: 50 } as const;
  const later = { code: "FFMPEG_FAILED", message: "again", retry: "later" } as const;

  it("claim: counts the attempt before the work, so a job that kills the process is counted", () => {
    queue.enqueue({ ...prepare, sessionId: "s1" });
    const job = queue.claim("cpu", ["prepare"]);
    assert.equal(job?.attempts, 1);
    assert.equal(queue.claim("cpu", ["prepare"]), undefined);
  });
  it("claim: lower priority numbers first, then the older", () => {
    queue.enqueue({ ...prepare, sessionId: "s1" });
    clock.advance(1);
    queue.enqueue({ ...prepare, sessionId: "s2" });
    clock.advance(1);
    queue.enqueue({ ...prepare, sessionId: "s3", priority: 0 });
    assert.deepEqual([1, 2, 3].map(() => queue.claim("cpu", ["prepare"])?.sessionId), ["s3", "s1", "s2"]);
  });
  it("claim: neither other lanes, nor other stages, nor what is not due", () => {
    queue.enqueue({ ...prepare, sessionId: "s1", runAfterMs: clock.now() + 10 });
    assert.equal(queue.claim("net", ["prepare"]), undefined);
    assert.equal(queue.claim("cpu", ["analyse"]), undefined);
    assert.equal(queue.claim("cpu", ["prepare"]), undefined);
    assert.equal(queue.nextDueMs("cpu"), clock.now() + 10);
    clock.advance(10);
    assert.equal(queue.claim("cpu", ["prepare"])?.sessionId, "s1");
  });
  it("enqueue: one active job per stage of a session", () => {
    const first = queue.enqueue({ ...prepare, sessionId: "s1" });
    assert.equal(queue.enqueue({ ...prepare, sessionId: "s1" }), first);
    assert.equal(queue.count("queued"), 1);
  });
  it("finish: only while it runs here; a second finish is told no", () => {
    queue.enqueue({ ...prepare, sessionId: "s1" });
    const job = queue.claim("cpu", ["prepare"]);
    assert.ok(job);
    assert.equal(createQueue(db, clock, "boot-2").finish(job.id), false);
    assert.equal(queue.finish(job.id), true);
    assert.equal(queue.finish(job.id), false);
  });
  it("release: gives the claim back without spending the attempt", () => {
    queue.enqueue({ ...prepare, sessionId: "s1" });
    const job = queue.claim("cpu", ["prepare"]);
    assert.ok(job);
    queue.release(job.id);
    assert.equal(queue.byId(job.id)?.attempts, 0);
    assert.equal(queue.claim("cpu", ["prepare"])?.attempts, 1);
  });
  it("retry and stop: keep the reason; revive begins anew", () => {
    queue.enqueue({ ...prepare, sessionId: "s1" });
    const job = queue.claim("cpu", ["prepare"]);
    assert.ok(job);
    queue.retry(job.id, clock.now() + 5, later);
    assert.deepEqual([queue.byId(job.id)?.state, queue.byId(job.id)?.error?.code], ["queued", "FFMPEG_FAILED"]);
    queue.stop(job.id, "parked", later);
    assert.equal(queue.revive(job.id), true);
    assert.equal(queue.revive(job.id), false);
    assert.deepEqual([queue.byId(job.id)?.state, queue.byId(job.id)?.attempts], ["queued", 0]);
  });
  it("reclaim: what a dead process left running is due at once", () => {
    queue.enqueue({ ...prepare, sessionId: "s1" });
    queue.claim("cpu", ["prepare"]);
    const next = createQueue(db, clock, "boot-2");
    assert.deepEqual(next.reclaim().map((one) => [one.job.sessionId, one.parked]), [["s1", false]]);
    assert.equal(next.claim("cpu", ["prepare"])?.deaths, 1);
  });
  it("reclaim: of several that ran when the process died nobody knows: each is a suspect, runs alone next, and its attempt is given back", () => {
    queue.enqueue({ ...prepare, sessionId: "s1" });
    queue.enqueue({ ...prepare, sessionId: "s2" });
    queue.claim("cpu", ["prepare"]);
    queue.claim("cpu", ["prepare"]);
    for (let cut = 0; cut < 10; cut++) {
      const next = createQueue(db, clock, `cut-${cut}`);
      assert.ok(next.reclaim().every((one) => !one.parked));
      assert.equal(next.hasSuspect(), true);
      assert.deepEqual([next.claim("cpu", ["prepare"])?.attempts, next.claim("cpu", ["prepare"])?.deaths], [1, 0], "power cuts never park innocent work");
    }
    const alone = createQueue(db, clock, "alone");
    alone.reclaim();
    assert.equal(alone.claimSuspect("cpu")?.isSuspect, true);
    assert.equal(createQueue(db, clock, "after").reclaim()[0]?.job.deaths, 1);
  });
  it(`reclaim: a job under which the process died ${DEATHS_UNTIL_PARKED} times is parked, and the queue behind it goes on`, () => {
    queue.enqueue({ ...prepare, sessionId: "s1", priority: 1 });
    queue.enqueue({ ...prepare, sessionId: "s2" });
    for (let death = 1; death <= DEATHS_UNTIL_PARKED; death++) {
      const boot = createQueue(db, clock, `boot-${death}`);
      assert.equal(boot.claim("cpu", ["prepare"])?.sessionId, "s1");
      assert.equal(createQueue(db, clock, "next").reclaim()[0]?.parked, death === DEATHS_UNTIL_PARKED);
    }
    assert.equal(queue.count("parked"), 1);
    assert.equal(queue.stoppedOf("s1")[0]?.error?.code, "JOB_POISONED");
    assert.equal(queue.claim("cpu", ["prepare"])?.sessionId, "s2");
  });
  it("claim: uses the index, however long the queue is", () => {
    const plan = db.prepare("EXPLAIN QUERY PLAN SELECT id FROM jobs WHERE state = 'queued' AND lane = 'cpu' AND run_after_ms <= 5 ORDER BY priority, run_after_ms, id LIMIT 1").all() as { detail: string }[];
    assert.ok(plan.every((step) => step.detail.includes("jobs_ready") && !step.detail.includes("TEMP B-TREE")), JSON.stringify(plan));
  });
});

describe("backoffMs", () => {
  it("grows to a quarter of an hour and never leaves [half, whole] of its step", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), fc.double({ min: 0, max: 0.999, noNaN: true }), (attempts, random) => {
        const step = Math.min(900_000, 2000 * 2 ** Math.min(20, attempts - 1));
        const wait = backoffMs(attempts, random);
        assert.ok(wait >= step / 2 - 1 && wait <= step);
      }),
    );
  });
});
