// The rules of threads by themselves: sessions, conversations, likeness, passages, running summaries.
import assert from "node:assert/strict";
import fc from "fast-check";
import { channelPreference, findPassages, gatherConversations, gatherSessions, MATTER_RULES, runningSummary, sessionRule, suggestDuplicates, type Contact, type Decision, type Likeness } from "../../app/threads/index.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

describe("gatherSessions", () => {
  const said = (...minutes: (number | [number, "agent"])[]) => minutes.map((one, i) => ({ id: String(i), atMs: (Array.isArray(one) ? one[0] : one) * MINUTE, isFromCustomer: !Array.isArray(one) }));
  const cut = (channel: string, messages: ReturnType<typeof said>, closings: number[] = []) => {
    const rule = sessionRule(channel);
    assert.ok(rule.kind !== "letters");
    return gatherSessions(messages, closings.map((one) => one * MINUTE), rule).map((session) => session.map((one) => one.atMs / MINUTE));
  };

  it("a chat lasts until 30 minutes of silence, to the minute", () => {
    assert.deepEqual(cut("web_chat", said(0, 30, 60, 91)), [[0, 30, 60], [91]]);
  });
  it("WhatsApp's window is 24 hours from the customer's last message, whatever the house sends; without any, from the first", () => {
    assert.deepEqual(cut("whatsapp", said(0, [23 * 60, "agent"], [24 * 60, "agent"], [24 * 60 + 1, "agent"])), [[0, 1380, 1440], [1441]]);
    assert.deepEqual(cut("whatsapp", said([0, "agent"], 20 * 60, 43 * 60)), [[0, 1200, 2580]]);
    assert.deepEqual(cut("whatsapp", said([0, "agent"], [20 * 60, "agent"], [25 * 60, "agent"])), [[0, 1200], [1500]]);
  });
  it("what the front closed stays closed; a closing in silence changes nothing", () => {
    assert.deepEqual(cut("web_chat", said(0, 5, 10), [5]), [[0, 5], [10]]);
    assert.deepEqual(cut("web_chat", said(0, 5, 10), [10, 400]), [[0, 5, 10]]);
  });
  it("property: every message is in one session, sessions are apart by the rule, and order of arrival decides nothing", () => {
    const times = fc.uniqueArray(fc.record({ id: fc.uuid(), atMs: fc.nat(5000).map((n) => n * MINUTE), isFromCustomer: fc.boolean() }), { selector: (one) => one.atMs, maxLength: 40 });
    fc.assert(
      fc.property(times, fc.array(fc.nat(5000).map((n) => n * MINUTE), { maxLength: 5 }), fc.constantFrom("web_chat", "whatsapp", "sms"), (messages, closings, channel) => {
        const rule = sessionRule(channel);
        if (rule.kind === "letters") return;
        const cut = gatherSessions(messages, closings, rule);
        assert.deepEqual(cut, gatherSessions([...messages].reverse(), closings, rule));
        assert.deepEqual(cut.flat().map((one) => one.atMs), messages.map((one) => one.atMs).sort((a, b) => a - b));
        for (const session of cut) for (const [i, one] of session.entries()) if (rule.kind === "silence" && i > 0) assert.ok(one.atMs - (session[i - 1]?.atMs ?? 0) <= rule.afterMs);
      }),
      { numRuns: 300 },
    );
  });
});

