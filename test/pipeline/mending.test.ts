// What failed is set going again where it stopped: real store and queue.
import assert from "node:assert/strict";
import { createQueue } from "../../app/jobs/index.ts";
import { createAgain } from "../../app/pipeline/mending/again.ts";
import { createMendingDesk } from "../../app/pipeline/mending/desk.ts";
import type { Parts } from "../../app/pipeline/parts.ts";
import { configSchema, inTransaction, manualClock, openDatabase } from "../../app/platform/index.ts";
import { createStore, migrate, type AuditEvent } from "../../app/store/index.ts";

const error = { code: "DELIVERY_REFUSED", message: "Nothing takes results there (404)", retry: "after_fix" as const };
const by = { actor: { kind: "user" as const, id: "usr_1", ip: "192.0.2.1" }, requestId: "r1" };

describe("pipeline: mending", () => {
  it("a stopped job runs again, a refused result is sent again, what has not failed is refused with its reason; each is audited", async () => {
    const db = openDatabase(":memory:");
    migrate(db);
    const clock = manualClock();
    const store = createStore(db, clock);
    const queue = createQueue(db, clock, "boot");
    const audited: AuditEvent[] = [];
    const parts = { db, clock, store, queue, config: configSchema.parse({}), audit: (event: AuditEvent) => void audited.push(event), delivery: undefined } as unknown as Parts;
    const takeIn = async <T>(work: () => T): Promise<T> => inTransaction(db, work);
    const desk = createMendingDesk(parts, createAgain(parts, takeIn), takeIn);
    const { sessions, findings } = store.writes;
    for (const id of ["stopped", "refused", "well"]) sessions.create({ id: `ses_${id}`, source: "pbx", facts: { callId: id }, priority: 50, nowMs: clock.now() });
    const job = queue.enqueue({ stage: "transcribe", lane: "model", sessionId: "ses_stopped", priority: 1 });
    queue.claim("model", ["transcribe"]);
    queue.stop(job, "parked", error);
    sessions.setStatus("ses_stopped", "failed", error, clock.now());
    for (const id of ["refused", "well"]) sessions.setStatus(`ses_${id}`, "done", null, clock.now());
    findings.post({ sessionId: "ses_refused", destination: "crm", revision: 1, body: "{}", nowMs: clock.now() });
    const [item] = findings.due(clock.now(), 1);
    assert.ok(item);
    findings.recordAttempt(item.id, { outcome: "disabled", httpStatus: 410, error }, { state: "parked", attemptMs: clock.now(), error }, clock.now());
    findings.disable("crm", "it wants no more results", clock.now());

    const { again, refused } = await desk.mend(["ses_stopped", "ses_refused", "ses_well", "ses_gone"], by);

    assert.deepEqual([again, refused.map(({ sessionId, code }) => [sessionId, code])], [2, [["ses_well", "CONFLICT"], ["ses_gone", "NOT_FOUND"]]]);
    assert.deepEqual([queue.byId(job)?.state, queue.byId(job)?.attempts, sessions.byId("ses_stopped")?.status], ["queued", 0, "processing"]);
    const [due] = findings.due(clock.now(), 1);
    assert.deepEqual([due?.messageId, due?.attempts], [item.messageId, 0]); // the same message, so that the receiver can tell
    assert.deepEqual(audited.map(({ action, object, outcome, reason }) => [action, object.id, outcome, reason]), [["session.retried", "ses_stopped", "ok", undefined], ["session.retried", "ses_refused", "ok", undefined], ["session.retried", "ses_well", "failed", "CONFLICT"], ["session.retried", "ses_gone", "failed", "NOT_FOUND"]]);
    await assert.rejects(desk.sendTest("crm"), { code: "CONFLICT" });
    db.close();
  });
});
