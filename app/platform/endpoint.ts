// One of several servers that do the same work: how it fares, and which of them is asked next. Pure but for the counting.
import type { AppError } from "../domain/index.ts";

/** What the settings say of a server, whatever it does. */
export interface EndpointShare {
  /** share of the work compared with the others */
  weight: number;
  /** requests at the same time */
  parallel: number;
}

export interface Endpoint<Settings extends EndpointShare = EndpointShare> {
  readonly settings: Settings;
  /** whole address of what is asked */
  readonly address: string;
  /** host and port */
  readonly host: string;
  /** `open` gets work · `resting` asked for time itself (429, 503) · `ejected` failed and is tried out before it gets real work */
  state: "open" | "resting" | "ejected";
  /** resting: when it may be asked again */
  readyAtMs: number;
  /** when it is due to be tried out */
  probeAtMs: number;
  busy: number;
  /** requests that it has answered */
  answered: number;
  /** in a row */
  failures: number;
  /** since the last real request that it answered */
  ejections: number;
  lastUsedMs: number;
  lastError: AppError | undefined;
}

/** An endpoint that failed this often in a row gets no more work until it was tried out. */
const EJECT_AFTER = 2;
const LONGEST_EJECT_MS = 60_000;
/** An endpoint that answered nothing for this long is asked whether it still would. */
export const PROBE_EVERY_MS = 30_000;
/** Nobody is believed who asks for more. */
const LONGEST_REST_MS = 10 * 60_000;

/** @param address whole address of what is asked */
export function newEndpoint<Settings extends EndpointShare>(settings: Settings, address: string): Endpoint<Settings> {
  return { settings, address, host: new URL(address).host, state: "open", readyAtMs: 0, probeAtMs: 0, busy: 0, answered: 0, failures: 0, ejections: 0, lastUsedMs: 0, lastError: undefined };
}

/**
 * People write the server, the base address of the OpenAI clients (`…/v1`), or the whole thing.
 * @param path what is asked, e.g. `/audio/transcriptions`
 */
export function openAiAddress(text: string, path: string): string {
  const url = new URL(text);
  const written = url.pathname.replace(/\/+$/, "");
  if (!written.endsWith(path)) url.pathname = `${written === "" ? "/v1" : written}${path}`;
  return url.href;
}

/** May it be given work at this time? */
export function isUsable(endpoint: Endpoint, atMs: number): boolean {
  return endpoint.state === "open" || (endpoint.state === "resting" && endpoint.readyAtMs <= atMs);
}

/**
 * The least busy one for its weight; among equals the one that was used longest ago.
 * @param tried endpoints that this piece of work has failed at: only when no other is free
 * @returns undefined when none is usable or all are at their limit
 */
export function pick<One extends Endpoint>(endpoints: readonly One[], nowMs: number, tried: ReadonlySet<One>): One | undefined {
  const free = endpoints.filter((one) => isUsable(one, nowMs) && one.busy < one.settings.parallel);
  const load = (one: One): number => (one.busy + 1) / one.settings.weight;
  return free.sort((a, b) => Number(tried.has(a)) - Number(tried.has(b)) || load(a) - load(b) || a.lastUsedMs - b.lastUsedMs)[0];
}

/** It did its work. @param isTest a trial opens it, but only real work makes earlier ejections forgotten */
export function noteAnswered(endpoint: Endpoint, nowMs: number, isTest: boolean): void {
  Object.assign(endpoint, { state: "open", failures: 0, probeAtMs: nowMs + PROBE_EVERY_MS });
  if (isTest) return;
  endpoint.answered++;
  endpoint.ejections = 0;
}

/** It asked for time (429, 503 with Retry-After): that is no failure. */
export function noteRest(endpoint: Endpoint, nowMs: number, restMs: number, error: AppError): void {
  const readyAtMs = nowMs + Math.min(LONGEST_REST_MS, restMs);
  Object.assign(endpoint, { state: "resting", readyAtMs, probeAtMs: readyAtMs + PROBE_EVERY_MS, lastError: error });
}

/** It failed; a trial is proof at once. @returns for how long it is ejected; undefined when it stays open */
export function noteFailure(endpoint: Endpoint, nowMs: number, error: AppError, { isTest, ejectMs }: { isTest: boolean; ejectMs: number }): number | undefined {
  endpoint.failures++;
  endpoint.lastError = error;
  endpoint.probeAtMs = Math.min(endpoint.probeAtMs, nowMs + ejectMs);
  if (!isTest && endpoint.state !== "ejected" && endpoint.failures < EJECT_AFTER && error.retry === "later") return undefined;
  const forMs = Math.min(LONGEST_EJECT_MS, ejectMs * 2 ** Math.min(10, endpoint.ejections++));
  Object.assign(endpoint, { state: "ejected", probeAtMs: nowMs + forMs });
  return forMs;
}
