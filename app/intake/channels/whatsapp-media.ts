// Fetches a picture, voice note or document of WhatsApp: its id becomes an address that lives five minutes, both behind the same token.
import { createHash } from "node:crypto";
import { open, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { AppError, newId, type AttachmentRole } from "../../domain/index.ts";
import { readRetryAfter, type Clock, type Net, type NetPolicy, type NetResponse, type WhatsAppConfig } from "../../platform/index.ts";
import { digestHex, mediaTypeOf } from "./words.ts";

const MB = 1_048_576;
/** What WhatsApp lets its users send, so that nothing honest is refused: audio and video 16 MB, pictures 5, documents 100, animated stickers half of one. */
const MAX_BYTES: Readonly<Record<AttachmentRole, number>> = { voice_note: 16 * MB, audio: 16 * MB, video: 16 * MB, image: 5 * MB, document: 100 * MB, sticker: MB / 2 };
/** Meta's own hosts of files, which the answer may name beside the server that was asked; a relay hands out files from its own. */
const FILE_HOSTS = ["*.fbsbx.com", "*.fbcdn.net", "*.whatsapp.net"];
/** After 20 failed requests in an hour Meta refuses for half an hour. */
const THROTTLED_MS = 30 * 60_000;

export interface MediaRequest {
  mediaId: string;
  role: AttachmentRole;
  /** lower-case hex, as the message announced it */
  sha256?: string;
  /** the site's own limit; the smaller one counts */
  maxBytes: number;
  settings: Pick<WhatsAppConfig, "graph_url" | "api_version" | "access_token">;
  /** further hosts that files may come from: `intake.recording_hosts` */
  recordingHosts: readonly string[];
  /** folder for the unfinished file; it exists */
  folder: string;
  timeoutMs: number;
  net: Net;
  clock: Clock;
  signal: AbortSignal;
}

export interface FetchedMedia {
  /** the whole file, flushed; the caller moves it to where it belongs, or deletes it */
  path: string;
  sizeBytes: number;
  /** lower-case hex */
  sha256: string;
  mediaType: string | undefined;
}

const mediaSchema = z.object({ url: z.url(), mime_type: z.unknown().optional(), sha256: z.unknown().optional(), file_size: z.coerce.number().int().min(0).optional().catch(undefined) });
const errorSchema = z.object({ error: z.object({ code: z.number().optional().catch(undefined), error_subcode: z.number().optional().catch(undefined) }) });

/**
 * Asks for the address and fetches it at once.
 * @throws AppError FETCH_EXPIRED (ids live 7 days: never again), FETCH_THROTTLED (with `retryAfterMs`), FETCH_UNAUTHORISED (the token), FETCH_REFUSED,
 *   FETCH_UNREACHABLE, FETCH_TOO_LARGE, FETCH_INCOMPLETE (other bytes than announced); the signal's reason when aborted. Nothing is left behind then
 */
export async function fetchWhatsAppMedia(request: MediaRequest): Promise<FetchedMedia> {
  const maxBytes = Math.min(request.maxBytes, MAX_BYTES[request.role]);
  const deadlineMs = request.clock.now() + request.timeoutMs;
  const media = await addressOf(request);
  if ((media.file_size ?? 0) > maxBytes) throw tooLarge(maxBytes);
  const path = join(request.folder, `.whatsapp-${newId("att", request.clock.now())}.unfinished`);
  try {
    const { sizeBytes, sha256 } = await download(request, media.url, path, maxBytes, Math.max(1, deadlineMs - request.clock.now()));
    for (const announced of [request.sha256, digestHex(media.sha256)]) {
      if (announced !== undefined && announced !== sha256) throw new AppError("FETCH_INCOMPLETE", "The file of WhatsApp is not the one that was announced (other SHA-256); it is fetched again");
    }
    return { path, sizeBytes, sha256, mediaType: mediaTypeOf(media.mime_type) };
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
}

/** First step: the id becomes an address. */
async function addressOf({ mediaId, settings, timeoutMs, net, clock, signal }: MediaRequest): Promise<z.output<typeof mediaSchema>> {
  const url = `${settings.graph_url.replace(/\/+$/, "")}/${settings.api_version}/${encodeURIComponent(mediaId)}`;
  const response = await net.request({ url, headers: headersOf(settings, "application/json"), policy: { kind: "administered" }, timeoutMs, maxResponseBytes: 64 * 1024, signal });
  const body = await response.text();
  if (response.status !== 200) throw refusal(response, body, "id", clock.now());
  const parsed = mediaSchema.safeParse(parseJson(body));
  if (!parsed.success) throw new AppError("FETCH_REFUSED", "The answer of WhatsApp to the id of a file names no address; check channels.whatsapp.graph_url and api_version");
  return parsed.data;
}

/** Second step: the same token once more, only to hosts that are Meta's or the relay's own. */
async function download({ settings, recordingHosts, net, clock, signal }: MediaRequest, url: string, path: string, maxBytes: number, timeoutMs: number): Promise<{ sizeBytes: number; sha256: string }> {
  const response = await net.request({ url, headers: headersOf(settings, "*/*"), policy: policyOf(settings, recordingHosts), timeoutMs, maxResponseBytes: maxBytes, signal });
  if (response.status !== 200) throw refusal(response, await response.text(), "address", clock.now());
  const file = await open(path, "wx", 0o600);
  const hash = createHash("sha256");
  let sizeBytes = 0;
  try {
    for await (const chunk of response.body) {
      await file.writeFile(chunk);
      hash.update(chunk);
      sizeBytes += chunk.byteLength;
    }
    await file.sync();
  } finally {
    await file.close();
    await response.discard();
  }
  if (sizeBytes === 0) throw new AppError("FETCH_INCOMPLETE", "The file of WhatsApp came empty; it is fetched again");
  return { sizeBytes, sha256: hash.digest("hex") };
}

function headersOf({ access_token: token }: MediaRequest["settings"], accept: string): Record<string, string> {
  return { authorization: `Bearer ${token}`, accept, "user-agent": "Earshot" };
}

/** The answer's address was written elsewhere, so it is treated as a stranger's: a short list of hosts, every address checked, https only as Meta does. */
function policyOf({ graph_url }: MediaRequest["settings"], recordingHosts: readonly string[]): NetPolicy {
  const { hostname, protocol } = new URL(graph_url);
  return { kind: "recording", allowHttp: protocol === "http:", hosts: [hostname.replace(/^\[|\]$/g, ""), ...FILE_HOSTS, ...recordingHosts] };
}

/** Meta's own codes first: it answers 400 to nearly everything. An address that is no longer good is asked for again; an id is not. */
function refusal({ status, headers }: NetResponse, body: string, of: "id" | "address", nowMs: number): AppError {
  const { code, error_subcode: subcode } = errorSchema.safeParse(parseJson(body)).data?.error ?? {};
  const details = { httpStatus: status, ...(code === undefined ? {} : { code }) };
  if (status === 429 || [4, 17, 32, 613, 80007, 130429].includes(code ?? 0)) {
    return new AppError("FETCH_THROTTLED", "WhatsApp wants fewer requests for files; they are asked for again later", { details: { ...details, retryAfterMs: readRetryAfter(headers["retry-after"], nowMs) ?? THROTTLED_MS } });
  }
  if (status === 401 || code === 190) return new AppError("FETCH_UNAUTHORISED", "WhatsApp does not accept channels.whatsapp.access_token; make a new token for the system user and put it there", { details });
  if (status === 408 || status >= 500 || code === 1 || code === 2) return new AppError("FETCH_UNREACHABLE", `WhatsApp could not hand out the file (HTTP ${status}); it is asked again later`, { details });
  const isGone = status === 404 || status === 410 || (code === 100 && subcode === 33);
  if (isGone && of === "id") return new AppError("FETCH_EXPIRED", "WhatsApp no longer has this file: ids of files are good for 7 days", { details });
  if (isGone || of === "address") return new AppError("FETCH_REFUSED", `The address of a WhatsApp file was refused (HTTP ${status}); a new one is asked for later`, { retry: "later", details });
  return new AppError("FETCH_REFUSED", `WhatsApp refused to hand out the file (HTTP ${status}${code === undefined ? "" : `, code ${code}`}); check the permissions of the token`, { details });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function tooLarge(maxBytes: number): AppError {
  return new AppError("FETCH_TOO_LARGE", `The file of WhatsApp is larger than ${maxBytes} bytes`, { details: { maxBytes } });
}
