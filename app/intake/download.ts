// Fetches a recording through the guarded client: counted, sniffed, hashed, resumed where the server can, flushed before it is believed.
import { createHash, type Hash } from "node:crypto";
import { open, rm, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { AppError, newId, toAppError } from "../domain/index.ts";
import type { Clock, Config, Net, NetResponse } from "../platform/index.ts";
import { fileNameOf } from "./download-name.ts";
import { looksLikeErrorPage } from "./sniff.ts";

export interface DownloadRequest {
  url: string;
  /** folder for the unfinished file; it exists */
  folder: string;
  /** the first byte beyond it ends the download */
  maxBytes: number;
  /** default `recording`: a page or a message instead of sound is refused; `any`: it may be what was meant */
  content?: "recording" | "any";
  config: Pick<Config["intake"], "allow_http" | "recording_hosts" | "download_seconds">;
  net: Net;
  clock: Clock;
  signal: AbortSignal;
}

export interface Download {
  /** the whole recording, flushed; its name ends with `.unfinished`: the caller moves it to where it belongs, or deletes it */
  path: string;
  sizeBytes: number;
  /** lower-case hex */
  sha256: string;
  contentType: string | undefined;
  /** name for people and for the extension, without folders and control characters; never used as a path */
  fileName: string;
}

/** Waits between tries within one download; after the last one the queue's own schedule takes over. */
const WAITS_MS = [500, 2_000, 8_000];

/**
 * Downloads one recording. A download that breaks off goes on where it stopped when the server names a validator and serves ranges.
 * @throws AppError FETCH_URL_REFUSED, FETCH_UNREACHABLE, FETCH_REFUSED (an error page, a redirect, 4xx), FETCH_TOO_LARGE, FETCH_INCOMPLETE; the
 *   signal's reason when aborted. Nothing is left in the folder then
 */
export async function downloadRecording(request: DownloadRequest): Promise<Download> {
  const { clock, signal } = request;
  const path = join(request.folder, `.download-${newId("rec", clock.now())}.unfinished`);
  const file = await open(path, "wx", 0o600);
  const deadlineMs = clock.now() + request.config.download_seconds * 1000;
  const state: Progress = { sizeBytes: 0, hash: createHash("sha256"), validator: undefined, contentType: undefined, fileName: undefined };
  try {
    for (let attempt = 0; ; attempt++) {
      try {
        await fetchOn(request, file, state, deadlineMs - clock.now());
        break;
      } catch (thrown) {
        const error = toAppError(thrown);
        const waitMs = WAITS_MS[attempt];
        const mayHelp = error.retry === "later" && (error.code === "FETCH_UNREACHABLE" || error.code === "FETCH_INCOMPLETE");
        if (signal.aborted || !mayHelp || waitMs === undefined || clock.now() + waitMs >= deadlineMs) throw thrown;
        await clock.sleep(waitMs, signal);
      }
    }
    await file.sync();
    await file.close();
    return { path, sizeBytes: state.sizeBytes, sha256: state.hash.digest("hex"), contentType: state.contentType, fileName: state.fileName ?? "recording" };
  } catch (error) {
    await file.close().catch(() => undefined);
    await rm(path, { force: true });
    throw error;
  }
}

interface Progress {
  sizeBytes: number;
  hash: Hash;
  /** strong ETag or date of the version that the bytes so far belong to */
  validator: string | undefined;
  contentType: string | undefined;
  fileName: string | undefined;
}

/** One request: from the start, or from where the last one broke off. */
async function fetchOn(request: DownloadRequest, file: FileHandle, state: Progress, leftMs: number): Promise<void> {
  const { url, maxBytes, config, net, signal } = request;
  const resumes = state.sizeBytes > 0 && state.validator !== undefined;
  if (!resumes) await startOver(file, state);
  const response = await net.request({
    url,
    headers: { accept: request.content === "any" ? "*/*" : "audio/*, application/octet-stream;q=0.9, */*;q=0.1", ...(resumes ? { range: `bytes=${state.sizeBytes}-`, "if-range": state.validator ?? "" } : {}) },
    policy: { kind: "recording", allowHttp: config.allow_http, hosts: config.recording_hosts },
    timeoutMs: Math.max(1, leftMs),
    maxResponseBytes: maxBytes,
    signal,
  });
  try {
    await checkAnswer(response, state, resumes);
    if (response.status !== 206) await startOver(file, state); // the whole file again: it changed, or ranges are not served
    state.validator = validatorOf(response);
    state.contentType = response.headers["content-type"];
    state.fileName = fileNameOf(url, response.headers["content-disposition"]);
    await take(response, file, state, request);
  } finally {
    await response.discard();
  }
}

async function checkAnswer(response: NetResponse, state: Progress, resumes: boolean): Promise<void> {
  const { status, headers } = response;
  const refuse = (message: string, retry?: "later"): AppError => new AppError("FETCH_REFUSED", message, { ...(retry === undefined ? {} : { retry }), details: { httpStatus: status } });
  if (status === 206) {
    const starts = Number(/^bytes (\d+)-/.exec(headers["content-range"] ?? "")?.[1] ?? Number.NaN);
    if (resumes && starts === state.sizeBytes) return checkEncoding(headers, refuse);
    state.validator = undefined; // the next try begins anew
    throw new AppError("FETCH_INCOMPLETE", "The server sent another part of the recording than was asked for; it is fetched again from the start");
  }
  if (status === 200) return checkEncoding(headers, refuse);
  if (status === 416 && resumes) {
    state.validator = undefined;
    throw new AppError("FETCH_INCOMPLETE", "The recording became shorter while it was fetched; it is fetched again from the start");
  }
  if (status >= 300 && status < 400) throw refuse("The address of the recording points elsewhere (redirect), which is not followed; send the final address");
  if (status === 404 || status === 409 || status === 425) throw refuse(`The server has no recording at this address yet (HTTP ${status}); check the address when it stays so`, "later");
  if (status === 408 || status === 429 || status >= 500) {
    throw new AppError("FETCH_UNREACHABLE", `The server could not hand out the recording (HTTP ${status}); it is asked again later`, { details: { httpStatus: status, retryAfterMs: retryAfterOf(headers) } });
  }
  throw refuse(`The server refused to hand out the recording (HTTP ${status}); check its permissions and the address`);
}

/** Compressed bodies are not asked for and not unpacked: the size limit would mean nothing. */
function checkEncoding(headers: NetResponse["headers"], refuse: (message: string) => AppError): void {
  const encoding = headers["content-encoding"]?.trim().toLowerCase() ?? "identity";
  if (encoding !== "identity" && encoding !== "") throw refuse("The server sent the recording compressed although that was not asked for; switch compression off for audio");
}

/** Writes what comes. The first bytes are looked at before anything is written. */
async function take(response: NetResponse, file: FileHandle, state: Progress, { maxBytes, content }: DownloadRequest): Promise<void> {
  const isStart = state.sizeBytes === 0;
  let head = Buffer.alloc(0);
  let isChecked = !isStart;
  const check = (): void => {
    isChecked = true;
    if (content !== "any" && looksLikeErrorPage(head, state.contentType)) {
      throw new AppError("FETCH_REFUSED", "The address gave a page or a message instead of a recording; check that it needs no login", { details: { httpStatus: response.status } });
    }
  };
  const write = async (chunk: Uint8Array): Promise<void> => {
    if (state.sizeBytes + chunk.byteLength > maxBytes) {
      throw new AppError("FETCH_TOO_LARGE", `The file is larger than ${maxBytes} bytes; raise ${content === "any" ? "documents.max_mb" : "intake.max_recording_mb"} when that is intended`, { details: { maxBytes } });
    }
    for (let done = 0; done < chunk.byteLength; ) done += (await file.write(chunk, done, chunk.byteLength - done, state.sizeBytes + done)).bytesWritten;
    state.hash.update(chunk);
    state.sizeBytes += chunk.byteLength;
  };
  for await (const chunk of response.body) {
    if (isChecked) {
      await write(chunk);
      continue;
    }
    head = Buffer.concat([head, chunk]);
    if (head.length < 512) continue;
    check();
    await write(head);
  }
  if (isChecked) return;
  check();
  await write(head);
}

async function startOver(file: FileHandle, state: Progress): Promise<void> {
  await file.truncate(0);
  Object.assign(state, { sizeBytes: 0, hash: createHash("sha256"), validator: undefined });
}

/** Only a strong ETag (not `W/…`) or a date says "the very same bytes"; without one a resumed file could be half of two versions. */
function validatorOf(response: NetResponse): string | undefined {
  const { etag, "last-modified": modified } = response.headers;
  if (etag !== undefined) return etag.startsWith('"') ? etag : undefined;
  return modified;
}

/** `Retry-After` in seconds or as a date → milliseconds, at most a day. */
function retryAfterOf(headers: NetResponse["headers"]): number | undefined {
  const seconds = Number(headers["retry-after"] ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? Math.min(seconds * 1000, 86_400_000) : undefined;
}
