// One remote endpoint: how it is written in the settings, how it fares, and which of several gets the next window. Pure but for the counting.
import type { AppError } from "../../domain/index.ts";
import type { EndpointStatus } from "../speech-engine.ts";

/** As written in the settings. */
export interface EndpointSettings {
  /** `http://host:8000`, `http://host:8000/v1` or the whole address of the transcriptions */
  url: string;
  key?: string | undefined;
  /** name of the model as this server knows it */
  model: string;
  /** share of the work compared with the others */
  weight: number;
  /** windows at the same time */
  parallel: number;
  /** further fields of every request */
  fields: Readonly<Record<string, string>>;
}

export interface Endpoint {
  readonly settings: EndpointSettings;
  /** whole address of the transcriptions */
  readonly address: string;
  readonly host: string;
  state: EndpointStatus["state"];
  /** resting: when it may be asked again */
  readyAtMs: number;
  /** when a test window is due */
  probeAtMs: number;
  busy: number;
  windows: number;
  /** in a row */
  failures: number;
  /** since the last real window that it heard */
  ejections: number;
  lastUsedMs: number;
  lastError: AppError | undefined;
}

/** An endpoint that failed this often in a row gets no more windows until it has heard a test window. */
const EJECT_AFTER = 2;
const LONGEST_EJECT_MS = 60_000;
/** An endpoint that heard nothing for this long is asked whether it still would. */
export const PROBE_EVERY_MS = 30_000;
/** Nobody is believed who asks for more. */
const LONGEST_REST_MS = 10 * 60_000;

export function createEndpoint(settings: EndpointSettings): Endpoint {
  const address = transcriptionsAddress(settings.url);
  return { settings, address, host: new URL(address).host, state: "open", readyAtMs: 0, probeAtMs: 0, busy: 0, windows: 0, failures: 0, ejections: 0, lastUsedMs: 0, lastError: undefined };
}

/** People write the server, the base address of the OpenAI clients, or the whole thing. */
export function transcriptionsAddress(text: string): string {
  const url = new URL(text);
  const path = url.pathname.replace(/\/+$/, "");
  if (!path.endsWith("/audio/transcriptions")) url.pathname = `${path === "" ? "/v1" : path}/audio/transcriptions`;
  return url.href;
}

/** May it be given a window at this time? */
export function isUsable(endpoint: Endpoint, atMs: number): boolean {
  return endpoint.state === "open" || (endpoint.state === "resting" && endpoint.readyAtMs <= atMs);
}

/**
 * The least busy one for its weight; among equals the one that was used longest ago.
 * @param tried endpoints that this window has failed at: only when no other is free
 * @returns undefined when none is usable or all are at their limit
 */
export function pick(endpoints: readonly Endpoint[], nowMs: number, tried: ReadonlySet<Endpoint>): Endpoint | undefined {
  const free = endpoints.filter((one) => isUsable(one, nowMs) && one.busy < one.settings.parallel);
  const load = (one: Endpoint): number => (one.busy + 1) / one.settings.weight;
  return free.sort((a, b) => Number(tried.has(a)) - Number(tried.has(b)) || load(a) - load(b) || a.lastUsedMs - b.lastUsedMs)[0];
}

/** It heard something. @param isTest a test window opens it, but only a real one makes earlier ejections forgotten */
export function noteHeard(endpoint: Endpoint, nowMs: number, isTest: boolean): void {
  Object.assign(endpoint, { state: "open", failures: 0, probeAtMs: nowMs + PROBE_EVERY_MS });
  if (isTest) return;
  endpoint.windows++;
  endpoint.ejections = 0;
}

/** It asked for time (429, 503 with Retry-After): that is no failure. */
export function noteRest(endpoint: Endpoint, nowMs: number, restMs: number, error: AppError): void {
  const readyAtMs = nowMs + Math.min(LONGEST_REST_MS, restMs);
  Object.assign(endpoint, { state: "resting", readyAtMs, probeAtMs: readyAtMs + PROBE_EVERY_MS, lastError: error });
}

/** It failed; a test window is proof at once. @returns for how long it is ejected; undefined when it stays open */
export function noteFailure(endpoint: Endpoint, nowMs: number, error: AppError, { isTest, ejectMs }: { isTest: boolean; ejectMs: number }): number | undefined {
  endpoint.failures++;
  endpoint.lastError = error;
  endpoint.probeAtMs = Math.min(endpoint.probeAtMs, nowMs + ejectMs);
  if (!isTest && endpoint.state !== "ejected" && endpoint.failures < EJECT_AFTER && error.retry === "later") return undefined;
  const forMs = Math.min(LONGEST_EJECT_MS, ejectMs * 2 ** Math.min(10, endpoint.ejections++));
  Object.assign(endpoint, { state: "ejected", probeAtMs: nowMs + forMs });
  return forMs;
}

export function statusOf({ host, state, busy, windows, lastError }: Endpoint): EndpointStatus {
  return { host, state, busy, windows, lastError: lastError && { code: lastError.code, message: lastError.message } };
}