describe("gatherConversations", () => {
  const contact = (id: string, startMs: number, rest: Partial<Contact> = {}): Contact => ({ id, isCall: false, startMs, endMs: startMs + 5 * MINUTE, reason: null, outcome: null, lastWord: null, refs: [], ...rest });
  const groups = (contacts: Contact[], decisions: Decision[] = []) => gatherConversations(contacts, decisions).map((one) => `${one.sessionIds.join(" ")}: ${one.status}`);

  const cases: { rule: string; contacts: Contact[]; decisions?: Decision[]; expected: string[] }[] = [
    { rule: "without a reason, within a week of an open matter: the same", contacts: [contact("a", 0), contact("b", 6 * DAY)], expected: ["a b: open"] },
    { rule: "more than a week later: another", contacts: [contact("a", 0), contact("b", 8 * DAY)], expected: ["a: open", "b: open"] },
    { rule: "two reasons: two matters, at once", contacts: [contact("a", 0, { reason: "billing" }), contact("b", HOUR, { reason: "router" })], expected: ["a: open", "b: open"] },
    { rule: "the same reason, within 30 days, over another matter in between", contacts: [contact("a", 0, { reason: "billing" }), contact("b", DAY, { reason: "router" }), contact("c", 25 * DAY, { reason: "billing" })], expected: ["a c: open", "b: open"] },
    { rule: "resolved, and back for the same reason within 14 days: reopened", contacts: [contact("a", 0, { reason: "billing", outcome: "resolved" }), contact("b", 10 * DAY, { reason: "billing" })], expected: ["a b: reopened"] },
    { rule: "resolved, and back for the same reason later: new", contacts: [contact("a", 0, { reason: "billing", outcome: "resolved" }), contact("b", 15 * DAY, { reason: "billing" })], expected: ["a: resolved", "b: open"] },
    { rule: "resolved, and back without a reason: new", contacts: [contact("a", 0, { outcome: "resolved" }), contact("b", DAY)], expected: ["a: resolved", "b: open"] },
    { rule: "a reference ties over months and over resolved", contacts: [contact("a", 0, { outcome: "resolved", refs: ["ticket 1"] }), contact("b", 200 * DAY, { refs: ["ticket 1", "order 2"] }), contact("c", 300 * DAY, { refs: ["order 2"] })], expected: ["a b c: reopened"] },
    { rule: "a follow-up waits; the customer's next word opens it", contacts: [contact("a", 0, { outcome: "follow_up" })], expected: ["a: waiting"] },
    { rule: "the house wrote last: it waits for the customer", contacts: [contact("a", 0, { lastWord: "house" })], expected: ["a: waiting"] },
    { rule: "the customer wrote last: open", contacts: [contact("a", 0, { lastWord: "house" }), contact("b", DAY, { lastWord: "customer" })], expected: ["a b: open"] },
    { rule: "a call half an hour after a chat continues it, whatever its reason", contacts: [contact("a", 0, { reason: "router", outcome: "resolved" }), contact("b", 30 * MINUTE, { isCall: true, reason: "billing" })], expected: ["a b: reopened"] },
    { rule: "a chat after a call does not", contacts: [contact("a", 0, { isCall: true, reason: "router" }), contact("b", 30 * MINUTE, { reason: "billing" })], expected: ["a: open", "b: open"] },
    { rule: "a person's status stands until a contact changes it", contacts: [contact("a", 0), contact("b", 5 * DAY)], decisions: [{ seq: 1, sessionId: "a", atMs: DAY, field: "status", value: "resolved" }], expected: ["a: resolved", "b: open"] },
    { rule: "a person puts a session elsewhere, against reason and references", contacts: [contact("a", 0, { reason: "x", refs: ["t 1"] }), contact("b", DAY, { reason: "y" }), contact("c", 2 * DAY, { reason: "x", refs: ["t 1"] })], decisions: [{ seq: 1, sessionId: "c", atMs: 3 * DAY, field: "conversation", value: "b" }], expected: ["a: open", "b c: open"] },
    { rule: "and into one of its own", contacts: [contact("a", 0), contact("b", DAY)], decisions: [{ seq: 1, sessionId: "b", atMs: 3 * DAY, field: "conversation", value: "a" }, { seq: 2, sessionId: "b", atMs: 3 * DAY, field: "conversation", value: null }], expected: ["a: open", "b: open"] },
  ];
  for (const { rule, contacts, decisions, expected } of cases) it(rule, () => assert.deepEqual(groups(contacts, decisions), expected));

  it("property: every contact is in exactly one matter, whatever order they are given in", () => {
    const arbitrary = fc.uniqueArray(fc.record({ id: fc.uuid(), at: fc.nat(400), length: fc.nat(60), reason: fc.constantFrom(null, "a", "b"), outcome: fc.constantFrom(null, "resolved", "follow_up", "unresolved"), isCall: fc.boolean(), ref: fc.constantFrom("", "", "", "t 1", "t 2") }), { selector: (one) => one.at, maxLength: 25 });
    fc.assert(
      fc.property(arbitrary, fc.array(fc.record({ on: fc.nat(24), at: fc.nat(400), value: fc.constantFrom("resolved", "open", "waiting") }), { maxLength: 4 }), (list, changes) => {
        const contacts = list.map(({ id, at, length, ref, ...rest }): Contact => ({ ...rest, id, startMs: at * 6 * HOUR + length, endMs: at * 6 * HOUR + length * MINUTE, lastWord: null, refs: ref === "" ? [] : [ref] }));
        const decisions = changes.flatMap((one, seq): Decision[] => (list[one.on] === undefined ? [] : [{ seq, sessionId: list[one.on]?.id ?? "", atMs: one.at * 6 * HOUR, field: "status", value: one.value }]));
        const found = gatherConversations(contacts, decisions);
        assert.deepEqual(found.flatMap((one) => one.sessionIds).sort(), contacts.map((one) => one.id).sort());
        assert.deepEqual(gatherConversations([...contacts].reverse(), [...decisions].reverse()), found);
        for (const one of found) assert.ok(one.openedAtMs <= one.lastAtMs);
      }),
      { numRuns: 300 },
    );
  });
  it("its periods are written down once", () => assert.deepEqual(MATTER_RULES, { sameMatterMs: 7 * DAY, sameReasonMs: 30 * DAY, reopenMs: 14 * DAY, escalationMs: 30 * MINUTE }));
});

