// Reads an upload as it arrives: the recording streams to the vault, the metadata is kept, whichever comes first.
import type { Readable } from "node:stream";
import busboy, { type Busboy } from "busboy";
import type { Request } from "express";
import { AppError } from "../domain/index.ts";
import type { Appliance, StagedFile } from "../pipeline/index.ts";

/** JSON about one call is a few hundred bytes. */
const MAX_METADATA_BYTES = 64 * 1024;

export interface Upload {
  file: StagedFile;
  /** text of the part `metadata`; undefined when there is none */
  metadata: string | undefined;
}

/**
 * Parts: `recording` (a file, once) and `metadata` (JSON as a field or as a file, once), in any order; other fields are ignored.
 * @throws AppError UNSUPPORTED_TYPE, REQUEST_MALFORMED, REQUEST_INVALID, TOO_LARGE and what `stage` throws; nothing is left behind then
 */
export async function readUpload(req: Request, maxFileBytes: number, appliance: Pick<Appliance, "stage" | "discard">): Promise<Upload> {
  if (Number(req.headers["content-length"] ?? 0) > maxFileBytes + 2 * MAX_METADATA_BYTES) throw tooLarge(maxFileBytes);
  const parser = createParser(req);
  const staged: Promise<StagedFile>[] = [];
  const metadata: Promise<string>[] = [];
  const found: { problem?: Error } = {};
  const stop = (problem: Error): void => {
    found.problem ??= problem;
    parser.destroy(problem);
  };

  parser.on("file", (name, stream, info) => {
    stream.on("error", () => undefined); // a part that nobody reads (the vault refused) fails with its parser, and that is told once
    if (name === "recording" && staged.length === 0) staged.push(watched(appliance.stage(bounded(stream, maxFileBytes), safeName(info.filename)), stop));
    else if (name === "metadata" && metadata.length === 0) metadata.push(watched(textOf(stream), stop));
    else {
      stream.resume();
      stop(invalid(name === "recording" || name === "metadata" ? name : "recording", `expected one part "recording" and one part "metadata"`));
    }
  });
  parser.on("field", (name, value, info) => {
    if (name !== "metadata") return;
    if (info.valueTruncated || metadata.length > 0) stop(invalid("metadata", `expected one part of at most ${MAX_METADATA_BYTES / 1024} KB`));
    else metadata.push(Promise.resolve(value));
  });
  parser.on("partsLimit", () => stop(invalid("(body)", "expected at most 20 parts")));

  try {
    await parsed(req, parser);
    const [file, text] = [await staged[0], await metadata[0]];
    if (file === undefined) throw invalid("recording", "expected a file part with this name");
    return { file, metadata: text };
  } catch (thrown) {
    for (const one of await Promise.allSettled(staged)) if (one.status === "fulfilled") await appliance.discard(one.value);
    throw found.problem ?? (thrown instanceof AppError ? thrown : brokeOff(thrown));
  }
}

function createParser(req: Request): Busboy {
  if (!/^multipart\/form-data\s*;/i.test(req.headers["content-type"] ?? "")) {
    throw new AppError("UNSUPPORTED_TYPE", "Send multipart/form-data with the parts recording (a file) and metadata (JSON)");
  }
  try {
    return busboy({ headers: req.headers, defParamCharset: "utf8", limits: { fieldSize: MAX_METADATA_BYTES, fields: 10, files: 4, parts: 20, headerPairs: 32 } });
  } catch (cause) {
    throw new AppError("REQUEST_MALFORMED", "The multipart header has no usable boundary; send the request with a multipart library", { cause });
  }
}

/** Not `pipeline`: that would destroy the request, and with it the connection on which the client waits for the reason. */
function parsed(req: Request, parser: Busboy): Promise<void> {
  return new Promise((resolve, reject) => {
    parser.once("error", reject).once("close", resolve);
    req.once("close", () => {
      if (!req.complete) parser.destroy(brokeOff(undefined));
    });
    req.pipe(parser);
  });
}

/** A part that fails stops the whole upload; the failure is thrown by `readUpload`, not here. */
function watched<T>(part: Promise<T>, stop: (problem: Error) => void): Promise<T> {
  part.catch((thrown: unknown) => stop(thrown instanceof Error ? thrown : new Error("upload failed", { cause: thrown })));
  return part;
}

/** The bytes of a part. What goes wrong on the sender's side is REQUEST_MALFORMED; what goes wrong in the vault stays what it is. */
async function* bounded(stream: Readable, maxBytes: number): AsyncGenerator<Uint8Array> {
  let size = 0;
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > maxBytes) throw tooLarge(maxBytes);
      yield chunk;
    }
  } catch (thrown) {
    throw thrown instanceof AppError ? thrown : brokeOff(thrown);
  }
}

async function textOf(stream: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_METADATA_BYTES) throw invalid("metadata", `expected at most ${MAX_METADATA_BYTES / 1024} KB`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** The sender's name of the file is shown and parsed, never used as a path; control characters would only confuse whoever reads it. */
function safeName(name: string | undefined): string {
  // eslint-disable-next-line no-control-regex
  return (name ?? "").replace(/[\u0000-\u001f\u007f-\u009f]/g, "\ufffd").slice(0, 255) || "recording";
}

function invalid(path: string, message: string): AppError {
  return new AppError("REQUEST_INVALID", `${path}: ${message}; correct it and send the request again`, { details: { problems: [{ path, message }] } });
}

function brokeOff(cause: unknown): AppError {
  return new AppError("REQUEST_MALFORMED", "The upload broke off or is not well-formed multipart; send it again", { cause });
}

function tooLarge(maxBytes: number): AppError {
  return new AppError("TOO_LARGE", `The recording is larger than ${Math.floor(maxBytes / 1_048_576)} MB; send a compressed format, or raise http.max_upload_mb`, { details: { maxBytes } });
}
