// SIGKILL at every boundary of the work on messages, their files and the forms they fill; the oracle then asks: every message that was acknowledged
// is there once, read once and summed up, and the receiver of the workflow saw every payload once in effect.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installationRoot } from "../../app/platform/index.ts";
import type { ApplianceProcess } from "../support/appliance-process.ts";
import { openCrashSite, type CrashSite } from "../support/crash-site.ts";
import { demoSound } from "../support/demo-sound.ts";
import { startCrm, startPbx, type Receiver } from "../support/receivers.ts";

const SECRET = "0123456789abcdef0123456789abcdef";
/** Its file is not kept: a death between the words and the removal must not leave it. */
const LETTER = "The hall is painted green. My card is 4111 1111 1111 1111.";
const READ = "The hall is painted green. My card is [CARD].";
const ROUNDS = 2;
/** One boundary of each stage in turn: in between, what died is finished, so that no single job dies three times (which would rightly park it). */
const BOUNDARIES = [
  "accept.saved", "collect.claimed", "read.claimed", "hear.claimed", "summarise.claimed", "deliver.claimed",
  "collect.ran", "read.ran", "hear.ran", "summarise.ran", "deliver.ran",
  "accept.committed", "collect.saved", "read.saved", "hear.saved", "summarise.saved", "deliver.saved",
  "collect.committed", "read.committed", "hear.committed", "summarise.committed", "deliver.committed",
];

