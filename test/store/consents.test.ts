// Consent records: never changed, few rows decide like all of them, merges move them, and the question stays quick for a customer with many calls.
import assert from "node:assert/strict";
import fc from "fast-check";
import { ANY_CHANNEL, CONSENT_PURPOSES, CONSENT_STATES } from "../../app/domain/index.ts";
import { configSchema, inTransaction, manualClock, openDatabase, type Db } from "../../app/platform/index.ts";
import { decideConsent } from "../../app/privacy/index.ts";
import { createStore, migrate, type NewConsent, type Store, type StoreWrites } from "../../app/store/index.ts";

const NOW = 1_000_000;
const POLICY = configSchema.parse({}).consent;
let db: Db;
let store: Store & { writes: StoreWrites };
let customerId: string;
beforeEach(() => {
  migrate((db = openDatabase(":memory:")));
  store = createStore(db, manualClock());
  customerId = store.writes.customers.create(NOW);
  for (const id of ["ses_a", "ses_b"]) store.writes.sessions.create({ id, source: "pbx", facts: { callId: id }, priority: 50, nowMs: NOW });
});
afterEach(() => db.close());
const statement = (more: Partial<NewConsent> = {}): NewConsent => ({ customerId, sessionId: null, channel: "phone", purpose: "recording", state: "granted", source: "api", atMs: 5, proof: "", policyId: "p", expiresAtMs: null, recordedBy: "key:k", ...more });

describe("store: consents", () => {
  it("the few rows that are looked up decide like all rows of the customer would", () => {
    const any = fc.record({ sessionId: fc.constantFrom(null, "ses_a", "ses_b"), channel: fc.constantFrom("phone", "sms", ANY_CHANNEL), purpose: fc.constantFrom(...CONSENT_PURPOSES), state: fc.constantFrom(...CONSENT_STATES), atMs: fc.integer({ min: 0, max: 9 }), expiresAtMs: fc.option(fc.integer({ min: 1, max: 12 })) });
    fc.assert(
      fc.property(fc.array(any, { maxLength: 25 }), fc.constantFrom("phone", "sms", "email"), fc.constantFrom(...CONSENT_PURPOSES), fc.integer({ min: 0, max: 12 }), fc.constantFrom(undefined, "ses_a"), (list, channel, purpose, atMs, sessionId) => {
        db.exec("DELETE FROM consents");
        const all = inTransaction(db, () => list.flatMap((one) => store.writes.consents.add(statement(one), NOW) ?? []));
        const question = { channel, purpose, country: "US", atMs, ...(sessionId === undefined ? {} : { sessionId }) };
        const [few, whole] = [store.writes.consents.deciding({ customerId, ...question }), all].map((rows) => decideConsent(rows, question, POLICY));
        assert.deepEqual([few?.allowed, few?.state], [whole?.allowed, whole?.state]);
      }),
      { numRuns: 200 },
    );
  });

  it("the same statement twice is one row; what was said cannot be changed, whom it belongs to can", () => {
    const { consents } = store.writes;
    const first = consents.add(statement(), NOW);
    assert.equal(consents.add(statement(), NOW + 1), undefined);
    assert.equal(consents.ofCustomer(customerId, 10).length, 1);
    assert.throws(() => db.prepare("UPDATE consents SET state = 'withdrawn'").run(), /never changed/);
    const other = store.writes.customers.create(NOW);
    db.prepare("UPDATE consents SET customer_id = ? WHERE origin_id = ?").run(other, customerId);
    assert.deepEqual([consents.ofCustomer(customerId, 10), consents.ofCustomer(other, 10).map((one) => one.id)], [[], [first?.id]]);
  });

  it("what was said in the call of a stranger counts for the customer that he turns out to be", () => {
    const { consents } = store.writes;
    consents.add(statement({ customerId: null, sessionId: "ses_a", state: "withdrawn" }), NOW);
    assert.equal(consents.deciding({ customerId: null, sessionId: "ses_a", channel: "phone", purpose: "recording", atMs: 9 }).length, 1);
    assert.equal(consents.deciding({ customerId, channel: "phone", purpose: "recording", atMs: 9 }).length, 0);
    consents.adopt("ses_a", customerId);
    assert.equal(consents.deciding({ customerId, channel: "phone", purpose: "recording", atMs: 9 }).length, 1);
  });

  it("takes less than a millisecond for a customer with twenty thousand calls", () => {
    const insert = db.prepare("INSERT INTO consents (id, customer_id, origin_id, session_id, channel, purpose, state, source, at_ms, proof, policy_id, recorded_at_ms, recorded_by) VALUES (?, ?, ?, 'ses_b', 'phone', 'recording', 'granted', 'pbx', ?, '', 'p', 0, 'source:pbx')");
    inTransaction(db, () => Array.from({ length: 20_000 }, (_, i) => insert.run(`cns_${i}`, customerId, customerId, i)));
    const times = Array.from({ length: 200 }, () => {
      const begun = performance.now();
      store.writes.consents.deciding({ customerId, sessionId: "ses_a", channel: "phone", purpose: "recording", atMs: 50_000 });
      return performance.now() - begun;
    }).sort((a, b) => a - b);
    assert.ok((times[100] ?? 9) < 1, `median ${times[100]} ms`);
  });
});
