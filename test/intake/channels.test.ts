// What every channel's front posts, as golden data: a new case is a new file in test/fixtures/channels.
import assert from "node:assert/strict";
import fc from "fast-check";
import { AppError, chatIdentity, normaliseBsuid, normaliseCrmId, normaliseWaId, phoneOfWaId, surestFirst, type Identity } from "../../app/domain/index.ts";
import { parseWhatsApp } from "../../app/intake/index.ts";
import { cleanId, cleanLine, cleanText, digestHex, factsOf, momentOf } from "../../app/intake/channels/words.ts";
import { channelEventsSchema } from "../support/channel-event-schema.ts";
import { bodyOf, NOW_MS, parseAs, readGoldens } from "../support/channel-goldens.ts";

describe("intake channels: what a front posts becomes events", () => {
  for (const { name, golden } of readGoldens()) {
    it(`${name}: ${golden.about}`, () => {
      const parse = () => parseAs(golden, bodyOf(golden.request));
      if (golden.refused === undefined) {
        const events = parse();
        assert.deepEqual(events, golden.expect);
        channelEventsSchema.parse(events);
        return;
      }
      assert.throws(parse, (error: unknown) => {
        assert.ok(error instanceof AppError, String(error));
        const problems = error.details["problems"] as { path: string; message: string }[];
        assert.deepEqual([error.code, problems.map((problem) => problem.path)], [golden.refused?.code, golden.refused?.paths]);
        for (const problem of problems) assert.match(problem.message, /expected/, `${problem.path} must say what is expected`);
        return true;
      });
    });
  }

  it("every adapter has a case that is taken, and every kind of message of WhatsApp is among them", () => {
    const taken = readGoldens().flatMap(({ golden }) => (golden.expect ?? []).map((event) => ({ adapter: golden.adapter, event })));
    assert.deepEqual([...new Set(taken.map(({ adapter }) => adapter))].sort(), ["chatwoot", "message", "twilio", "whatsapp"]);
    const kinds = new Set(taken.flatMap(({ adapter, event }) => (adapter === "whatsapp" && event.kind === "message" ? [event.message.kind] : [])));
    for (const kind of ["text", "voice_note", "audio", "image", "video", "sticker", "document", "location", "contacts", "interactive", "button", "reaction", "order", "form", "event", "unsupported"] as const) assert.ok(kinds.has(kind), kind);
  });

  it("a repeat makes the same events, whenever it comes: what says its time keeps it", () => {
    for (const { name, golden } of readGoldens().filter(({ golden }) => golden.adapter === "whatsapp" && golden.expect !== undefined)) {
      if (name === "whatsapp-bad-time") continue;
      const later = parseWhatsApp({ body: bodyOf(golden.request) }, { phoneNumberIds: golden.phoneNumberIds ?? [], nowMs: NOW_MS + 7 * 86_400_000 });
      assert.deepEqual(later, golden.expect, name);
    }
  });

  it("the only contact of a change belongs to its messages unless it says otherwise", () => {
    const events = (contact: object) => parseWhatsApp({ body: Buffer.from(JSON.stringify({ object: "whatsapp_business_account", entry: [{ changes: [{ value: { contacts: [contact], messages: [{ from: "31612345678", id: "wamid.1", timestamp: "1793711702", type: "text", text: { body: "x" } }] } }] }] })) }, { phoneNumberIds: [], nowMs: NOW_MS });
    const nameOf = (contact: object): string | undefined => events(contact).flatMap((event) => (event.kind === "message" ? [event.message.customer.name] : []))[0];
    assert.equal(nameOf({ profile: { name: "Ana" }, wa_id: "31612345678" }), "Ana");
    assert.equal(nameOf({ profile: { name: "Ana" }, user_id: "NL.1" }), "Ana");
    assert.equal(nameOf({ profile: { name: "Bob" }, wa_id: "31699999999" }), undefined);
  });
});

