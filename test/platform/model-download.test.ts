// Large files over lines that break and from servers that lie: a real server, real files, and only right bytes at the end.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { AppError } from "../../app/domain/index.ts";
import { createNet, silentLog, systemClock, type Clock } from "../../app/platform/index.ts";
import { downloadFile, type DownloadWish } from "../../app/platform/model-download.ts";
import { judgeAnswer, rangeHeaders } from "../../app/platform/range-answer.ts";
import { startFileServer, type FileServer } from "../support/file-server.ts";

const sha256 = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");
const CONTENT = Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * 7 + (i >> 8)) & 255));
const OTHER = Buffer.alloc(300_000, 3);

describe("downloadFile", () => {
  let folder: string;
  let server: FileServer;
  const net = createNet({ log: silentLog, clock: systemClock });
  const rests: number[] = [];
  const clock: Clock = { now: () => 0, sleep: async (ms) => void (ms < 60_000 ? rests.push(ms) : await new Promise(() => undefined)) }; // rests pass at once, time limits never
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "earshot-download-"));
    server = await startFileServer();
    server.files.set("/m.bin", { bytes: CONTENT, etag: '"one"' });
    server.hasArrived = (bytes) => (statSync(`${target()}.part`, { throwIfNoEntry: false })?.size ?? 0) >= bytes;
    rests.length = 0;
  });
  afterEach(async () => {
    await server.close();
    rmSync(folder, { recursive: true });
  });
  after(() => net.close());

  const target = (): string => join(folder, "m.bin");
  const wish = (more: Partial<DownloadWish> = {}): DownloadWish => ({
    file: { path: "m.bin", sha256: sha256(CONTENT), sizeBytes: CONTENT.length }, url: `${server.url}/m.bin`, target: target(), maxBytes: CONTENT.length, ...more,
  });
  const download = (more: Partial<DownloadWish> = {}, signal?: AbortSignal): Promise<unknown> => downloadFile(wish(more), { net, clock, ...(signal === undefined ? {} : { signal }) });
  const arrived = (): Buffer => readFileSync(`${target()}.part`);
  const sizeless = { path: "m.bin", sha256: sha256(CONTENT) };

  it("brings the file and its sums, and tells how far it is", async () => {
    const told: number[] = [];
    const got = await downloadFile(wish(), { net, clock, onProgress: (done, total) => (told.push(done), assert.equal(total, CONTENT.length)) });
    assert.deepEqual([got.sha256, got.sizeBytes], [sha256(CONTENT), CONTENT.length]);
    assert.deepEqual(arrived(), CONTENT);
    assert.equal(told.at(-1), CONTENT.length);
  });

  it("goes on where the line broke, by itself, and fetches no byte twice", async () => {
    server.breakAfterBytes = 90_000;
    await download();
    assert.deepEqual(arrived(), CONTENT);
    assert.deepEqual(server.asked.map((one) => one.range), [undefined, "bytes=90000-", "bytes=180000-", "bytes=270000-"]);
    assert.equal(server.asked.reduce((sum, one) => sum + one.sentBytes, 0), CONTENT.length);
    assert.ok(server.asked.slice(1).every((one) => one.ifRange === '"one"'));
  });

  it("leaves what arrived when it is stopped, and the next call goes on", async () => {
    const stop = new AbortController();
    server.behave = (_req, res) => {
      res.writeHead(200, { "content-length": CONTENT.length, etag: '"one"' });
      res.write(CONTENT.subarray(0, 120_000));
      return true; // and then nothing more
    };
    const reason = new AppError("SHUTTING_DOWN", "stopped by hand");
    const running = downloadFile(wish(), { net, clock, signal: stop.signal, onProgress: (done) => done >= 120_000 && stop.abort(reason) });
    await assert.rejects(running, (error) => error === reason);
    assert.equal(arrived().length, 120_000);
    server.behave = () => false;
    await download();
    assert.equal(server.asked.at(-1)?.range, "bytes=120000-");
    assert.deepEqual(arrived(), CONTENT);
  });

  it("needs no server when everything had arrived already", async () => {
    await download();
    await download();
    assert.equal(server.asked.length, 1);
  });

  it("begins anew when the file changed on the server meanwhile", async () => {
    server.files.set("/m.bin", { bytes: OTHER, etag: '"zero"' });
    server.breakAfterBytes = 50_000;
    server.behave = (_req, res) => (server.asked.length > 1 ? (server.files.set("/m.bin", { bytes: CONTENT, etag: '"one"' }), (server.breakAfterBytes = undefined), false) : res.destroyed);
    await download();
    assert.deepEqual(arrived(), CONTENT);
    assert.deepEqual(server.asked.map((one) => one.range), [undefined, "bytes=50000-"]);
  });

  const startOf = (one: { range: string | undefined } | undefined): number | undefined => (one?.range === undefined ? undefined : Number(/^bytes=(\d+)-$/.exec(one.range)?.[1]));
  const partial = (res: ServerResponse, range: string | undefined, body: Buffer, etag = '"one"'): boolean => {
    res.writeHead(206, { ...(range === undefined ? {} : { "content-range": range }), etag }).end(body);
    return true;
  };
  const lies: [string, (res: ServerResponse, start: number) => boolean][] = [
    ["another beginning than was asked for", (res) => partial(res, "bytes 0-299999/300000", CONTENT)],
    ["no Content-Range", (res, start) => partial(res, undefined, CONTENT.subarray(start))],
    ["another length of the whole", (res, start) => partial(res, `bytes ${start}-299999/300001`, CONTENT.subarray(start))],
    ["another version although If-Range asked for the same", (res, start) => partial(res, `bytes ${start}-299999/300000`, OTHER.subarray(start), '"two"')],
    ["416 for a range that it has", (res) => (res.writeHead(416, { "content-range": "bytes */300000" }).end(), true)],
    ["a range that ends before it begins", (res, start) => partial(res, `bytes ${start}-${start - 1}/300000`, Buffer.alloc(0))],
  ];
  for (const [what, lie] of lies) {
    it(`takes the whole file again when the server answers a range with ${what}`, async () => {
      server.breakAfterBytes = 100_000;
      server.breaks = 1;
      server.behave = (_req, res, asked) => asked.range !== undefined && lie(res, startOf(asked) ?? 0);
      await download();
      assert.deepEqual(arrived(), CONTENT);
      assert.deepEqual(server.asked.map((one) => one.range !== undefined), [false, true, false]);
    });
  }

  it("keeps nothing of a server that sends more than the file has", async () => {
    server.behave = (_req, res) => (res.writeHead(200, { etag: '"one"' }).end(Buffer.concat([CONTENT, Buffer.alloc(10)])), true);
    await assert.rejects(download(), { code: "FETCH_TOO_LARGE" });
    await assert.rejects(download({ file: sizeless, maxBytes: 1000 }), { code: "FETCH_TOO_LARGE" });
    assert.deepEqual(readdirSync(folder), []);
  });

  it("keeps nothing when the sum or the size is another, and asks no second time", async () => {
    server.files.set("/m.bin", { bytes: OTHER, etag: '"one"' });
    await assert.rejects(download(), { code: "MODEL_INVALID" });
    server.files.set("/m.bin", { bytes: CONTENT.subarray(1), etag: '"one"' });
    await assert.rejects(download(), { code: "MODEL_INVALID" });
    server.files.set("/m.bin", { bytes: CONTENT, etag: '"one"' });
    await assert.rejects(download({ file: { path: "m.bin", sha256: sha256(CONTENT), sha1: "0".repeat(40) } }), { code: "MODEL_INVALID" }, "both known sums must be right");
    assert.equal(server.asked.length, 3);
    assert.deepEqual(readdirSync(folder), []);
  });

  it("finds a part that was damaged meanwhile at the end, and does not keep it", async () => {
    server.breakAfterBytes = 100_000;
    server.behave = (_req, res) => server.asked.length > 1 && (res.writeHead(503).end(), true);
    await assert.rejects(download(), { code: "FETCH_UNREACHABLE" });
    writeFileSync(`${target()}.part`, Buffer.alloc(100_000, 9));
    server.behave = () => false;
    await assert.rejects(download(), { code: "MODEL_INVALID" });
    await download();
    assert.deepEqual(arrived(), CONTENT);
  });

  it("gives up after a few breaks without a new byte, keeping what arrived", async () => {
    server.breakAfterBytes = 100_000;
    server.behave = (req) => req.headers.range !== undefined && (req.socket.destroy(), true);
    await assert.rejects(download(), (error: AppError) => error.code === "FETCH_UNREACHABLE" || error.code === "FETCH_INCOMPLETE");
    assert.equal(arrived().length, 100_000);
    assert.deepEqual(rests, [1000, 2000, 4000, 8000, 16_000]);
  });

  it("does not go round for ever with a server that breaks off and gives the file no name", async () => {
    server.files.set("/m.bin", { bytes: CONTENT });
    server.breakAfterBytes = 100_000;
    await assert.rejects(download(), { code: "FETCH_INCOMPLETE" });
    assert.ok(server.asked.length < 10 && server.asked.every((one) => one.range === undefined));
  });

  it("begins anew when it is not known what the part is of, or no sum would prove the result", async () => {
    const leave = (name: unknown): void => {
      writeFileSync(`${target()}.part`, CONTENT.subarray(0, 50_000));
      writeFileSync(`${target()}.part.json`, typeof name === "string" ? name : JSON.stringify(name));
    };
    for (const name of ["{", { url: "http://elsewhere/m.bin", validator: '"one"' }, { url: `${server.url}/m.bin` }]) {
      leave(name);
      await download();
    }
    leave({ url: `${server.url}/m.bin`, validator: '"one"' });
    await download({ file: { path: "m.bin" } });
    assert.ok(server.asked.length === 4 && server.asked.every((one) => one.range === undefined));
    assert.deepEqual(arrived(), CONTENT);
  });

  it("follows redirects of the same site, a few, and none that lead out of encryption", async () => {
    server.behave = (req, res) => req.url === "/from" && (res.writeHead(302, { location: "/m.bin" }).end(), true);
    await download({ url: `${server.url}/from` });
    server.behave = (_req, res) => (res.writeHead(302, { location: "/again" }).end(), true);
    await assert.rejects(download({ target: join(folder, "b") }), { code: "FETCH_REFUSED" });
    assert.ok(server.asked.length < 10);
    for (const location of ["http://models.example.com/m.bin", "file:///etc/passwd", "//[", "ftp://127.0.0.1/m.bin"]) {
      server.behave = (_req, res) => (res.writeHead(302, { location }).end(), true);
      await assert.rejects(download({ target: join(folder, "c") }), { code: "FETCH_URL_REFUSED" }, location);
    }
  });

  it("says at once that a file is not there or nobody is at home", async () => {
    await assert.rejects(download({ url: `${server.url}/none` }), { code: "FETCH_REFUSED" });
    await server.close();
    await assert.rejects(download(), { code: "FETCH_UNREACHABLE" });
    assert.deepEqual([server.asked.length, rests.length, existsSync(`${target()}.part`)], [1, 0, false]);
  });
});

