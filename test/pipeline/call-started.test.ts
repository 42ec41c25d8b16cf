// A call that rings is not a call yet: nothing of it is stored until it has ended.
import assert from "node:assert/strict";
import { arriveNotification } from "../../app/pipeline/accept.ts";
import type { Parts } from "../../app/pipeline/parts.ts";

describe("pipeline: call.started", () => {
  it("is answered like every notification, and touches neither store nor queue", () => {
    const untouched = new Proxy({}, { get: (_target, name) => assert.fail(`used ${String(name)}`) }) as Parts;
    const arrived = arriveNotification("pbx", { kind: "call.started", facts: { callId: "c7", from: "+31612345678" } }, untouched);
    assert.deepEqual(arrived, { accepted: { call_id: "c7", status: "received" }, sessionId: undefined, outcome: "ignored", unused: false });
  });
});
