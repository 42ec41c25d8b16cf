// A customer sends a picture: what is to be seen on it arrives in the thread beside its words, and nothing is lost when the model is.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { writing } from "../documents/made.ts";
import { until } from "../support/appliance-process.ts";
import { startTestAppliance, type TestAppliance } from "../support/in-process.ts";
import { writePictureModel } from "../support/tiny-models.ts";

describe("pictures", function () {
  this.timeout(60_000);
  let earshot: TestAppliance;
  const folder = mkdtempSync(join(tmpdir(), "earshot-pictures-"));
  const model = join(folder, "captions");
  let count = 0;

  before(async () => {
    mkdirSync(model);
    earshot = await startTestAppliance({ queue: { max_attempts: 1 }, documents: { picture_model: model } });
  });
  after(async () => {
    await earshot.end();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Of 1200 × 800 pixels. */
  const plain = (background: string): Promise<Buffer> => sharp({ create: { width: 1200, height: 800, channels: 3, background } }).jpeg().toBuffer();
  async function send(bytes: Buffer): Promise<{ state: string | undefined; file: string | null; read: [string, string, unknown][]; detail: string }> {
    async function* pieces(): AsyncGenerator<Buffer> {
      yield bytes;
    }
    const staged = await earshot.appliance.stage(pieces(), "photo.png");
    const message = { source: "api", externalId: `m${++count}`, channel: "web_chat", kind: "image" as const, speaker: "customer" as const, text: "", atMs: earshot.appliance.clock.now(), customer: { identities: [{ kind: "e164" as const, value: "+442079460018" }] }, attachments: [{ role: "image" as const, from: { staged } }] };
    const { message_ids: [id = ""] } = await earshot.appliance.receive("api", [{ kind: "message", message }]);
    const { db, store, queue } = earshot.appliance.parts;
    return until("it is read", 30_000, () => {
      const [row] = store.writes.attachments.ofMessage(id);
      if (row === undefined || queue.activeOf(row.session_id).some((job) => job.attachmentId === row.id)) return undefined;
      const read = db.prepare<[string], { kind: string; text: string; facts: string }>("SELECT kind, text, facts FROM messages WHERE parent_id = ? ORDER BY seq").all(id);
      const detail = db.prepare<[string], { detail: string }>("SELECT detail FROM ledger WHERE session_id = ? AND stage = 'read' ORDER BY rowid DESC LIMIT 1").get(row.session_id)?.detail ?? "";
      return { state: row.state, file: row.file, read: read.map((one): [string, string, unknown] => [one.kind, one.text, JSON.parse(one.facts)]), detail };
    });
  }

  it("are read without a model too, and the ledger says why they are not described", async () => {
    const { state, read, detail } = await send(await writing(["Meter 45678"]));
    assert.deepEqual([state, read.map(([kind, text]) => [kind, text])], ["read", [["page", "Meter 45678"]]]);
    assert.match(detail, /its writing was read; not described: .*captions has no onnx\/encoder_model\.onnx/);
  });

  it("are described once the model is there, with and without words on them", async () => {
    writePictureModel(model, { colours: ["red", "4111111111111111", "blue"] });
    const { read, detail } = await send(await plain("#1030e0"));
    assert.deepEqual(read.map(([kind, text]) => [kind, text]), [["picture", "a picture that is mostly blue"]]);
    assert.match(JSON.stringify(read[0]?.[2]), /^\{"source":"model","model":"captions@sha256:[0-9a-f]{64}\+[0-9a-f]{64}"\}$/);
    assert.equal(detail, "picture of 1200 × 800, no writing on it; described by captions");
    const both = await send(await sharp(await writing(["Order 4711"])).tint("#ff8080").png().toBuffer());
    assert.deepEqual(both.read.map(([kind, text]) => [kind, text]), [["page", "Order 4711"], ["picture", "a picture that is mostly red"]]);
    assert.match(both.detail, /its writing was read; described by captions$/);
  });

  it("are described in redacted words, like everything else", async () => {
    const { read, file, detail } = await send(await plain("#20c030"));
    assert.deepEqual([read.map(([, text]) => text), file], [["a picture that is mostly [CARD]"], null]);
    assert.match(detail, /described by captions; 1 secrets taken out; the file itself was not kept/);
  });
});
