// Mailboxes against a server that breaks: every mail is taken exactly once, whatever happens to connections, cursors and single mails.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type { ChannelEvent, InboundMessage } from "../../app/domain/index.ts";
import { examineMailbox, type Mailbox } from "../../app/intake/index.ts";
import { createGroupCommit } from "../../app/pipeline/group-commit.ts";
import { createMailboxes } from "../../app/pipeline/mailboxes.ts";
import { configSchema, openDatabase, silentLog, systemClock, type Clock, type Db } from "../../app/platform/index.ts";
import { examineMailboxes } from "../../app/pipeline/index.ts";
import { createStore, migrate, type AuditEvent } from "../../app/store/index.ts";
import { startImap, type FakeImap } from "../support/imap-server.ts";

/** Rests are short, so that minutes of trouble take a second; an hour stays an hour. */
const hurriedClock: Clock = { now: () => Date.now(), sleep: (ms, signal) => systemClock.sleep(ms > 100 && ms < 3_600_000 ? Math.min(ms / 100, 20) : ms, signal) };

describe("mailboxes: every mail exactly once", function () {
  this.timeout(20_000);
  let imap: FakeImap;
  let db: Db;
  let boxes: Mailbox[] = [];
  let audited: AuditEvent[];
  /** how often events of this id were offered, whatever became of them */
  let offered: Map<string, number>;
  beforeEach(async () => {
    imap = await startImap();
    db = openDatabase(":memory:");
    migrate(db);
    db.exec("CREATE TABLE taken (id TEXT PRIMARY KEY, message TEXT, files TEXT) STRICT");
    audited = [];
    offered = new Map();
  });
  afterEach(async () => {
    await stop();
    await imap.close();
    db.close();
  });
  const stop = async (): Promise<void> => {
    await Promise.all(boxes.map((box) => box.stop()));
    boxes = [];
  };
  /** Starts pollers as a new process would: all they know is in the database. */
  const start = (settings: Record<string, unknown> = {}, take?: (events: readonly ChannelEvent[]) => void): Mailbox => {
    const config = configSchema.parse({ channels: { mailboxes: [{ name: "support", host: "127.0.0.1", port: imap.port, tls: "none", user: "support@ours.example", password: imap.password, sweep_seconds: 0.1, ...settings }] } });
    const commits = createGroupCommit(db, () => undefined);
    const staged = new Map<string, Buffer>();
    boxes = createMailboxes(
      { config, db, store: createStore(db, hurriedClock), clock: hurriedClock, log: silentLog, random: () => 0.5, audit: (event) => void audited.push(event) },
      {
        async stage(stream, originalName) {
          const chunks: Uint8Array[] = [];
          for await (const chunk of stream) chunks.push(chunk);
          const content = Buffer.concat(chunks);
          const sha256 = createHash("sha256").update(content).digest("hex");
          staged.set(sha256, content);
          return { file: `recordings/2026/11/${sha256}.bin`, sizeBytes: content.length, sha256, originalName };
        },
        discard: async (file) => void staged.delete(file.sha256),
        take: (_source, events, alsoSave) =>
          commits.run(() => {
            for (const event of events) {
              if (event.kind !== "message") continue;
              offered.set(event.message.externalId, (offered.get(event.message.externalId) ?? 0) + 1);
              db.prepare("INSERT INTO taken VALUES (?, ?, ?) ON CONFLICT DO NOTHING").run(event.message.externalId, JSON.stringify(event.message), JSON.stringify(event.message.attachments ?? []));
            }
            take?.(events);
            alsoSave();
          }),
      },
    );
    boxes.forEach((box) => box.start());
    assert.ok(boxes[0]);
    return boxes[0];
  };
  const taken = (): InboundMessage[] => (db.prepare("SELECT message FROM taken ORDER BY rowid").all() as { message: string }[]).map((row) => JSON.parse(row.message) as InboundMessage);
  const ids = (): string[] => taken().map((message) => message.externalId).sort();
  const cursor = (folder = "INBOX"): { uid_validity: number; last_uid: number } | undefined => db.prepare("SELECT * FROM mail_cursors WHERE folder = ?").get(folder) as { uid_validity: number; last_uid: number } | undefined;
  const until = async (what: string, claim: () => boolean): Promise<void> => {
    for (let i = 0; i < 1500; i++) {
      if (claim()) return;
      await systemClock.sleep(5);
    }
    assert.fail(`never: ${what}; taken ${taken().length}, ${JSON.stringify(boxes[0]?.status())}`);
  };
  const mail = (n: number, over: Record<string, string> = {}, body = `Question number ${n}`): string => {
    const headers = { From: `Ana <ana${n}@customer.example>`, To: "support@ours.example", Subject: `Question ${n}`, "Message-ID": `<m${n}@customer.example>`, Date: new Date().toUTCString(), ...over };
    return `${Object.entries(headers).filter(([, value]) => value !== "").map(([name, value]) => `${name}: ${value}`).join("\r\n")}\r\n\r\n${body}\r\n`;
  };

  it("takes what is there, then what is announced, and knows how far it came after a restart", async () => {
    for (let n = 1; n <= 3; n++) imap.deliver(mail(n));
    const box = start({ sweep_seconds: 3600 });
    await until("the first three", () => taken().length === 3);
    await until("idle", () => imap.commands.at(-1) === "IDLE");
    const before = Date.now();
    imap.deliver(mail(4));
    await until("the announced one", () => taken().length === 4);
    assert.ok(Date.now() - before < 1000, "the sweep would have come an hour later");
    assert.equal(box.status().state, "connected");
    assert.deepEqual([taken()[0]?.text, taken()[0]?.speaker, taken()[0]?.customer.identities[0]?.value], ["Question number 1", "customer", "ana1@customer.example"]);
    await stop();
    imap.deliver(mail(5));
    start();
    await until("the fifth", () => taken().length === 5);
    assert.deepEqual([...offered.values()], [1, 1, 1, 1, 1], "nothing was even offered twice");
    assert.equal(cursor()?.last_uid, 5);
    assert.ok(!imap.commands.some((one) => /STORE|SELECT|EXPUNGE|\bBODY\[/.test(one)), "the mailbox was only looked at");
  });

  it("200 mails, connections cut at random places and the process restarted: each exactly once", async () => {
    let random = 7;
    const next = (): number => (random = (random * 48271) % 2147483647) / 2147483647;
    const expected: string[] = [];
    for (let n = 1; n <= 200; n++) {
      const isSent = n % 5 === 0;
      imap.deliver(mail(n, isSent ? { From: "bo@ours.example", To: `ana${n}@customer.example` } : {}, `${"x".repeat(Math.floor(next() * 3000))} ${n}`), isSent ? "Sent" : "INBOX");
      expected.push(`m${n}@customer.example`);
    }
    imap.fault = () => (next() < 0.15 ? (next() < 0.5 ? "cut" : "garbage") : undefined);
    let restarts = 0;
    start({ sent_folder: "Sent" });
    const killer = setInterval(() => imap.drop(), 150);
    try {
      while (taken().length < 200 && restarts < 40) {
        await systemClock.sleep(250);
        await stop();
        restarts++;
        start({ sent_folder: "Sent" });
      }
    } finally {
      clearInterval(killer);
    }
    imap.fault = () => undefined;
    await until("all", () => taken().length === 200);
    assert.deepEqual(ids(), expected.sort(), "the server's own list is the judge");
    assert.deepEqual([...offered.values()].filter((count) => count !== 1), [], "mail and cursor were one transaction");
    assert.ok(imap.connections > 10 && restarts > 1, `${imap.connections} connections, ${restarts} restarts`);
    assert.deepEqual(taken().filter((message) => message.kind !== "text"), []);
  });

  it("a store that refuses now and then loses nothing and doubles nothing", async () => {
    for (let n = 1; n <= 30; n++) imap.deliver(mail(n));
    let calls = 0;
    start({}, () => {
      if (++calls % 4 === 0) throw new Error("the disk was busy"); // after the message was written: both must be rolled back
    });
    await until("all", () => taken().length === 30);
    assert.deepEqual(ids(), Array.from({ length: 30 }, (_, i) => `m${i + 1}@customer.example`).sort());
  });

  it("a mail that can never be stored is left behind after its tries, the ones behind it go on, also over restarts", async () => {
    for (let n = 1; n <= 3; n++) imap.deliver(mail(n));
    const refuse = (events: readonly ChannelEvent[]): void => {
      if (events.some((event) => event.kind === "message" && event.message.externalId === "m2@customer.example")) throw new Error("never");
    };
    start({}, refuse);
    await until("the first", () => taken().length === 1);
    await stop();
    start({}, refuse);
    await until("the third", () => ids().includes("m3@customer.example"));
    assert.deepEqual(ids(), ["m1@customer.example", "m3@customer.example"]);
    assert.equal(cursor()?.last_uid, 3);
  });

  it("a mail that ended the process three times is stored as unreadable at the fourth start", async () => {
    imap.deliver(mail(1));
    imap.deliver(mail(2));
    start();
    await until("both", () => taken().length === 2);
    await stop();
    imap.deliver(mail(3));
    db.exec("UPDATE mail_cursors SET trying_uid = 3, tries = 3 WHERE folder = 'INBOX'"); // what three deaths in the middle of it leave behind
    start();
    await until("the third", () => taken().length === 3);
    assert.deepEqual([taken()[2]?.externalId, taken()[2]?.kind], ["m3@customer.example", "unsupported"]);
  });

  it("a mail that ends connections or that the server refuses keeps its place as unreadable", async () => {
    for (let n = 1; n <= 4; n++) imap.deliver(mail(n));
    imap.fault = (_folder, uid) => (uid === 2 ? "cut" : uid === 3 ? "refuse" : undefined);
    start();
    await until("all four", () => taken().length === 4);
    assert.deepEqual(taken().map((message) => [message.externalId, message.kind, message.payload?.["subject"]]), [
      ["m1@customer.example", "text", "Question 1"],
      ["m2@customer.example", "unsupported", "Question 2"],
      ["m3@customer.example", "unsupported", "Question 3"],
      ["m4@customer.example", "text", "Question 4"],
    ]);
    assert.deepEqual(audited.map((event) => [event.action, event.reason]), [["mail.unreadable", "damaged"], ["mail.unreadable", "damaged"]]);
  });

  it("a mail that is too large is not fetched; neither is one that is larger than its server says", async () => {
    imap.deliver(mail(1, {}, "x".repeat(60_000)));
    imap.deliver(mail(2));
    imap.deliver(mail(3, {}, "x".repeat(3_000_000)));
    imap.deliver(mail(4));
    imap.announce = (one) => (one.raw.length > 1_000_000 ? 100 : one.raw.length);
    start({ max_mail_mb: 0.05 });
    await until("all", () => taken().length === 4);
    assert.deepEqual(taken().map((message) => [message.kind, message.payload?.["reason"], message.payload?.["subject"], message.customer.identities[0]?.value]), [
      ["unsupported", "too_large", "Question 1", "ana1@customer.example"],
      ["text", undefined, "Question 2", "ana2@customer.example"],
      ["unsupported", "damaged", "Question 3", "ana3@customer.example"],
      ["text", undefined, "Question 4", "ana4@customer.example"],
    ]);
    assert.equal(imap.commands.filter((one) => /^UID FETCH 1 .*BODY\.PEEK\[\](?!<)/.test(one)).length, 0);
  });

  it("poison: endless parts, garbage and an empty mail stop nothing", async () => {
    imap.deliver(mail(1, { "Content-Type": 'multipart/mixed; boundary="b"' }, "--b\r\n\r\nx\r\n".repeat(2000)));
    imap.deliver(Buffer.from("\u0000\u00ff\r\n\r\n".repeat(50), "latin1"));
    imap.deliver("");
    imap.deliver(mail(2));
    start();
    await until("the good one", () => ids().includes("m2@customer.example"));
    assert.equal(taken().find((message) => message.externalId === "m1@customer.example")?.kind, "unsupported");
    assert.equal(cursor()?.last_uid, 4);
  });

  it("a folder that is numbered anew is read again, and nothing is taken twice", async () => {
    for (let n = 1; n <= 10; n++) imap.deliver(mail(n));
    start();
    await until("ten", () => taken().length === 10);
    await stop();
    imap.folders.get("INBOX")?.mails.splice(0, 4);
    imap.renumber();
    imap.deliver(mail(11));
    start();
    await until("the eleventh", () => taken().length === 11);
    assert.equal(cursor()?.uid_validity, 1001);
    assert.equal(offered.get("m10@customer.example"), 2, "it was offered again, and recognised");
  });

  it("old mail stays where it is when a mailbox is seen for the first time; what is moved in later is taken, however old", async () => {
    imap.deliver(mail(1), "INBOX", new Date(Date.now() - 40 * 86_400_000));
    imap.deliver(mail(2));
    start();
    await until("the new one", () => taken().length === 1);
    await until("the cursor", () => cursor()?.last_uid === 2);
    imap.deliver(mail(3), "INBOX", new Date(Date.now() - 400 * 86_400_000));
    await until("the moved one", () => taken().length === 2);
    assert.deepEqual(ids(), ["m2@customer.example", "m3@customer.example"]);
  });

  it("the folder of what was sent brings the agents' side of the conversation, with its files", async () => {
    imap.deliver(mail(1));
    const boundary = 'multipart/mixed; boundary="b"';
    imap.deliver(mail(2, { From: "Bo <bo@ours.example>", To: "ana1@customer.example", "In-Reply-To": "<m1@customer.example>", "Content-Type": boundary }, "--b\r\nContent-Type: text/plain\r\n\r\nHere it is.\r\n--b\r\nContent-Type: application/pdf; name=bill.pdf\r\nContent-Disposition: attachment; filename=bill.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERi0=\r\n--b--"), "Sent");
    start({ sent_folder: "Sent", mark_seen: true });
    await until("both", () => taken().length === 2);
    const answer = taken().find((message) => message.speaker === "agent");
    assert.deepEqual([answer?.text, answer?.agent, answer?.follows, answer?.customer.identities], ["Here it is.", { id: "bo@ours.example", name: "Bo" }, ["m1@customer.example"], [{ kind: "email", value: "ana1@customer.example" }]]);
    const [file] = answer?.attachments ?? [];
    assert.deepEqual([file?.role, file?.name, file?.mediaType], ["document", "bill.pdf", "application/pdf"]);
    assert.ok(file !== undefined && "staged" in file.from && file.from.staged.sha256 === createHash("sha256").update("%PDF-").digest("hex"));
    await until("marked", () => imap.folders.get("INBOX")?.mails[0]?.seen === true);
  });

  it("a wrong password and a missing folder are said in words, without the password", async () => {
    const box = start({ password: "not the password" });
    await until("refused", () => box.status().error?.code === "MAIL_REFUSED");
    await stop();
    assert.equal(box.status().state, "stopped");
    assert.match(box.status().error?.message ?? "", /refused the login/);
    const settings = configSchema.parse({ channels: { mailboxes: [{ name: "m", host: "127.0.0.1", port: imap.port, tls: "none", user: "u", password: imap.password, folder: "Nowhere" }] } }).channels.mailboxes[0];
    assert.ok(settings);
    await assert.rejects(examineMailbox(settings, new AbortController().signal), { code: "MAIL_REFUSED", message: /refused to open the folder/ });
    const logins = imap.commands.filter((one) => one === "LOGIN …").length;
    await assert.rejects(examineMailbox({ ...settings, tls: "starttls" }, new AbortController().signal), { code: "MAIL_UNREACHABLE" });
    const findings = await examineMailboxes(configSchema.parse({ channels: { mailboxes: [settings, { ...settings, name: "good", folder: "INBOX" }] } }));
    assert.deepEqual(findings.map(({ check, ok }) => [check, ok]), [["Mailbox m", false], ["Mailbox good", true]]);
    assert.ok(!JSON.stringify([findings, box.status()]).includes(imap.password));
    await assert.rejects(examineMailbox({ ...settings, host: "192.0.2.1" }, new AbortController().signal), { code: "FETCH_URL_REFUSED" });
    assert.equal(imap.commands.filter((one) => one === "LOGIN …").length, logins + 2, "no password was sent to a server that offers no encryption");
  });
});
