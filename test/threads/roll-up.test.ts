// What a conversation came to, over its sessions.
import assert from "node:assert/strict";
import fc from "fast-check";
import { NOT_LOOKED_FOR, OUTCOMES, RISK_LEVELS, type Risk } from "../../app/domain/index.ts";
import { rollUp, type SessionFindings } from "../../app/threads/index.ts";

const none: Risk = { level: "none", evidence: [] };

function session(changes: Partial<SessionFindings> = {}): SessionFindings {
  return { ...NOT_LOOKED_FOR, outcome: "unknown", action_items: [], sentiment: { overall: null, customer_start: null, customer_end: null, trend: "unknown" }, coverage: { turns_read: 1, turns_total: 1 }, dropped: 0, ...changes };
}

describe("roll-up of a conversation", () => {
  it("says nothing before a session was analysed", () => assert.equal(rollUp([]), undefined));

  it("a resolved session settles the tasks, promises and risks before it", () => {
    const angry = session({ outcome: "unresolved", risks: { escalation: { level: "high", evidence: ["m1"] }, churn: none }, promises: [{ text: "Call back", by: "agent", due: null, evidence: ["m2"] }] });
    const settled = session({ outcome: "resolved", promises: [{ text: "Send a receipt", by: "agent", due: null, evidence: ["m3"] }] });
    assert.equal(rollUp([angry])?.risks.escalation.level, "high");
    const after = rollUp([angry, settled]);
    assert.deepEqual([after?.outcome, after?.risks.escalation, after?.promises.map((one) => one.text)], ["resolved", none, ["Send a receipt"]]);
  });

  it("the same promise again keeps one line with both proofs and the newer date", () => {
    const first = session({ promises: [{ text: "Call back", by: "agent", due: "2026-11-02", evidence: ["m1"] }] });
    const again = session({ promises: [{ text: "call back", by: "agent", due: "2026-11-05", evidence: ["m9"] }] });
    assert.deepEqual(rollUp([first, again])?.promises, [{ text: "call back", by: "agent", due: "2026-11-05", evidence: ["m1", "m9"] }]);
  });

  it("the mood goes from the first session's start to the last one's end", () => {
    const moods = rollUp([
      session({ sentiment: { overall: -0.5, customer_start: -0.6, customer_end: -0.4, trend: "steady" } }),
      session({ sentiment: { overall: null, customer_start: null, customer_end: null, trend: "unknown" } }),
      session({ sentiment: { overall: 0.5, customer_start: 0.1, customer_end: 0.6, trend: "improving" } }),
    ])?.sentiment;
    assert.deepEqual(moods, { overall: 0, customer_start: -0.6, customer_end: 0.6, trend: "improving" });
  });

  it("claims nothing that no session has proved, in any order of any sessions", () => {
    const ids = fc.array(fc.constantFrom("m1", "m2", "m3", "m4"), { minLength: 1, maxLength: 3 });
    const risk = fc.oneof(fc.constant(none), fc.record({ level: fc.constantFrom(...RISK_LEVELS.slice(1)), evidence: ids }));
    const one = fc.record({
      outcome: fc.constantFrom(...OUTCOMES), risks: fc.record({ escalation: risk, churn: risk }),
      promises: fc.array(fc.record({ text: fc.constantFrom("a", "b", "B"), by: fc.constantFrom("agent" as const, "customer" as const), due: fc.constant(null), evidence: ids }), { maxLength: 30 }),
    });
    fc.assert(fc.property(fc.array(one, { minLength: 1, maxLength: 8 }), (list) => {
      const sessions = list.map(session);
      const found = rollUp(sessions);
      assert.ok(found !== undefined && found.promises.length <= 20);
      const given = sessions.flatMap((each) => each.promises);
      for (const promise of found.promises) for (const id of promise.evidence) assert.ok(given.some((each) => each.by === promise.by && each.text.toLowerCase() === promise.text.toLowerCase() && each.evidence.includes(id)));
      for (const kind of ["escalation", "churn"] as const) for (const id of found.risks[kind].evidence) assert.ok(sessions.some((each) => each.risks[kind].level === found.risks[kind].level && each.risks[kind].evidence.includes(id)));
      assert.equal(found.coverage.sessions, sessions.length);
    }));
  });
});
