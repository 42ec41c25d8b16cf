// What mails mean: golden files, and the rules that no file shows.
import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { mailEvents, parseHead, parseMail, unreadableMail, withFiles, type ChannelDelivery, type MailContext } from "../../../app/intake/index.ts";
import { installationRoot, isTamePattern } from "../../../app/platform/index.ts";

const FOLDER = join(installationRoot(), "test/fixtures/channels/mail");
const RECEIVED_MS = Date.UTC(2026, 10, 3, 12, 16);
const context: MailContext = {
  source: "support-mail",
  own: { addresses: ["support@ours.example"], domains: ["ours.example"], relays: [] },
  folder: "inbox",
  receivedAtMs: RECEIVED_MS,
  trustFrom: "always",
  referencePattern: String.raw`\[#(\d+)\]`,
};
const read = async (raw: string | Buffer, over: Partial<MailContext> = {}): Promise<ChannelDelivery> => mailEvents(await parseMail(Buffer.from(raw), 10_000_000), { ...context, ...over });
/** Files by what people see of them. */
const shown = ({ events, files }: ChannelDelivery): unknown => ({ events, files: files.map(({ of, attachment }) => ({ of, ...attachment })) });

describe("mail: golden files", () => {
  for (const file of readdirSync(FOLDER).filter((name) => name.endsWith(".eml"))) {
    it(`${file} means what its JSON says`, async () => {
      const expected = join(FOLDER, file.replace(/eml$/, "json"));
      const found = shown(await read(readFileSync(join(FOLDER, file))));
      if (process.env["RENEW_GOLDEN"]) writeFileSync(expected, `${JSON.stringify(found, null, 1)}\n`);
      assert.deepEqual(found, JSON.parse(readFileSync(expected, "utf8")));
    });
  }
});

