// The guarded client against hostile addresses, hostile name servers and hostile servers; a canary on loopback counts who came.
import assert from "node:assert/strict";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { readFileSync } from "node:fs";
import { createServer as createHttp, type RequestListener } from "node:http";
import { createServer as createHttps } from "node:https";
import { createServer as createTcp, type AddressInfo, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { AppError } from "../../app/domain/index.ts";
import { isAddressAllowed, parseAllowedHosts } from "../../app/platform/net-addresses.ts";
import { createNet, installationRoot, manualClock, silentLog, systemClock, type NetPolicy, type NetRequest } from "../../app/platform/index.ts";

const fixtures = join(installationRoot(), "test", "fixtures", "intake");
const LOOPBACK: NetPolicy = { kind: "recording", allowHttp: true, hosts: ["127.0.0.1"] };
const NAMES: NetPolicy = { kind: "recording", allowHttp: true, hosts: ["pbx.example.test", "*.records.example.test"] };

describe("net: the one guarded outbound client", () => {
  const open: Server[] = [];
  const sockets = new Set<Socket>();

  async function listen(server: Server, host = "127.0.0.1"): Promise<number> {
    open.push(server);
    server.on("connection", (socket: Socket) => sockets.add(socket.on("close", () => sockets.delete(socket))));
    await new Promise<void>((resolve, reject) => server.once("error", reject).listen(0, host, resolve));
    return (server.address() as AddressInfo).port;
  }
  const serve = (listener: RequestListener): Promise<number> => listen(createHttp(listener));
  const net = createNet({ log: silentLog, clock: systemClock });
  const get = (port: number, more: Partial<NetRequest> = {}) => net.request({ url: `http://127.0.0.1:${port}/a.wav`, policy: LOOPBACK, timeoutMs: 5000, ...more });

  afterEach(async () => {
    for (const socket of sockets) socket.destroy();
    await Promise.all(open.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
  });

  it("refuses every address of the corpus without a single connection, while a canary listens", async () => {
    const corpus = JSON.parse(readFileSync(join(fixtures, "ssrf-corpus.json"), "utf8")) as { kind: string; url: string; resolves?: string[] }[];
    assert.ok(corpus.length >= 120);
    let arrivals = 0;
    let attempts = 0;
    const port = await listen(createTcp((socket) => (arrivals++, socket.destroy())));
    const onSocket = (): void => void attempts++;
    subscribe("net.client.socket", onSocket);
    try {
      for (const { kind, url, resolves } of corpus) {
        const guarded = createNet({ log: silentLog, clock: systemClock, resolve: async () => resolves ?? ["127.0.0.1"] });
        const error = await caught(guarded.request({ url: url.replace("{port}", String(port)), policy: NAMES, timeoutMs: 1000 }));
        assert.ok(error instanceof AppError && error.code === "FETCH_URL_REFUSED", `${kind}: ${url} → ${String(error)}`);
      }
    } finally {
      unsubscribe("net.client.socket", onSocket);
    }
    assert.equal(attempts, 0, "a socket was opened");
    assert.equal(arrivals, 0, "the canary was reached");
  });

  it("the canary of the corpus is reached when its address is listed, so the corpus proves something", async () => {
    let arrivals = 0;
    const port = await listen(createTcp((socket) => (arrivals++, socket.destroy())));
    const error = await caught(get(port));
    assert.equal((error as AppError).code, "FETCH_UNREACHABLE");
    assert.equal(arrivals, 1);
  });

  it("never looks up a name that no entry can allow", async () => {
    const asked: string[] = [];
    const guarded = createNet({ log: silentLog, clock: systemClock, resolve: async (name) => (asked.push(name), ["127.0.0.1"]) });
    await assert.rejects(guarded.request({ url: "http://evil.test/a", policy: NAMES, timeoutMs: 1000 }), { code: "FETCH_URL_REFUSED" });
    assert.deepEqual(asked, []);
  });

  it("a name server that changes its answer between two questions is asked once, and the connection goes to the first answer", async () => {
    let arrivals = 0;
    const port = await serve((_request, response) => (arrivals++, response.end("ok")));
    let questions = 0;
    const rebinding = async (): Promise<string[]> => (questions++ === 0 ? ["127.0.0.1"] : ["127.0.0.2"]);
    const guarded = createNet({ log: silentLog, clock: systemClock, resolve: rebinding });
    const policy: NetPolicy = { kind: "recording", allowHttp: true, hosts: ["127.0.0.1/32"] };
    const response = await guarded.request({ url: `http://pbx.example.test:${port}/`, policy, timeoutMs: 2000 });
    assert.equal(await response.text(), "ok");
    assert.deepEqual([questions, arrivals], [1, 1]);
    await assert.rejects(guarded.request({ url: `http://pbx.example.test:${port}/`, policy, timeoutMs: 2000 }), { code: "FETCH_URL_REFUSED" });
    assert.equal(arrivals, 1);
  });

  it("reaches a listed host by network, by private address and by name, with the name in the Host header", async () => {
    const port = await serve((request, response) => response.end(request.headers.host));
    const named = createNet({ log: silentLog, clock: systemClock, resolve: async () => ["127.0.0.1"] });
    const byNetwork = await named.request({ url: `http://any.test:${port}/`, policy: { kind: "recording", allowHttp: true, hosts: ["127.0.0.0/8"] }, timeoutMs: 2000 });
    assert.equal(await byNetwork.text(), `any.test:${port}`);
    const localhost = await named.request({ url: `http://localhost.:${port}/`, policy: { kind: "recording", allowHttp: true, hosts: ["localhost"] }, timeoutMs: 2000 });
    assert.equal(await localhost.text(), `localhost:${port}`);
  });

  it("a listed name may mean a public or a private address, never a special one; a listed network may mean any of its own", () => {
    const verdict = (hosts: string[], address: string, hostname = "pbx.example.test"): boolean => isAddressAllowed(hostname, address, parseAllowedHosts(hosts));
    for (const address of ["93.184.215.14", "10.1.2.3", "172.31.0.1", "192.168.1.2", "2606:4700::1111", "::ffff:10.1.2.3", "64:ff9b::5db8:d70e"]) {
      assert.equal(verdict(["PBX.example.test."], address), true, address);
      assert.equal(verdict(["other.test"], address), false, address);
    }
    for (const address of ["127.0.0.1", "::1", "169.254.169.254", "100.64.1.1", "fd12::1", "64:ff9b::a01:203", "fe80::1", "0.0.0.0", "no address"]) {
      assert.equal(verdict(["pbx.example.test"], address), false, address);
    }
    assert.equal(verdict(["100.64.0.0/10"], "100.64.1.1"), true);
    assert.equal(verdict(["fd12::/16"], "fd12::1"), true);
    assert.equal(verdict(["10.0.0.0/8"], "::ffff:10.1.2.3"), true);
    assert.equal(verdict(["10.0.0.0/8"], "11.0.0.1"), false);
    assert.equal(verdict(["*.localhost"], "127.0.0.1", "a.localhost"), false);
    assert.equal(verdict(["localhost"], "10.0.0.1", "localhost"), false);
  });

  it("plain http needs the flag, https checks the certificate against the name", async () => {
    await assert.rejects(get(1, { policy: { kind: "recording", allowHttp: false, hosts: ["127.0.0.1"] } }), { code: "FETCH_URL_REFUSED" });
    const cert = readFileSync(join(fixtures, "tls-test-cert.pem"), "utf8");
    const port = await listen(createHttps({ key: readFileSync(join(fixtures, "tls-test-key.pem")), cert }, (_request, response) => response.end("safe")));
    const policy: NetPolicy = { kind: "recording", allowHttp: false, hosts: ["127.0.0.1"] };
    const trusting = createNet({ log: silentLog, clock: systemClock, ca: cert, resolve: async () => ["127.0.0.1"] });
    const response = await trusting.request({ url: `https://pbx.example.test:${port}/`, policy, timeoutMs: 3000 });
    assert.equal(await response.text(), "safe");
    await assert.rejects(trusting.request({ url: `https://other.example.test:${port}/`, policy, timeoutMs: 3000 }), /ERR_TLS_CERT_ALTNAME_INVALID/);
    await assert.rejects(net.request({ url: `https://127.0.0.1:${port}/`, policy, timeoutMs: 3000 }), /check its certificate/);
  });

  it("does not follow a redirect to the metadata service", async () => {
    const port = await serve((_request, response) => response.writeHead(302, { location: "http://169.254.169.254/latest/meta-data/" }).end());
    const response = await get(port);
    assert.equal(response.status, 302);
    await response.discard();
  });

  it("an endless body ends at the size limit", async () => {
    let sent = 0;
    const port = await serve((_request, response) => {
      const piece = Buffer.alloc(64 * 1024);
      const more = (): void => {
        while (!response.destroyed && response.write(piece)) sent += piece.length;
        if (!response.destroyed) response.once("drain", more);
      };
      more();
    });
    const response = await get(port, { maxResponseBytes: 1_000_000 });
    assert.equal((await caught(response.text()) as AppError).code, "FETCH_TOO_LARGE");
    assert.ok(sent < 50_000_000);
  });

  it("a declared length over the limit ends the answer before its first byte", async () => {
    const port = await serve((_request, response) => response.writeHead(200, { "content-length": "9000000000" }).flushHeaders());
    const response = await get(port, { maxResponseBytes: 1000 });
    assert.equal((await caught(response.text()) as AppError).code, "FETCH_TOO_LARGE");
  });

  it("a server that drips bytes meets the total time limit, in the headers as in the body", async () => {
    const drip = await listen(
      createTcp((socket) => {
        const timer = setInterval(() => socket.write("H"), 20);
        socket.on("close", () => clearInterval(timer)).on("error", () => undefined);
      }),
    );
    const slowHeaders = await caught(get(drip, { timeoutMs: 200 }));
    assert.equal((slowHeaders as AppError).code, "FETCH_UNREACHABLE");
    const body = await serve((_request, response) => {
      const timer = setInterval(() => response.write("x"), 20);
      response.on("close", () => clearInterval(timer));
    });
    const response = await get(body, { timeoutMs: 200 });
    const slowBody = (await caught(response.text())) as AppError;
    assert.equal(slowBody.code, "FETCH_INCOMPLETE");
    assert.match(slowBody.message, /within 0.2 s/);
  });

  it("a body that falls silent ends at the idle limit", async () => {
    const port = await serve((_request, response) => void response.write("x"));
    const response = await get(port, { timeoutMs: 10_000, idleTimeoutMs: 300 });
    const error = (await caught(response.text())) as AppError;
    assert.equal(error.code, "FETCH_INCOMPLETE");
    assert.equal(error.details["reason"], "ETIMEDOUT");
  });

  it("a body shorter than its declared length is FETCH_INCOMPLETE", async () => {
    const port = await listen(createTcp((socket) => socket.once("data", () => socket.end("HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\nshort")).on("error", () => undefined)));
    const response = await get(port);
    assert.equal((await caught(response.text()) as AppError).code, "FETCH_INCOMPLETE");
  });

  it("bytes beyond the declared length are not part of the body", async () => {
    const port = await listen(createTcp((socket) => socket.once("data", () => socket.end("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nRIFF!smuggled")).on("error", () => undefined)));
    const response = await get(port);
    const text = await response.text().catch((error: unknown) => (error as AppError).code);
    assert.ok(["RIFF!", "FETCH_INCOMPLETE"].includes(text), text);
  });

  it("a compressed body arrives as it was sent, so it cannot grow in memory", async () => {
    const bomb = gzipSync(Buffer.alloc(10_000_000));
    let asked: string | undefined;
    const port = await serve((request, response) => {
      asked = request.headers["accept-encoding"];
      response.writeHead(200, { "content-encoding": "gzip" }).end(bomb);
    });
    const response = await get(port);
    let sizeBytes = 0;
    for await (const chunk of response.body) sizeBytes += chunk.byteLength;
    assert.equal(sizeBytes, bomb.length);
    assert.equal(asked, "identity");
  });

  it("an abort ends the request with the caller's reason, before and during the body", async () => {
    const port = await serve((_request, response) => void response.write("x"));
    const early = new AbortController();
    early.abort(new Error("stopping"));
    await assert.rejects(get(port, { signal: early.signal }), /stopping/);
    const late = new AbortController();
    const response = await get(port, { signal: late.signal });
    setTimeout(() => late.abort(new Error("stopping now")), 30);
    await assert.rejects(response.text(), /stopping now/);
  });

  it("close ends what is still open, before the headers as in the body", async () => {
    const port = await serve((request, response) => void (request.url === "/body" && response.write("x")));
    const closing = createNet({ log: silentLog, clock: manualClock() });
    const ask = (path: string) => closing.request({ url: `http://127.0.0.1:${port}${path}`, policy: LOOPBACK, timeoutMs: 60_000 });
    const response = await ask("/body");
    const waiting = caught(ask("/silent"));
    setTimeout(() => void closing.close(), 50);
    assert.equal(((await waiting) as AppError).code, "SHUTTING_DOWN");
    assert.equal(((await caught(response.text())) as AppError).code, "SHUTTING_DOWN");
  });

  it("time comes from the clock that was handed in", async () => {
    const port = await serve(() => undefined);
    const clock = manualClock();
    const slow = createNet({ log: silentLog, clock }).request({ url: `http://127.0.0.1:${port}/`, policy: LOOPBACK, timeoutMs: 60_000 });
    setTimeout(() => clock.advance(60_001), 50);
    assert.match(((await caught(slow)) as AppError).message, /within 60 s/);
  });

  it("an administered address may be loopback, sends a body, and is not followed either", async () => {
    const port = await serve((request, response) => {
      let body = "";
      request.on("data", (chunk) => (body += String(chunk))).on("end", () => response.writeHead(307, { location: "/other" }).end(`${request.method} ${body}`));
    });
    const response = await net.request({ url: `http://127.0.0.1:${port}/hook`, method: "POST", body: "{}", policy: { kind: "administered" }, timeoutMs: 2000 });
    assert.equal(response.status, 307);
    assert.equal(await response.text(), "POST {}");
  });

  it("nobody listening is FETCH_UNREACHABLE with the network's own reason", async () => {
    const port = await serve(() => undefined);
    await new Promise((resolve) => open.pop()?.close(resolve));
    const error = (await caught(get(port))) as AppError;
    assert.deepEqual([error.code, error.retry, error.details["reason"]], ["FETCH_UNREACHABLE", "later", "ECONNREFUSED"]);
  });

  it("whatever text comes as an address, the answer is an AppError and nothing is connected", async () => {
    let attempts = 0;
    const onSocket = (): void => void attempts++;
    subscribe("net.client.socket", onSocket);
    const guarded = createNet({ log: silentLog, clock: systemClock, resolve: async () => ["127.0.0.1"] });
    try {
      await fc.assert(
        fc.asyncProperty(fc.oneof(fc.string(), fc.webUrl(), fc.ipV4Extended().map((host) => `http://${host}/`), fc.ipV6().map((host) => `http://[${host}]/`)), async (url) => {
          const error = await caught(guarded.request({ url, policy: NAMES, timeoutMs: 500 }));
          assert.ok(error instanceof AppError && error.code === "FETCH_URL_REFUSED", `${url}: ${String(error)}`);
        }),
        { numRuns: 150 },
      );
    } finally {
      unsubscribe("net.client.socket", onSocket);
    }
    assert.equal(attempts, 0);
  });
});

async function caught(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
  } catch (error) {
    return error;
  }
  return undefined;
}
