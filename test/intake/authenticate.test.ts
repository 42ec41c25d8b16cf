// Proof of identity: published vectors, the reference package as a second opinion, and every way to be wrong.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash, createHmac } from "node:crypto";
import fc from "fast-check";
import { Webhook } from "standardwebhooks";
import { verifyRequest, type VerifyInput } from "../../app/intake/index.ts";

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
/** The vector of the Standard Webhooks specification. */
const VECTOR: VerifyInput = {
  auth: { type: "standard_webhooks", secrets: [SECRET] },
  allowIps: [],
  headers: { "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek", "webhook-timestamp": "1614265330", "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=" },
  rawBody: Buffer.from('{"test": 2432232314}'),
  remoteIp: "192.0.2.1",
  nowMs: 1614265330_000,
};
const NOW = Date.UTC(2026, 10, 3, 13, 15);
const code = (expected: string) => (error: unknown) => (error as { code?: string }).code === expected;

describe("intake authenticate: who sent this", () => {
  it("Standard Webhooks: the vector of the specification passes and gives its id and a digest of the content", () => {
    const verified = verifyRequest(VECTOR);
    assert.equal(verified.replayKey, "msg_p5jXN8AQM9LWM0D4loKWxJek");
    assert.match(verified.contentDigest, /^[0-9a-f]{64}$/);
    assert.notEqual(verifyRequest(hmacRequest("other")).contentDigest, verified.contentDigest);
  });

  it("Standard Webhooks: agrees with the reference package on what it signs, whatever the body", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.stringMatching(/^[A-Za-z0-9_]{1,40}$/), fc.uint8Array({ minLength: 24, maxLength: 64 }), (body, id, key) => {
        const secret = `whsec_${Buffer.from(key).toString("base64")}`;
        const bytes = Buffer.from(body);
        const signature = new Webhook(secret).sign(id, new Date(NOW), bytes);
        const headers = { "webhook-id": id, "webhook-timestamp": String(NOW / 1000), "webhook-signature": signature };
        assert.equal(verifyRequest({ ...VECTOR, auth: { type: "standard_webhooks", secrets: [secret] }, headers, rawBody: bytes, nowMs: NOW }).replayKey, id);
      }),
      { numRuns: 100 },
    );
  });

  it("Standard Webhooks: bodies that are not UTF-8 are verified by their bytes", () => {
    const sign = (body: Buffer): string => `v1,${createHmac("sha256", Buffer.from(SECRET.slice(6), "base64")).update("m.1614265330.").update(body).digest("base64")}`;
    const headers = { ...VECTOR.headers, "webhook-id": "m", "webhook-signature": sign(Buffer.from([0xff])) };
    assert.ok(verifyRequest({ ...VECTOR, headers, rawBody: Buffer.from([0xff]) }).ok);
    assert.throws(() => verifyRequest({ ...VECTOR, headers, rawBody: Buffer.from([0xfe]) }), code("SIGNATURE_INVALID")); // both are � as text
  });

  it("Standard Webhooks: one of several signatures under one of several secrets is enough; unknown versions are passed over", () => {
    const signature = String(VECTOR.headers["webhook-signature"]);
    for (const text of [`v1a,xx v2,yy ${signature}`, `v1,AAAA ${signature}`, `${signature} v1,`]) assert.ok(verifyRequest({ ...VECTOR, headers: { ...VECTOR.headers, "webhook-signature": text } }).ok, text);
    const rotated = { type: "standard_webhooks" as const, secrets: ["whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", SECRET] };
    assert.ok(verifyRequest({ ...VECTOR, auth: rotated }).ok);
    assert.throws(() => verifyRequest({ ...VECTOR, auth: { ...rotated, secrets: rotated.secrets.slice(0, 1) } }), code("SIGNATURE_INVALID"));
  });

  it("Standard Webhooks: five minutes count on both sides, and not a second more", () => {
    const at = (seconds: number) => () => verifyRequest({ ...VECTOR, nowMs: (1614265330 + seconds) * 1000 });
    for (const seconds of [-300, 0, 300]) assert.ok(at(seconds)().ok);
    for (const seconds of [-301, 301, 86_400]) assert.throws(at(seconds), code("SIGNATURE_EXPIRED"));
  });

  it("Standard Webhooks: an old message with a wrong signature is wrong, not old", () => {
    assert.throws(() => verifyRequest({ ...VECTOR, rawBody: Buffer.from("{}"), nowMs: NOW }), code("SIGNATURE_INVALID"));
  });

  it("Standard Webhooks: any change of body, id, time or signature is refused, and so are missing or doubled headers", () => {
    const h = VECTOR.headers;
    const wrong: Partial<VerifyInput>[] = [
      { rawBody: Buffer.from('{"test": 2432232315}') },
      { rawBody: Buffer.alloc(0) },
      { headers: { ...h, "webhook-id": "msg_other" } },
      { headers: { ...h, "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330" } },
      { headers: { ...h, "webhook-timestamp": "1614265331" } },
      { headers: { ...h, "webhook-timestamp": "1614265330.0" } },
      { headers: { ...h, "webhook-timestamp": "0x60378df2" } },
      { headers: { ...h, "webhook-timestamp": "NaN" } },
      { headers: { ...h, "webhook-signature": "" } },
      { headers: { ...h, "webhook-signature": "v1," } },
      { headers: { ...h, "webhook-signature": "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=" } },
      { headers: { ...h, "webhook-signature": undefined } },
      { headers: { ...h, "webhook-id": undefined } },
      { headers: { ...h, "webhook-id": ["a", "b"] } },
      { headers: {} },
    ];
    for (const change of wrong) assert.throws(() => verifyRequest({ ...VECTOR, ...change }), code("SIGNATURE_INVALID"), JSON.stringify(change));
  });

  it("Standard Webhooks: a secret that is no base64 is a mistake of the configuration", () => {
    assert.throws(() => verifyRequest({ ...VECTOR, auth: { type: "standard_webhooks", secrets: ["whsec_not base64 at all!"] } }), code("CONFIG_INVALID"));
  });

  it("HMAC: GitHub's vector passes, with and without sha256=, in capitals and in base64", () => {
    const hex = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
    assert.ok(verifyRequest(hmacRequest("Hello, World!", { "x-hub-signature-256": `sha256=${hex}` })).ok);
    assert.ok(verifyRequest(hmacRequest("Hello, World!", { "x-hub-signature-256": hex.toUpperCase() })).ok);
    const base64 = { ...hmacAuth, encoding: "base64" as const, header: "X-Yeastar-Signature" };
    assert.ok(verifyRequest({ ...hmacRequest("Hello, World!", { "x-yeastar-signature": Buffer.from(hex, "hex").toString("base64") }), auth: base64 }).ok);
    for (const text of ["", "sha256=", hex.slice(2), `${hex}00`, hex.replace("7", "8"), "zz".repeat(32)]) {
      assert.throws(() => verifyRequest(hmacRequest("Hello, World!", { "x-hub-signature-256": text })), code("SIGNATURE_INVALID"), text);
    }
    assert.throws(() => verifyRequest(hmacRequest("Hello, World!", {})), code("SIGNATURE_INVALID"));
  });

  it("HMAC: with a time header <time>.<body> is signed and the window counts, in seconds as in milliseconds", () => {
    const auth = { ...hmacAuth, timestamp_header: "X-Timestamp" };
    const signed = (time: string): VerifyInput => ({
      ...hmacRequest("body", { "x-timestamp": time, "x-hub-signature-256": createHmac("sha256", hmacAuth.secrets[0] ?? "").update(`${time}.body`).digest("hex") }),
      auth,
    });
    assert.ok(verifyRequest(signed(String(NOW / 1000))).ok);
    assert.ok(verifyRequest(signed(String(NOW - 299_000))).ok);
    assert.throws(() => verifyRequest(signed(String(NOW / 1000 - 301))), code("SIGNATURE_EXPIRED"));
    assert.throws(() => verifyRequest(signed(String(NOW / 1000 + 301))), code("SIGNATURE_EXPIRED"));
    assert.throws(() => verifyRequest({ ...signed(String(NOW / 1000)), headers: { "x-hub-signature-256": "00" } }), code("SIGNATURE_INVALID"));
  });

  it("Stripe: <time>.<body> under v1, one of several signatures and secrets; other versions are passed over", () => {
    const body = '{"id":"evt_1"}';
    const time = String(NOW / 1000);
    const right = opensslHmac("sha256", STRIPE.secrets[0] ?? "", `${time}.${body}`).toString("hex");
    const stripe = (text: string | undefined, over: Partial<VerifyInput> = {}): VerifyInput => ({ ...VECTOR, auth: STRIPE, headers: { "stripe-signature": text }, rawBody: Buffer.from(body), nowMs: NOW, ...over });
    for (const text of [`t=${time},v1=${right}`, `v1=${right},t=${time}`, `t=${time},v1=${"0".repeat(64)},v1=${right}`, `t=${time},v0=${"0".repeat(64)},v1=${right},v9=x`, ` t=${time} , v1=${right} `]) assert.ok(verifyRequest(stripe(text)).ok, text);
    assert.ok(verifyRequest(stripe(`t=${time},v1=${right}`, { auth: { ...STRIPE, secrets: ["another-secret-of-length", ...STRIPE.secrets] } })).ok);
    assert.ok(verifyRequest(stripe(undefined, { auth: { ...STRIPE, header: "X-PS-Signature" }, headers: { "x-ps-signature": `t=${time},v1=${right}` } })).ok, "DIDWW names the header otherwise");
    for (const text of [undefined, "", `v1=${right}`, `t=${time}`, `t=${time},v0=${right}`, `t=${time},v1=${right}00`, `t=${Number(time) + 1},v1=${right}`, `t=${time},t=1,v1=${right}`, `t= ${time},v1=${right}`]) assert.throws(() => verifyRequest(stripe(text)), code("SIGNATURE_INVALID"), text);
    assert.throws(() => verifyRequest(stripe(`t=${time},v1=${right}`, { nowMs: NOW + 301_000 })), code("SIGNATURE_EXPIRED"));
    assert.throws(() => verifyRequest(stripe(`t=${time},v1=${right}`, { nowMs: NOW - 301_000 })), code("SIGNATURE_EXPIRED"));
  });

  it("Chatwoot: sha256= over <time>.<body>, within the window", () => {
    const time = String(NOW / 1000);
    const right = opensslHmac("sha256", "chatwoot-secret-1", `${time}.{}`).toString("hex");
    const chatwoot = (headers: VerifyInput["headers"], nowMs = NOW): VerifyInput => ({ ...VECTOR, auth: { type: "chatwoot", secrets: ["chatwoot-secret-1"] }, headers, rawBody: Buffer.from("{}"), nowMs });
    const headers = { "x-chatwoot-signature": `sha256=${right}`, "x-chatwoot-timestamp": time, "x-chatwoot-delivery": "d-1" };
    assert.ok(verifyRequest(chatwoot(headers)).ok);
    assert.throws(() => verifyRequest(chatwoot(headers, NOW + 301_000)), code("SIGNATURE_EXPIRED"));
    for (const change of [{ "x-chatwoot-timestamp": undefined }, { "x-chatwoot-timestamp": String(NOW / 1000 + 1) }, { "x-chatwoot-signature": undefined }, { "x-chatwoot-signature": `sha256=${opensslHmac("sha256", "chatwoot-secret-1", "{}").toString("hex")}` }]) {
      assert.throws(() => verifyRequest(chatwoot({ ...headers, ...change })), code("SIGNATURE_INVALID"), JSON.stringify(change));
    }
  });

  it("EspoCRM: base64 of <id>:<hex>, and the older header with the bytes themselves", () => {
    const digest = opensslHmac("sha256", "espo-secret-of-a-hook", "[1]");
    const espo = (headers: VerifyInput["headers"], body = "[1]"): VerifyInput => ({ ...VECTOR, auth: { type: "espocrm", secrets: ["espo-secret-of-a-hook"] }, headers, rawBody: Buffer.from(body) });
    const current = Buffer.from(`619f3c1d2a:${digest.toString("hex")}`).toString("base64");
    const older = Buffer.concat([Buffer.from("619f3c1d2a:"), digest]).toString("base64");
    assert.ok(verifyRequest(espo({ signature: current })).ok);
    assert.ok(verifyRequest(espo({ "x-signature": older })).ok);
    assert.ok(verifyRequest(espo({ signature: current, "x-signature": older })).ok);
    for (const headers of [{}, { signature: "" }, { signature: digest.toString("hex") }, { signature: Buffer.from(`619f3c1d2a:${digest.toString("hex")}0`).toString("base64") }]) assert.throws(() => verifyRequest(espo(headers)), code("SIGNATURE_INVALID"), JSON.stringify(headers));
    assert.throws(() => verifyRequest(espo({ signature: current }, "[2]")), code("SIGNATURE_INVALID"));
  });

  it("Twilio: its own vector passes, in any order of the fields, and no field can be changed, added or dropped", () => {
    const form = "Digits=1234&To=%2B18005551212&From=%2B14158675310&Caller=%2B14158675310&CallSid=CA1234567890ABCDE";
    assert.ok(verifyRequest(twilioRequest({ rawBody: Buffer.from(form) })).ok);
    assert.ok(verifyRequest(twilioRequest({ rawBody: Buffer.from(form.split("&").reverse().join("&")) })).ok);
    for (const body of [form.replace("1234&", "1235&"), `${form}&A=1`, form.replace("Digits=1234&", ""), "", `{"a":1}`]) assert.throws(() => verifyRequest(twilioRequest({ rawBody: Buffer.from(body) })), code("SIGNATURE_INVALID"), body);
    for (const headers of [{}, { "x-twilio-signature": "" }, { "x-twilio-signature": "GvWf1cFY/Q7PnoempGyD5oXAeZc=" }]) assert.throws(() => verifyRequest(twilioRequest({ headers, rawBody: Buffer.from(form) })), code("SIGNATURE_INVALID"));
    assert.throws(() => verifyRequest(twilioRequest({ auth: { ...TWILIO, auth_tokens: ["12346"] }, rawBody: Buffer.from(form) })), code("SIGNATURE_INVALID"));
    assert.ok(verifyRequest(twilioRequest({ auth: { ...TWILIO, auth_tokens: ["12346", "12345"] }, rawBody: Buffer.from(form) })).ok);
  });

  it("Twilio: the address counts as Twilio has it: the configured one with the query of the request, with and without port, in both spellings", () => {
    const signed = (address: string): Partial<VerifyInput> => ({ headers: { "x-twilio-signature": opensslHmac("sha1", "12345", `${address}Body'hi`).toString("base64") }, rawBody: Buffer.from("Body=%27hi") });
    const cases: [signed: string, address: string, publicUrl?: string][] = [
      ["https://a.example/sms", "https://a.example/sms"],
      ["https://a.example:443/sms", "https://a.example/sms"],
      ["http://a.example:80/sms?x=1", "http://a.example/sms?x=1"],
      ["https://a.example/sms", "https://a.example:8443/sms"],
      ["https://a.example:8443/sms", "https://a.example:8443/sms"],
      ["https://a.example/sms?q=a%20b&r='", "https://a.example/sms?q=a+b&r='"],
      ["https://sms.example.com/in?x=1", "http://10.0.0.7:8090/v1/webhooks/messages/sms?x=1", "https://sms.example.com/in"],
      ["https://sms.example.com/in", "http://10.0.0.7:8090/v1/webhooks/messages/sms", "https://sms.example.com/in?x=1"],
    ];
    for (const [signedAddress, address, publicUrl] of cases) assert.ok(verifyRequest(twilioRequest({ ...signed(signedAddress), address, auth: { ...TWILIO, ...(publicUrl === undefined ? {} : { public_url: publicUrl }) } })).ok, signedAddress);
    for (const [signedAddress, address] of [["https://b.example/sms", "https://a.example/sms"], ["http://a.example/sms", "https://a.example/sms"], ["https://a.example/sms?x=1", "https://a.example/sms?x=2"], ["https://a.example/sms", "no address"]] as const) {
      assert.throws(() => verifyRequest(twilioRequest({ ...signed(signedAddress), address })), code("SIGNATURE_INVALID"), signedAddress);
    }
  });

  it("Twilio: of a field that comes several times each value is signed once, sorted", () => {
    const signature = opensslHmac("sha1", "12345", "https://a.example/aa1a2b0").toString("base64");
    assert.ok(verifyRequest(twilioRequest({ address: "https://a.example/a", headers: { "x-twilio-signature": signature }, rawBody: Buffer.from("b=0&a=2&a=1&a=2") })).ok);
  });

  it("Twilio: JSON is signed by the digest of the body in the address", () => {
    const body = Buffer.from('[{"a":1}]');
    const address = `https://a.example/sms?bodySHA256=${createHash("sha256").update(body).digest("hex")}`;
    const headers = { "x-twilio-signature": opensslHmac("sha1", "12345", address).toString("base64") };
    assert.ok(verifyRequest(twilioRequest({ address, headers, rawBody: body })).ok);
    assert.throws(() => verifyRequest(twilioRequest({ address, headers, rawBody: Buffer.from('[{"a":2}]') })), code("SIGNATURE_INVALID"));
    const without = "https://a.example/sms?bodySHA256=";
    assert.throws(() => verifyRequest(twilioRequest({ address: without, headers: { "x-twilio-signature": opensslHmac("sha1", "12345", without).toString("base64") }, rawBody: body })), code("SIGNATURE_INVALID"));
  });

  it("no proof takes anything that its sender did not sign, whatever the headers", () => {
    const auths: VerifyInput["auth"][] = [hmacAuth, STRIPE, TWILIO, { type: "chatwoot", secrets: ["chatwoot-secret-1"] }, { type: "espocrm", secrets: ["espo-secret-of-a-hook"] }, { type: "standard_webhooks", secrets: [SECRET] }];
    const names = ["x-hub-signature-256", "stripe-signature", "x-chatwoot-signature", "x-chatwoot-timestamp", "x-twilio-signature", "signature", "x-signature", "webhook-id", "webhook-timestamp", "webhook-signature"];
    const value = fc.oneof(fc.string(), fc.base64String(), fc.stringMatching(/^(sha256=)?[0-9a-f]{64}$/), fc.constant(String(NOW / 1000)), fc.stringMatching(/^t=\d{1,10},v1=[0-9a-f]{64}$/), fc.constant(undefined), fc.array(fc.string(), { maxLength: 2 }));
    fc.assert(
      fc.property(fc.constantFrom(...auths), fc.record(Object.fromEntries(names.map((name) => [name, value]))), fc.uint8Array({ maxLength: 60 }), fc.webUrl({ withQueryParameters: true }), (auth, headers, body, address) => {
        assert.throws(() => verifyRequest({ ...VECTOR, auth, headers, rawBody: Buffer.from(body), address, nowMs: NOW }), code("SIGNATURE_INVALID"));
      }),
      { numRuns: 1000 },
    );
  });

  it("Basic: user and password both count, and a colon may be in the password", () => {
    const basic = (text: string): VerifyInput => ({ ...VECTOR, auth: { type: "basic", user: "pbx", password: "correct:horse:battery" }, headers: { authorization: `Basic ${Buffer.from(text).toString("base64")}` } });
    assert.ok(verifyRequest(basic("pbx:correct:horse:battery")).ok);
    assert.equal(verifyRequest(basic("pbx:correct:horse:battery")).replayKey, undefined);
    for (const text of ["pbx:", "pbx", ":correct:horse:battery", "pbx:correct:horse:batterz", "PBX:correct:horse:battery", ""]) assert.throws(() => verifyRequest(basic(text)), code("UNAUTHENTICATED"), text);
    assert.throws(() => verifyRequest({ ...basic(""), headers: {} }), code("UNAUTHENTICATED"));
    assert.throws(() => verifyRequest({ ...basic(""), headers: { authorization: "Bearer correct:horse:battery" } }), code("UNAUTHENTICATED"));
  });

  it("Bearer: any of the tokens, and nothing near them", () => {
    const bearer = (authorization: string | undefined): VerifyInput => ({ ...VECTOR, auth: { type: "bearer", tokens: ["token-number-one-1", "token-number-two-2"] }, headers: { authorization } });
    for (const token of ["Bearer token-number-one-1", "bearer token-number-two-2"]) assert.ok(verifyRequest(bearer(token)).ok);
    for (const token of [undefined, "Bearer ", "Bearer token-number-one-", "token-number-one-1", "Bearer token-number-one-1 x"]) assert.throws(() => verifyRequest(bearer(token)), code("UNAUTHENTICATED"), token);
  });

  it("addresses: networks, single addresses, IPv4 written as IPv6; a list without a match refuses before anything else", () => {
    const from = (remoteIp: string, allowIps: string[]): (() => unknown) => () => verifyRequest({ ...VECTOR, remoteIp, allowIps });
    for (const [ip, list] of [["10.1.2.3", ["10.0.0.0/8"]], ["::ffff:10.1.2.3", ["10.0.0.0/8"]], ["192.0.2.7", ["10.0.0.0/8", "192.0.2.7"]], ["2001:db8::7", ["2001:db8::/32"]], ["fe80::1%eth0", ["fe80::/10"]]] as const) assert.doesNotThrow(from(ip, [...list]), ip);
    for (const [ip, list] of [["11.1.2.3", ["10.0.0.0/8"]], ["10.1.2.3", ["::/0"]], ["not an address", ["0.0.0.0/0"]], ["", ["0.0.0.0/0"]], ["10.1.2.3", ["not a network"]]] as const) assert.throws(from(ip, [...list]), code("UNAUTHENTICATED"), ip);
  });

  it("none: the list of addresses is the proof, and without one there is none", () => {
    assert.ok(verifyRequest({ ...VECTOR, auth: { type: "none" }, allowIps: ["192.0.2.0/24"] }).ok);
    assert.throws(() => verifyRequest({ ...VECTOR, auth: { type: "none" }, allowIps: [] }), code("UNAUTHENTICATED"));
  });
});

