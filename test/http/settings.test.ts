// The settings pages: no secret in any of them, addresses for administrators only, a preview that tells the truth, a test message that is marked and signed.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Webhook } from "standardwebhooks";
import { createDelivery } from "../../app/delivery/index.ts";
import type { Role } from "../../app/domain/index.ts";
import { testItem } from "../../app/pipeline/mending/desk.ts";
import { describeSettings, loadConfig, manualClock, previewSettings, silentLog, type Config } from "../../app/platform/index.ts";
import { as, start, type Harness } from "./harness.ts";

const SECRET = "MARKED-secret-0123456789";
const PAGES = ["/settings", "/settings/sources", "/settings/models", "/settings/crm", "/settings/workflows", "/settings/retention?days=90", "/settings/about", "/settings/change"];

/** Every place that can hold a secret holds a marked one. */
const FULL = {
  site: { name: "Front desk" },
  crm: { url: `https://user:${SECRET}@crm.address.example/in?key=${SECRET}`, secret: SECRET, headers: { "X-Api-Key": SECRET } },
  intake: {
    recording_hosts: ["pbx.address.example"],
    sources: [
      { name: "a", auth: { type: "bearer", tokens: [SECRET] } }, { name: "b", auth: { type: "hmac_sha256", secrets: [SECRET] } }, { name: "c", auth: { type: "basic", user: "pbx", password: SECRET } },
    ],
  },
  channels: {
    whatsapp: { verify_token: SECRET, app_secrets: [SECRET], access_token: SECRET },
    fronts: [{ name: "sms", adapter: "twilio", auth: { type: "twilio", auth_tokens: [SECRET] } }],
    mailboxes: [{ name: "desk", host: "10.9.8.7", user: "desk", password: SECRET }],
  },
  speech: { engine: "openai", key: SECRET, endpoints: [{ url: "http://10.1.2.3:8000", key: SECRET, fields: { token: SECRET } }] },
  rules: { webhooks: [{ name: "chat", url: `https://chat.address.example/hook?token=${SECRET}`, secret: SECRET, headers: { Authorization: SECRET } }] },
};

let folder: string;
before(() => (folder = mkdtempSync(join(tmpdir(), "earshot-settings-"))));
after(() => rmSync(folder, { recursive: true, force: true }));

/** @param settings as they stand in the file; JSON is YAML */
function load(settings: unknown, variables: Record<string, string> = {}): Config {
  const file = join(folder, "earshot.yaml");
  writeFileSync(file, JSON.stringify(settings));
  return loadConfig(file, variables);
}

