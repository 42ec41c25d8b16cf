// The speech engine that is the site's own inference cluster: shares windows out, and finds out whose fault a failure is.
import { setMaxListeners } from "node:events";
import { AppError } from "../../domain/index.ts";
import { isUsable, link, noteAnswered, noteFailure, noteRest, pick, type Clock, type Log, type Net } from "../../platform/index.ts";
import type { RawWindow } from "../engine-output.ts";
import { isSpeechLanguage } from "../languages.ts";
import type { EngineState, EngineStatus, SpeechEngine, SpeechIdentity } from "../speech-engine.ts";
import { testWindow } from "../test-window.ts";
import { checkWindow, padded } from "../window-audio.ts";
import { askEndpoint, type Outcome } from "./ask-endpoint.ts";
import { createEndpoint, statusOf, type Endpoint, type EndpointSettings } from "./endpoint.ts";

export interface RemoteEngineOptions {
  /** at least one; all serve the same model, whatever each calls it */
  endpoints: readonly EndpointSettings[];
  /** endpoints may be outside of the site's own network */
  allowPublic: boolean;
  /** limit for one window, from the connection to the last byte */
  timeoutMs: number;
  net: Net;
  clock: Clock;
  log: Log;
  /** other times than {@link REMOTE_TIMES} */
  times?: Partial<typeof REMOTE_TIMES>;
}

export const REMOTE_TIMES = {
  /** first rest of an ejected endpoint; doubles up to a minute, so that a cluster that restarts is found within one */
  ejectMs: 1_000,
  /** how often it is looked whether a test window is due */
  watchMs: 1_000,
};

/** Endpoints at which one window may fail. */
const TRIES = 3;
/** A window is asked for time this often before its call has to wait. */
const RESTS = 10;
/** A window waits this long for an endpoint that asked for time; beyond it the call waits in the queue. */
const PATIENCE_MS = 20_000;
/** The test window takes an idle endpoint a second or less. */
const TEST_LIMIT_MS = 15_000;

/** Only assigns; nothing runs before `start` or the first window. */
export function createRemoteEngine(options: RemoteEngineOptions): SpeechEngine {
  return new RemoteEngine(options);
}

class RemoteEngine implements SpeechEngine {
  readonly identity: SpeechIdentity;
  readonly parallel: number;
  private readonly options: RemoteEngineOptions;
  private readonly times: typeof REMOTE_TIMES;
  private readonly endpoints: readonly Endpoint[];
  private readonly trials = new Map<Endpoint, Promise<boolean>>();
  private readonly running = new Set<Promise<unknown>>();
  private readonly waiters = new Set<() => void>();
  private stopping: AbortController | undefined;
  private isKnown = false;
  private known: Promise<unknown> = Promise.resolve();
  private pending = 0;
  private lastError: AppError | undefined;

  constructor(options: RemoteEngineOptions) {
    this.options = options;
    this.times = { ...REMOTE_TIMES, ...options.times };
    this.endpoints = options.endpoints.map(createEndpoint);
    this.identity = { engine: "openai", model: [...new Set(options.endpoints.map((one) => one.model))].join(", ") };
    this.parallel = options.endpoints.reduce((sum, one) => sum + one.parallel, 0);
  }

  async start(): Promise<void> {
    this.begin();
    await this.known;
  }

  async stop(): Promise<void> {
    this.stopping?.abort(new AppError("SHUTTING_DOWN", "Earshot is stopping; the call is continued at the next start"));
    await Promise.allSettled(this.running);
    this.stopping = undefined;
    this.isKnown = false;
  }

  state(): EngineState {
    if (this.stopping === undefined) return "stopped";
    const usable = this.endpoints.filter((one) => isUsable(one, this.options.clock.now())).length;
    if (!this.isKnown && usable === this.endpoints.length) return "starting";
    return usable === this.endpoints.length ? "ready" : this.canHear() ? "degraded" : "down";
  }

  status(): EngineStatus {
    const windows = this.endpoints.reduce((sum, one) => sum + one.answered, 0);
    const lastError = this.lastError && { code: this.lastError.code, message: this.lastError.message };
    return { state: this.state(), pid: undefined, restarts: 0, windows, pending: this.pending, lastError, endpoints: this.endpoints.map(statusOf) };
  }

  canHear(): boolean {
    return this.endpoints.some((one) => isUsable(one, this.options.clock.now() + PATIENCE_MS));
  }

  /**
   * @throws AppError SPEECH_ENDPOINTS_DOWN when the call should wait; SPEECH_TIMEOUT, SPEECH_ENDPOINT_FAILED, SPEECH_OUTPUT_INVALID when endpoints
   *   that hear a test window fail at this one; SHUTTING_DOWN; the signal's reason when the caller gave up
   */
  async transcribeWindow(pcm: Buffer, ask: { language: string; signal: AbortSignal }): Promise<RawWindow> {
    checkWindow(pcm);
    const owner = this.begin();
    const linked = link(ask.signal, owner);
    this.pending++;
    try {
      return await this.supervised(this.hear(padded(pcm), isSpeechLanguage(ask.language) ? ask.language : "auto", linked.signal));
    } finally {
      this.pending--;
      linked.unlink();
    }
  }

  private async hear(pcm: Buffer, language: string, signal: AbortSignal): Promise<RawWindow> {
    const failures = new Map<Endpoint, Exclude<Outcome, { heard: RawWindow }>>();
    const tried = new Set<Endpoint>();
    for (let tries = 0, rests = 0; tries < TRIES && rests < RESTS; ) {
      const endpoint = await this.acquire(tried, signal);
      if (endpoint === undefined) break;
      let outcome: Outcome;
      try {
        outcome = await this.ask(endpoint, pcm, language, this.options.timeoutMs, signal, false);
      } finally {
        endpoint.busy--;
        this.tellWaiters();
      }
      if ("heard" in outcome) return outcome.heard;
      tried.add(endpoint);
      failures.set(endpoint, outcome);
      if (outcome.restMs === undefined) tries++;
      else rests++;
    }
    throw await this.verdict(failures, signal);
  }

