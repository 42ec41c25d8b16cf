// Downloads from a real server on loopback that behaves as badly as servers do.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo, Server, Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AppError } from "../../app/domain/index.ts";
import { downloadRecording, type DownloadRequest } from "../../app/intake/index.ts";
import { fileNameOf } from "../../app/intake/download-name.ts";
import { looksLikeErrorPage } from "../../app/intake/sniff.ts";
import { createNet, silentLog, systemClock, type Clock } from "../../app/platform/index.ts";

/** Sound for tests: bytes that are no text. */
const SOUND = Buffer.concat([Buffer.from("RIFF\x24\x00\x00\x00WAVEfmt ", "latin1"), Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * 31) & 0xff))]);
/** Waits for nothing, so that retries are quick; time itself is real. */
const hasty: Clock = { now: () => Date.now(), sleep: (ms, signal) => (ms <= 10_000 ? Promise.resolve() : systemClock.sleep(ms, signal)) };

describe("intake download: a recording behind an address", () => {
  let folder: string;
  let server: Server | undefined;
  const sockets = new Set<Socket>();

  beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), "earshot-download-"))));
  afterEach(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise<void>((resolve) => (server === undefined ? resolve() : server.close(() => resolve())));
    server = undefined;
    await rm(folder, { recursive: true, force: true });
  });

  async function serve(listener: RequestListener): Promise<string> {
    server = createServer(listener);
    server.on("connection", (socket: Socket) => sockets.add(socket.on("close", () => sockets.delete(socket))));
    await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(server?.address() as AddressInfo).port}/recordings/call%201.wav?token=x`;
  }

  const fetchFrom = (url: string, more: Partial<DownloadRequest> = {}) =>
    downloadRecording({
      url,
      folder,
      maxBytes: 1_000_000,
      config: { allow_http: true, recording_hosts: ["127.0.0.1"], download_seconds: 20 },
      net: createNet({ log: silentLog, clock: systemClock }),
      clock: hasty,
      signal: new AbortController().signal,
      ...more,
    });

  async function refuses(work: Promise<unknown>, code: string, retry?: string): Promise<AppError> {
    const error = await work.then(() => undefined, (thrown: unknown) => thrown);
    assert.ok(error instanceof AppError, String(error));
    assert.equal(error.code, code, error.message);
    if (retry !== undefined) assert.equal(error.retry, retry);
    assert.deepEqual(await readdir(folder), [], "something was left behind");
    return error;
  }

  it("the whole recording arrives, counted and hashed, in a file that only this user reads", async () => {
    const url = await serve((_request, response) => response.writeHead(200, { "content-type": "audio/wav", "content-length": SOUND.length }).end(SOUND));
    const download = await fetchFrom(url);
    assert.deepEqual(await readFile(download.path), SOUND);
    assert.equal(download.sizeBytes, SOUND.length);
    assert.equal(download.sha256, createHash("sha256").update(SOUND).digest("hex"));
    assert.equal(download.fileName, "call 1.wav");
    assert.match(download.path, /\.unfinished$/);
    assert.equal((await stat(download.path)).mode & 0o777, 0o600);
  });

  it("a download that breaks off goes on where it stopped, when the server names a version and serves ranges", async () => {
    const asked: (string | undefined)[] = [];
    const url = await serve((request, response) => {
      asked.push(request.headers.range);
      const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? "")?.[1] ?? 0);
      assert.equal(request.headers["if-range"], from === 0 ? undefined : '"v1"');
      response.writeHead(from === 0 ? 200 : 206, { etag: '"v1"', "content-length": SOUND.length - from, ...(from === 0 ? {} : { "content-range": `bytes ${from}-${SOUND.length - 1}/${SOUND.length}` }) });
      if (asked.length > 2) return void response.end(SOUND.subarray(from));
      response.write(SOUND.subarray(from, from + 100_000), () => setTimeout(() => response.destroy(), 30));
    });
    const download = await fetchFrom(url);
    assert.equal(asked.length, 3);
    assert.equal(asked[0], undefined);
    assert.match(asked[2] ?? "", /^bytes=[1-9]\d*-$/);
    assert.equal(download.sha256, createHash("sha256").update(SOUND).digest("hex"));
    assert.deepEqual(await readFile(download.path), SOUND);
  });

  it("a recording that changed between two tries is fetched anew, never glued together", async () => {
    const other = Buffer.from(SOUND).reverse();
    let tries = 0;
    const url = await serve((request, response) => {
      if (tries++ === 0) return void response.writeHead(200, { etag: '"v1"', "content-length": SOUND.length }).write(SOUND.subarray(0, 50_000), () => setTimeout(() => response.destroy(), 30));
      assert.equal(request.headers["if-range"], '"v1"');
      response.writeHead(200, { etag: '"v2"', "content-length": other.length }).end(other);
    });
    const download = await fetchFrom(url);
    assert.deepEqual(await readFile(download.path), other);
    assert.equal(download.sha256, createHash("sha256").update(other).digest("hex"));
  });

  it("without a strong validator a broken download begins anew", async () => {
    const asked: (string | undefined)[] = [];
    const url = await serve((request, response) => {
      asked.push(request.headers.range);
      response.writeHead(200, { etag: 'W/"v1"', "content-length": SOUND.length });
      if (asked.length > 1) response.end(SOUND);
      else response.write(SOUND.subarray(0, 50_000), () => setTimeout(() => response.destroy(), 30));
    });
    assert.deepEqual(await readFile((await fetchFrom(url)).path), SOUND);
    assert.deepEqual(asked, [undefined, undefined]);
  });

  it("a server that never sends all it promised is FETCH_INCOMPLETE, after four tries", async () => {
    let tries = 0;
    const url = await serve((_request, response) => {
      tries++;
      response.writeHead(200, { "content-length": 1000 }).write(SOUND.subarray(0, 500), () => setTimeout(() => response.destroy(), 10));
    });
    await refuses(fetchFrom(url), "FETCH_INCOMPLETE", "later");
    assert.equal(tries, 4);
  });

  it("a part that was not asked for is not believed", async () => {
    const url = await serve((_request, response) => response.writeHead(206, { "content-range": "bytes 5-9/10", "content-length": 5 }).end("RIFF!"));
    await refuses(fetchFrom(url), "FETCH_INCOMPLETE");
  });

  it("pages and messages instead of sound are refused, whatever they call themselves", async () => {
    for (const [type, body] of [
      ["text/html", "<!DOCTYPE html><html><body>Anmeldung nötig</body></html>"],
      ["audio/wav", "  <html><head><title>Login</title>"],
      ["audio/wav", '{"error":"expired token"}'],
      ["application/json", '{"ok":false}'],
      ["text/plain", "Not found"],
      ["application/octet-stream", '<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>'],
    ] as const) {
      const url = await serve((_request, response) => response.writeHead(200, { "content-type": type }).end(body));
      await refuses(fetchFrom(url), "FETCH_REFUSED", "after_fix");
      server?.close();
    }
  });

  it("refusals tell what to do: redirect, 403, 404, 500", async () => {
    let status = 0;
    let tries = 0;
    const url = await serve((_request, response) => (tries++, response.writeHead(status, { location: "http://169.254.169.254/", "retry-after": "7" }).end("{}")));
    status = 302;
    assert.match((await refuses(fetchFrom(url), "FETCH_REFUSED", "after_fix")).message, /redirect/);
    status = 403;
    await refuses(fetchFrom(url), "FETCH_REFUSED", "after_fix");
    status = 404;
    await refuses(fetchFrom(url), "FETCH_REFUSED", "later");
    assert.equal(tries, 3);
    status = 503;
    const error = await refuses(fetchFrom(url), "FETCH_UNREACHABLE", "later");
    assert.deepEqual([error.details["httpStatus"], error.details["retryAfterMs"], tries], [503, 7000, 7]);
  });

  it("size limits hold while streaming, over several tries together, and before the first byte", async () => {
    const endless = await serve((_request, response) => {
      const more = (): void => void (response.destroyed || response.write(SOUND, more));
      more();
    });
    await refuses(fetchFrom(endless), "FETCH_TOO_LARGE");
    server?.close();
    const declared = await serve((_request, response) => response.writeHead(200, { "content-length": 2_000_000 }).write("R"));
    await refuses(fetchFrom(declared), "FETCH_TOO_LARGE");
  });

  it("an address off the list, or plain http without the flag, is never asked", async () => {
    let asked = 0;
    const url = await serve((_request, response) => (asked++, response.end(SOUND)));
    await refuses(fetchFrom(url, { config: { allow_http: true, recording_hosts: [], download_seconds: 5 } }), "FETCH_URL_REFUSED", "after_fix");
    await refuses(fetchFrom(url, { config: { allow_http: false, recording_hosts: ["127.0.0.1"], download_seconds: 5 } }), "FETCH_URL_REFUSED");
    assert.equal(asked, 0);
  });

  it("compressed sound is refused, not unpacked", async () => {
    const url = await serve((_request, response) => response.writeHead(200, { "content-encoding": "gzip" }).end(SOUND));
    await refuses(fetchFrom(url), "FETCH_REFUSED");
  });

  it("an empty answer is an empty recording: what it is worth is decided elsewhere", async () => {
    const url = await serve((_request, response) => response.writeHead(200, { "content-type": "audio/wav" }).end());
    assert.equal((await fetchFrom(url)).sizeBytes, 0);
  });

  it("an abort ends the download with its reason and leaves nothing behind", async () => {
    const stop = new AbortController();
    const url = await serve((_request, response) => response.writeHead(200).write(SOUND, () => stop.abort(new Error("stopping"))));
    await assert.rejects(fetchFrom(url, { signal: stop.signal }), /stopping/);
    assert.deepEqual(await readdir(folder), []);
  });

  it("the time limit holds over all tries", async () => {
    const url = await serve(() => undefined);
    const error = await refuses(fetchFrom(url, { config: { allow_http: true, recording_hosts: ["127.0.0.1"], download_seconds: 0.3 } }), "FETCH_UNREACHABLE", "later");
    assert.match(error.message, /did not finish within/);
  });

  it("names: from the header before the address, without folders, control characters and right-to-left tricks", () => {
    const name = (disposition: string | undefined, url = "https://h/a/b.wav"): string => fileNameOf(url, disposition);
    assert.equal(name(undefined), "b.wav");
    assert.equal(name('attachment; filename="call 1.mp3"'), "call 1.mp3");
    assert.equal(name("attachment; filename=x.mp3; filename*=UTF-8''M%C3%BCller.mp3"), "Müller.mp3");
    assert.equal(name('attachment; filename="../../etc/passwd"'), "passwd");
    assert.equal(name('attachment; filename="a\u202egpj.wav\r\n"'), "agpj.wav");
    assert.equal(name('attachment; filename=".."'), "b.wav");
    assert.equal(name(undefined, "https://h/"), "recording");
    assert.equal(name(undefined, "https://h/%2e%2e%2fx%00.wav"), "x.wav");
    assert.ok(name(`attachment; filename="${"x".repeat(500)}.wav"`).endsWith(".wav"));
  });

  it("sound is never taken for a page", () => {
    for (const head of [SOUND.subarray(0, 512), Buffer.from("ID3\u0004"), Buffer.from("OggS\0"), Buffer.from("#!AMR\n\u0000\u0001"), Buffer.alloc(512, 0xff), Buffer.alloc(512, 0x7f), Buffer.from("<\u0000{\u0001"), Buffer.alloc(0)]) {
      assert.equal(looksLikeErrorPage(head, "text/html"), false, head.toString("latin1", 0, 8));
    }
    assert.equal(looksLikeErrorPage(Buffer.from("\ufeff<html>ü"), undefined), true);
  });
});
