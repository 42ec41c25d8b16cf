// Servers with a language model that are good, busy, broken, mistaken or gone: the question finds one that answers, or a reason.
import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { z } from "zod";
import { answerSchema, createOpenAiModel, type LanguageModel, type OpenAiModelOptions, type Question } from "../../../app/analysis/index.ts";
import type { AppError } from "../../../app/domain/index.ts";
import { configSchema, createNet, silentLog, systemClock } from "../../../app/platform/index.ts";

interface Asked {
  url: string;
  authorization: string | undefined;
  body: { model?: string; messages?: { role: string; content: string }[]; max_tokens?: number; response_format?: { json_schema: { schema: { properties: Record<string, { enum?: string[] }> } } } } & Record<string, unknown>;
}
type Behaviour = (asked: Asked, response: ServerResponse) => void;

const shape = z.object({ mood: z.enum(["good", "bad"]) });
const question: Question = { name: "mood", instruction: "How was it?", schema: answerSchema(shape), maxTokens: 50 };
const reading = { system: "You read.", document: "[1] Customer: It was fine." };

const completion = (content: string, more: object = {}, choice: object = {}): string => JSON.stringify({ choices: [{ finish_reason: "stop", message: { content }, ...choice }], ...more });
const good: Behaviour = ({ url }, response) => {
  if (url === "/tokenize") response.writeHead(404).end();
  else response.end(completion('{"mood":"good"}'));
};
const status = (code: number, headers: Record<string, string> = {}): Behaviour => (_, response) => void response.writeHead(code, headers).end("secret words");

