// One large file over an unreliable line: what arrived is kept beside its place with the server's name for that version, and continued.
import { open, readFile, rm } from "node:fs/promises";
import { createReadStream } from "node:fs";
import { basename } from "node:path";
import { z } from "zod";
import { AppError } from "../domain/index.ts";
import type { Clock } from "./clock.ts";
import { oneChunk, sizeOf, writeStreamDurably } from "./files.ts";
import type { ModelFile } from "./model-entry.ts";
import { agrees, createSummer, type Summer, type Sums } from "./model-sums.ts";
import type { Net, NetResponse } from "./net-types.ts";
import { judgeAnswer, rangeHeaders, type PartFacts } from "./range-answer.ts";

/** Publishers redirect to their stores, sometimes twice; more is a circle. */
const MOST_REDIRECTS = 5;
/** Breaks in a row without a single new byte; anything that arrives begins the count anew. */
const MOST_BREAKS = 4;
const REST_MS = 1_000;
const SILENCE_MS = 60_000;
const LONGEST_MS = 24 * 3_600_000;

export interface DownloadWish {
  /** its sums and size are checked as far as they are known */
  file: ModelFile;
  url: string;
  /** where it will lie; until it is whole it is `<target>.part`, described by `<target>.part.json` */
  target: string;
  /** the first byte beyond it ends the download */
  maxBytes: number;
}

export interface DownloadTools {
  net: Net;
  clock: Clock;
  signal?: AbortSignal;
  /** called for every piece; `totalBytes` when the server or the list says it */
  onProgress?: (doneBytes: number, totalBytes: number | undefined) => void;
}

/** What lies here of the file, with the sums so far. */
interface Part extends PartFacts {
  summer: Summer;
}

const partSchema = z.object({ url: z.string(), validator: z.string(), totalBytes: z.number().int().positive().optional() }).strict();

/** Where an unfinished download lies. */
export function partOf(target: string): string {
  return `${target}.part`;
}

/**
 * Downloads into `<target>.part` and checks it; the caller moves it into place. Whatever breaks it off, the next call goes on.
 * @returns the sums and size of what arrived
 * @throws AppError FETCH_… when the line or the server fails, MODEL_INVALID when another file came (nothing is kept then); the signal's reason
 */
export async function downloadFile(wish: DownloadWish, tools: DownloadTools): Promise<Sums & { sizeBytes: number }> {
  const part = await openPart(wish, tools.signal);
  for (let breaks = 0, furthest = part.haveBytes; ; ) {
    try {
      if (part.haveBytes === 0 || part.haveBytes !== wish.file.sizeBytes) await continuePart(wish, part, tools);
      return await finish(wish, part);
    } catch (error) {
      breaks = part.haveBytes > furthest ? 0 : breaks + 1;
      furthest = Math.max(furthest, part.haveBytes);
      const isLine = error instanceof AppError && (error.code === "FETCH_INCOMPLETE" || error.code === "FETCH_UNREACHABLE");
      const isNobodyHome = error instanceof AppError && error.code === "FETCH_UNREACHABLE" && part.haveBytes === 0; // no broken line: say so at once
      if (!isLine || isNobodyHome || tools.signal?.aborted === true || breaks > MOST_BREAKS) throw error;
      await tools.clock.sleep(REST_MS * 2 ** breaks, tools.signal);
    }
  }
}

/** Asks for what is missing and writes it; returns when the server has nothing more. */
async function continuePart(wish: DownloadWish, part: Part, tools: DownloadTools): Promise<void> {
  const response = await ask(wish, part, tools);
  const verdict = judgeAnswer(response.status, response.headers, part);
  if (verdict.kind === "write") return receive(wish, part, response, verdict, tools);
  await response.discard();
  if (verdict.kind === "whole") return;
  if (verdict.kind !== "again") throw refusal(wish, response.status, verdict.kind === "busy");
  await startAnew(wish, part);
  return continuePart(wish, part, tools); // without Range now, so it ends here
}

async function ask(wish: DownloadWish, part: Part, { net, signal }: DownloadTools): Promise<NetResponse> {
  let address = wish.url;
  for (let hop = 0; hop <= MOST_REDIRECTS; hop += 1) {
    const response = await net.request({
      url: address, headers: rangeHeaders(part), policy: { kind: "administered" }, timeoutMs: LONGEST_MS, idleTimeoutMs: SILENCE_MS, maxResponseBytes: wish.maxBytes, ...(signal === undefined ? {} : { signal }),
    });
    const verdict = judgeAnswer(response.status, response.headers, part);
    if (verdict.kind !== "elsewhere") return response;
    await response.discard();
    address = nextAddress(wish.url, address, verdict.address);
  }
  throw new AppError("FETCH_REFUSED", `${new URL(wish.url).hostname} sends us in circles; carry the model over with: earshot models install <file>`);
}

/** Redirects stay encrypted; only a site's own plain mirror may point to itself. @throws AppError FETCH_URL_REFUSED */
function nextAddress(first: string, here: string, location: string): string {
  const next = URL.canParse(location, here) ? new URL(location, here) : undefined;
  const asked = new URL(first);
  if (next?.protocol === "https:" || (next !== undefined && next.protocol === asked.protocol && next.host === asked.host)) return next.href;
  throw new AppError("FETCH_URL_REFUSED", `${asked.hostname} sends us to an address that is not https; nothing was fetched from there`);
}