describe("mail: what no file shows", () => {
  const mail = (headers: Record<string, string>, body = "Text"): string => `${Object.entries({ From: "Ana <ana@customer.example>", To: "support@ours.example", "Message-ID": "<m@customer.example>", Subject: "S", ...headers }).map(([name, value]) => `${name}: ${value}`).join("\r\n")}\r\n\r\n${body}`;
  const messageOf = async (headers: Record<string, string>, over: Partial<MailContext> = {}, raw = mail(headers)) => {
    const [event] = (await read(raw, over)).events;
    assert.equal(event?.kind, "message");
    return event.kind === "message" ? event.message : assert.fail();
  };
  const ana = { kind: "email", value: "ana@customer.example" } as const;
  const authenticated = { trustFrom: "authenticated", authservId: "mx.ours.example" } as const;

  it("authenticated: a sender counts when the site's own server found it authentic, and is a claim otherwise", async () => {
    const results: [expected: boolean, header: string][] = [
      [true, "mx.ours.example; dmarc=pass header.from=customer.example"],
      [true, "MX.ours.example; spf=pass smtp.mailfrom=ana@customer.example"],
      [true, "mx.ours.example; dkim=pass (2048 bit key) header.d=mail.customer.example"],
      [false, "mx.ours.example; spf=pass smtp.mailfrom=bounces@elsewhere.example"],
      [false, "mx.ours.example; dmarc=fail; spf=pass smtp.mailfrom=customer.example"],
      [false, "mx.ours.example; dkim=pass header.d=example"],
      [false, "mx.ours.example; dkim=pass header.d=notcustomer.example"],
      [false, "mx.elsewhere.example; dmarc=pass"],
      [false, "mx.ours.example; none"],
    ];
    for (const [expected, header] of results) {
      const message = await messageOf({ "Authentication-Results": header }, authenticated);
      assert.deepEqual([message.customer.identities, message.customer.claimed], expected ? [[ana], undefined] : [[], [ana]], header);
    }
  });

  it("authenticated: a line that came with the mail, below the next Received, proves nothing", async () => {
    const forged = `Authentication-Results: mx.ours.example; spf=none\r\nReceived: from elsewhere\r\nAuthentication-Results: mx.ours.example; dmarc=pass\r\n${mail({})}`;
    assert.deepEqual((await messageOf({}, authenticated, forged)).customer.identities, []);
  });

  it("always: a sender whose domain says that the mail is forged is only a claim, ours too", async () => {
    const forged = { "Authentication-Results": "mx.ours.example; dmarc=fail" };
    const message = await messageOf(forged, { authservId: "mx.ours.example" });
    assert.deepEqual([message.customer.identities, message.payload?.["from_authentic"]], [[], false]);
    const agent = await messageOf({ ...forged, From: "bo@ours.example", To: "ana@customer.example" }, { authservId: "mx.ours.example" });
    assert.deepEqual([agent.speaker, agent.customer.identities], ["unknown", []]);
    assert.equal((await messageOf({ From: "bo@ours.example", To: "ana@customer.example" }, { ...authenticated, folder: "sent" })).speaker, "agent");
  });

  it("Reply-To says who asks only where a relay or one of ours writes for him", async () => {
    const replyTo = { "Reply-To": "ana@customer.example" };
    assert.deepEqual((await messageOf({ ...replyTo, From: "robot@forms.example" }, { own: { ...context.own, relays: ["robot@forms.example"] } })).customer.identities, [ana]);
    assert.deepEqual((await messageOf({ ...replyTo, From: "robot@forms.example" })).customer.identities[0]?.value, "robot@forms.example");
    assert.deepEqual((await messageOf({ From: "robot@forms.example" }, { own: { ...context.own, relays: ["robot@forms.example"] } })).customer.identities, []);
  });

  it("a sender without an address belongs to nobody, and a subdomain of ours is ours", async () => {
    assert.deepEqual((await messageOf({ From: "undisclosed" })).customer, { identities: [] });
    assert.equal((await messageOf({ From: "x@team.ours.example", To: "ana@customer.example" })).speaker, "agent");
    assert.equal((await messageOf({ From: "x@notours.example" })).speaker, "customer");
  });

  it("times come from the sender unless his clock is impossible", async () => {
    const at = async (date: string): Promise<number> => (await messageOf({ Date: date })).atMs;
    assert.equal(await at("Tue, 03 Nov 2026 13:15:00 +0100 (CET)"), Date.UTC(2026, 10, 3, 12, 15));
    for (const impossible of ["Tue, 03 Nov 2026 13:30:00 +0100", "Thu, 01 Jan 1970 00:00:00 +0000", "yesterday", ""]) assert.equal(await at(impossible), RECEIVED_MS, impossible);
  });

  it("a mail without Message-ID has the same id at every fetch, whatever servers add, and another than its neighbours", async () => {
    const bare = (extra = "", body = "Text"): string => `${extra}From: a@customer.example\r\nTo: support@ours.example\r\nDate: Tue, 03 Nov 2026 13:15:00 +0100\r\nSubject: S\r\n\r\n${body}`;
    const id = async (raw: string): Promise<string> => (await messageOf({}, {}, raw)).externalId;
    assert.equal(await id(bare()), await id(bare("Received: from x\r\n")));
    assert.notEqual(await id(bare()), await id(bare("", "Other")));
    assert.ok((await messageOf({ "Message-ID": `<${"x".repeat(900)}@y>` })).externalId.length < 100);
  });

  it("what keeps its place without content says whose it is, from no more than its head", async () => {
    const head = await parseHead(Buffer.from(`${mail({ "Content-Type": 'multipart/mixed;\r\n boundary="b"', Subject: "=?utf-8?Q?Gr=C3=BC=C3=9Fe?=" })}\r\n--b`));
    const [event] = unreadableMail(head, "too_large", "uid:1", context).events;
    assert.ok(event?.kind === "message");
    assert.deepEqual([event.message.kind, event.message.externalId, event.message.customer.identities, event.message.payload], ["unsupported", "m@customer.example", [ana], { subject: "Grüße", reason: "too_large" }]);
    const [nothing] = unreadableMail(await parseHead(Buffer.from([0, 255, 13, 10])), "damaged", "uid:2", context).events;
    assert.ok(nothing?.kind === "message" && nothing.message.externalId === "uid:2" && nothing.message.customer.identities.length === 0);
  });

  it("staged files come to the messages that they belong to, in their order", async () => {
    const delivery = await read(readFileSync(join(FOLDER, "nested.eml")));
    const [event] = withFiles(delivery, delivery.files.map((_file, i) => ({ file: `f${i}`, sizeBytes: i, sha256: `${i}` })));
    assert.ok(event?.kind === "message");
    assert.deepEqual(event.message.attachments?.map(({ name, from }) => [name, "staged" in from && from.staged.file]), [["photo.jpg", "f0"], ["résumé ../../etc.pdf", "f1"], [undefined, "f2"], ["winmail.dat", "f3"]]);
  });

  it("patterns that could take for ever are refused when the settings are read", () => {
    for (const tame of [String.raw`\[#(\d+)\]`, String.raw`(?:ticket|case)\s*#?\s*(\d+)`, "([A-Z]{2,4}-\\d+)"]) assert.equal(isTamePattern(tame), true, tame);
    for (const wild of ["(a+)+$", "(a|a)*b", String.raw`(\d*)\d*\d*\d*x`, "no group", "(two)(groups)", "(unclosed", String.raw`(a)\1`, "(a?){30}"]) assert.equal(isTamePattern(wild), false, wild);
  });
});

