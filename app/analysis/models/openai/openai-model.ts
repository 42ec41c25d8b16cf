// The language model that runs on the site's own servers (vLLM, llama.cpp's server and others that speak OpenAI's interface with structured output).
import { AppError } from "../../../domain/index.ts";
import { isUsable, link, newEndpoint, noteAnswered, noteFailure, noteRest, openAiAddress, pick, type Clock, type Log, type Net } from "../../../platform/index.ts";
import type { Choice, ChoiceAnswer, LanguageModel, Question, Reading } from "../language-model.ts";
import { askServer, type Outcome, type Server, type ServerRequest, type ServerSettings } from "./ask-server.ts";
import { readCompletion, readCount, readProbabilities, type Completion } from "./openai-answer.ts";

export interface OpenAiModelOptions {
  /** at least one; all serve the same model, whatever each calls it */
  endpoints: readonly ServerSettings[];
  /** servers may be outside of the site's own network */
  allowPublic: boolean;
  /** longest time for each thousand tokens read, or hundred written */
  timeoutMs: number;
  contextTokens: number;
  seed: number;
  net: Net;
  clock: Clock;
  log: Log;
  /** first rest of a server that failed; doubles up to a minute */
  ejectMs?: number;
}

/** Servers at which one question may fail. */
const TRIES = 3;
/** A question waits this long for a free server. */
const PATIENCE_MS = 20_000;
const LOOK_EVERY_MS = 100;
const TRIAL_MS = 5_000;
/** Where nobody counts: a token of any common model has two bytes or more on average over a line, in Latin letters four, in Chinese about two; so this never counts too few there. */
const BYTES_PER_TOKEN = 2;
const TOP = 20;

/** Only assigns; nothing runs before the first question. */
export function createOpenAiModel(options: OpenAiModelOptions): LanguageModel {
  return new OpenAiModel(options);
}

class OpenAiModel implements LanguageModel {
  readonly engine = "openai";
  readonly name: string;
  readonly seed: number;
  readonly parallel: number;
  contextTokens: number;
  private readonly options: OpenAiModelOptions;
  private readonly servers: readonly Server[];
  /** servers that cannot count tokens */
  private readonly cannotCount = new Set<Server>();
  private stopping = new AbortController();

  constructor(options: OpenAiModelOptions) {
    this.options = options;
    this.name = [...new Set(options.endpoints.map((one) => one.model))].join(", ");
    this.seed = options.seed;
    this.parallel = options.endpoints.reduce((sum, one) => sum + one.parallel, 0);
    this.contextTokens = options.contextTokens;
    this.servers = options.endpoints.map((one) => newEndpoint(one, openAiAddress(one.url, "/chat/completions")));
  }

  async countTokens(texts: readonly string[], signal?: AbortSignal): Promise<number[]> {
    const counts: number[] = [];
    for (const text of texts) counts.push(await this.count(text, signal));
    return counts;
  }

  async answer(reading: Reading, questions: readonly Question[], signal?: AbortSignal): Promise<unknown[]> {
    const answers: unknown[] = [];
    for (const question of questions) answers.push((await this.complete(reading, question, {}, signal)).value);
    return answers;
  }

  async choose(reading: Reading, choices: readonly Choice[], signal?: AbortSignal): Promise<ChoiceAnswer[]> {
    const answers: ChoiceAnswer[] = [];
    for (const choice of choices) answers.push(await this.chooseOne(reading, choice, signal));
    return answers;
  }

  status(): ReturnType<LanguageModel["status"]> {
    const open = this.servers.filter((one) => isUsable(one, this.options.clock.now()));
    if (open.length === 0) return { state: "failed", code: "ANALYSIS_ENDPOINT_FAILED", restarts: 0 };
    return { state: this.servers.some((one) => one.busy > 0) ? "working" : "ready", restarts: 0 };
  }

