// One window to one endpoint: the request, its limits, and what became of it.
import { AppError } from "../../domain/index.ts";
import { readRetryAfter, type Clock, type Net, type NetResponse } from "../../platform/index.ts";
import { MAX_ANSWER_BYTES, type RawWindow } from "../engine-output.ts";
import { multipart } from "../engine-requests.ts";
import { BYTES_PER_MS } from "../window-audio.ts";
import type { Endpoint } from "./endpoint.ts";
import { parseOpenAiAnswer } from "./openai-answer.ts";

export interface AskContext {
  net: Net;
  clock: Clock;
  /** endpoints must be in the site's own network */
  ownNetworkOnly: boolean;
}

/**
 * `endpoint`: it is plainly not fit for work · `unclear`: this window may be what it cannot bear · `restMs`: it asked for time itself.
 */
export type Outcome = { heard: RawWindow } | { error: AppError; blame: "endpoint" | "unclear"; restMs?: number };

const DEFAULT_REST_MS = 2_000;

/**
 * @param pcm 16-bit mono at 16 kHz
 * @param language code, or `auto`, which is the absence of the field
 * @throws the signal's reason when the caller gave up; nothing else
 */
export async function askEndpoint(endpoint: Endpoint, pcm: Buffer, language: string, timeoutMs: number, signal: AbortSignal, { net, clock, ownNetworkOnly }: AskContext): Promise<Outcome> {
  const { contentType, body } = multipart(requestFields(endpoint, language), pcm);
  const { key } = endpoint.settings;
  const startedMs = clock.now();
  try {
    const response = await net.request({
      url: endpoint.address,
      method: "POST",
      headers: { "content-type": contentType, accept: "application/json", ...(key === undefined ? {} : { authorization: `Bearer ${key}` }) },
      body,
      policy: { kind: "administered", ownNetworkOnly },
      timeoutMs,
      maxResponseBytes: MAX_ANSWER_BYTES,
      signal,
    });
    if (response.status !== 200) return await refusal(endpoint, response, clock.now());
    const heard = parseOpenAiAnswer(Buffer.from(await response.text(), "utf8"), Math.ceil(pcm.length / BYTES_PER_MS));
    return { heard: { ...heard, heardBy: { model: endpoint.settings.model, endpoint: endpoint.host } } };
  } catch (thrown) {
    signal.throwIfAborted();
    if (clock.now() - startedMs >= timeoutMs) return unclear("SPEECH_TIMEOUT", `${endpoint.host} took longer than ${Math.round(timeoutMs / 1000)} s for one window; give it less at a time (parallel), or raise speech.timeout_seconds`);
    return faultOf(endpoint, thrown);
  }
}

/** Greedy and without earlier text, like the engine of this machine; both granularities, because servers differ in which they know. */
function requestFields({ settings }: Endpoint, language: string): [string, string][] {
  return [
    ["model", settings.model],
    ["response_format", "verbose_json"],
    ["timestamp_granularities[]", "word"],
    ["timestamp_granularities[]", "segment"],
    ["temperature", "0"],
    ...(language === "auto" ? [] : [["language", language] satisfies [string, string]]),
    ...Object.entries(settings.fields),
  ];
}

/** Bodies of refusals are not read: they may quote what was said. */
async function refusal({ host, settings }: Endpoint, response: NetResponse, nowMs: number): Promise<Outcome> {
  await response.discard();
  const { status } = response;
  const restMs = readRetryAfter(response.headers["retry-after"], nowMs);
  if (status === 429 || (status === 503 && restMs !== undefined)) {
    return { error: failed(`${host} is busy and asked for time (${status})`), blame: "endpoint", restMs: restMs ?? DEFAULT_REST_MS };
  }
  if (status >= 300 && status < 400) return refused(`${host} sends us elsewhere (${status}), and nobody is followed; write its final address into speech.endpoints`);
  if (status === 401 || status === 403) return refused(`${host} refuses the key (${status}); set key in speech.endpoints, or speech.key`);
  if (status === 404 || status === 405) return refused(`${host} has no model ${settings.model} or no transcriptions at this address (${status}); mend url or model in speech.endpoints`);
  if (status >= 502 && status <= 504) return { error: failed(`${host} has nobody who works (${status}); start its server`), blame: "endpoint" };
  return unclear("SPEECH_ENDPOINT_FAILED", `${host} answered with status ${status}; look into its log`);
}

function faultOf({ host }: Endpoint, thrown: unknown): Outcome {
  if (!(thrown instanceof AppError)) return { error: new AppError("SPEECH_ENDPOINT_FAILED", `${host} could not be asked; it is tried again`, { cause: thrown }), blame: "endpoint" };
  if (thrown.code === "FETCH_URL_REFUSED") return refused(`${thrown.message}; set speech.allow_public when this endpoint is yours all the same`);
  if (thrown.code === "SPEECH_OUTPUT_INVALID") return { error: thrown, blame: "unclear" };
  if (thrown.code === "FETCH_TOO_LARGE") return unclear("SPEECH_OUTPUT_INVALID", `The answer of ${host} is absurdly large; check that it is an OpenAI-compatible /v1/audio/transcriptions`);
  if (thrown.code === "FETCH_INCOMPLETE") return unclear("SPEECH_ENDPOINT_FAILED", `The answer of ${host} broke off; look into its log`);
  return { error: failed(thrown.message), blame: "endpoint" };
}

function failed(message: string): AppError {
  return new AppError("SPEECH_ENDPOINT_FAILED", message);
}

function refused(message: string): Outcome {
  return { error: new AppError("SPEECH_ENDPOINT_REFUSED", message), blame: "endpoint" };
}

function unclear(code: "SPEECH_TIMEOUT" | "SPEECH_OUTPUT_INVALID" | "SPEECH_ENDPOINT_FAILED", message: string): Outcome {
  return { error: new AppError(code, message), blame: "unclear" };
}
