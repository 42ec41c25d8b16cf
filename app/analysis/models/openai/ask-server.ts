// One request to one server with a language model: its limits, and what became of it.
import { AppError } from "../../../domain/index.ts";
import { readRetryAfter, type Clock, type Endpoint, type Net } from "../../../platform/index.ts";

/** As written in the settings. */
export interface ServerSettings {
  url: string;
  key?: string | undefined;
  model: string;
  weight: number;
  parallel: number;
}

export type Server = Endpoint<ServerSettings>;

export interface ServerRequest {
  method?: "GET" | "POST";
  /** instead of the server's own address */
  url?: string;
  body?: unknown;
  timeoutMs: number;
}

/** `theirs`: another server may do better · `ours`: none will · `restMs`: it asked for time itself. */
export type Outcome = { body: string } | { error: AppError; blame: "theirs" | "ours"; restMs?: number; status?: number };

const DEFAULT_REST_MS = 2_000;
const MAX_ANSWER_BYTES = 8 * 1_048_576;

/** @throws the signal's reason when the caller gave up; nothing else */
export async function askServer(server: Server, { method = "POST", url, body, timeoutMs }: ServerRequest, signal: AbortSignal, { net, clock, ownNetworkOnly }: { net: Net; clock: Clock; ownNetworkOnly: boolean }): Promise<Outcome> {
  const { key } = server.settings;
  const startedMs = clock.now();
  try {
    const response = await net.request({
      url: url ?? server.address,
      method,
      headers: { accept: "application/json", ...(body === undefined ? {} : { "content-type": "application/json" }), ...(key === undefined ? {} : { authorization: `Bearer ${key}` }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      policy: { kind: "administered", ownNetworkOnly },
      timeoutMs,
      maxResponseBytes: MAX_ANSWER_BYTES,
      signal,
    });
    if (response.status === 200) return { body: await response.text() };
    await response.discard(); // refusals may quote what was said
    return { ...refusal(server, response.status, readRetryAfter(response.headers["retry-after"], clock.now())), status: response.status };
  } catch (thrown) {
    signal.throwIfAborted();
    if (clock.now() - startedMs >= timeoutMs) return theirs("ANALYSIS_TIMEOUT", `${server.host} took longer than ${Math.round(timeoutMs / 1000)} s for one question; give it less at a time (parallel), or raise analysis.timeout_seconds`);
    if (thrown instanceof AppError && thrown.code === "FETCH_URL_REFUSED") return { error: failed(`${thrown.message}; set analysis.allow_public when this server is yours all the same`, "after_fix"), blame: "theirs" };
    return theirs("ANALYSIS_ENDPOINT_FAILED", thrown instanceof AppError ? thrown.message : `${server.host} could not be asked; it is tried again`);
  }
}

function refusal({ host, settings }: Server, status: number, restMs: number | undefined): Extract<Outcome, { error: AppError }> {
  if (status === 429 || (status === 503 && restMs !== undefined)) return { error: failed(`${host} is busy and asked for time (${status})`), blame: "theirs", restMs: restMs ?? DEFAULT_REST_MS };
  if (status === 401 || status === 403) return { error: failed(`${host} refuses the key (${status}); set key in analysis.endpoints, or analysis.key`, "after_fix"), blame: "theirs" };
  if (status === 404 || status === 405) return { error: failed(`${host} has no model ${settings.model} or no chat completions at this address (${status}); mend url or model in analysis.endpoints`, "after_fix"), blame: "theirs" };
  if (status === 400 || status === 413 || status === 422) return { error: failed(`${host} refuses the question (${status}); it must know response_format json_schema, and its context must hold analysis.context_tokens`), blame: "ours" };
  return { error: failed(`${host} answered with status ${status}; look into its log`), blame: "theirs" };
}

function failed(message: string, retry: "later" | "after_fix" = "later"): AppError {
  return new AppError("ANALYSIS_ENDPOINT_FAILED", message, { retry });
}

function theirs(code: "ANALYSIS_TIMEOUT" | "ANALYSIS_ENDPOINT_FAILED", message: string): Outcome {
  return { error: new AppError(code, message), blame: "theirs" };
}
