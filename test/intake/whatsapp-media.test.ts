// Files of WhatsApp from a Graph server on loopback that behaves as Meta does, and as badly as it can.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AppError } from "../../app/domain/index.ts";
import { fetchWhatsAppMedia, type MediaRequest } from "../../app/intake/index.ts";
import { createNet, silentLog, systemClock } from "../../app/platform/index.ts";

const NOTE = Buffer.from(Array.from({ length: 200_000 }, (_, i) => (i * 31) & 0xff));
const HEX = createHash("sha256").update(NOTE).digest("hex");
const BASE64 = Buffer.from(HEX, "hex").toString("base64");

describe("intake whatsapp media: an id becomes a file", () => {
  let folder: string;
  let server: Server;
  let base: string;
  let asked: { path: string; authorization: string | undefined }[];
  /** what the two steps answer; by default as Meta */
  let onId: (req: IncomingMessage, res: ServerResponse) => void;
  let onFile: (req: IncomingMessage, res: ServerResponse) => void;

  const json = (res: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void => void res.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
  const media = (over: object = {}): object => ({ messaging_product: "whatsapp", url: `${base}/file?mid=1`, mime_type: "audio/ogg; codecs=opus", sha256: HEX, file_size: NOTE.length, id: "1908", ...over });

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "earshot-media-"));
    asked = [];
    server = createServer((req, res) => {
      asked.push({ path: req.url ?? "", authorization: req.headers.authorization });
      (req.url?.startsWith("/file") === true ? onFile : onId)(req, res);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    onId = (_req, res) => json(res, 200, media());
    onFile = (_req, res) => void res.writeHead(200, { "content-type": "audio/ogg", "content-length": NOTE.length }).end(NOTE);
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await rm(folder, { recursive: true, force: true });
  });

  const fetchIt = (over: Partial<MediaRequest> = {}) =>
    fetchWhatsAppMedia({
      mediaId: "1908", role: "voice_note", maxBytes: 100_000_000, settings: { graph_url: base, api_version: "v24.0", access_token: "EAAG-token" }, recordingHosts: [], folder, timeoutMs: 5000,
      net: createNet({ log: silentLog, clock: systemClock }), clock: systemClock, signal: new AbortController().signal, ...over,
    });

  async function refuses(work: Promise<unknown>, code: string, retry: string): Promise<AppError> {
    const error = await work.then(() => undefined, (thrown: unknown) => thrown);
    assert.ok(error instanceof AppError, String(error));
    assert.deepEqual([error.code, error.retry], [code, retry], error.message);
    assert.ok(!error.message.includes("EAAG"), "the token stays secret");
    assert.deepEqual(await readdir(folder), [], "something was left behind");
    return error;
  }

  it("two steps, the token on both; the file is whole, hashed and only ours", async () => {
    const got = await fetchIt({ sha256: HEX });
    assert.deepEqual(await readFile(got.path), NOTE);
    assert.deepEqual([got.sizeBytes, got.sha256, got.mediaType], [NOTE.length, HEX, "audio/ogg"]);
    assert.deepEqual(asked, [{ path: "/v24.0/1908", authorization: "Bearer EAAG-token" }, { path: "/file?mid=1", authorization: "Bearer EAAG-token" }]);
  });

  it("the digest counts in hex and in base64; other bytes than announced are not kept", async () => {
    onId = (_req, res) => json(res, 200, media({ sha256: BASE64 }));
    assert.equal((await fetchIt()).sha256, HEX);
    await rm(folder, { recursive: true }).then(async () => (folder = await mkdtemp(join(tmpdir(), "earshot-media-"))));
    await refuses(fetchIt({ sha256: "0".repeat(64) }), "FETCH_INCOMPLETE", "later");
    onId = (_req, res) => json(res, 200, media({ sha256: "1".repeat(64) }));
    await refuses(fetchIt(), "FETCH_INCOMPLETE", "later");
  });

  it("an id is data: it cannot leave its place in the address", async () => {
    onId = (_req, res) => json(res, 404, {});
    await refuses(fetchIt({ mediaId: "../me?fields=token&x=/" }), "FETCH_EXPIRED", "never");
    assert.equal(asked[0]?.path, "/v24.0/..%2Fme%3Ffields%3Dtoken%26x%3D%2F");
  });

  const answers: [about: string, status: number, body: unknown, code: string, retry: string][] = [
    ["an id that has expired is never asked for again", 400, { error: { message: "Unsupported get request. Object with ID '1908' does not exist", type: "GraphMethodException", code: 100, error_subcode: 33 } }, "FETCH_EXPIRED", "never"],
    ["an id that is not there", 404, {}, "FETCH_EXPIRED", "never"],
    ["a token that is not accepted waits for a person", 401, { error: { code: 190, message: "Invalid OAuth access token" } }, "FETCH_UNAUTHORISED", "after_fix"],
    ["the same said with 400", 400, { error: { code: 190 } }, "FETCH_UNAUTHORISED", "after_fix"],
    ["too many requests, by status", 429, {}, "FETCH_THROTTLED", "later"],
    ["too many requests, by code", 400, { error: { code: 80007 } }, "FETCH_THROTTLED", "later"],
    ["no permission", 403, { error: { code: 10 } }, "FETCH_REFUSED", "after_fix"],
    ["a trouble of Meta's own", 500, { error: { code: 2 } }, "FETCH_UNREACHABLE", "later"],
    ["an answer without an address", 200, { id: "1908" }, "FETCH_REFUSED", "after_fix"],
    ["an address of another kind", 200, { url: "file:///etc/passwd" }, "FETCH_URL_REFUSED", "after_fix"],
    ["an address at a host that is neither Meta's nor the relay's: the token is not sent there", 200, { url: "http://127.0.0.2:1/steal" }, "FETCH_URL_REFUSED", "after_fix"],
  ];
  for (const [about, status, body, code, retry] of answers) {
    it(`${about}: ${code}`, async () => {
      onId = (_req, res) => json(res, status, body);
      await refuses(fetchIt(), code, retry);
      assert.equal(asked.length, 1);
    });
  }

  it("when it is throttled it says how long: as Meta asks, else the half hour of its rule", async () => {
    onId = (_req, res) => json(res, 429, {}, { "retry-after": "120" });
    assert.equal((await refuses(fetchIt(), "FETCH_THROTTLED", "later")).details["retryAfterMs"], 120_000);
    onId = (_req, res) => json(res, 429, {});
    assert.equal((await refuses(fetchIt(), "FETCH_THROTTLED", "later")).details["retryAfterMs"], 1_800_000);
  });

  it("an address that is no longer good is asked for anew later; the id still is", async () => {
    for (const status of [404, 410, 403]) {
      onFile = (_req, res) => void res.writeHead(status).end();
      await refuses(fetchIt(), "FETCH_REFUSED", "later");
    }
    onFile = (_req, res) => void res.writeHead(401).end();
    await refuses(fetchIt(), "FETCH_UNAUTHORISED", "after_fix");
  });

  it("each kind of file has its limit, announced or not", async () => {
    onId = (_req, res) => json(res, 200, media({ file_size: 17 * 1_048_576 }));
    await refuses(fetchIt(), "FETCH_TOO_LARGE", "after_fix");
    assert.equal(asked.length, 1, "nothing is fetched that is known to be too large");
    onId = (_req, res) => json(res, 200, media({ file_size: 5 }));
    onFile = (_req, res) => void res.writeHead(200).end(Buffer.alloc(600_000));
    await refuses(fetchIt({ role: "sticker" }), "FETCH_TOO_LARGE", "after_fix");
    await refuses(fetchIt({ maxBytes: 1000 }), "FETCH_TOO_LARGE", "after_fix");
  });

  it("a file that breaks off or comes empty is fetched again", async () => {
    onFile = (_req, res) => {
      res.writeHead(200, { "content-length": NOTE.length });
      res.write(NOTE.subarray(0, 1000), () => setTimeout(() => res.destroy(), 20));
    };
    await refuses(fetchIt(), "FETCH_INCOMPLETE", "later");
    onFile = (_req, res) => void res.writeHead(200).end();
    await refuses(fetchIt(), "FETCH_INCOMPLETE", "later");
  });

  it("stops when it is told to, and leaves nothing", async () => {
    const stop = new AbortController();
    onFile = () => stop.abort(new AppError("SHUTTING_DOWN", "Earshot is stopping"));
    await refuses(fetchIt({ signal: stop.signal }), "SHUTTING_DOWN", "later");
  });
});
