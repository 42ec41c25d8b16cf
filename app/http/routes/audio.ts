// The sound of a call, as people may hear it: only the redacted rendition, every read audited.
import { stat } from "node:fs/promises";
import { extname } from "node:path";
import { z } from "zod";
import type { Response } from "express";
import { AppError } from "../../domain/index.ts";
import { checkedQuery, sourceQuery } from "../checked.ts";
import { contentDisposition } from "../file-name.ts";
import { actorOf } from "../principal.ts";
import { NARROWED_READERS, type Exchange, type Route } from "../route.ts";
import { visibleCall } from "../visible-call.ts";

const query = sourceQuery.extend({ download: z.enum(["", "0", "1", "true", "false"]).optional().describe("1: save instead of play") });

const MEDIA: Record<string, string> = { ".wav": "audio/wav", ".mp3": "audio/mpeg", ".ogg": "audio/ogg", ".opus": "audio/ogg", ".m4a": "audio/mp4", ".flac": "audio/flac", ".webm": "audio/webm" };

export const audioRoutes: Route[] = [
  {
    method: "get",
    path: "/v1/calls/:call_id/audio",
    access: NARROWED_READERS,
    docs: {
      id: "readAudio",
      summary: "The redacted recording; ranges are answered, every read is audited",
      query,
      answers: { 200: { description: "The whole recording", media: "audio/*" }, 206: { description: "The requested range", media: "audio/*" } },
      problems: ["REQUEST_INVALID", "NOT_FOUND", "RANGE_INVALID"],
    },
    async handle(exchange) {
      const call = visibleCall(exchange);
      const { download } = checkedQuery(query, exchange.req);
      const { reads } = exchange.parts.appliance.store;
      const isRedacted = reads.recordingOf(call.call_id, call.source)?.redacted === true;
      const path = isRedacted ? await exchange.parts.appliance.playback(call.call_id, call.source) : undefined;
      if (path === undefined) throw new AppError("NOT_FOUND", `There is no recording to listen to yet: the call is ${call.status}; /v1/calls/{call_id} says why`);
      audited(exchange, call.session_id);
      const extension = extname(path).toLowerCase();
      const isDownload = download !== undefined && download !== "0" && download !== "false";
      await sendStored(exchange.res, path, { "Content-Type": MEDIA[extension] ?? "application/octet-stream", "Content-Disposition": contentDisposition(isDownload ? "attachment" : "inline", `${call.call_id}${extension}`) });
    },
  },
];

/** A stored file as an answer, with everything that lets a browser cache nothing of it and ask for parts. */
export async function sendStored(res: Response, path: string, headers: Record<string, string>): Promise<void> {
  res.set({ ETag: await etagOf(path), "Cache-Control": "no-store", ...headers });
  await sendFile(res, path);
}

/** Strong: a rendition is written once and renamed into place, so size and time name its bytes. */
async function etagOf(path: string): Promise<string> {
  try {
    const { size, mtimeMs } = await stat(path);
    return `"${size.toString(16)}-${Math.trunc(mtimeMs).toString(16)}"`;
  } catch (cause) {
    throw missing(cause);
  }
}

/** Range, If-Range, 304, 206 and 416 are Express's own (the package `send`). */
function sendFile(res: Response, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    res.sendFile(path, { dotfiles: "allow", cacheControl: false, lastModified: false }, (error?: NodeJS.ErrnoException & { status?: number }) => {
      if (error === undefined || error === null || error.code === "ECONNABORTED" || error.code === "EPIPE" || error.code === "ECONNRESET") resolve(); // the listener went away
      else if (error.status === 404) reject(missing(error));
      else reject(error);
    });
  });
}

function missing(cause: unknown): AppError {
  return new AppError("INTERNAL", "The recording is missing in the vault; restore it from the last backup", { cause });
}

function audited({ req, context, parts }: Exchange, sessionId: string): void {
  parts.appliance.audit({
    actor: actorOf(context.principal, context.remoteIp), action: "recording.read", object: { kind: "session", id: sessionId }, outcome: "ok",
    ...(req.headers.range === undefined ? {} : { reason: `range ${req.headers.range.slice(0, 40)}` }), requestId: context.id,
  });
}