describe("analysis/models/openai", () => {
  const net = createNet({ log: silentLog, clock: systemClock });
  const servers: Server[] = [];
  const serve = async (behaviour: Behaviour): Promise<{ url: string; asked: Asked[]; behave: (other: Behaviour) => void; mostAtOnce: () => number }> => {
    const asked: Asked[] = [];
    let current = behaviour;
    let open = 0;
    let most = 0;
    const server = createServer((request: IncomingMessage, response) => {
      most = Math.max(most, ++open);
      response.once("close", () => open--);
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk)).once("end", () => {
        const text = Buffer.concat(chunks).toString("utf8");
        const one: Asked = { url: request.url ?? "", authorization: request.headers.authorization, body: text === "" ? {} : (JSON.parse(text) as Asked["body"]) };
        asked.push(one);
        current(one, response);
      });
    }).listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    servers.push(server);
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked, behave: (other) => void (current = other), mostAtOnce: () => most };
  };
  const make = (urls: readonly { url: string }[], more: Partial<OpenAiModelOptions> = {}): LanguageModel =>
    createOpenAiModel({ endpoints: urls.map(({ url }) => ({ url, model: "large", key: "secret", weight: 1, parallel: 2 })), allowPublic: false, timeoutMs: 2000, contextTokens: 8192, seed: 7, net, clock: systemClock, log: silentLog, ejectMs: 50, ...more });
  const fails = (model: LanguageModel, code: string, words: RegExp): Promise<void> => assert.rejects(model.answer(reading, [question]), (error: AppError) => error.code === code && words.test(error.message) && !error.message.includes("secret words"));
  afterEach(() => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      server.close();
    }
  });
  after(() => net.close());

  it("asks as the interface is written, with a strict schema, the key and the seed", async () => {
    const server = await serve(good);
    assert.deepEqual(await make([{ url: `${server.url}/v1/` }]).answer(reading, [question]), [{ mood: "good" }]);
    const [{ url, authorization, body } = { url: "", authorization: "", body: {} }] = server.asked;
    assert.deepEqual([url, authorization], ["/v1/chat/completions", "Bearer secret"]);
    assert.deepEqual(body, {
      model: "large", temperature: 0, seed: 7, max_tokens: 50,
      messages: [{ role: "system", content: "You read." }, { role: "user", content: "[1] Customer: It was fine.\n\nHow was it?" }],
      response_format: { type: "json_schema", json_schema: { name: "mood", strict: true, schema: { type: "object", properties: { mood: { enum: ["good", "bad"] } }, required: ["mood"], additionalProperties: false } } },
    });
  });

  it("choose: options get letters, and the server's log-probabilities become those of the options", async () => {
    const logprobs = { content: [{ token: '{"', logprob: 0 }, { token: ' "B', logprob: Math.log(0.6), top_logprobs: [{ token: ' "B', logprob: Math.log(0.6) }, { token: "A", logprob: Math.log(0.2) }, { token: "x", logprob: Math.log(0.2) }] }] };
    const server = await serve((_, response) => response.end(completion('{"answer":"B"}', {}, { logprobs })));
    const options = ["billing", "delivery", "other"].map((value) => ({ value, meaning: `About ${value}` }));
    const [chosen] = await make([server]).choose(reading, [{ name: "topic", instruction: "Which?", options }]);
    assert.equal(chosen?.value, "delivery");
    assert.deepEqual(Object.entries(chosen?.probabilities ?? {}).map(([name, value]) => [name, Math.round(value * 100)]), [["billing", 25], ["delivery", 75], ["other", 0]]);
    assert.match(server.asked[0]?.body.messages?.[1]?.content ?? "", /A\. About billing\nB\. About delivery\nC\. About other/);
  });

  it("choose: sixty options, and a server that does not say how sure it is", async () => {
    const server = await serve((_, response) => response.end(completion('{"answer":"CC"}')));
    const options = Array.from({ length: 60 }, (_, at) => ({ value: `v${at}`, meaning: `Option ${at}` }));
    assert.deepEqual(await make([server]).choose(reading, [{ name: "topic", instruction: "Which?", options }]), [{ value: "v54", probabilities: {} }]);
    assert.deepEqual(server.asked[0]?.body.response_format?.json_schema.schema.properties["answer"]?.enum?.length, 60);
  });

  it("counts tokens where the server does, and takes its limit; elsewhere never too few", async () => {
    const counts = await serve((asked, response) => response.end(JSON.stringify({ count: String(asked.body["prompt"]).split(" ").length, max_model_len: 4096 })));
    const model = make([counts]);
    assert.deepEqual(await model.countTokens(["one two three"]), [3]);
    assert.equal(model.contextTokens, 4096);
    const other = await serve(good);
    assert.deepEqual(await make([other]).countTokens(["one two three", "größer"]), [7, 4]);
    assert.equal(other.asked.filter(({ url }) => url === "/tokenize").length, 1, "it is asked once whether it can");
  });

  const faults: { what: string; behaviour: Behaviour; code: string; words: RegExp }[] = [
    { what: "status 500", behaviour: status(500), code: "ANALYSIS_ENDPOINT_FAILED", words: /status 500/ },
    { what: "status 400", behaviour: status(400), code: "ANALYSIS_ENDPOINT_FAILED", words: /json_schema/ },
    { what: "a wrong key", behaviour: status(401), code: "ANALYSIS_ENDPOINT_FAILED", words: /analysis\.key/ },
    { what: "an unknown model", behaviour: status(404), code: "ANALYSIS_ENDPOINT_FAILED", words: /no model large/ },
    { what: "a redirect", behaviour: status(302, { location: "http://127.0.0.1:1/" }), code: "ANALYSIS_ENDPOINT_FAILED", words: /status 302/ },
    { what: "an answer that breaks off", behaviour: (_, response) => { response.writeHead(200, { "content-length": "999" }).write('{"choices"'); setTimeout(() => response.destroy(), 10); }, code: "ANALYSIS_ENDPOINT_FAILED", words: /./ },
    { what: "no JSON", behaviour: (_, response) => void response.end("<html>"), code: "ANALYSIS_OUTPUT_INVALID", words: /not what was asked for/ },
    { what: "an answer that was cut", behaviour: (_, response) => void response.end(completion('{"mo', {}, { finish_reason: "length" })), code: "ANALYSIS_OUTPUT_INVALID", words: /cut off/ },
    { what: "a refusal", behaviour: (_, response) => void response.end(completion("", {}, { message: { content: null, refusal: "secret words" } })), code: "ANALYSIS_OUTPUT_INVALID", words: /refusal/ },
    { what: "a server that read only a part and does not say so", behaviour: (_, response) => void response.end(completion('{"mood":"good"}', { usage: { prompt_tokens: 3 } })), code: "ANALYSIS_OUTPUT_INVALID", words: /context is too small/ },
  ];
  for (const { what, behaviour, code, words } of faults) it(`${what}: ${code}`, async () => fails(make([await serve(behaviour)]), code, words));

  it("a server that takes too long is left: ANALYSIS_TIMEOUT", async () => {
    await fails(make([await serve(() => undefined)], { timeoutMs: 60 }), "ANALYSIS_TIMEOUT", /analysis\.timeout_seconds/);
  });

  it("another server answers when the first fails, which is then left alone until it is there again", async () => {
    const [first, second] = [await serve(status(500)), await serve(good)];
    const model = make([first, second], { ejectMs: 400 });
    for (let i = 0; i < 6; i++) assert.deepEqual(await model.answer(reading, [question]), [{ mood: "good" }]);
    const failed = first.asked.length;
    assert.ok(failed >= 1 && failed <= 3, `${failed}`);
    first.behave(good);
    await new Promise((resolve) => setTimeout(resolve, 500));
    for (let i = 0; i < 6; i++) await model.answer(reading, [question]);
    assert.ok(first.asked.filter(({ url }) => url === "/v1/chat/completions").length > failed, "it gets questions again");
  });

  it("a server that asks for time gets it, and no question is lost", async () => {
    let left = 1;
    const server = await serve((asked, response) => (left-- > 0 ? status(429, { "retry-after": "0" })(asked, response) : good(asked, response)));
    assert.deepEqual(await make([server]).answer(reading, [question]), [{ mood: "good" }]);
  });

  it("no server gets more at the same time than it is meant to", async () => {
    const server = await serve((_, response) => void setTimeout(() => response.end(completion('{"mood":"good"}')), 40));
    const model = make([server]);
    assert.equal(model.parallel, 2);
    await Promise.all(Array.from({ length: 6 }, () => model.answer(reading, [question])));
    assert.equal(server.mostAtOnce(), 2);
  });

  it("nothing leaves the own network unless that is meant", async () => {
    const model = make([{ url: "http://203.0.113.7:9" }]);
    await fails(model, "ANALYSIS_ENDPOINT_FAILED", /analysis\.allow_public/);
    const analysis = { engine: "openai", endpoints: [{ url: "http://203.0.113.7:9", model: "large" }] };
    assert.equal(configSchema.safeParse({ analysis }).success, false);
    assert.equal(configSchema.safeParse({ analysis: { ...analysis, allow_public: true } }).success, true);
    assert.equal(configSchema.safeParse({ analysis: { engine: "openai" } }).success, false);
  });

  it("stop: what runs is told that Earshot stops; a caller that gives up is told its own reason", async () => {
    const server = await serve(() => undefined);
    const model = make([server]);
    const stopped = fails(model, "SHUTTING_DOWN", /stopping/);
    await new Promise((resolve) => setTimeout(resolve, 50));
    await model.stop();
    await stopped;
    await assert.rejects(model.answer(reading, [question], AbortSignal.timeout(50)), { name: "TimeoutError" });
  });
});
