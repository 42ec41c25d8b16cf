// The settings: what wins over what, and that every mistake is reported with its place.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AppError } from "../../app/domain/index.ts";
import { configSchema, installationRoot, loadConfig, publicUrl, settingNames } from "../../app/platform/index.ts";
import { configReference } from "../../app/platform/config-reference.ts";

describe("loadConfig", () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "earshot-config-"))));
  afterEach(() => rmSync(folder, { recursive: true }));
  const file = (text: string): string => {
    const path = join(folder, "earshot.yaml");
    writeFileSync(path, text);
    return path;
  };
  const problemsOf = (text: string, variables: Record<string, string> = {}): { path: string; message: string }[] => {
    try {
      loadConfig(file(text), variables);
    } catch (error) {
      assert.ok(error instanceof AppError);
      assert.equal(error.code, "CONFIG_INVALID");
      return [...(error.details["problems"] as { path: string; message: string }[])];
    }
    throw new Error("the settings were accepted");
  };

  it("fills in every default for an empty file", () => {
    const config = loadConfig(file(""), {});
    assert.equal(config.http.port, 8090);
    assert.equal(config.http.host, "127.0.0.1");
    assert.equal(config.speech.model, "starter-en");
    assert.equal(config.analysis.engine, "auto");
    assert.deepEqual(config.intake.folders, []);
    assert.equal(config.crm.url, undefined);
  });

  it("refuses speech endpoints outside of the own network, unless that is meant, and an engine without any", () => {
    const speech = (more: string): string => `speech: { engine: openai, ${more} }`;
    assert.deepEqual(problemsOf(speech("endpoints: []")).map((one) => one.path), ["speech.endpoints"]);
    for (const url of ["https://93.184.216.34/v1", "http://169.254.169.254", "http://[2606:4700::1]:8000"]) assert.deepEqual(problemsOf(speech(`endpoints: [{ url: "${url}" }]`)).map((one) => one.path), ["speech.endpoints.0.url"], url);
    assert.deepEqual(problemsOf(speech('endpoints: [{ url: "http://a:b@gpu" }]')).map((one) => one.path), ["speech.endpoints.0.url"]);
    for (const url of ["http://10.1.2.3:8000", "http://127.0.0.1:1", "http://[fd00::7]/v1", "http://100.64.0.9", "https://gpu.example.com"]) assert.equal(loadConfig(file(speech(`endpoints: [{ url: "${url}" }]`)), {}).speech.endpoints[0]?.model, "whisper-1", url);
    assert.ok(loadConfig(file(speech('allow_public: true, endpoints: [{ url: "https://93.184.216.34/v1" }]')), {}));
    const secret = loadConfig(file(""), { EARSHOT_SPEECH_ENGINE: "openai", EARSHOT_SPEECH_KEY: "0123", EARSHOT_SPEECH_ENDPOINTS: '[{"url":"http://gpu:8000","key":"k"}]' });
    assert.deepEqual([secret.speech.key, secret.speech.endpoints[0]?.key], ["0123", "k"]);
  });

  it("lets a variable win over the file", () => {
    const config = loadConfig(file("http:\n  port: 1000\n  host: 10.0.0.1\n"), { EARSHOT_HTTP_PORT: "2000" });
    assert.equal(config.http.port, 2000);
    assert.equal(config.http.host, "10.0.0.1");
  });

  it("keeps text settings text, however much they look like numbers", () => {
    assert.equal(loadConfig(file(""), { EARSHOT_CRM_SECRET: "007" }).crm.secret, "007");
    assert.equal(loadConfig(file(""), { EARSHOT_SITE_NAME: "true" }).site.name, "true");
  });

  it("reads lists from a variable as JSON or YAML", () => {
    const config = loadConfig(file(""), { EARSHOT_INTAKE_RECORDING_HOSTS: '["pbx.example.com", "10.0.0.0/8"]', EARSHOT_ANALYSIS_COMPANY_NAMES: "[Acme, Example]" });
    assert.deepEqual(config.intake.recording_hosts, ["pbx.example.com", "10.0.0.0/8"]);
    assert.deepEqual(config.analysis.company_names, ["Acme", "Example"]);
  });

  it("reports all mistakes at once, each with its path", () => {
    const problems = problemsOf("http:\n  port: 70000\nsite:\n  timezone: Mars/Olympus\nspech:\n  model: x\n", { EARSHOT_QUEUE_CPU_LANES: "none", EARSHOT_NONSENSE: "1" });
    const paths = problems.map((problem) => problem.path);
    for (const path of ["http.port", "site.timezone", "queue.cpu_lanes", "EARSHOT_NONSENSE"]) assert.ok(paths.includes(path), `${path} is missing from ${paths.join(", ")}`);
    assert.ok(problems.some((problem) => problem.message.includes("spech")), "the unknown setting is named");
  });

  it("refuses a source without proof of identity, unless its addresses are listed", () => {
    const source = (more: string): string => `intake:\n  sources:\n    - name: pbx\n      auth: { type: none }\n${more}`;
    assert.deepEqual(problemsOf(source("")).map((problem) => problem.path), ["intake.sources.0.auth"]);
    assert.equal(loadConfig(file(source("      allow_ips: [10.0.0.5]\n")), {}).intake.sources[0]?.name, "pbx");
  });

  it("reads channels, and refuses a front without proof, with a name that is taken, or on the telephone's channel", () => {
    const front = (name: string, more: string): string => `channels:\n  fronts:\n    - name: ${name}\n      adapter: chatwoot\n${more}`;
    const proof = "      auth: { type: chatwoot, secrets: [a-secret-of-some-length] }\n";
    const settings = loadConfig(file(`${front("desk", proof)}  whatsapp: { verify_token: a-word-of-your-own, app_secrets: [0123456789abcdef], access_token: EAAG }\n`), {});
    assert.deepEqual([settings.channels.fronts[0]?.trust_contacts, settings.channels.whatsapp?.graph_url, settings.channels.whatsapp?.phone_number_ids], [false, "https://graph.facebook.com", []]);
    assert.equal(loadConfig(file(""), {}).channels.whatsapp, undefined);
    assert.deepEqual(problemsOf(front("desk", "      auth: { type: none }\n")).map((problem) => problem.path), ["channels.fronts.0.auth"]);
    assert.deepEqual(problemsOf(front("whatsapp", `${proof}      channel: phone\n`)).map((problem) => problem.path), ["channels.fronts.0.name", "channels.fronts.0.channel"]);
  });

  it("says where a file is not YAML, and refuses a list in the place of settings", () => {
    assert.match(problemsOf("http:\n  port: [1\n")[0]?.message ?? "", /not YAML \(line \d+\)/);
    assert.match(problemsOf("- a\n- b\n")[0]?.message ?? "", /name: value/);
  });

  it("refuses a named file that does not exist, and does without the default one", () => {
    assert.throws(() => loadConfig(join(folder, "gone.yaml"), {}), { code: "CONFIG_INVALID" });
    assert.throws(() => loadConfig(undefined, { EARSHOT_CONFIG: join(folder, "gone.yaml") }), { code: "CONFIG_INVALID" });
  });

  it("reads relative paths from the place of the file, and a data folder from a variable from where the person stands", () => {
    const path = file("data_dir: data\nintake:\n  folders:\n    - path: in\n");
    assert.equal(loadConfig(path, {}).data_dir, join(folder, "data"));
    assert.equal(loadConfig(path, {}).intake.folders[0]?.path, join(folder, "in"));
    assert.equal(loadConfig(path, { EARSHOT_DATA_DIR: "elsewhere" }).data_dir, join(process.cwd(), "elsewhere"));
  });

  it("never repeats a secret in a mistake's message", () => {
    const secret = "short-secret";
    assert.equal(JSON.stringify(problemsOf(`intake:\n  sources:\n    - name: pbx\n      auth: { type: bearer, tokens: [${secret}] }\n`)).includes(secret), false);
  });
});