describe("mail: 1,500 damaged mails", () => {
  it("are understood or refused with MAIL_UNREADABLE, in bounded time and memory", async function () {
    this.timeout(60_000);
    const originals = readdirSync(FOLDER).filter((name) => name.endsWith(".eml")).map((name) => readFileSync(join(FOLDER, name)));
    let seed = 20_261_126;
    const next = (limit: number): number => (seed = (seed * 48_271) % 2_147_483_647) % limit;
    const TOKENS = ["\r\n", "\r\n\r\n", "--alt", "--out\r\n", "Content-Type: multipart/mixed; boundary=\"\"\r\n", "Content-Transfer-Encoding: base64\r\n", "=?utf-8?B?", "?=", "<", ">", '"', "charset=utf-7", "Content-Type: message/rfc822\r\n\r\n", "\0", "=", "References: ", "From: :;,@<>()\r\n", "a:b;"].map((text) => Buffer.from(text));
    const mutate = (raw: Buffer): Buffer => {
      let bytes = Buffer.from(raw);
      for (let n = 1 + next(6); n > 0 && bytes.length > 0; n--) {
        const at = next(bytes.length);
        const to = Math.min(bytes.length, at + next(200));
        const way = next(6);
        if (way === 0) bytes[at] = next(256);
        else if (way === 1) bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(to)]);
        else if (way === 2) bytes = Buffer.concat([bytes.subarray(0, to), bytes.subarray(at)]);
        else if (way === 3) bytes = Buffer.concat([bytes.subarray(0, at), TOKENS[next(TOKENS.length)] ?? Buffer.alloc(0), bytes.subarray(at)]);
        else if (way === 4) bytes = bytes.subarray(0, at + 1);
        else bytes = Buffer.concat([bytes.subarray(0, at), ...Array.from({ length: 50 }, () => bytes.subarray(at, Math.min(to, at + 40))), bytes.subarray(at)]);
      }
      return Buffer.from(bytes);
    };
    const heapBefore = process.memoryUsage().rss;
    const outcomes = { understood: 0, refused: 0 };
    let slowestMs = 0;
    const judge = async (raw: Buffer, n: number): Promise<void> => {
      try {
        const { events } = await read(raw);
        assert.ok(events.length >= 1 && JSON.stringify(events).length < 500_000);
        outcomes.understood++;
      } catch (error) {
        assert.ok((error as { code?: unknown }).code === "MAIL_UNREADABLE", `mail ${n}: ${String(error)}`);
        outcomes.refused++;
      }
      if (n % 5 === 0) await parseHead(raw);
    };
    for (let n = 0; n < 1500; n += 50) {
      const startMs = performance.now();
      await Promise.all(Array.from({ length: 50 }, (_, i) => judge(mutate(originals[(n + i) % originals.length] ?? Buffer.alloc(0)), n + i)));
      slowestMs = Math.max(slowestMs, performance.now() - startMs);
    }
    const grownMb = (process.memoryUsage().rss - heapBefore) / 1_048_576;
    assert.ok(outcomes.understood > 1000, JSON.stringify(outcomes));
    assert.ok(slowestMs < 5000 && grownMb < 300, `${slowestMs} ms, ${grownMb} MB`);
    if (process.env["SHOW_FIGURES"]) console.log({ ...outcomes, slowestMs, grownMb });
  });

  it("hostile HTML and addresses take no time", async () => {
    const startMs = performance.now();
    for (const body of ["<b>".repeat(300_000), "<".repeat(1_000_000), `<a href="${"x".repeat(500_000)}`, "<table><tr><td>".repeat(20_000), "&#x41;".repeat(100_000)]) {
      await read(`From: ana@customer.example\r\nTo: support@ours.example\r\nContent-Type: text/html\r\n\r\n${body}`);
    }
    await read(`From: ${"(".repeat(50_000)}\r\nTo: ${"a@b.example, ".repeat(8000)}\r\nCc: ${"g:".repeat(20_000)};\r\n\r\nx`);
    assert.ok(performance.now() - startMs < 6000, `${performance.now() - startMs} ms`);
  });
});