describe("http: the settings pages", () => {
  let house: Harness;
  afterEach(() => house.end());
  const page = async (path: string, role: Role): Promise<string> => {
    const answer = await house.agent.get(path).set({ ...as(role), Accept: "text/html" });
    assert.equal(answer.status, 200, `${path} for ${role}`);
    return answer.text;
  };

  it("hold no secret, whoever looks, wherever one is configured; and say that it is set", async () => {
    house = start(load(FULL));
    assert.ok(JSON.stringify(house.fake.config).split(SECRET).length > 15, "the secrets are in the configuration");
    for (const path of PAGES) assert.ok(!(await page(path, "admin")).includes(SECRET), path);
    for (const path of PAGES.filter((one) => one !== "/settings/change")) for (const role of ["supervisor", "analyst"] as const) assert.ok(!(await page(path, role)).includes(SECRET), `${path} for ${role}`);
    assert.match(await page("/settings/crm", "admin"), /crm\.secret.*\(set\)/s);
    const previewed = await house.agent.post("/settings/change").set({ ...as("admin"), Accept: "text/html" }).type("form").send({ text: "crm.timeout_seconds: 20\ncrm.headers: {X-Api-Key: other}" });
    assert.match(previewed.text, /What would be different/);
    assert.ok(!previewed.text.includes(SECRET));
  });

  it("show addresses of other machines to administrators only", async () => {
    house = start(load(FULL));
    const seen = async (role: Role): Promise<boolean> => (await Promise.all(PAGES.filter((one) => one !== "/settings/change").map((path) => page(path, role)))).some((text) => /address\.example|10\.1\.2\.3|10\.9\.8\.7/.test(text));
    assert.deepEqual([await seen("admin"), await seen("supervisor"), await seen("analyst")], [true, false, false]);
  });

  it("give people of single agents the way to their account and nothing else", async () => {
    house = start(load(FULL));
    const text = await page("/settings", "agent");
    assert.match(text, /href="\/account"/);
    assert.doesNotMatch(text, /href="\/settings\/(sources|crm)/);
    for (const path of PAGES.slice(1)) assert.equal((await house.agent.get(path).set(as("agent"))).status, 403, path);
  });

  it("name the address to paste and an example with the reader's own secret to put in", async () => {
    house = start(load({ ...FULL, http: { public_url: "https://earshot.example" } }));
    const text = await page("/settings/sources", "admin");
    assert.match(text, /https:\/\/earshot\.example\/v1\/webhooks\/calls\/a</);
    assert.match(text, /curl -H &quot;Authorization: Bearer YOUR-TOKEN&quot;/);
    assert.match(text, /https:\/\/earshot\.example\/v1\/webhooks\/messages\/sms/);
  });

  it("check sources without sending anything, and say what to mend", async () => {
    house = start(load({ intake: { folders: [{ path: folder, source: "there" }, { path: join(folder, "nowhere"), source: "gone" }] } }));
    const answer = await house.agent.post("/settings/sources/check").set({ ...as("admin"), Accept: "text/html" });
    const text = answer.text.replace(/<[^>]*>/g, " ").replace(/\s+/g, " ");
    assert.match(text, /in order Watched folder there/);
    assert.match(text, /to mend Watched folder gone .*nowhere cannot be read; mount it/);
    assert.equal(house.fake.audited.at(-1)?.action, "sources.checked");
  });

  it("preview another speech model before it is taken, and audit who took it", async () => {
    house = start(load({}));
    const text = await page("/settings/models", "admin");
    assert.match(text, /starter-en[\s\S]*in use/);
    const answer = await house.agent.post("/settings/models/speech").set({ ...as("admin"), Accept: "text/html" }).type("form").send({ model: "tiny" });
    assert.deepEqual([answer.status, answer.headers["location"]], [303, "/settings/models?changed=1"]);
    const deaf = await house.agent.post("/settings/models/speech").set({ ...as("admin"), Accept: "text/html" }).type("form").send({ model: "deaf" });
    assert.equal(deaf.status, 409);
    assert.deepEqual(house.fake.audited.slice(-2).map((one) => [one.action, one.object.id, one.outcome, one.reason]), [["speech.model_changed", "tiny", "ok", undefined], ["speech.model_changed", "deaf", "failed", "SPEECH_SWITCH_FAILED"]]);
  });

  it("send the CRM a test when asked, show its answer, and audit it", async () => {
    house = start(load(FULL));
    const answer = await house.agent.post("/settings/crm/test").set({ ...as("admin"), Accept: "text/html" });
    assert.match(answer.text.replace(/<[^>]*>/g, ""), /taken It answered 200 after 12 ms/);
    assert.deepEqual([house.fake.audited.at(-1)?.action, house.fake.audited.at(-1)?.outcome], ["crm.tested", "ok"]);
  });
});

describe("settings: value, origin, secrets", () => {
  it("say where each value comes from", () => {
    const config = load({ site: { name: "Front desk" }, http: { port: 9000 } }, { EARSHOT_HTTP_PORT: "9001" });
    const of = (path: string): unknown => describeSettings(config, true).filter((one) => one.path === path).map(({ value, origin }) => [value, origin])[0];
    assert.deepEqual([of("site.name"), of("http.port"), of("site.country"), of("crm.url")], [["Front desk", "file"], ["9001", "environment"], ["US", "default"], [null, "default"]]);
  });

  it("mask every setting whose name says secret, at any depth", () => {
    const text = JSON.stringify(describeSettings(load(FULL), true));
    assert.ok(!text.includes(SECRET));
    assert.match(text, /crm\.address\.example/);
  });
});

describe("settings: what a change would do", () => {
  it("names mistakes with path and what is expected, and changes nothing", () => {
    const { problems, changes, yaml } = previewSettings(load({}), "http:\n  port: abc\nsite:\n  timezone: Mars\nnonsense: 1\n");
    assert.deepEqual(problems.map(({ path }) => path).sort(), ["(top)", "http.port", "site.timezone"]);
    assert.match(problems.find((one) => one.path === "http.port")?.expected ?? "", /whole number 0 to 65535/);
    assert.deepEqual([changes, yaml], [[], null]);
  });

  it("what is no YAML, or no settings, is a mistake and no fault", () => {
    for (const text of ["a: [", "just words", "- 1", "", "a: &a [*a]", "__proto__: {x: 1}"]) assert.ok(previewSettings(load({}), text).problems.length > 0, text);
  });

  it("shows only what differs, joined with what the file says, and what needs a restart", () => {
    const running = load({ crm: { url: "https://crm.example/in", timeout_seconds: 10 }, speech: { language: "en" } });
    const { problems, changes, yaml } = previewSettings(running, "crm.timeout_seconds: 20\nspeech:\n  language: nl\nsite: {country: US}\n");
    assert.deepEqual(problems, []);
    assert.deepEqual(changes.map(({ path, from, to, effect }) => [path, from, to, effect]).sort(), [["crm.timeout_seconds", "10", "20", "restart"], ["speech.language", "en", "nl", "reload"]]);
    assert.equal(yaml, "crm:\n  timeout_seconds: 20\nspeech:\n  language: nl\nsite:\n  country: US\n");
  });

  it("a setting that is the same changes nothing; one that a variable gives is said to be overruled; another secret is shown as another one", () => {
    assert.deepEqual(previewSettings(load({ http: { port: 9000 } }), "http.port: 9000").yaml, null);
    const over = previewSettings(load({}, { EARSHOT_HTTP_PORT: "9001" }), "http.port: 9002");
    assert.deepEqual([over.changes, over.overruled], [[], [{ path: "http.port", variable: "EARSHOT_HTTP_PORT" }]]);
    const { changes } = previewSettings(load(FULL), "crm.secret: another-secret");
    assert.deepEqual(changes.map(({ from, to }) => [from, to]), [["(set)", "(set), another one"]]);
  });
});

describe("settings: the test message", () => {
  it("is marked as one, holds no call, and is signed like every result", async () => {
    const secret = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
    const clock = manualClock(Date.now());
    const sent: { headers: Record<string, string>; body: string }[] = [];
    const net = { request: async (request: { headers?: Record<string, string>; body?: unknown }) => {
      sent.push({ headers: request.headers ?? {}, body: String(request.body) });
      return { status: 204, headers: {}, body: (async function* () {})(), discard: async () => undefined };
    } };
    const delivery = createDelivery({ net: net as never, clock, log: silentLog, destinations: [{ name: "crm", kind: "generic", url: "https://crm.example/in", secret, timeoutMs: 1000 }] });
    const receipt = await delivery.attempt(testItem("crm", clock.now(), "https://earshot.example"));
    assert.deepEqual(receipt, { outcome: "delivered", httpStatus: 204 });
    const [message] = sent;
    assert.ok(message);
    const body = new Webhook(secret).verify(message.body, message.headers) as Record<string, unknown>;
    assert.deepEqual([body["type"], body["test"], Object.keys(body).sort()], ["test", true, ["link", "message", "sent_at", "test", "type"]]);
  });
});