describe("intake channels: words of strangers", () => {
  it("cleanText: at most 64 KB, well-formed, without control characters, and doing it twice changes nothing", () => {
    const text = fc.oneof(fc.string({ unit: "binary", maxLength: 200 }), fc.string({ unit: "binary", maxLength: 4 }).map((one) => one.repeat(20_000)), fc.string({ unit: fc.constantFrom("\ud800", "\udc00", "a", "€", "🙁", "\u0000", "\r", "\n") }));
    fc.assert(
      fc.property(text, (raw) => {
        const clean = cleanText(raw);
        assert.ok(Buffer.byteLength(clean) <= 65_536);
        // eslint-disable-next-line no-control-regex
        assert.ok(!/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]|\p{Surrogate}/u.test(clean), "has control or half characters");
        assert.ok(cleanText(clean) === clean, "is cleaned twice");
      }),
      { numRuns: 200 },
    );
  });
  it("cleanText: ordinary text stays as it is", () => fc.assert(fc.property(fc.stringMatching(/^[a-zA-ZäöüßéñΩ中🙁€][ -~\n\t€🙁]{0,200}[a-z]$/u), (text) => assert.equal(cleanText(text), text))));
  it("cleanText: a text that is too long is cut between characters", () => {
    const cut = cleanText(`a${"🙁".repeat(40_000)}`);
    assert.equal(cut, `a${"🙁".repeat(16_383)}`);
  });
  it("cleanLine and cleanId: one line, bounded; an id is whole or none", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: "binary" }), fc.double(), fc.anything()), (value) => {
        const [line, id] = [cleanLine(value, 20), cleanId(value, 20)];
        // eslint-disable-next-line no-control-regex
        for (const one of [line, id]) if (one !== undefined) assert.ok(one.length > 0 && one.length <= 20 && one === one.trim() && !/[\u0000-\u001f\u007f-\u009f]|\p{Surrogate}/u.test(one), JSON.stringify(one));
      }),
    );
    assert.equal(cleanId("x".repeat(21), 20), undefined);
    assert.equal(cleanId(9001), "9001");
    assert.equal(cleanId(1e300), undefined);
  });
  it("factsOf: flat, at most 40, never a name that every object has", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.oneof(fc.string(), fc.constantFrom("__proto__", "constructor", "Post Code")), fc.anything(), { maxKeys: 60 }), (values) => {
        const facts = factsOf(values) ?? {};
        assert.ok(Object.keys(facts).length <= 40);
        for (const [name, value] of Object.entries(facts)) assert.ok(/^[a-z0-9][a-z0-9_]*$/.test(name) && (value === null || ["string", "number", "boolean"].includes(typeof value)) && !Number.isNaN(value));
      }),
    );
    assert.equal(factsOf({ a: undefined, b: {}, "": 1 }), undefined);
  });
  it("momentOf: seconds, milliseconds and dates; now for everything that cannot be", () => {
    for (const [value, expected] of [["1793711702", 1793711702000], [1793711702, 1793711702000], ["1793711702500", 1793711702500], ["2026-11-03 13:15:02 UTC", 1793711702000], ["2026-11-03T14:15:02.123+01:00", 1793711702000]] as const) assert.equal(momentOf(value, NOW_MS), expected, String(value));
    for (const value of [undefined, "", "soon", -1, NaN, 1e300, "99999999999999", {}, "2027-11-03T00:00:00Z"]) assert.equal(momentOf(value, NOW_MS), NOW_MS, JSON.stringify(value));
  });
  it("digestHex: hex and base64 of 32 bytes are one digest, everything else is none", () => {
    fc.assert(fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (bytes) => {
      const hex = Buffer.from(bytes).toString("hex");
      for (const text of [hex, hex.toUpperCase(), Buffer.from(bytes).toString("base64"), Buffer.from(bytes).toString("base64url")]) assert.equal(digestHex(text), hex);
    }));
    for (const text of ["", "x", "0".repeat(63), "A".repeat(42), undefined, 7]) assert.equal(digestHex(text), undefined);
  });
});

