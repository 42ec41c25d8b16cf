// The way to a mail server: encrypted as the settings say or not at all, to the address that was checked, and patient when it fails.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { connectMailServer } from "../../../app/intake/channels/imap-connection.ts";
import { mailFate, reconnectDelayMs } from "../../../app/intake/channels/mailbox-rules.ts";
import { configSchema, installationRoot, loadConfig, type MailboxConfig } from "../../../app/platform/index.ts";
import { startImap, type FakeImap } from "../../support/imap-server.ts";

const CA_FILE = join(installationRoot(), "test/fixtures/intake/tls-test-cert.pem");
const keys = { cert: readFileSync(CA_FILE, "utf8"), key: readFileSync(CA_FILE.replace("cert", "key"), "utf8") };
const box = (over: Record<string, unknown>): Record<string, unknown> => ({ name: "support", host: "pbx.example.test", user: "u", password: "a secret of the mailbox", ...over });
const settingsOf = (over: Record<string, unknown>): MailboxConfig => configSchema.parse({ channels: { mailboxes: [box(over)] } }).channels.mailboxes[0] ?? assert.fail();

describe("imap connection", () => {
  let imap: FakeImap;
  afterEach(() => imap.close());
  const home = async (): Promise<string[]> => ["127.0.0.1"];
  const connect = async (over: Record<string, unknown>, resolve = home): Promise<number> => {
    const server = await connectMailServer(settingsOf({ port: imap.port, ...over }), new AbortController().signal, resolve);
    try {
      return (await server.open("INBOX")).uidValidity;
    } finally {
      server.close();
    }
  };

  for (const mode of ["implicit", "starttls"] as const) {
    it(`${mode}: the certificate must be the name's, of an authority that is trusted, before a password is sent`, async () => {
      imap = await startImap({ ...keys, mode });
      assert.equal(await connect({ tls: mode, ca_file: CA_FILE }), 1000);
      assert.deepEqual(imap.commands.filter((one) => one.startsWith("LOGIN")), ["LOGIN …"]);
      await assert.rejects(connect({ tls: mode }), { code: "MAIL_UNREACHABLE" }, "nobody vouches for it");
      await assert.rejects(connect({ tls: mode, ca_file: CA_FILE, host: "other.example.test" }), { code: "MAIL_UNREACHABLE" }, "another name");
      assert.equal(imap.commands.filter((one) => one.startsWith("LOGIN")).length, 1);
    });
  }

  it("a server that offers no encryption gets no password", async () => {
    imap = await startImap();
    for (const tls of ["implicit", "starttls"]) await assert.rejects(connect({ tls, ca_file: CA_FILE }), { code: "MAIL_UNREACHABLE" });
    assert.ok(!imap.commands.includes("LOGIN …"));
  });

  it("a name with one address outside of the own network is not connected to", async () => {
    imap = await startImap();
    for (const addresses of [["8.8.8.8"], ["127.0.0.1", "8.8.8.8"], ["169.254.169.254"]]) {
      await assert.rejects(connect({ tls: "none" }, async () => addresses), { code: "FETCH_URL_REFUSED" });
    }
    await assert.rejects(connect({ tls: "none" }, async () => []), { code: "FETCH_UNREACHABLE" });
    assert.equal(imap.connections, 0);
    assert.equal(await connect({ tls: "none" }), 1000);
  });

  it("a server that accepts and says nothing, and a file that is not there, are errors in words", async () => {
    imap = await startImap();
    await assert.rejects(connect({ tls: "none", password: undefined, password_file: "/nowhere/password" }), { code: "CONFIG_INVALID", message: /password_file of support cannot be read/ });
    const stop = new AbortController();
    const waiting = connectMailServer(settingsOf({ port: imap.port, tls: "implicit" }), stop.signal, home);
    stop.abort();
    await assert.rejects(waiting, { code: /MAIL_UNREACHABLE|SHUTTING_DOWN/ });
  });
});

describe("mailbox rules", () => {
  it("rests grow from half a second to five minutes, for refused logins from half a minute to fifteen", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), fc.boolean(), fc.double({ min: 0, max: 1, noNaN: true }), (failures, isRefused, random) => {
        const delay = reconnectDelayMs(failures, isRefused, random);
        assert.ok(delay >= (isRefused ? 30_000 : 500) && delay <= (isRefused ? 900_000 : 300_000));
        assert.ok(reconnectDelayMs(failures + 1, isRefused, random) >= delay);
      }),
    );
  });
  it("a mail is tried whole, then as unreadable, then left; broken connections need more proof than deaths", () => {
    const fates = (over: { breaks?: number }): string[] => [1, 2, 3, 4, 6, 7].map((tries) => mailFate({ tries, breaks: 0, sizeBytes: 1, maxBytes: 2, ...over }));
    assert.deepEqual(fates({}), ["whole", "whole", "whole", "damaged", "damaged", "skip"]);
    assert.deepEqual([0, 7, 8, 15, 16].map((breaks) => mailFate({ tries: 1, breaks, sizeBytes: 1, maxBytes: 2 })), ["whole", "whole", "damaged", "damaged", "skip"]);
    assert.equal(mailFate({ tries: 1, breaks: 0, sizeBytes: 3, maxBytes: 2 }), "too_large");
  });
});

describe("settings of mailboxes", () => {
  const problems = (over: Record<string, unknown>): string[] => {
    const result = configSchema.safeParse({ channels: { mailboxes: [box(over)] } });
    return result.success ? [] : result.error.issues.map((issue) => `${issue.path.slice(3).join(".")}: ${issue.message}`);
  };
  it("mistakes are named with what is expected", () => {
    assert.deepEqual(problems({}), []);
    assert.match(problems({ password_file: "x" })[0] ?? "", /^password: expected exactly one of/);
    assert.match(problems({ password: undefined })[0] ?? "", /^password: expected exactly one of/);
    assert.match(problems({ tls: "none", allow_public: true })[0] ?? "", /^tls: a password may not go/);
    assert.match(problems({ trust_from: "authenticated" })[0] ?? "", /^authserv_id: /);
    assert.match(problems({ host: "8.8.8.8" })[0] ?? "", /^host: 8.8.8.8 is not in your own network/);
    assert.match(problems({ reference_pattern: "(a+)+" })[0] ?? "", /^reference_pattern: expected a regular expression with one group/);
    assert.deepEqual(problems({ host: "8.8.8.8", allow_public: true }), []);
  });
  it("mailboxes can be given as a variable; files of theirs are meant from the settings file", () => {
    const config = loadConfig(undefined, { EARSHOT_CHANNELS_MAILBOXES: JSON.stringify([box({ password: undefined, password_file: "secrets/mail" })]) });
    assert.match(config.channels.mailboxes[0]?.password_file ?? "", /^\/.*\/secrets\/mail$/);
  });
});
