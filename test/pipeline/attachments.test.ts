// A message comes with files; its words arrive in the thread. Real vault, real reading process, real ffmpeg and whisper.cpp.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { InboundAttachment, InboundMessage } from "../../app/domain/index.ts";
import { installationRoot, runProgram } from "../../app/platform/index.ts";
import type { AttachmentRow } from "../../app/store/index.ts";
import { writing } from "../documents/made.ts";
import { docx, paragraph, pdf } from "../documents/made.ts";
import { until } from "../support/appliance-process.ts";
import { startTestAppliance, type TestAppliance } from "../support/in-process.ts";
import { startPbx, type Receiver } from "../support/receivers.ts";

const CALLS = join(installationRoot(), "scripts/demo/calls");

describe("attachments", function () {
  this.timeout(120_000);
  let earshot: TestAppliance;
  let front: Receiver;
  const served = new Map<string, Buffer>();
  const folder = mkdtempSync(join(tmpdir(), "earshot-attachments-"));
  let count = 0;

  before(async () => {
    front = await startPbx((path) => served.get(path));
    earshot = await startTestAppliance({ queue: { max_attempts: 1 }, channels: { whatsapp: { verify_token: "a-word-of-our-choice", app_secrets: ["secret-of-the-meta-app"], access_token: "token", graph_url: front.url } } });
  });
  after(async () => {
    await earshot.end();
    await front.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** What the store holds of one message: its own text, what was read out of its files, and the files. */
  interface Outcome { text: string; read: { kind: string; text: string; speaker: string; start_ms: number | null; end_ms: number | null }[]; rows: AttachmentRow[]; ledger: string[] }

  const place = (name: string, bytes: Buffer): { url: string } => {
    served.set(`/${name}`, bytes);
    return { url: `${front.url}/${name}` };
  };
  async function stage(bytes: Buffer, name: string): Promise<InboundAttachment["from"]> {
    async function* pieces(): AsyncGenerator<Buffer> {
      yield bytes;
    }
    return { staged: await earshot.appliance.stage(pieces(), name) };
  }
  async function send(attachments: InboundAttachment[], more: Partial<InboundMessage> = {}): Promise<string> {
    const message: InboundMessage = { source: "api", externalId: `m${++count}`, channel: "web_chat", kind: "document", speaker: "customer", text: "", atMs: earshot.appliance.clock.now(), customer: { identities: [{ kind: "e164", value: "+442079460018" }] }, attachments, ...more };
    const { message_ids } = await earshot.appliance.receive("api", [{ kind: "message", message }]);
    return message_ids[0] ?? assert.fail("taken in");
  }
  async function settled(id: string): Promise<Outcome> {
    const { db, store, queue } = earshot.appliance.parts;
    return until("its attachments are read or failed", 60_000, () => {
      const rows = store.writes.attachments.ofMessage(id);
      if (rows.some((row) => queue.activeOf(row.session_id).some((job) => job.attachmentId === row.id))) return undefined;
      const own = db.prepare<[string], { text: string; session_id: string }>("SELECT text, session_id FROM messages WHERE id = ?").get(id);
      return {
        text: own?.text ?? "",
        read: db.prepare<[string], Outcome["read"][number]>("SELECT kind, text, speaker, start_ms, end_ms FROM messages WHERE parent_id = ? ORDER BY seq").all(id),
        rows,
        ledger: db.prepare<[string], { line: string }>("SELECT stage || ' ' || status || coalesce(' ' || code, '') AS line FROM ledger WHERE session_id = ? AND stage IN ('collect', 'read', 'hear') ORDER BY rowid").all(own?.session_id ?? "").map((row) => row.line),
      };
    });
  }

  it("fetches a document, checks its digest, and makes messages of its pages, redacted", async () => {
    const bytes = await pdf(["Order 4711\nmy card is 4111 1111", "1111 1111 and the security code is 731"]);
    const id = await send([{ role: "document", name: "order 4111111111111111.pdf", sha256: createHash("sha256").update(bytes).digest("hex"), from: place("order.pdf", bytes) }], { text: "here it is", channel: "social" });
    const { text, read, rows, ledger } = await settled(id);
    assert.equal(text, "here it is");
    assert.deepEqual(read.map((one) => [one.kind, one.speaker, one.text]), [["page", "customer", "Order 4711\nmy card is [CARD]"], ["page", "customer", "[CARD] and the security code is [CODE]"]]);
    assert.deepEqual(ledger, ["collect done", "read done"]);
    assert.deepEqual([rows[0]?.state, rows[0]?.file, rows[0]?.name], ["read", null, "order [CARD].pdf"]);
    assert.deepEqual(JSON.parse(rows[0]?.facts ?? ""), { kind: "pdf", pages: 2, secrets: 2 });
    await until("the file with the card number is gone", 10_000, () => (filesWith(bytes) === 0 ? true : undefined));
  });

  it("reads what was handed in through the API, hands it out again, and takes the same document once", async () => {
    const bytes = await docx(paragraph("We cancel our contract."));
    const hand = async (): Promise<string> => {
      const form = new FormData();
      form.set("customer", JSON.stringify({ phone: "+442079460018" }));
      form.set("file", new Blob([new Uint8Array(bytes)], { type: "application/msword" }), "letter.doc");
      const response = await earshot.post("/v1/documents", form);
      assert.equal(response.status, 202);
      return ((await response.json()) as { message_ids: string[] }).message_ids[0] ?? "";
    };
    const id = await hand();
    const { read, rows } = await settled(id);
    assert.deepEqual(read.map((one) => one.text), ["We cancel our contract."]);
    const file = await earshot.get(`/v1/attachments/${rows[0]?.id}`);
    assert.equal(file.headers.get("content-disposition"), 'attachment; filename="letter.doc"');
    assert.deepEqual(Buffer.from(await file.arrayBuffer()), bytes);
    assert.equal(await hand(), id);
    assert.equal(filesWith(bytes), 1, "the second copy is gone");
    earshot.appliance.parts.queue.enqueue({ stage: "read", lane: "cpu", sessionId: rows[0]?.session_id ?? "", attachmentId: rows[0]?.id ?? "", priority: 0 });
    assert.deepEqual((await settled(id)).read.map((one) => one.text), ["We cancel our contract."], "reading it twice changes nothing");
  });

  it("exchanges an id of WhatsApp for its file", async () => {
    const bytes = Buffer.from("The delivery note of 12 May.");
    served.set("/v24.0/5678", Buffer.from(JSON.stringify({ ...place("media/note", bytes), mime_type: "text/plain", file_size: bytes.length })));
    const { read, rows } = await settled(await send([{ role: "document", from: { mediaId: "5678" } }], { channel: "whatsapp", source: "whatsapp" }));
    assert.deepEqual([read.map((one) => one.text), rows[0]?.media_type, rows[0]?.size_bytes], [["The delivery note of 12 May."], "text/plain", bytes.length]);
  });

  it("a failure belongs to the attachment: the others are read, and a person can have it tried again", async () => {
    const locked = await pdf(["secret"], { userPassword: "x", ownerPassword: "y" });
    const other = Buffer.from("not what was announced");
    const id = await send(
      [
        { role: "document", from: await stage(locked, "locked.pdf") },
        { role: "document", sha256: "0".repeat(64), from: place("other.txt", other) },
        { role: "image", from: await stage(await writing(["Meter 45678"]), "meter.png") },
        { role: "video", from: await stage(Buffer.from("film"), "film.mp4") },
        { role: "document", from: { mediaId: "1234" } },
      ],
      { channel: "sms" },
    );
    const { read, rows, ledger } = await settled(id);
    assert.deepEqual(rows.map((row) => [row.state, row.error_code]), [["failed", "DOCUMENT_ENCRYPTED"], ["failed", "FETCH_INCOMPLETE"], ["read", null], ["stored", null], ["failed", "FETCH_REFUSED"]]);
    assert.deepEqual(read.map((one) => one.text), ["Meter 45678"]);
    assert.ok(ledger.includes("read failed DOCUMENT_ENCRYPTED") && ledger.includes("collect failed FETCH_INCOMPLETE"), ledger.join(", "));
    assert.notEqual(earshot.appliance.parts.store.writes.sessions.byId(rows[0]?.session_id ?? "")?.status, "failed");
    assert.equal((await earshot.get(`/v1/attachments/${rows[3]?.id}`)).status, 200);
    assert.equal((await earshot.get(`/v1/attachments/${rows[4]?.id}`)).status, 404);

    const { parts } = earshot.appliance;
    served.set("/other.txt", Buffer.from("right"));
    parts.db.prepare("UPDATE attachments SET announced_sha256 = ? WHERE id = ?").run(createHash("sha256").update("right").digest("hex"), rows[1]?.id);
    const job = parts.db.prepare<[string], { id: string }>("SELECT id FROM jobs WHERE attachment_id = ?").get(rows[1]?.id ?? "");
    assert.equal((await earshot.post(`/v1/jobs/${job?.id}/retry`)).status, 202);
    const after = await settled(id);
    assert.deepEqual([after.rows[1]?.state, after.read.map((one) => one.text).sort()], ["read", ["Meter 45678", "right"]]);
  });

  it("a voice note becomes its own words, with a card number blanked in words and sound", async () => {
    const note = await voiceNote("card-payment.wav", 13, 17);
    const id = await send([{ role: "voice_note", from: place("note.ogg", note) }], { kind: "voice_note", channel: "bot" });
    const { text, read, rows } = await settled(id);
    assert.match(text, /number is \[CARD\]/i);
    assert.doesNotMatch(text, /one one|1111/i);
    assert.deepEqual(read, []);
    const facts = JSON.parse(rows[0]?.facts ?? "") as { engine: string; duration_ms: number; redactions: { kind: string }[] };
    assert.deepEqual([rows[0]?.state, facts.engine, facts.redactions[0]?.kind], ["read", "whisper.cpp", "payment_card"]);
    const own = earshot.appliance.parts.db.prepare<[string], { start_ms: number; end_ms: number; confidence: number }>("SELECT start_ms, end_ms, confidence FROM messages WHERE id = ?").get(id);
    assert.deepEqual([own?.start_ms, own?.end_ms], [0, facts.duration_ms]);
    assert.ok((own?.confidence ?? 0) > 0.3);
    assert.match(rows[0]?.file ?? "", /^renditions\/.*\.flac$/);
    await until("the sound with the number is gone", 10_000, () => (filesWith(note) === 0 ? true : undefined));
  });

  it("sound beside written words is heard into a message of its own; silence leaves none", async () => {
    const id = await send([{ role: "audio", from: await stage(await voiceNote("double-charge.wav", 0, 6), "a.ogg") }, { role: "audio", from: await stage(await silence(), "b.wav") }], { text: "see the recording", kind: "text", channel: "email" });
    const { text, read, rows } = await settled(id);
    assert.equal(text, "see the recording");
    assert.equal(read.length, 1);
    assert.equal(read[0]?.kind, "audio");
    assert.match(read[0].text, /\p{L}{2}/u);
    assert.deepEqual(rows.map((row) => row.state), ["read", "read"]);
  });

  it("what moves to another session takes its attachments and jobs along", () => {
    const { db } = earshot.appliance.parts;
    const row = db.prepare<[], { id: string; message_id: string; session_id: string }>("SELECT id, message_id, session_id FROM attachments LIMIT 1").get();
    const other = db.prepare<[string], { id: string }>("SELECT id FROM sessions WHERE id <> ? LIMIT 1").get(row?.session_id ?? "");
    db.prepare("UPDATE messages SET session_id = ? WHERE id = ?").run(other?.id, row?.message_id);
    const sessions = db.prepare<[string, string], { session_id: string }>("SELECT session_id FROM attachments WHERE id = ? UNION SELECT session_id FROM jobs WHERE attachment_id = ?").all(row?.id ?? "", row?.id ?? "");
    assert.deepEqual(sessions, [{ session_id: other?.id }]);
  });

  /** Part of one party's channel of a sample call, as WhatsApp sends voice notes. */
  async function voiceNote(call: string, fromSeconds: number, seconds: number): Promise<Buffer> {
    const path = join(folder, `${++count}.ogg`);
    const run = await runProgram("ffmpeg", ["-v", "error", "-ss", `${fromSeconds}`, "-t", `${seconds}`, "-i", join(CALLS, call), "-af", "pan=mono|c0=c0", "-ar", "16000", "-c:a", "libopus", "-b:a", "32k", path], { timeoutMs: 20_000 });
    assert.equal(run.exitCode, 0, run.stderr);
    return readFileSync(path);
  }
  async function silence(): Promise<Buffer> {
    const path = join(folder, `${++count}.wav`);
    await runProgram("ffmpeg", ["-v", "error", "-f", "lavfi", "-i", "anullsrc=r=8000:cl=mono", "-t", "3", path], { timeoutMs: 20_000 });
    return readFileSync(path);
  }
  /** How many files of the vault hold exactly these bytes. */
  function filesWith(bytes: Buffer): number {
    const vault = join(earshot.folder, "data", "vault");
    const files = existsSync(vault) ? readdirSync(vault, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()) : [];
    return files.filter((entry) => readFileSync(join(entry.parentPath, entry.name)).equals(bytes)).length;
  }
});