  /** A free endpoint, counted as busy; waits for one while that is not hopeless. @returns undefined when all are away */
  private async acquire(tried: ReadonlySet<Endpoint>, signal: AbortSignal): Promise<Endpoint | undefined> {
    const { clock } = this.options;
    for (;;) {
      signal.throwIfAborted();
      const nowMs = clock.now();
      const endpoint = pick(this.endpoints, nowMs, tried);
      if (endpoint !== undefined) {
        endpoint.busy++;
        endpoint.lastUsedMs = nowMs;
        return endpoint;
      }
      if (!this.canHear()) return undefined;
      const rests = this.endpoints.filter((one) => one.state === "resting" && one.readyAtMs > nowMs).map((one) => one.readyAtMs - nowMs);
      await this.change(Math.min(this.times.watchMs, ...rests), signal);
    }
  }

  private async ask(endpoint: Endpoint, pcm: Buffer, language: string, timeoutMs: number, signal: AbortSignal, isTest: boolean): Promise<Outcome> {
    const { clock, log, allowPublic } = this.options;
    const outcome = await askEndpoint(endpoint, pcm, language, timeoutMs, signal, { ...this.options, ownNetworkOnly: !allowPublic });
    const nowMs = clock.now();
    const before = endpoint.state;
    if ("heard" in outcome) {
      noteAnswered(endpoint, nowMs, isTest);
      if (before === "ejected") log.info({ event: "speech.endpoint_back", host: endpoint.host }, "a speech endpoint hears again");
    } else {
      this.lastError = outcome.error;
      if (outcome.restMs !== undefined) noteRest(endpoint, nowMs, outcome.restMs, outcome.error);
      else {
        const forMs = noteFailure(endpoint, nowMs, outcome.error, { isTest, ejectMs: this.times.ejectMs });
        log.warn({ event: "speech.endpoint_failed", host: endpoint.host, code: outcome.error.code, isTest, ejectedForMs: forMs ?? 0 }, "a speech endpoint failed");
      }
    }
    this.tellWaiters();
    return outcome;
  }

  /** Was it the window or the endpoints? Those where that is unclear get a test window: who hears it is not to blame. */
  private async verdict(failures: ReadonlyMap<Endpoint, Exclude<Outcome, { heard: RawWindow }>>, signal: AbortSignal): Promise<AppError> {
    const doubtful = [...failures].filter(([, { blame }]) => blame === "unclear");
    const hears = await Promise.all(doubtful.map(([endpoint]) => this.tryOut(endpoint)));
    signal.throwIfAborted();
    const guilty = doubtful.find((_, i) => hears[i]);
    if (guilty !== undefined) return guilty[1].error;
    const reasons = [...new Set(this.endpoints.map((one) => one.lastError?.message).filter((text) => text !== undefined))];
    return new AppError("SPEECH_ENDPOINTS_DOWN", `No speech endpoint hears at present; calls wait and go on by themselves (${reasons.join("; ").slice(0, 400) || "all are busy"})`);
  }

  /** One test window; asked once however many want to know. @returns whether it was heard */
  private tryOut(endpoint: Endpoint): Promise<boolean> {
    const { timeoutMs } = this.options;
    const signal = this.begin();
    let trial = this.trials.get(endpoint);
    if (trial === undefined) {
      trial = this.supervised(this.ask(endpoint, testWindow(), "en", Math.min(TEST_LIMIT_MS, timeoutMs), signal, true))
        .then((outcome) => "heard" in outcome, () => false)
        .finally(() => this.trials.delete(endpoint));
      this.trials.set(endpoint, trial);
    }
    return trial;
  }

  /** Tries all endpoints out and begins to watch them, once. @returns the signal that `stop` aborts */
  private begin(): AbortSignal {
    if (this.stopping === undefined) {
      this.stopping = new AbortController();
      setMaxListeners(0, this.stopping.signal); // every window listens
      this.known = Promise.all(this.endpoints.map((endpoint) => this.tryOut(endpoint))).then(() => (this.isKnown = true));
      void this.supervised(this.watch(this.stopping.signal));
    }
    return this.stopping.signal;
  }

  /** Ejected endpoints are tried out when their rest is over, idle ones now and then. */
  private async watch(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.options.clock.sleep(this.times.watchMs, signal).catch(() => undefined);
      const nowMs = this.options.clock.now();
      if (!signal.aborted) for (const endpoint of this.endpoints) if (endpoint.probeAtMs <= nowMs && endpoint.busy === 0) void this.tryOut(endpoint);
    }
  }

  private supervised<T>(work: Promise<T>): Promise<T> {
    this.running.add(work);
    work.finally(() => this.running.delete(work)).catch(() => undefined);
    return work;
  }

  private tellWaiters(): void {
    for (const tell of this.waiters) tell();
  }

  /** Resolves when something changed, at the latest after `ms`. */
  private async change(ms: number, signal: AbortSignal): Promise<void> {
    const rest = new AbortController();
    const tell = (): void => rest.abort();
    this.waiters.add(tell);
    signal.addEventListener("abort", tell, { once: true });
    await this.options.clock.sleep(ms, rest.signal).catch(() => undefined);
    signal.removeEventListener("abort", tell);
    this.waiters.delete(tell);
  }
}