describe("judgeAnswer", () => {
  const headers = fc.record(
    { etag: fc.constantFrom('"a"', '"b"', 'W/"a"', "a"), "content-range": fc.oneof(fc.constantFrom("bytes */10", "bytes 5-9/10", "bytes 5-9/*", "items 1-2/3"), fc.string()), "content-length": fc.constantFrom("5", "10", "-1", "x"), "last-modified": fc.constantFrom("Mon", "Tue"), location: fc.webUrl() },
    { requiredKeys: [] },
  ) as fc.Arbitrary<Record<string, string>>;
  const part = fc.record({ haveBytes: fc.integer({ min: 0, max: 12 }), validator: fc.constantFrom('"a"', undefined), totalBytes: fc.constantFrom(10, undefined) });

  it("appends only to exactly what lies here, of the same version, whatever a server answers", () => {
    fc.assert(
      fc.property(fc.constantFrom(200, 204, 206, 301, 304, 404, 416, 429, 500), headers, part, (status, given, facts) => {
        const verdict = judgeAnswer(status, given, facts);
        if (verdict.kind !== "write" || verdict.fromBytes === 0) return;
        assert.equal(verdict.fromBytes, facts.haveBytes);
        assert.equal(status, 206);
        if (given["etag"] !== undefined && /^"/.test(given["etag"])) assert.equal(given["etag"], facts.validator);
        if (facts.totalBytes !== undefined) assert.equal(verdict.totalBytes, facts.totalBytes);
      }),
      { numRuns: 1500 },
    );
  });

  it("asks for a range only with a name for the version", () => {
    assert.deepEqual(rangeHeaders({ haveBytes: 5, validator: '"a"' }), { range: "bytes=5-", "if-range": '"a"' });
    assert.deepEqual(rangeHeaders({ haveBytes: 5 }), {});
    assert.deepEqual(rangeHeaders({ haveBytes: 0, validator: '"a"' }), {});
  });
});
