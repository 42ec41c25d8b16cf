// One customer over five channels: the same thread, sessions and conversations, whatever order things come in, and however often.
import assert from "node:assert/strict";
import fc from "fast-check";
import type { CallNotification, ChannelEvent, InboundMessage } from "../../../app/domain/index.ts";
import { openThreadHouse, pictureOf, type ThreadHouse } from "../../support/thread-house.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const BEGIN = Date.UTC(2026, 10, 2, 9);
const PHONE = "+442079460018";

type Arrival = ChannelEvent | { kind: "call"; notification: CallNotification };

const message = (channel: string, externalId: string, atMs: number, rest: Partial<InboundMessage> = {}): ChannelEvent => ({
  kind: "message",
  message: { source: channel, externalId, channel, kind: "text", speaker: "customer", text: `${channel} ${externalId}`, atMs: BEGIN + atMs, customer: { identities: [] }, ...rest },
});
const call = (callId: string, atMs: number, minutes = 5, facts: object = {}): Arrival => ({
  kind: "call",
  notification: { kind: "call.ended", facts: { callId, startedAtMs: BEGIN + atMs, endedAtMs: BEGIN + atMs + minutes * MINUTE, direction: "inbound", from: PHONE, ...facts } },
});

const wa = { customer: { identities: [{ kind: "wa_id", value: "442079460018" }, { kind: "e164", value: PHONE }], name: "Maria" } } as const;
const chat = { sessionKey: "visitor-7", customer: { identities: [{ kind: "chat_id", value: "web_chat:visitor-7" }] } } as const;
const mail = { customer: { identities: [{ kind: "email", value: "maria@example.org" }], name: "Maria K." } } as const;

/** Maria: two calls, WhatsApp over two days, a web chat that the front closed, a mail thread, a letter from a stranger, and what ties them. */
const STORY: Arrival[] = [
  call("c1", 0, 6, { references: [{ kind: "ticket", value: "4711" }] }),
  message("whatsapp", "w1", 2 * HOUR, wa),
  message("whatsapp", "w2", 2 * HOUR + 3 * MINUTE, { ...wa, speaker: "agent" }),
  message("whatsapp", "w3", 20 * HOUR, { ...wa, follows: ["w2"] }),
  message("whatsapp", "w4", 30 * HOUR, wa), // within 24 h of w3, so the same session; not within 24 h of w1
  message("whatsapp", "w5", 90 * HOUR, wa),
  message("web_chat", "h1", 30 * HOUR, chat),
  message("web_chat", "h2", 30 * HOUR + 20 * MINUTE, { ...chat, speaker: "bot" }),
  message("web_chat", "h3", 30 * HOUR + 41 * MINUTE, chat),
  message("web_chat", "h4", 30 * HOUR + 60 * MINUTE, { ...chat, customer: { identities: [{ kind: "chat_id", value: "web_chat:visitor-7" }, { kind: "email", value: "maria@example.org" }] } }),
  { kind: "closed", source: "web_chat", channel: "web_chat", sessionKey: "visitor-7", atMs: BEGIN + 30 * HOUR + 50 * MINUTE },
  message("email", "<m1@x>", 3 * DAY, mail),
  message("email", "<m2@x>", 3 * DAY + HOUR, { ...mail, speaker: "agent", follows: ["<m1@x>"] }),
  message("email", "<m4@x>", 3 * DAY + 9 * HOUR, { ...mail, follows: ["<m3@x>"] }),
  message("email", "<m3@x>", 3 * DAY + 5 * HOUR, { ...mail, follows: ["<m2@x>", "<m1@x>"] }),
  message("email", "<n1@x>", 40 * DAY, { ...mail, references: [{ kind: "ticket", value: "4711" }] }),
  call("c2", 30 * HOUR + 75 * MINUTE, 9),
  call("c3", 60 * DAY, 2, { customerCrmId: "K-9", customerEmail: "maria@example.org", customerName: "Maria Keller" }),
  message("sms", "s1", 61 * DAY, { customer: { identities: [{ kind: "e164", value: PHONE }] } }),
  message("sms", "s2", 62 * DAY + HOUR, { customer: { identities: [{ kind: "e164", value: PHONE }] } }),
  { kind: "renamed", source: "whatsapp", channel: "whatsapp", externalId: "w9", previous: { kind: "wa_id", value: "442079460018" }, current: [{ kind: "wa_id", value: "442079460999" }], atMs: BEGIN + 70 * DAY },
  message("whatsapp", "w6", 71 * DAY, { customer: { identities: [{ kind: "wa_id", value: "442079460999" }] } }),
  message("email", "<z1@y>", 5 * DAY, { customer: { identities: [{ kind: "email", value: "stranger@example.net" }] } }),
  call("c4", 4 * DAY, 1, { from: "anonymous" }),
];