const STRIPE = { type: "stripe" as const, secrets: ["whsec_test_stripe_like"], header: "Stripe-Signature" };
const TWILIO = { type: "twilio" as const, auth_tokens: ["12345"] };

/** The vector that Twilio publishes. */
function twilioRequest(over: Partial<VerifyInput>): VerifyInput {
  return { ...VECTOR, auth: TWILIO, headers: { "x-twilio-signature": "GvWf1cFY/Q7PnoempGyD5oXAezc=" }, address: "https://mycompany.com/myapp.php?foo=1&bar=2", nowMs: NOW, ...over };
}

/** A second opinion that shares no code with Node's: the openssl program. */
function opensslHmac(algorithm: "sha256" | "sha1", key: string, text: string): Buffer {
  return execFileSync("openssl", ["dgst", `-${algorithm}`, "-mac", "HMAC", "-macopt", `hexkey:${Buffer.from(key).toString("hex")}`, "-binary"], { input: text });
}

const hmacAuth = { type: "hmac_sha256" as const, secrets: ["It's a Secret to Everybody"], header: "X-Hub-Signature-256", encoding: "hex" as const };

function hmacRequest(body: string, headers?: Record<string, string>): VerifyInput {
  const signature = createHmac("sha256", hmacAuth.secrets[0] ?? "").update(body).digest("hex");
  return { ...VECTOR, auth: hmacAuth, headers: headers ?? { "x-hub-signature-256": `sha256=${signature}` }, rawBody: Buffer.from(body), nowMs: NOW };
}
