import { strict as assert } from "node:assert";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { createServer } from "node:http";
import { connect } from "node:net";
import type { AddressInfo } from "node:net";
import { config } from "./fake-appliance.ts";
import { as, start, type Harness } from "./harness.ts";

const ANY_PORT = { http: { port: 0 } };
const EVENT = { id: 7, type: "call.done" as const, at: "2026-11-03T13:15:00.000Z", data: { session_id: "ses_1" } };

describe("http: the server", () => {
  let house: Harness;
  let url: string;
  beforeEach(async () => {
    house = start(config(ANY_PORT));
    ({ url } = await house.server.listen());
  });
  afterEach(() => house.end());

  /** Opens an event stream and collects what comes. */
  const follow = (headers: Record<string, string> = as("analyst")): Promise<{ response: IncomingMessage; text: () => string; ended: Promise<void> }> =>
    new Promise((resolve, reject) => {
      const request = httpRequest(`${url}/v1/events`, { headers });
      request.once("error", reject).once("response", (response) => {
        let text = "";
        response.on("data", (chunk: Buffer) => (text += chunk.toString()));
        resolve({ response, text: () => text, ended: new Promise((done) => response.once("close", done)) });
      });
      request.end();
    });
  const until = async (isSo: () => boolean): Promise<void> => {
    for (let i = 0; i < 200 && !isSo(); i++) await new Promise((resolve) => setTimeout(resolve, 5));
    assert.ok(isSo());
  };

  it("events: arrive as they happen, with id, type and data", async () => {
    const { response, text } = await follow();
    assert.deepEqual([response.statusCode, response.headers["content-type"], response.headers["cache-control"], response.headers["x-accel-buffering"]], [200, "text/event-stream; charset=utf-8", "no-store", "no"]);
    await until(() => text().startsWith("retry: 2000\n\n"));
    house.fake.emit(EVENT);
    await until(() => text().includes('id: 7\nevent: call.done\ndata: {"at":"2026-11-03T13:15:00.000Z","session_id":"ses_1"}\n\n'));
    response.destroy();
  });

  it("events: Last-Event-ID resumes after it; nonsense there is ignored", async () => {
    const resumed = await follow({ ...as("analyst"), "Last-Event-ID": "41" });
    await until(() => resumed.text().includes("id: 42\n"));
    const fresh = await follow({ ...as("analyst"), "Last-Event-ID": "41; DROP TABLE" });
    await until(() => fresh.text().includes("retry"));
    assert.ok(!fresh.text().includes("id:"));
    resumed.response.destroy();
    fresh.response.destroy();
  });

  it("events: nobody known and intake are refused; an agent who is bound to nobody may listen and hears nothing", async () => {
    for (const [headers, status] of [[{}, 401], [as("intake"), 403]] as const) {
      const { response } = await follow(headers);
      assert.equal(response.statusCode, status);
      response.resume();
    }
    const [agent, analyst] = [await follow(as("agent")), await follow()];
    assert.equal(agent.response.statusCode, 200);
    await until(() => analyst.text() !== "" && agent.text() !== "");
    house.fake.emit(EVENT);
    await until(() => analyst.text().includes("call.done"));
    assert.equal(agent.text(), "retry: 2000\n\n");
    for (const { response } of [agent, analyst]) response.destroy();
  });

  it("close: ends event streams at once and lets a request in flight finish", async () => {
    const { ended } = await follow();
    let finish: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (finish = resolve));
    const entered = new Promise<void>((resolve) => {
      house.fake.readiness = async () => {
        resolve();
        await held;
        return { ready: true, checks: [] };
      };
    });
    const inFlight = fetch(`${url}/readyz`);
    await entered;
    const closed = house.server.close();
    await ended;
    await assert.rejects(fetch(`${url}/livez`), "new connections are refused");
    finish();
    assert.deepEqual(await (await inFlight).json(), { ready: true });
    await closed;
  });

  it("close: is harmless twice, and without listen", async () => {
    await house.server.close();
    await house.server.close();
    const other = start();
    await other.end();
  });

  it("listen: a taken port is one sentence that says what to do", async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const taken = start(config({ http: { port: (other.address() as AddressInfo).port } }));
    await assert.rejects(taken.server.listen(), (error: { code: string; message: string }) => error.code === "CONFIG_INVALID" && /another program uses it/.test(error.message));
    await taken.end();
    other.close();
  });

  it("oversized headers and broken requests end in a 4xx of node itself, and the server goes on", async () => {
    const answer = (text: string): Promise<string> =>
      new Promise((resolve) => {
        const socket = connect(Number(new URL(url).port), "127.0.0.1", () => socket.write(text));
        let got = "";
        socket.on("data", (chunk) => (got += chunk.toString())).on("close", () => resolve(got)).on("error", () => resolve(got));
      });
    assert.match(await answer(`GET /livez HTTP/1.1\r\nHost: x\r\nX: ${"a".repeat(17_000)}\r\n\r\n`), /^HTTP\/1.1 431/);
    assert.match(await answer("NONSENSE\r\n\r\n"), /^HTTP\/1.1 400/);
    assert.equal((await fetch(`${url}/livez`)).status, 200);
  });

  it("health: alive whatever happens; ready or 503 with the reasons and Retry-After", async () => {
    assert.deepEqual((await house.agent.get("/readyz")).body, { ready: true });
    assert.equal((await house.agent.get("/readyz?verbose")).body.checks.length, 2);
    house.fake.notReady = true;
    const { status, body, headers } = await house.agent.get("/readyz");
    assert.deepEqual([status, body, headers["retry-after"]], [503, { ready: false, checks: [{ name: "disk", ok: false, detail: "10 MB free, reserve 1024 MB" }] }, "10"]);
    assert.equal((await house.agent.get("/livez")).status, 200);
  });

  it("metrics: from this machine without a key, through a proxy only with that of an admin", async () => {
    const local = await house.agent.get("/metrics");
    assert.deepEqual([local.status, local.headers["content-type"]], [200, "text/plain; version=0.0.4; charset=utf-8"]);
    assert.ok(local.text.endsWith("earshot_up 1\n"));
    for (const name of ["X-Forwarded-For", "Forwarded", "X-Real-IP"]) assert.equal((await house.agent.get("/metrics").set(name, "192.0.2.1")).status, 401, name);
    assert.equal((await house.agent.get("/metrics").set({ "X-Forwarded-For": "192.0.2.1", ...as("admin") })).status, 200);
    assert.equal((await house.agent.get("/metrics").set(as("analyst"))).status, 403);
  });

  it("what nobody foresaw is 500 without particulars, with the number under which the log has it", async () => {
    house.fake.metrics = async () => {
      throw new Error("secret detail");
    };
    const { status, body, headers } = await house.agent.get("/metrics");
    assert.deepEqual([status, body.code, body.instance], [500, "INTERNAL", `urn:uuid:${headers["x-request-id"]}`]);
    assert.ok(!JSON.stringify(body).includes("secret"));
  });
});