describe("the files that explain the settings", () => {
  const read = (name: string): string => readFileSync(join(installationRoot(), "config", name), "utf8");

  it("config/reference.md is what the schema says (mend: npm run build && node scripts/config-reference.mjs)", () => {
    assert.equal(read("reference.md"), configReference());
  });

  it("the reference names every setting and its variable", () => {
    const text = configReference();
    for (const { path, variable } of settingNames()) {
      assert.ok(text.includes(`\`${path.join(".")}\``), path.join("."));
      assert.ok(text.includes(`\`${variable}\``), variable);
    }
  });

  it("config/earshot.example.yaml is a valid file that shows sources, folders and a CRM", () => {
    const config = loadConfig(join(installationRoot(), "config", "earshot.example.yaml"), {});
    assert.deepEqual(config.intake.sources.map((source) => source.adapter), ["generic", "freeswitch", "freepbx"]);
    assert.equal(config.intake.folders[0]?.name_template, "freepbx");
    assert.equal(config.crm.url, "http://crm.example.com/hooks/earshot");
  });

  it("no two settings share a variable", () => {
    const variables = settingNames().map((setting) => setting.variable);
    assert.equal(new Set(variables).size, variables.length);
    assert.ok(variables.length > 20);
    assert.ok(configSchema.safeParse({}).success);
  });
});

describe("publicUrl", () => {
  const http = (settings: Record<string, string>): string => publicUrl(loadConfig(undefined, settings));
  it("is what was configured, without a final slash", () => assert.equal(http({ EARSHOT_HTTP_PUBLIC_URL: "https://calls.example.com/" }), "https://calls.example.com"));
  it("is the address it listens on, IPv6 in brackets", () => {
    assert.equal(http({}), "http://127.0.0.1:8090");
    assert.equal(http({ EARSHOT_HTTP_HOST: "::1", EARSHOT_HTTP_PORT: "80" }), "http://[::1]:80");
  });
  it("names the machine when it listens on all addresses", () => assert.doesNotMatch(http({ EARSHOT_HTTP_HOST: "0.0.0.0" }), /0\.0\.0\.0/));
});
