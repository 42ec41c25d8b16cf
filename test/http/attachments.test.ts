import { strict as assert } from "node:assert";
import { createHash } from "node:crypto";
import type { ChannelEvent } from "../../app/domain/index.ts";
import { ATTACHMENT_ID, config } from "./fake-appliance.ts";
import { as, start, type Harness } from "./harness.ts";

const PDF = Buffer.from("%PDF-1.7 a contract");

describe("http: POST /v1/documents", () => {
  let house: Harness;
  beforeEach(() => (house = start(config({ documents: { max_mb: 1 }, http: { port: 0 }, site: { country: "GB" } }))));
  afterEach(() => house.end());

  const upload = () => house.agent.post("/v1/documents").set(as("intake"));
  const messageOf = (event: ChannelEvent | undefined) => (event?.kind === "message" ? event.message : assert.fail("a message was handed in"));

  it("202: one message of the customer, its digest as its id, the file staged", async () => {
    const sha256 = createHash("sha256").update(PDF).digest("hex");
    const { status, body } = await upload().attach("file", PDF, { filename: "../Vertrag.pdf", contentType: "application/pdf" }).field("customer", JSON.stringify({ phone: "020 7946 0018", crm_id: "K-1", name: "Maria Keller" }));
    assert.deepEqual([status, body.status, body.message_ids.length], [202, "received", 1]);
    const [received] = house.fake.received;
    assert.deepEqual([received?.source, messageOf(received?.events[0])], [
      "api",
      {
        source: "api", externalId: sha256, channel: "document", kind: "document", speaker: "customer", text: "", atMs: house.fake.clock.now(),
        customer: { identities: [{ kind: "crm_id", value: "K-1" }, { kind: "e164", value: "+442079460018" }], name: "Maria Keller", isFromCrm: true },
        attachments: [{ role: "document", name: "Vertrag.pdf", mediaType: "application/pdf", from: { staged: { file: "staged-0", sizeBytes: PDF.length, sha256 } } }],
      },
    ]);
  });

  it("takes channel, contact, sender, time and id, in any order of the parts; pictures and sound are what their type says", async () => {
    await upload().field("channel", "web_chat").field("session_external_id", "chat-7").field("sender", "agent").field("sent_at", "2020-01-02T03:04:05Z").field("external_id", "doc-9").attach("file", PDF, { filename: "a.png", contentType: "image/png" });
    await upload().attach("file", PDF, { filename: "a.ogg", contentType: "audio/ogg" });
    const [first, second] = house.fake.received.map((one) => messageOf(one.events[0]));
    assert.deepEqual([first?.channel, first?.sessionKey, first?.speaker, first?.atMs, first?.externalId, first?.kind, first?.customer.identities], ["web_chat", "chat-7", "agent", Date.UTC(2020, 0, 2, 3, 4, 5), "doc-9", "image", []]);
    assert.equal(second?.attachments?.[0]?.role, "audio");
  });

  it("422 and 413 name what is wrong, and nothing is left behind", async () => {
    const wrong = await upload().attach("file", PDF, "a.pdf").field("customer", '{"telephone":"1"}').field("sender", "nobody").field("channel", "phone");
    assert.equal(wrong.status, 422);
    assert.deepEqual(wrong.body.problems.map((one: { path: string }) => one.path).sort(), ["channel", "customer", "sender"]);
    assert.equal((await upload().attach("file", PDF, "a.pdf").field("customer", "{")).body.code, "REQUEST_MALFORMED");
    assert.deepEqual((await upload().field("customer", "{}")).body.problems, [{ path: "file", message: "expected a file part with this name" }]);
    assert.equal((await upload().attach("file", Buffer.alloc(2 * 1_048_576), "a.pdf")).body.code, "TOO_LARGE");
    assert.deepEqual([house.fake.received.length, house.fake.staged.size], [0, 0]);
  });

  it("what the house cannot take in is not kept either", async () => {
    house.fake.receive = async () => {
      throw house.fake.trouble ?? new Error("unexpected");
    };
    const { AppError } = await import("../../app/domain/index.ts");
    house.fake.trouble = new AppError("DISK_RESERVE", "full");
    house.fake.stage = async (stream, originalName) => {
      for await (const _ of stream);
      return { file: "staged", sizeBytes: 1, sha256: "0".repeat(64), originalName };
    };
    assert.equal((await upload().attach("file", PDF, "a.pdf")).status, 503);
    assert.deepEqual(house.fake.discarded, ["staged"]);
  });
});

describe("http: GET /v1/attachments/{id}", () => {
  let house: Harness;
  beforeEach(() => (house = start()));
  afterEach(() => house.end());
  const get = (id: string) => house.agent.get(`/v1/attachments/${id}`).set(as("analyst"));

  it("hands the file out to be saved, never to be shown, and audits it", async () => {
    const response = await get(ATTACHMENT_ID).buffer(true).parse((res, done) => {
      const chunks: Buffer[] = [];
      res.on("data", (chunk: Buffer) => chunks.push(chunk)).on("end", () => done(null, Buffer.concat(chunks)));
    });
    assert.equal(response.status, 200);
    assert.equal((response.body as Buffer).length, 1000);
    assert.equal(response.headers["content-type"], "application/octet-stream");
    assert.equal(response.headers["x-content-type-options"], "nosniff");
    assert.equal(response.headers["content-disposition"], "attachment; filename=\"Rechnung _M_rz_.html\"; filename*=UTF-8''Rechnung%20_M%C3%A4rz_.html");
    assert.deepEqual(house.fake.audited.filter((one) => one.action === "attachment.read").map((one) => one.object), [{ kind: "attachment", id: ATTACHMENT_ID }]);
  });
  it("answers ranges, and 404 for what is not there without a trace of a read", async () => {
    assert.equal((await get(ATTACHMENT_ID).set("Range", "bytes=0-9")).status, 206);
    house.fake.audited.length = 0;
    assert.equal((await get("att_01JCX3M7Q2E8V6T4Z9K1R5N0PB")).status, 404);
    assert.equal((await get("../../etc/passwd")).status, 404);
    assert.deepEqual(house.fake.audited.filter((one) => one.action === "attachment.read"), []);
  });
});