describe("http: the request limit", () => {
  it("429 problem with Retry-After beyond the budget of a minute; audited once; other addresses go on", async () => {
    const house = start(config({ http: { requests_per_minute: 10, trusted_proxies: ["127.0.0.1", "::1"] } }));
    const ask = (address: string) => house.agent.get("/livez").set("X-Forwarded-For", address);
    for (let i = 0; i < 10; i++) assert.equal((await ask("192.0.2.1")).status, 200);
    for (let i = 0; i < 3; i++) {
      const { status, body, headers } = await ask("192.0.2.1");
      assert.deepEqual([status, body.code, body.retry, headers["content-type"]], [429, "TOO_MANY_REQUESTS", "later", "application/problem+json; charset=utf-8"]);
      assert.ok(Number(headers["retry-after"]) >= 1 && Number(headers["retry-after"]) <= 60);
      assert.equal(headers["x-frame-options"], "DENY");
    }
    assert.deepEqual(house.fake.audited.map((event) => [event.action, event.actor.ip]), [["request.throttled", "192.0.2.1"]]);
    assert.equal((await ask("192.0.2.2")).status, 200);
    await house.end();
  });

  it("X-Forwarded-For of somebody who is no trusted proxy changes nothing", async () => {
    const house = start(config({ http: { requests_per_minute: 10 } }));
    for (let i = 0; i < 10; i++) await house.agent.get("/livez").set("X-Forwarded-For", `192.0.2.${i}`);
    assert.equal((await house.agent.get("/livez").set("X-Forwarded-For", "192.0.2.99")).status, 429);
    await house.end();
  });
});
