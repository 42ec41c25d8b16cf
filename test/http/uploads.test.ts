import { strict as assert } from "node:assert";
import { connect } from "node:net";
import { AppError } from "../../app/domain/index.ts";
import { config } from "./fake-appliance.ts";
import { as, start, type Harness } from "./harness.ts";

const SOUND = Buffer.from("RIFF....WAVEfmt sound");
const BOUNDARY = "----earshot";
const part = (headers: string, content: string | Buffer): Buffer => Buffer.concat([Buffer.from(`--${BOUNDARY}\r\n${headers}\r\n\r\n`), Buffer.from(content), Buffer.from("\r\n")]);
const recording = (name: string): Buffer => part(`Content-Disposition: form-data; name="recording"; filename="${name}"\r\nContent-Type: audio/wav`, SOUND);
const END = Buffer.from(`--${BOUNDARY}--\r\n`);

describe("http: POST /v1/calls", () => {
  let house: Harness;
  beforeEach(() => (house = start(config({ http: { max_upload_mb: 1, port: 0 } }))));
  afterEach(() => house.end());

  const upload = () => house.agent.post("/v1/calls").set(as("intake"));
  const raw = (...parts: Buffer[]) => upload().set("Content-Type", `multipart/form-data; boundary=${BOUNDARY}`).serialize((body: unknown) => body as string).send(Buffer.concat(parts) as unknown as string);
  const refused = async (request: PromiseLike<{ status: number; body: { code: string; problems?: { path: string }[] } }>): Promise<unknown[]> => {
    const { status, body } = await request;
    assert.equal(house.fake.accepted.length, 0);
    assert.equal(house.fake.staged.size, 0, "nothing is left behind");
    return [status, body.code, body.problems?.[0]?.path];
  };

  it("202 with the recording before the metadata, and with the metadata before the recording", async () => {
    const first = await upload().attach("recording", SOUND, "a.wav").field("metadata", JSON.stringify({ call_id: "c1", direction: "inbound", started_at: "2026-11-03T14:15:00+01:00" }));
    assert.deepEqual([first.status, first.body], [202, { call_id: "c1", status: "received" }]);
    const second = await upload().field("metadata", '{"call_id":"c2"}').attach("recording", SOUND, "b.wav");
    assert.deepEqual([second.status, second.body.call_id], [202, "c2"]);
    assert.deepEqual(house.fake.accepted.map(({ source, file, metadata }) => [source, file.originalName, metadata.call_id, metadata.started_at]), [["upload", "a.wav", "c1", Date.UTC(2026, 10, 3, 13, 15)], ["upload", "b.wav", "c2", undefined]]);
    assert.deepEqual(house.fake.staged.get("staged-0"), SOUND);
  });

  it("metadata may be left out, or be a JSON file as `curl -F metadata=@call.json` sends it", async () => {
    assert.equal((await upload().attach("recording", SOUND, "a.wav")).status, 202);
    const file = await upload().attach("recording", SOUND, "a.wav").attach("metadata", Buffer.from('{"call_id":"c3"}'), { filename: "call.json", contentType: "application/json" });
    assert.deepEqual([file.status, file.body.call_id], [202, "c3"]);
  });

  it("422 names each wrong value of the metadata, and the staged recording is thrown away", async () => {
    const { body } = await upload().attach("recording", SOUND, "a.wav").field("metadata", JSON.stringify({ call_id: "a/b", direction: "sideways", started_at: "yesterday" }));
    assert.deepEqual(body.problems.map((one: { path: string }) => one.path).sort(), ["call_id", "direction", "started_at"]);
    assert.match(body.problems.find((one: { path: string }) => one.path === "direction").message, /inbound/);
    assert.deepEqual(house.fake.discarded, ["staged-0"]);
  });

  it("400 for metadata that is no JSON, for a broken off body and for a useless boundary; 415 for anything but multipart", async () => {
    assert.deepEqual(await refused(upload().attach("recording", SOUND, "a.wav").field("metadata", "{")), [400, "REQUEST_MALFORMED", "metadata"]);
    assert.deepEqual(await refused(raw(recording("a.wav"))), [400, "REQUEST_MALFORMED", undefined]);
    assert.deepEqual(await refused(upload().set("Content-Type", "multipart/form-data; charset=x").send("x")), [400, "REQUEST_MALFORMED", undefined]);
    assert.deepEqual(await refused(upload().send({ call_id: "c1" })), [415, "UNSUPPORTED_TYPE", undefined]);
  });

  it("422 without a recording, with two of them, or with a file of another name", async () => {
    assert.deepEqual(await refused(upload().field("metadata", "{}")), [422, "REQUEST_INVALID", "recording"]);
    assert.deepEqual(await refused(upload().attach("recording", SOUND, "a.wav").attach("recording", SOUND, "b.wav")), [422, "REQUEST_INVALID", "recording"]);
    assert.deepEqual(await refused(upload().attach("sound", SOUND, "a.wav")), [422, "REQUEST_INVALID", "recording"]);
    assert.deepEqual(await refused(upload().attach("recording", SOUND, "a.wav").field("metadata", "{}").field("metadata", "{}")), [422, "REQUEST_INVALID", "metadata"]);
    assert.deepEqual(await refused(upload().attach("recording", SOUND, "a.wav").field("metadata", "x".repeat(70_000))), [422, "REQUEST_INVALID", "metadata"]);
  });

  it("413 for a recording over the limit, before it is read when its length is declared and while it streams when not", async () => {
    const big = Buffer.alloc(1_048_576 + 1);
    assert.deepEqual(await refused(upload().attach("recording", Buffer.alloc(3 * 1_048_576), "a.wav")), [413, "TOO_LARGE", undefined]);
    assert.deepEqual(await refused(raw(part('Content-Disposition: form-data; name="recording"; filename="a.wav"', big), END)), [413, "TOO_LARGE", undefined]);
  });

  it("hostile file names arrive as plain text and never as a path", async () => {
    for (const name of ["../../etc/passwd", "$(reboot).wav", "-i.wav", "a\tb.wav", "..", "ünï ☎.wav"]) await raw(recording(name), END).expect(202);
    const names = house.fake.accepted.map(({ file }) => file.originalName);
    assert.deepEqual(names, ["passwd", "$(reboot).wav", "-i.wav", "a\ufffdb.wav", "recording", "ünï ☎.wav"]);
  });

  it("what goes wrong in the vault keeps its code: 503 with Retry-After at the disk's reserve, 500 without particulars otherwise", async () => {
    house.fake.trouble = new AppError("DISK_RESERVE", "The disk is almost full; free space");
    const full = await upload().attach("recording", SOUND, "a.wav");
    assert.deepEqual([full.status, full.body.code, full.headers["retry-after"]], [503, "DISK_RESERVE", "10"]);
    house.fake.trouble = new Error("EIO: /secret/path");
    const broken = await upload().attach("recording", SOUND, "a.wav");
    assert.deepEqual([broken.status, broken.body.code], [500, "INTERNAL"]);
    assert.ok(!broken.text.includes("secret"));
  });

  it("a client that goes away in the middle leaves nothing behind", async () => {
    const { url } = await house.server.listen();
    const socket = connect(Number(new URL(url).port), "127.0.0.1");
    socket.write(`POST /v1/calls HTTP/1.1\r\nHost: x\r\n${Object.entries(as("intake")).map(([k, v]) => `${k}: ${v}`).join("\r\n")}\r\nContent-Type: multipart/form-data; boundary=${BOUNDARY}\r\nContent-Length: 100000\r\n\r\n`);
    socket.write(recording("a.wav").subarray(0, 150));
    await new Promise((resolve) => setTimeout(resolve, 100));
    socket.destroy();
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.deepEqual([house.fake.accepted.length, house.fake.staged.size], [0, 0]);
    assert.equal((await upload().attach("recording", SOUND, "a.wav")).status, 202, "the server goes on");
  });
});