describe("suggestDuplicates", () => {
  const person = (id: string, rest: Partial<Likeness>): Likeness => ({ id, names: [], identities: [], claims: [], ...rest });
  it("a claim that the other proves, a form of one address with the same name; never a name alone, never a role mailbox", () => {
    const own = person("own", { names: ["María Keller"], identities: ["email maria.keller@a.org", "e164 +442079460018"], claims: ["crm_id 7"] });
    const others = [
      person("proves", { identities: ["crm_id 7"] }), person("form", { names: ["Keller Maria"], identities: ["email mariakeller+shop@b.com"] }), person("name", { names: ["Maria Keller"] }),
      person("formOnly", { identities: ["wa_id 12079460018"] }), person("role", { names: ["maria keller"], identities: ["email support@a.org"] }),
    ];
    assert.deepEqual(suggestDuplicates(own, others).map((one) => one.customer_id), ["proves", "form"]);
  });
});

describe("findPassages", () => {
  it("rare words of the question count most; common ones and other threads nothing", () => {
    const messages = ["the weather is nice today and we are well", "my invoice number 4711 was charged twice", "I paid the invoice", "the the the the"].map((text, i) => ({ id: String(i), text }));
    assert.deepEqual(findPassages("why was invoice 4711 charged?", messages, 5).map((one) => one.id), ["1", "2"]);
    assert.deepEqual(findPassages("the and is", messages, 5), []);
    assert.deepEqual(findPassages("Rechnungen", [{ id: "a", text: "Die Rechnungen sind falsch" }], 1).map((one) => one.id), ["a"]);
  });
});

describe("channelPreference", () => {
  const sessions = (channel: string, count: number, daysAgo: number) => Array.from({ length: count }, (_, i) => ({ id: `${channel}${i}`, channel, conversationId: null, startMs: -daysAgo * DAY, endMs: -daysAgo * DAY, reason: null, outcome: null }));
  it("newer contacts count more, and below three there is none", () => {
    assert.equal(channelPreference([...sessions("sms", 2, 1)], 0), undefined);
    assert.equal(channelPreference([...sessions("email", 5, 720), ...sessions("whatsapp", 2, 2)], 0)?.channel, "whatsapp");
  });
});

describe("runningSummary", () => {
  const session = (channel: string, startMs: number, text: string) => ({ channel, startMs, topic: text.length > 8 ? "Billing" : null, summary: `Summary: ${text}`, points: [{ text, evidence: [`msg_${text}`] }] });
  it("one session speaks for itself; of several the latest is told whole and the earlier by their first points, each with its proof", () => {
    assert.equal(runningSummary([], "UTC"), undefined);
    assert.equal(runningSummary([session("phone", 0, "charged")], "UTC")?.summary, "Summary: charged");
    const running = runningSummary([session("phone", 0, "charged twice"), session("whatsapp", 3 * DAY, "sent bill"), session("email", 4 * DAY, "thanks")], "UTC");
    assert.equal(running?.summary, "3 contacts since 1 January 1970 (telephone, WhatsApp, e-mail).\nLatest, 5 January 1970, e-mail: Summary: thanks\nBefore: 1 January 1970, telephone: charged twice; 4 January 1970, WhatsApp: sent bill");
    assert.equal(running.topic, "Billing");
    assert.deepEqual(running.points.flatMap((one) => one.evidence), ["msg_charged twice", "msg_sent bill", "msg_thanks"]);
  });
});