describe("crash: messages, files and forms", function () {
  this.timeout(900_000);
  const folder = mkdtempSync(join(tmpdir(), "earshot-returns-"));
  const workflows = join(folder, "workflows");
  /** ids of messages that were acknowledged */
  const acknowledged = new Set<string>();
  /** when each visitor wrote, however often it is sent */
  const wroteAtMs = new Map<number, number>();
  let receiver: Awaited<ReturnType<typeof startCrm>>;
  let front: Receiver;
  let site: CrashSite;
  let visits = 0;
  let note: Buffer;

  before(async () => {
    note = await demoSound("double-charge.wav", { fromMs: 7_700, lengthMs: 3_000, channel: 0 });
    receiver = await startCrm();
    front = await startPbx((path) => {
      const [, kind, n] = /(note|letter)-(\d+)/.exec(path) ?? [];
      if (kind === undefined) return undefined;
      const [bytes, mime] = kind === "note" ? [note, "audio/ogg"] : [Buffer.from(LETTER), "text/plain"];
      return path.startsWith("/files/") ? bytes : Buffer.from(JSON.stringify({ url: `${front.url}/files/${kind}-${n}`, mime_type: mime, file_size: bytes.length }));
    });
    mkdirSync(workflows);
    writeFileSync(join(workflows, "returns.yaml"), `${readFileSync(join(installationRoot(), "config", "workflows", "returns.yaml"), "utf8")}\nendpoint: { url: "${receiver.url}" }\n`);
    site = openCrashSite({
      intake: { allow_http: true, recording_hosts: ["127.0.0.1"], disk_reserve_mb: 0 },
      channels: { whatsapp: { verify_token: "a-word-of-our-choice", app_secrets: [SECRET], access_token: "EAAG", graph_url: front.url } },
      workflows: { folder: workflows },
    });
  });
  after(async () => {
    await receiver.close();
    await front.close();
    site.remove();
    rmSync(folder, { recursive: true });
  });

  /** Repeats are allowed: whoever gets no answer sends again. @returns whether it was acknowledged */
  async function post(life: ApplianceProcess, path: string, ids: readonly string[], body: string, headers: Record<string, string>): Promise<boolean> {
    try {
      const answer = await fetch(`${life.url}${path}`, { method: "POST", headers: { "content-type": "application/json", ...headers }, body, signal: AbortSignal.timeout(5_000) });
      if (!answer.ok) return false;
      for (const id of ids) acknowledged.add(id);
      return true;
    } catch {
      return false;
    }
  }

  function wroteAt(n: number): number {
    const atMs = wroteAtMs.get(n) ?? site.now();
    wroteAtMs.set(n, atMs);
    return atMs;
  }

  /** On WhatsApp somebody sends a text, a letter and a voice note. */
  function writes(life: ApplianceProcess, n: number): Promise<boolean> {
    const from = `3161234${String(n).padStart(4, "0")}`;
    const at = { from, timestamp: String(Math.floor(wroteAt(n) / 1000)) };
    const messages = [
      { ...at, id: `text-${n}`, type: "text", text: { body: "Good morning, this is about the hall." } },
      { ...at, id: `letter-${n}`, type: "document", document: { id: `letter-${n}`, mime_type: "text/plain", filename: "letter.txt" } },
      { ...at, id: `note-${n}`, type: "audio", audio: { id: `note-${n}`, mime_type: "audio/ogg", voice: true } },
    ];
    const body = JSON.stringify({ object: "whatsapp_business_account", entry: [{ changes: [{ field: "messages", value: { contacts: [{ profile: { name: `Visitor ${n}` }, wa_id: from }], messages } }] }] });
    return post(life, "/v1/webhooks/whatsapp", messages.map((one) => one.id), body, { "x-hub-signature-256": `sha256=${createHmac("sha256", SECRET).update(body).digest("hex")}` });
  }

  /** In a chat somebody fills the form of a return, with the letter beside it; and corrects it, where the first was heard. */
  async function chats(life: ApplianceProcess, n: number): Promise<boolean> {
    const sent_at = wroteAt(n);
    const say = (id: string, text: string, rest: object = {}): Promise<boolean> =>
      post(life, "/v1/messages", [id], JSON.stringify({ channel: "web_chat", external_id: id, session_external_id: `visit-${n}`, customer: { chat_id: `visitor-${n}` }, sent_at, text, ...rest }), { authorization: `Bearer ${site.key}` });
    const file = { name: "letter.txt", media_type: "text/plain", content: Buffer.from(LETTER).toString("base64") };
    return (await say(`form-${n}`, `Hi, order RX-${471_000 + n}, the shoes are too small. I want to return them and get a refund.`, { attachments: [file] })) && say(`change-${n}`, `Sorry, the order number is RX-${881_000 + n}.`, { sent_at: sent_at + 1000 });
  }

  /** Both at once. */
  const visit = async (life: ApplianceProcess, n: number): Promise<boolean> => (await Promise.all([writes(life, n), chats(life, n)])).every(Boolean);

  it(`loses nothing and doubles nothing over ${BOUNDARIES.length} boundaries × ${ROUNDS}`, async () => {
    for (let round = 0; round < ROUNDS; round++) await site.dieAtEach(BOUNDARIES, (life) => visit(life, ++visits));
    await site.finish(async (life) => {
      for (let n = 1; n <= visits; n++) assert.ok(await visit(life, n), `what visitor ${n} sends again is acknowledged`);
    });
    site.prove(receiver);
    judge();
  });

  function judge(): void {
    const kinds = ["text", "letter", "note", "form", "change"];
    const every = Array.from({ length: visits }, (_, i) => kinds.map((kind) => `${kind}-${i + 1}`)).flat().sort();
    assert.deepEqual([...acknowledged].sort(), every);
    const messages = site.rows<{ id: string; text: string }>("SELECT external_id AS id, text FROM messages WHERE parent_id IS NULL ORDER BY external_id");
    assert.deepEqual(messages.map((one) => one.id).sort(), every, "every acknowledged message is there, once");
    assert.deepEqual([...new Set(messages.filter((one) => one.id.startsWith("note-")).map((one) => one.text !== ""))], [true], "every voice note was heard");
    const read = site.rows<{ id: string; kind: string; text: string }>("SELECT m.external_id AS id, p.kind, p.text FROM messages p JOIN messages m ON m.id = p.parent_id");
    assert.deepEqual(read.map((one) => `${one.id} ${one.kind} ${one.text}`).sort(), every.filter((id) => /^(letter|form)/.test(id)).map((id) => `${id} page ${READ}`), "every letter was read, once");
    assert.deepEqual(site.rows("SELECT state, count(*) AS n FROM attachments GROUP BY state"), [{ state: "read", n: 3 * visits }]);

    const sessions = site.rows<{ status: string; summaries: number; jobs: number }>("SELECT status, (SELECT count(*) FROM analyses a WHERE a.session_id = s.id) AS summaries, (SELECT count(*) FROM jobs j WHERE j.session_id = s.id AND stage = 'summarise') AS jobs FROM sessions s WHERE is_empty = 0");
    assert.equal(sessions.length, 2 * visits, "one session a visit and channel");
    for (const one of sessions) assert.deepEqual([one.status, one.summaries > 0, one.summaries], ["done", true, one.jobs], "summed up, once for each time that it settled");

    const payloads = site.rows<{ id: string; session: string; revision: number; body: string; state: string }>("SELECT p.id, p.session_id AS session, p.revision, p.body, o.state FROM payloads p JOIN outbox o ON o.id = p.outbox_id");
    const numbers = payloads.filter((one) => one.revision === Math.max(...payloads.filter((other) => other.session === one.session).map((other) => other.revision))).map((one) => (JSON.parse(one.body) as { slots: { order_number: string } }).slots.order_number);
    assert.deepEqual(numbers.sort(), Array.from({ length: visits }, (_, i) => `RX${881_001 + i}`).sort(), "the newest payload of each form holds the number that was said last");
    const effects = [...receiver.effects().values()];
    assert.equal(new Set(effects.map((one) => one.body["payload_id"])).size, effects.length, "no payload under two keys");
    const bodies = new Map(effects.map((one) => [one.body["payload_id"], one.rawBody]));
    for (const one of payloads) if (one.state === "delivered") assert.equal(bodies.get(one.id), one.body, "what was delivered is what was frozen");
  }
});