function arrive(house: ThreadHouse, arrivals: readonly Arrival[]): void {
  for (const one of arrivals) {
    house.clock.advance(1_000);
    if (one.kind === "call") house.notify("pbx", one.notification);
    else house.receive(one);
  }
}

function pictureAfter(arrivals: readonly Arrival[]): ReturnType<typeof pictureOf> {
  const house = openThreadHouse();
  try {
    arrive(house, arrivals);
    assert.deepEqual(house.db.pragma("foreign_key_check"), []);
    return pictureOf(house);
  } finally {
    house.close();
  }
}

describe("one customer over five channels", () => {
  const expected = pictureAfter(STORY);

  it("is one thread with the right sessions and conversations", () => {
    const maria = expected.customers.find((one) => one.addresses.includes("crm_id K-9"));
    assert.deepEqual(maria?.addresses, ["chat_id web_chat:visitor-7", "crm_id K-9", `e164 ${PHONE}`, "email maria@example.org", "wa_id 442079460018", "wa_id 442079460999"]);
    assert.equal(maria.name, "Maria Keller", "the CRM knows her name best");
    assert.equal(expected.customers.length, 3, "Maria, the stranger, and the caller who hides");
    const sessions = maria.conversations.flatMap((one) => one.sessions.map((names) => names.join(" + ")));
    assert.ok(sessions.includes("whatsapp w1 + whatsapp w2 + whatsapp w3 + whatsapp w4"), "each message of the customer opens WhatsApp's window for 24 hours more");
    assert.ok(sessions.includes("web_chat h1 + web_chat h2 + web_chat h3") && sessions.includes("web_chat h4"), "the front closed the chat in between");
    assert.ok(sessions.includes("email <m1@x> + email <m2@x> + email <m3@x> + email <m4@x>"), "letters that name each other");
    assert.ok(sessions.includes("sms s1") && sessions.includes("sms s2"), "25 hours of silence");
    const ticket = maria.conversations.find((one) => one.sessions.some((names) => names.includes("email <n1@x>")));
    assert.ok(ticket?.sessions.some((names) => names.includes("call c1")), "the ticket ties a mail of December to the call of November");
    const escalated = maria.conversations.find((one) => one.sessions.some((names) => names.includes("call c2")));
    assert.ok(escalated?.sessions.some((names) => names.includes("web_chat h4")), "the call goes on with the chat of a quarter of an hour before");
  });

  it("is the same in any order of arrival, with anything repeated at any time", () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(STORY, { minLength: STORY.length, maxLength: STORY.length }), fc.array(fc.nat(STORY.length - 1), { maxLength: 12 }), (shuffled, repeats) => {
        const arrivals = [...shuffled];
        for (const at of repeats) arrivals.splice((at * 7) % arrivals.length, 0, shuffled[at] ?? shuffled[0] as Arrival);
        assert.deepEqual(pictureAfter(arrivals), expected);
      }),
      { numRuns: 50 },
    );
  });
});

describe("random chats", () => {
  it("are cut the same in any order, closings included", () => {
    const event = fc.oneof(
      { weight: 8, arbitrary: fc.record({ at: fc.nat(400), who: fc.constantFrom("customer", "agent" as const), channel: fc.constantFrom("web_chat", "whatsapp"), id: fc.nat(10_000) }) },
      { weight: 1, arbitrary: fc.record({ close: fc.nat(400), channel: fc.constantFrom("web_chat", "whatsapp") }) },
    );
    fc.assert(
      fc.property(fc.uniqueArray(event, { minLength: 2, maxLength: 25, selector: (one) => ("close" in one ? `c${one.close}` : `m${one.id}`) }), fc.infiniteStream(fc.nat()), (events, dice) => {
        const arrivals = events.map((one): ChannelEvent => {
          const unit = one.channel === "web_chat" ? 7 * MINUTE : 5 * HOUR;
          if ("close" in one) return { kind: "closed", source: one.channel, channel: one.channel, sessionKey: "k", atMs: BEGIN + one.close * unit };
          return message(one.channel, String(one.id), one.at * unit + one.id, { speaker: one.who, sessionKey: "k", customer: { identities: [{ kind: "chat_id", value: `${one.channel}:k` }] } });
        });
        const other = arrivals.map((one) => ({ one, key: dice.next().value })).sort((a, b) => a.key - b.key).map(({ one }) => one);
        assert.deepEqual(pictureAfter(other), pictureAfter(arrivals));
      }),
      { numRuns: 30 },
    );
  });
});