  stop(): Promise<void> {
    this.stopping.abort(new AppError("SHUTTING_DOWN", "Earshot is stopping; the analysis is done at the next start"));
    this.stopping = new AbortController();
    return Promise.resolve();
  }

  /** Options get short codes, so that one token decides and its alternatives tell how sure the model is. */
  private async chooseOne(reading: Reading, { name, instruction, options }: Choice, signal: AbortSignal | undefined): Promise<ChoiceAnswer> {
    const codes = options.map((_, at) => codeOf(at, options.length));
    const lines = options.map(({ meaning }, at) => `${codes[at]}. ${meaning}`);
    const schema = { type: "object", properties: { answer: { enum: codes } }, required: ["answer"], additionalProperties: false };
    const completion = await this.complete(reading, { name, instruction: [instruction, ...lines, "Answer with the letters of the best one."].join("\n"), schema, maxTokens: 20 }, { logprobs: true, top_logprobs: TOP }, signal);
    const chosen = String((completion.value as { answer?: unknown }).answer);
    const option = options[codes.indexOf(chosen)];
    if (option === undefined) throw new AppError("ANALYSIS_OUTPUT_INVALID", `The language model's answer to ${name} is none of the options`);
    const probabilities = readProbabilities(completion, chosen, codes);
    return { value: option.value, probabilities: probabilities.size === 0 ? {} : Object.fromEntries(options.map(({ value }, at) => [value, probabilities.get(codes[at] ?? "") ?? 0])) };
  }

  private async complete({ system, document }: Reading, { name, instruction, schema, maxTokens }: Question, more: object, signal: AbortSignal | undefined): Promise<Completion> {
    const messages = [{ role: "system", content: system }, { role: "user", content: `${document}\n\n${instruction}` }];
    const sentBytes = messages.reduce((sum, { content }) => sum + Buffer.byteLength(content, "utf8"), 0);
    const timeoutMs = this.options.timeoutMs * (1 + sentBytes / BYTES_PER_TOKEN / 1000 + maxTokens / 100);
    const body = await this.shareOut((server) => ({
      body: { model: server.settings.model, messages, temperature: 0, seed: this.seed, max_tokens: maxTokens, response_format: { type: "json_schema", json_schema: { name, strict: true, schema: closed(schema) } }, ...more },
      timeoutMs,
    }), signal);
    return readCompletion(body, sentBytes);
  }

  /** Asks the least busy server, and others when it fails. @throws AppError of the last that failed */
  private async shareOut(requestFor: (server: Server) => ServerRequest, caller: AbortSignal | undefined): Promise<string> {
    const { clock, log } = this.options;
    const linked = link(this.stopping.signal, ...(caller === undefined ? [] : [caller]));
    const tried = new Set<Server>();
    let last: AppError | undefined;
    try {
      for (let tries = 0; tries < TRIES; tries++) {
        const server = await this.acquire(tried, linked.signal);
        if (server === undefined) break;
        let outcome: Outcome;
        try {
          outcome = await this.ask(server, requestFor(server), linked.signal);
        } finally {
          server.busy--;
        }
        if ("body" in outcome) {
          noteAnswered(server, clock.now(), false);
          return outcome.body;
        }
        server.lastError = last = outcome.error;
        if (outcome.blame === "ours") throw outcome.error;
        if (outcome.restMs !== undefined) noteRest(server, clock.now(), outcome.restMs, outcome.error);
        else {
          tried.add(server);
          noteFailure(server, clock.now(), outcome.error, { isTest: false, ejectMs: this.options.ejectMs ?? 1_000 });
          log.warn({ event: "analysis.endpoint_failed", host: server.host, code: outcome.error.code }, "a server with a language model failed");
        }
      }
    } finally {
      linked.unlink();
    }
    const reason = last ?? this.servers.find((one) => one.lastError !== undefined)?.lastError;
    throw new AppError(reason?.code === "ANALYSIS_TIMEOUT" ? "ANALYSIS_TIMEOUT" : "ANALYSIS_ENDPOINT_FAILED", `No server with a language model answers (${reason?.message ?? "all are busy"})`);
  }