async function receive(wish: DownloadWish, part: Part, response: NetResponse, verdict: { fromBytes: number; totalBytes?: number; validator?: string }, { onProgress }: DownloadTools): Promise<void> {
  const { sizeBytes } = wish.file;
  if (sizeBytes !== undefined && verdict.totalBytes !== undefined && verdict.totalBytes !== sizeBytes) {
    await response.discard();
    await startAnew(wish, part);
    throw otherFile(wish, `it has ${verdict.totalBytes} bytes instead of ${sizeBytes}`);
  }
  if (verdict.fromBytes === 0) await startAnew(wish, part);
  part.validator = verdict.validator;
  part.totalBytes = verdict.totalBytes;
  await describePart(wish, part);
  const handle = await open(partOf(wish.target), "a", 0o600);
  try {
    for await (const chunk of response.body) {
      if (part.haveBytes + chunk.byteLength > (verdict.totalBytes ?? wish.maxBytes)) throw tooMuch(wish);
      await handle.writeFile(chunk); // all of it: a bare write may stop short when the disk fills up
      part.summer.update(chunk);
      part.haveBytes += chunk.byteLength;
      onProgress?.(part.haveBytes, verdict.totalBytes ?? sizeBytes);
    }
  } catch (error) {
    if (error instanceof AppError && error.code === "FETCH_TOO_LARGE") await startAnew(wish, part);
    if ((error as { code?: unknown }).code === "ENOSPC") throw new AppError("DISK_RESERVE", `The disk is full; make room and run the same command again to go on`, { cause: error });
    throw error;
  } finally {
    await handle.sync(); // what is continued after a power cut must be there
    await handle.close();
  }
  if (part.haveBytes < (verdict.totalBytes ?? sizeBytes ?? 0)) throw new AppError("FETCH_INCOMPLETE", `${new URL(wish.url).hostname} ended too early; run the same command again to go on`);
}

async function finish(wish: DownloadWish, part: Part): Promise<Sums & { sizeBytes: number }> {
  const sums = part.summer.sums();
  const { sizeBytes } = wish.file;
  if (sizeBytes !== undefined && sizeBytes !== part.haveBytes) return fail(`it has ${part.haveBytes} bytes instead of ${sizeBytes}`);
  if (agrees(wish.file, sums) === false) return fail("it has another sum");
  return { ...sums, sizeBytes: part.haveBytes };

  async function fail(why: string): Promise<never> {
    await startAnew(wish, part);
    throw otherFile(wish, why);
  }
}

/** Continues what an earlier call left, when it is known which version of which file it was, and a sum will prove the result. */
async function openPart(wish: DownloadWish, signal: AbortSignal | undefined): Promise<Part> {
  const part: Part = { haveBytes: 0, summer: createSummer() };
  const known = await readDescriber(wish);
  const haveBytes = await sizeOf(partOf(wish.target));
  if (known === undefined || haveBytes === undefined || haveBytes > wish.maxBytes || agrees(wish.file, part.summer.sums()) === undefined) {
    await startAnew(wish, part);
    return part;
  }
  for await (const chunk of createReadStream(partOf(wish.target), { highWaterMark: 1024 * 1024, ...(signal === undefined ? {} : { signal }) })) part.summer.update(chunk as Uint8Array);
  return Object.assign(part, { haveBytes, validator: known.validator, totalBytes: known.totalBytes });
}

/** Takes an unfinished download away; when its file was moved into place, what described it. */
export async function forgetPart(target: string): Promise<void> {
  await rm(describerOf({ target }), { force: true }); // first: without it the rest counts for nothing
  await rm(partOf(target), { force: true });
}

async function startAnew(wish: DownloadWish, part: Part): Promise<void> {
  await forgetPart(wish.target);
  Object.assign(part, { haveBytes: 0, validator: undefined, totalBytes: undefined, summer: createSummer() });
}

async function describePart(wish: DownloadWish, { validator, totalBytes }: Part): Promise<void> {
  if (validator === undefined) return rm(describerOf(wish), { force: true });
  const text = JSON.stringify({ url: wish.url, validator, totalBytes });
  await writeStreamDurably(oneChunk(Buffer.from(text)), describerOf(wish), 64 * 1024);
}

async function readDescriber(wish: DownloadWish): Promise<z.output<typeof partSchema> | undefined> {
  try {
    const known = partSchema.parse(JSON.parse(await readFile(describerOf(wish), "utf8")));
    return known.url === wish.url ? known : undefined;
  } catch {
    return undefined;
  }
}

function describerOf({ target }: Pick<DownloadWish, "target">): string {
  return `${partOf(target)}.json`;
}


function refusal(wish: DownloadWish, status: number, isBusy: boolean): AppError {
  const host = new URL(wish.url).hostname;
  if (isBusy) return new AppError("FETCH_UNREACHABLE", `${host} answered ${status}; try again later, what arrived is kept`);
  return new AppError("FETCH_REFUSED", `${host} answered ${status} for ${basename(wish.target)}; check the mirror, or carry the model over with: earshot models install <file>`);
}

function tooMuch(wish: DownloadWish): AppError {
  return new AppError("FETCH_TOO_LARGE", `${new URL(wish.url).hostname} sends more than ${basename(wish.target)} has; nothing of it was kept`);
}

function otherFile(wish: DownloadWish, why: string): AppError {
  return new AppError("MODEL_INVALID", `What ${new URL(wish.url).hostname} sent is not ${basename(wish.target)} as the list knows it (${why}); nothing of it was kept. Try again or carry the model over with: earshot models install <file>`);
}
