// The domain: ids, units, WAV headers, identities and call ids.
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  AppError, ERROR_CATALOGUE, callIdSchema, customerIdentities, formatDuration, genericCallSchema, groupedPhone, isId, isStillRecording, newId, normaliseEmail, normalisePhone, readRiff, toAppError, wavHeader,
} from "../../app/domain/index.ts";

describe("ids", () => {
  it("newId: sorts by time and keeps its shape", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4e12 }), fc.integer({ min: 1, max: 1e9 }), (at, later) => {
        const [first, second] = [newId("msg", at), newId("msg", at + later)];
        assert.ok(first < second);
        assert.ok(isId("msg", first) && !isId("cus", first));
      }),
    );
  });
  it("newId: two of the same millisecond differ", () => {
    assert.equal(new Set(Array.from({ length: 1000 }, () => newId("ses", 5))).size, 1000);
  });
});

describe("formatDuration", () => {
  for (const [ms, text] of [[0, "0m00s"], [42_000, "0m42s"], [492_000, "8m12s"], [3_909_000, "1h05m09s"], [59_600, "1m00s"]] as const) {
    it(`writes ${ms} ms as ${text}`, () => assert.equal(formatDuration(ms), text));
  }
});

describe("WAV header", () => {
  it("readRiff: reads back what wavHeader wrote", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 31 }), fc.constantFrom(8000, 16_000, 44_100), fc.constantFrom(1, 2), (bytes, rate, channels) => {
        const riff = readRiff(wavHeader(bytes, rate, channels));
        assert.deepEqual([riff?.dataBytes, riff?.sampleRateHz, riff?.channels, riff?.formatTag, riff?.dataOffset], [bytes, rate, channels, 1, 44]);
        assert.equal(riff && isStillRecording(riff), false);
      }),
    );
  });
  it("isStillRecording: sizes that Asterisk has not filled in yet", () => {
    const riff = readRiff(wavHeader(0, 8000, 1));
    assert.equal(riff && isStillRecording(riff), true);
  });
  it("readRiff: anything else is not RIFF, and never throws", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void readRiff(Buffer.from(bytes))));
    assert.equal(readRiff(Buffer.from("ffconcat version 1.0\nfile x.wav")), undefined);
  });
});

describe("normalisePhone", () => {
  for (const [written, country, e164] of [
    ["020 7946 0018", "GB", "+442079460018"], ["+31 6 12345678", "US", "+31612345678"], ["0031612345678", "NL", "+31612345678"], ["sip:+14155550132@pbx.local", "US", "+14155550132"],
    ["(415) 555-0132", "US", "+14155550132"],
  ] as const) {
    it(`${written} in ${country} is ${e164}`, () => assert.equal(normalisePhone(written, country), e164));
  }
  for (const written of ["", "anonymous", "Unknown", "[EntityId]", "201", "Restricted", "0000", undefined, "<unknown>"]) {
    it(`${String(written)} is nobody`, () => assert.equal(normalisePhone(written, "US"), undefined));
  }
  it("never throws, whatever comes", () => fc.assert(fc.property(fc.string(), (text) => void normalisePhone(text, "US"))));
});

describe("groupedPhone", () => {
  for (const [number, grouped] of [["+442079460018", "+44 20 7946 0018"], ["+14155550132", "+1 415 555 0132"], ["+31612345678", "+31 6 12345678"], ["Maria Keller", "Maria Keller"], ["201", "201"]] as const) {
    it(`${number} is read as ${grouped}`, () => assert.equal(groupedPhone(number), grouped));
  }
  it("keeps every digit, whatever comes", () => fc.assert(fc.property(fc.oneof(fc.string(), fc.stringMatching(/^\+\d{5,15}$/)), (text) => assert.equal(groupedPhone(text).replace(/[ -]/g, ""), text.replace(/[ -]/g, "")))));
});

describe("customerIdentities", () => {
  const facts = { callId: "1", from: "+14155550132", to: "+442079460018" };
  it("inbound: the caller", () => assert.deepEqual(customerIdentities({ ...facts, direction: "inbound" }, "US"), [{ kind: "e164", value: "+14155550132" }]));
  it("outbound: the called", () => assert.deepEqual(customerIdentities({ ...facts, direction: "outbound" }, "US"), [{ kind: "e164", value: "+442079460018" }]));
  it("unknown direction: nobody, when both could be", () => assert.deepEqual(customerIdentities(facts, "US"), []));
  it("unknown direction: the only public number", () => assert.equal(customerIdentities({ ...facts, to: "201" }, "US")[0]?.value, "+14155550132"));
  it("what the source says of the customer goes first, the CRM id before the number", () => {
    const found = customerIdentities({ ...facts, direction: "inbound", customerPhone: "+31612345678", customerCrmId: "C-7", customerEmail: "Ana@Example.com" }, "US");
    assert.deepEqual(found.map((one) => one.value), ["C-7", "+31612345678", "ana@example.com"]);
  });
  it("normaliseEmail: refuses what is no address", () => assert.equal(normaliseEmail("not an address"), undefined));
});

describe("callIdSchema", () => {
  for (const bad of ["", "a/b", "a\\b", "..", ".", "a\nb", "a\u0000b", "x".repeat(201), " a"]) {
    it(`refuses ${JSON.stringify(bad).slice(0, 20)}`, () => assert.equal(callIdSchema.safeParse(bad).success, false));
  }
  for (const good of ["1793711702.417", "$(reboot)", "-i", "a b", "é", "x".repeat(200)]) {
    it(`takes ${JSON.stringify(good).slice(0, 20)}: it is data, never a path or an option`, () => assert.equal(callIdSchema.safeParse(good).success, true));
  }
  it("genericCallSchema: says path and expectation of every mistake", () => {
    const result = genericCallSchema.safeParse({ call_id: "a/b", direction: "sideways", recording_url: "ftp://x/y" });
    assert.deepEqual(result.error?.issues.map((issue) => issue.path.join(".")).sort(), ["call_id", "direction", "recording_url"]);
  });
});

describe("AppError", () => {
  it("toAppError: keeps ours, wraps others without their words", () => {
    const ours = new AppError("MEDIA_EMPTY", "empty");
    assert.equal(toAppError(ours), ours);
    const wrapped = toAppError(new Error("secret 4111"));
    assert.equal(wrapped.code, "INTERNAL");
    assert.ok(!wrapped.message.includes("4111"));
  });
  it("the catalogue's titles are whole phrases and its statuses are HTTP errors", () => {
    for (const [code, kind] of Object.entries(ERROR_CATALOGUE)) {
      assert.match(code, /^[A-Z][A-Z0-9_]+$/);
      assert.ok(kind.status >= 400 && kind.status < 600 && kind.title.length > 10, code);
    }
  });
});