describe("identities of channels", () => {
  it("phoneOfWaId: the number as it is dialled today, whatever WhatsApp still calls it", () => {
    for (const [waId, phone] of [["31612345678", "+31612345678"], ["5215512345678", "+525512345678"], ["525512345678", "+525512345678"], ["553181234567", "+5531981234567"], ["5511987654321", "+5511987654321"], ["5491123456789", "+5491123456789"], ["123456789012345", undefined]] as const) assert.equal(phoneOfWaId(waId), phone, waId);
  });
  it("normaliseWaId: digits with a country, written with + or without; it says the same twice", () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.stringMatching(/^\+?[0-9]{5,17}$/)), (text) => {
      const id = normaliseWaId(text);
      if (id === undefined) return;
      assert.match(id, /^[1-9]\d{6,14}$/);
      assert.equal(normaliseWaId(id), id);
      assert.equal(normaliseWaId(`+${id}`), id);
    }));
    for (const text of ["", "0612345678", "anonymous", "12345", "+", undefined]) assert.equal(normaliseWaId(text), undefined);
  });
  it("normaliseBsuid: a country, a dot and an opaque id; case matters", () => {
    for (const id of ["US.13491208655302741918", "NL.ENT.4455", "DE.aZ09"]) assert.equal(normaliseBsuid(` ${id} `), id);
    for (const text of ["", "us.134", "US", "US.", "USA.1", "US.1 2", `US.${"1".repeat(129)}`, "US.ENT.", undefined]) assert.equal(normaliseBsuid(text), undefined, text);
  });
  it("chatIdentity: ids of two fronts never meet, and two ids of one front neither", () => {
    const front = fc.stringMatching(/^[a-z0-9][a-z0-9_-]{0,20}$/);
    const id = fc.string({ minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(front, id, front, id, (a, one, b, other) => {
        const [first, second] = [chatIdentity(a, one), chatIdentity(b, other)];
        if (first === undefined || second === undefined) return;
        assert.equal(first.value === second.value, a === b && one.trim() === other.trim());
      }),
      { examples: [["a", "b:c", "a", "b:c"], ["a", "1", "a", "1"]] },
    );
    for (const text of ["", " ", "anonymous", "[ContactId]", "null", "x".repeat(201), "a\u0000b", "\ud800"]) assert.equal(chatIdentity("desk", text), undefined, JSON.stringify(text));
  });
  it("normaliseCrmId: what a template left unfilled is nobody", () => {
    assert.equal(normaliseCrmId(" C-77 "), "C-77");
    for (const text of ["[EntityId]", "", "0", "undefined", "a\nb", "x".repeat(201), undefined]) assert.equal(normaliseCrmId(text), undefined);
  });
  it("surestFirst: each address once, in the order of how sure its kind is", () => {
    const identity = fc.record({ kind: fc.constantFrom<Identity["kind"]>("crm_id", "e164", "wa_bsuid", "wa_id", "email", "chat_id"), value: fc.constantFrom("a", "b", "c") });
    const rank = ["crm_id", "e164", "wa_bsuid", "wa_id", "email", "chat_id"];
    fc.assert(fc.property(fc.array(fc.option(identity, { nil: undefined })), (identities) => {
      const sorted = surestFirst(identities);
      const keys = sorted.map((one) => `${one.kind} ${one.value}`);
      assert.deepEqual(new Set(keys), new Set(identities.flatMap((one) => (one === undefined ? [] : [`${one.kind} ${one.value}`]))));
      assert.equal(new Set(keys).size, keys.length);
      for (let i = 1; i < sorted.length; i++) assert.ok(rank.indexOf(sorted[i - 1]?.kind ?? "") <= rank.indexOf(sorted[i]?.kind ?? ""));
    }));
  });
});
