// The remote engine against real servers that are good, slow, busy, broken, mistaken or gone; and once against the real whisper-server.
import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { createNet, silentLog, startProgram, stopGroup, systemClock } from "../../app/platform/index.ts";
import { freePort } from "../../app/speech/engine-client.ts";
import { createRemoteEngine, requestFields, type EndpointSettings, type RemoteEngineOptions, type SpeechEngine } from "../../app/speech/index.ts";
import { good, GOOD, startSpeechEndpoint, status, type SpeechEndpoint } from "../support/speech-endpoint.ts";
import { BIN_DIR, MODEL_PATH, patience, requireRealEngine, spoken, temporaryFolder, until, voice } from "./support.ts";

const LONG = voice(2000); // what is shorter than this is a test window
const ask = { language: "en", signal: patience() };
const isTest = (asked: { wavBytes: number }): boolean => asked.wavBytes < LONG.length;

describe("speech/remote-engine", () => {
  const net = createNet({ log: silentLog, clock: systemClock });
  let servers: SpeechEndpoint[] = [];
  let engine: SpeechEngine;
  afterEach(async () => {
    await engine.stop();
    await Promise.all(servers.map((server) => server.close()));
    servers = [];
  });
  after(() => net.close());

  const serve = async (behaviour: Parameters<typeof startSpeechEndpoint>[0] = good): Promise<SpeechEndpoint> => {
    const server = await startSpeechEndpoint(behaviour);
    servers.push(server);
    return server;
  };
  const settings = (server: { url: string }, more: Partial<EndpointSettings> = {}): EndpointSettings => ({ url: server.url, model: "large", weight: 1, parallel: 4, fields: {}, ...more });
  const make = (endpoints: EndpointSettings[], more: Partial<RemoteEngineOptions> = {}): SpeechEngine =>
    (engine = createRemoteEngine({ endpoints, allowPublic: false, timeoutMs: 3000, times: { ejectMs: 50, watchMs: 30 }, net, clock: systemClock, log: silentLog, ...more }));

  it("transcribeWindow: asks as OpenAI's interface is written, with key, model and further fields; the answer names who heard", async () => {
    const server = await serve();
    make([settings({ url: `${server.url}/v1/` }, { key: "secret", fields: { max_len: "4096" } })]);
    const heard = await engine.transcribeWindow(LONG, ask);
    assert.deepEqual(heard, { language: "en", segments: [{ startMs: 0, endMs: 1000, tokens: [{ text: " Hello", startMs: 100, endMs: 600, probability: 0.9 }] }], heardBy: { model: "large", endpoint: server.host } });
    const asked = server.asked.find((one) => !isTest(one));
    assert.deepEqual([asked?.url, asked?.headers.authorization, asked?.wavBytes], ["/v1/audio/transcriptions", "Bearer secret", LONG.length + 44]);
    assert.deepEqual(asked?.fields, [["model", "large"], ["response_format", "verbose_json"], ["timestamp_granularities[]", "word"], ["timestamp_granularities[]", "segment"], ["temperature", "0"], ["language", "en"], ["max_len", "4096"]]);
    await engine.transcribeWindow(LONG, { language: "auto", signal: patience() });
    assert.ok(!server.asked.at(-1)?.fields.some(([name]) => name === "language"), "auto is the absence of the field");
  });

  it("transcribeWindow: shares windows out by weight and never asks an endpoint for more than its limit", async () => {
    const slow = (_: unknown, response: Parameters<typeof good>[1]): unknown => setTimeout(() => response.end(GOOD), 60);
    const [big, small] = [await serve(slow), await serve(slow)];
    make([settings(big, { parallel: 3, weight: 3 }), settings(small, { parallel: 1 })]);
    await engine.start();
    assert.equal(engine.parallel, 4);
    [big, small].forEach((server) => Object.assign(server, { mostAtOnce: 0, asked: [] }));
    await Promise.all(Array.from({ length: 16 }, () => engine.transcribeWindow(LONG, { language: "en", signal: patience() })));
    assert.deepEqual([big.mostAtOnce, small.mostAtOnce], [3, 1]);
    assert.ok(big.asked.length >= 11 && small.asked.length >= 3, `${big.asked.length} and ${small.asked.length}`);
    assert.deepEqual([engine.status().windows, engine.status().pending, engine.state()], [16, 0, "ready"]);
  });

  const faults: { what: string; behaviour: Parameters<typeof startSpeechEndpoint>[0]; code: string }[] = [
    { what: "status 500", behaviour: status(500), code: "SPEECH_ENDPOINT_FAILED" },
    { what: "a redirect, which is not followed", behaviour: status(307, { location: "http://127.0.0.1:1/" }), code: "SPEECH_ENDPOINT_REFUSED" },
    { what: "a wrong key", behaviour: status(401), code: "SPEECH_ENDPOINT_REFUSED" },
    { what: "a model it does not have", behaviour: status(404), code: "SPEECH_ENDPOINT_REFUSED" },
    { what: "a page instead of JSON", behaviour: (_, response) => response.writeHead(200, { "content-type": "text/html" }).end("<html>"), code: "SPEECH_OUTPUT_INVALID" },
    { what: "JSON of another kind", behaviour: (_, response) => response.end('{"choices":[]}'), code: "SPEECH_OUTPUT_INVALID" },
    { what: "an endless answer", behaviour: (_, response) => { response.on("error", () => undefined); response.write("x".repeat(6_000_000)); }, code: "SPEECH_OUTPUT_INVALID" },
    { what: "half an answer", behaviour: (_, response) => { response.writeHead(200, { "content-length": "1000" }); response.write(GOOD.slice(0, 40), () => response.destroy()); }, code: "SPEECH_ENDPOINT_FAILED" },
    { what: "a closed connection", behaviour: (_, response) => response.destroy(), code: "SPEECH_ENDPOINT_FAILED" },
    { what: "no answer in time", behaviour: () => undefined, code: "SPEECH_TIMEOUT" },
  ];
  for (const { what, behaviour, code } of faults) {
    it(`transcribeWindow: another endpoint hears the window when one gives ${what}, and it gets no more until it hears a test window`, async () => {
      const [bad, fine] = [await serve(), await serve()];
      make([settings(bad, { weight: 100 }), settings(fine)], { timeoutMs: 400 });
      await engine.start();
      bad.behave(behaviour as typeof good);
      for (let i = 0; i < 3; i++) assert.equal((await engine.transcribeWindow(LONG, ask)).heardBy?.endpoint, fine.host);
      const [first] = engine.status().endpoints;
      assert.deepEqual([first?.state, first?.lastError?.code, engine.state(), engine.canHear()], ["ejected", code, "degraded", true]);
      bad.behave(good);
      await until("it is tried out and back", () => engine.state() === "ready", 5000);
      assert.equal((await engine.transcribeWindow(LONG, ask)).heardBy?.endpoint, bad.host);
    });
  }

  it("transcribeWindow: an endpoint that asks for time gets it, and the window waits for it", async () => {
    let busy = true;
    const server = await serve();
    make([settings(server)]);
    await engine.start();
    server.behave((asked, response) => (busy ? status(429, { "retry-after": "1" })(asked, response) : good(asked, response)));
    const begun = Date.now();
    const asked = engine.transcribeWindow(LONG, ask);
    await until("it rests", () => engine.status().endpoints[0]?.state === "resting");
    busy = false;
    assert.equal((await asked).heardBy?.endpoint, server.host);
    assert.ok(Date.now() - begun >= 950, "not asked before its time");
    assert.equal(server.asked.filter((one) => !isTest(one)).length, 2);
  });

  it("transcribeWindow: SPEECH_ENDPOINTS_DOWN when none answers, for a long rest, and when even test windows fail; all is well when they are back", async () => {
    const server = await serve();
    make([settings(server)]);
    await engine.start();
    for (const behaviour of [status(503, { "retry-after": "300" }), status(500), status(502)]) {
      server.behave(behaviour);
      await assert.rejects(engine.transcribeWindow(LONG, ask), { code: "SPEECH_ENDPOINTS_DOWN", retry: "later" });
      assert.deepEqual([engine.state(), engine.canHear()], ["down", false]);
      server.behave(good);
      if (engine.status().endpoints[0]?.state === "resting") await engine.stop().then(() => make([settings(server)])); // five minutes are too long for a test
      await until("it is back", () => engine.state() === "ready" || engine.state() === "stopped", 8000);
      await engine.transcribeWindow(LONG, ask);
    }
  });

  it("transcribeWindow: the window is to blame when endpoints fail at it and hear a test window, so that its call does not wait for ever", async () => {
    const poisoned = (asked: { wavBytes: number }, response: Parameters<typeof good>[1]): unknown => (isTest(asked) ? good : status(500))(asked as never, response);
    const [one, two] = [await serve(poisoned), await serve(poisoned)];
    make([settings(one), settings(two)]);
    await engine.start();
    await assert.rejects(engine.transcribeWindow(LONG, ask), { code: "SPEECH_ENDPOINT_FAILED" });
    await until("both work on", () => engine.state() === "ready");
  });

  it("start: resolves with state down when nobody is there, and says why", async () => {
    const server = await serve();
    await server.close();
    servers = [];
    make([settings(server)]);
    await engine.start();
    assert.equal(engine.state(), "down");
    assert.match(engine.status().lastError?.message ?? "", /ECONNREFUSED/);
  });

  it("an endpoint outside of the own network is not connected to", async () => {
    const lookups = createNet({ log: silentLog, clock: systemClock, resolve: async () => ["93.184.216.34"] });
    make([settings({ url: "http://speech.example.com" })], { net: lookups });
    await engine.start();
    assert.equal(engine.status().lastError?.code, "SPEECH_ENDPOINT_REFUSED");
    assert.match(engine.status().lastError?.message ?? "", /not in your own network.*speech\.allow_public/);
  });

  it("stop: rejects what waits and runs with SHUTTING_DOWN; giving up rejects with the caller's reason", async () => {
    make([settings(await serve((asked, response) => (isTest(asked) ? good(asked, response) : undefined)), { parallel: 1 })]);
    await engine.start();
    const stop = new AbortController();
    const waiting = [engine.transcribeWindow(LONG, ask), engine.transcribeWindow(LONG, ask)].map((asked) => assert.rejects(asked, { code: "SHUTTING_DOWN" }));
    const given = assert.rejects(engine.transcribeWindow(LONG, { language: "en", signal: stop.signal }), /enough/);
    stop.abort(new Error("enough"));
    await given;
    await engine.stop();
    await Promise.all(waiting);
    assert.equal(engine.state(), "stopped");
  });

  it("hears with the real whisper-server behind the address of OpenAI", async function () {
    this.timeout(120_000); // a slow machine needs its time: nothing here is about speed
    requireRealEngine();
    const folder = await temporaryFolder();
    const empty = join(folder.path, "public");
    await mkdir(empty);
    const port = await freePort(); // one made of the process id was also another test's in the same process, and the server ended at once
    const child = startProgram(join(BIN_DIR, "whisper-server"), ["-m", MODEL_PATH, "-t", "1", "-nlp", "--host", "127.0.0.1", "--port", String(port), "--inference-path", "/v1/audio/transcriptions", "--public", empty], { cwd: folder.path });
    child.stdout?.resume();
    child.stderr?.resume();
    try {
      const { response_format: _format, language: _language, temperature: _temperature, ...fields } = requestFields("en");
      make([settings({ url: `http://127.0.0.1:${port}` }, { fields })], { timeoutMs: 60_000 });
      let isListening = false; // it listens when its model is loaded; asked sooner, the engine would rest longer and longer between its looks
      const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;
      while (!isListening && !hasEnded()) isListening = await fetch(`http://127.0.0.1:${port}/`).then(() => true, () => new Promise<false>((resolve) => setTimeout(resolve, 100, false)));
      assert.ok(!hasEnded(), `whisper-server ended with ${child.exitCode ?? child.signalCode}`);
      await engine.start();
      await until("it hears", () => engine.state() === "ready", 60_000);
      const heard = await engine.transcribeWindow(spoken(), ask);
      assert.equal(heard.language, "en");
      assert.ok(heard.segments.length > 0);
      for (const token of heard.segments.flatMap((segment) => segment.tokens)) assert.ok(token.within === undefined && token.probability !== undefined && token.endMs <= 4000 && token.startMs <= token.endMs);
    } finally {
      await stopGroup(child, 0);
      await folder.remove();
    }
  });
});
