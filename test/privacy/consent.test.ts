// Who may do what: the newest statement, whatever the order in which statements came; the site's policy where nobody said anything.
import assert from "node:assert/strict";
import fc from "fast-check";
import { ANY_CHANNEL, CONSENT_PURPOSES, CONSENT_STATES, type ConsentState } from "../../app/domain/index.ts";
import { configSchema } from "../../app/platform/index.ts";
import { decideConsent, policyId, type ConsentFact, type ConsentPolicy, type ConsentQuestion } from "../../app/privacy/index.ts";

const BUILT_IN: ConsentPolicy = configSchema.parse({}).consent;
const STRICT: ConsentPolicy = configSchema.parse({ consent: { default: { marketing: "allow" }, countries: { DE: { recording: "hold", marketing: "deny" } } } }).consent;
const ASKED: ConsentQuestion = { channel: "phone", purpose: "recording", country: "US", atMs: 1000 };
let n = 0;
const said = (state: ConsentState, atMs: number, more: Partial<ConsentFact> = {}): ConsentFact => ({ id: `cns_${String(n++).padStart(6, "0")}`, sessionId: null, channel: "phone", purpose: "recording", state, atMs, expiresAtMs: null, ...more });
const decide = (records: ConsentFact[], question: Partial<ConsentQuestion> = {}, policy = BUILT_IN): boolean => decideConsent(records, { ...ASKED, ...question }, policy).allowed;

const anyFact = fc.record({
  id: fc.uuid(), sessionId: fc.constantFrom(null, "a", "b"), channel: fc.constantFrom("phone", "sms", ANY_CHANNEL), purpose: fc.constantFrom(...CONSENT_PURPOSES), state: fc.constantFrom(...CONSENT_STATES),
  atMs: fc.integer({ min: 0, max: 12 }), expiresAtMs: fc.option(fc.integer({ min: 1, max: 14 })),
});
const anyQuestion = fc.record({ channel: fc.constantFrom("phone", "sms", "email"), purpose: fc.constantFrom(...CONSENT_PURPOSES), country: fc.constantFrom("US", "DE"), atMs: fc.integer({ min: 0, max: 15 }) }, { requiredKeys: ["channel", "purpose", "country", "atMs"] });

describe("privacy: consent", () => {
  it("a site that configures nothing hears and analyses its calls, and writes to nobody", () => {
    assert.deepEqual(CONSENT_PURPOSES.map((purpose) => decide([], { purpose })), [true, true, false, false]);
  });

  it("the policy of the customer's country stands above the default, purpose by purpose, and the answer names the rule", () => {
    const rule = (country: string, purpose: ConsentQuestion["purpose"]): unknown => decideConsent([], { ...ASKED, country, purpose }, STRICT).because;
    assert.deepEqual([rule("DE", "recording"), rule("DE", "analysis"), rule("FR", "recording"), rule("DE", "marketing"), rule("FR", "marketing")], [
      { rule: "DE", effect: "hold" }, { rule: "default", effect: "allow" }, { rule: "default", effect: "allow" }, { rule: "DE", effect: "deny" }, { rule: "default", effect: "allow" },
    ]);
    assert.notEqual(policyId(STRICT), policyId(BUILT_IN));
  });

  it("statements beat the policy, both ways; `unknown` gives the word back to the policy", () => {
    assert.equal(decide([said("granted", 1)], { country: "DE" }, STRICT), true);
    assert.equal(decide([said("withdrawn", 1)]), false);
    assert.equal(decide([said("withdrawn", 1), said("unknown", 2)]), true);
    assert.equal(decide([said("granted", 1), said("unknown", 2)], { country: "DE" }, STRICT), false);
  });

  it("newest wins; at the same moment the named channel beats `any`, then the withdrawal beats the grant", () => {
    assert.equal(decide([said("granted", 5), said("withdrawn", 4)]), true);
    assert.equal(decide([said("granted", 5), said("withdrawn", 5)]), false);
    assert.equal(decide([said("granted", 5), said("withdrawn", 5, { channel: ANY_CHANNEL })]), true);
    assert.equal(decide([said("granted", 5), said("withdrawn", 6, { channel: ANY_CHANNEL })]), false);
    assert.equal(decide([said("withdrawn", 9, { channel: "sms" })]), true, "another channel says nothing about this one");
  });

  it("what has expired, and what is said later, counts as not said", () => {
    assert.equal(decide([said("withdrawn", 1), said("granted", 2, { expiresAtMs: 1001 })]), true);
    assert.equal(decide([said("withdrawn", 1), said("granted", 2, { expiresAtMs: 1000 })]), false);
    assert.equal(decide([said("withdrawn", 1001)]), true);
  });

  it("a grant in another call does not open a call that was refused itself; a later one that is not about a call does", () => {
    const refused = said("withdrawn", 1, { sessionId: "a" });
    assert.equal(decide([refused, said("granted", 2, { sessionId: "b" })], { sessionId: "a" }), false);
    assert.equal(decide([refused, said("granted", 2, { sessionId: "b" })], { sessionId: "b" }), true);
    assert.equal(decide([refused, said("granted", 2)], { sessionId: "a" }), true);
    assert.equal(decide([refused], { sessionId: "b" }), false, "a refusal in one call counts for the customer");
  });

  it("any order of arrival gives the same decision, for the same reason", () => {
    fc.assert(fc.property(fc.uniqueArray(anyFact, { selector: (one) => one.id, maxLength: 12 }).chain((facts) => fc.tuple(fc.constant(facts), fc.shuffledSubarray(facts, { minLength: facts.length }))), anyQuestion, fc.constantFrom(undefined, "a", "b"), ([facts, shuffled], question, sessionId) => {
      const asked = sessionId === undefined ? question : { ...question, sessionId };
      assert.deepEqual(decideConsent(shuffled, asked, STRICT), decideConsent(facts, asked, STRICT));
    }), { numRuns: 500 });
  });

  it("after a withdrawal nothing is allowed until a newer grant, whatever was said before and about other things", () => {
    fc.assert(fc.property(fc.array(anyFact, { maxLength: 12 }), anyQuestion, fc.integer({ min: 0, max: 12 }), fc.constantFrom("own", "any"), (facts, question, atMs, reach) => {
      fc.pre(question.atMs >= atMs);
      const channel = reach === "own" ? question.channel : ANY_CHANNEL;
      const withdrawal = said("withdrawn", atMs, { channel, purpose: question.purpose });
      const isLater = (one: ConsentFact): boolean => one.atMs > atMs || (one.atMs === atMs && reach === "any" && one.channel !== ANY_CHANNEL);
      const { allowed } = decideConsent([...facts, withdrawal], question, { default: { recording: "allow", analysis: "allow", outbound_messaging: "allow", marketing: "allow" }, countries: {} });
      if (!facts.some((one) => isLater(one) && one.state !== "withdrawn")) assert.equal(allowed, false);
    }), { numRuns: 500 });
  });
});