  /** A free server that was not tried yet, counted as busy; waits for one while that may help. @returns undefined when none is left */
  private async acquire(tried: ReadonlySet<Server>, signal: AbortSignal): Promise<Server | undefined> {
    const { clock } = this.options;
    const untilMs = clock.now() + PATIENCE_MS;
    for (;;) {
      signal.throwIfAborted();
      for (const one of this.servers) if (one.state === "ejected" && one.probeAtMs <= clock.now()) await this.tryOut(one, signal);
      const nowMs = clock.now();
      const left = this.servers.filter((one) => !tried.has(one));
      const server = pick(left, nowMs, tried);
      if (server !== undefined) {
        server.busy++;
        server.lastUsedMs = nowMs;
        return server;
      }
      const mayCome = left.some((one) => one.state === "open" || (one.state === "resting" ? one.readyAtMs : one.probeAtMs) <= untilMs);
      if (!mayCome || nowMs >= untilMs) return undefined;
      await clock.sleep(LOOK_EVERY_MS, signal);
    }
  }

  private ask(server: Server, request: ServerRequest, signal: AbortSignal): Promise<Outcome> {
    const { net, clock, allowPublic } = this.options;
    return askServer(server, request, signal, { net, clock, ownNetworkOnly: !allowPublic });
  }

  /** Whether a server that failed is there again: its list of models is asked for, which costs it nothing. */
  private async tryOut(server: Server, signal: AbortSignal): Promise<void> {
    const { clock } = this.options;
    const outcome = await this.ask(server, { method: "GET", url: openAiAddress(server.settings.url.replace(/\/chat\/completions\/*$/, ""), "/models"), timeoutMs: TRIAL_MS }, signal);
    if ("body" in outcome || outcome.status === 404) noteAnswered(server, clock.now(), true);
    else noteFailure(server, clock.now(), outcome.error, { isTest: true, ejectMs: this.options.ejectMs ?? 1_000 });
  }

  /** By the server when it can (`/tokenize` of vLLM and llama.cpp), else by bytes. */
  private async count(text: string, signal: AbortSignal | undefined): Promise<number> {
    const bytes = Math.ceil(Buffer.byteLength(text, "utf8") / BYTES_PER_TOKEN);
    const server = this.servers.find((one) => isUsable(one, this.options.clock.now()));
    if (server === undefined || this.cannotCount.has(server)) return bytes;
    const outcome = await this.ask(server, { url: new URL("/tokenize", server.address).href, body: { model: server.settings.model, prompt: text, content: text, add_special_tokens: false }, timeoutMs: TRIAL_MS }, signal ?? this.stopping.signal);
    const counted = "body" in outcome ? readCount(outcome.body) : undefined;
    if (counted === undefined) {
      this.cannotCount.add(server);
      return bytes;
    }
    if (counted.contextTokens !== undefined) this.contextTokens = Math.min(this.contextTokens, counted.contextTokens);
    return counted.tokens;
  }
}

/** `A` … `Z`, or `AA` … where there are more. */
function codeOf(at: number, count: number): string {
  const letter = (place: number): string => String.fromCharCode(65 + place);
  return count <= 26 ? letter(at) : letter(Math.floor(at / 26)) + letter(at % 26);
}

/** Strict servers want every object to name its properties as required and to allow no others, as grammars do anyway. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== "object" || schema === null) return schema;
  const inner: Record<string, unknown> = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, key === "enum" || key === "required" ? value : closed(value)]));
  const properties: unknown = inner["properties"];
  return inner["type"] === "object" && typeof properties === "object" && properties !== null ? { ...inner, required: Object.keys(properties), additionalProperties: false } : inner;
}
