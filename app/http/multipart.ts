// Reads an upload as it arrives: the file streams to the vault, the fields beside it are kept, whichever comes first.
import type { Readable } from "node:stream";
import busboy, { type Busboy } from "busboy";
import type { Request } from "express";
import { AppError } from "../domain/index.ts";
import type { Appliance, StagedFile } from "../pipeline/index.ts";

/** JSON about one call or customer is a few hundred bytes. */
const MAX_FIELD_BYTES = 64 * 1024;

export interface Upload<Field extends string> {
  file: StagedFile;
  /** as the sender claims */
  mediaType: string;
  /** texts of the parts that came */
  fields: Partial<Record<Field, string>>;
}

/** The parts of an upload: one file, and fields that come once as a field or as a file. */
export interface UploadShape<Field extends string> {
  file: string;
  fields: readonly Field[];
  maxFileBytes: number;
  /** setting that allows larger files */
  limitSetting: string;
}

/**
 * Parts in any order; other fields are ignored.
 * @throws AppError UNSUPPORTED_TYPE, REQUEST_MALFORMED, REQUEST_INVALID, TOO_LARGE and what `stage` throws; nothing is left behind then
 */
export async function readUpload<Field extends string>(req: Request, shape: UploadShape<Field>, appliance: Pick<Appliance, "stage" | "discard">): Promise<Upload<Field>> {
  const names: readonly string[] = shape.fields;
  if (Number(req.headers["content-length"] ?? 0) > shape.maxFileBytes + (1 + names.length) * MAX_FIELD_BYTES) throw tooLarge(shape);
  const parser = createParser(req, shape);
  const staged: Promise<StagedFile>[] = [];
  const texts = new Map<string, Promise<string>>();
  let mediaType = "";
  const found: { problem?: Error } = {};
  const stop = (problem: Error): void => {
    found.problem ??= problem;
    parser.destroy(problem);
  };

  parser.on("file", (name, stream, info) => {
    stream.on("error", () => undefined); // a part that nobody reads (the vault refused) fails with its parser, and that is told once
    if (name === shape.file && staged.length === 0) {
      mediaType = info.mimeType;
      staged.push(watched(appliance.stage(bounded(stream, shape), safeName(info.filename)), stop));
    } else if (names.includes(name) && !texts.has(name)) texts.set(name, watched(textOf(stream, name), stop));
    else {
      stream.resume();
      stop(invalid(names.includes(name) ? name : shape.file, `expected one part ${[shape.file, ...names].map((one) => `"${one}"`).join(" and one part ")}`));
    }
  });
  parser.on("field", (name, value, info) => {
    if (!names.includes(name)) return;
    if (info.valueTruncated || texts.has(name)) stop(invalid(name, `expected one part of at most ${MAX_FIELD_BYTES / 1024} KB`));
    else texts.set(name, Promise.resolve(value));
  });
  parser.on("partsLimit", () => stop(invalid("(body)", "expected at most 20 parts")));

  try {
    await parsed(req, parser);
    const file = await staged[0];
    if (file === undefined) throw invalid(shape.file, "expected a file part with this name");
    const fields = Object.fromEntries(await Promise.all([...texts].map(async ([name, text]) => [name, await text] as const)));
    return { file, mediaType, fields: fields as Partial<Record<Field, string>> };
  } catch (thrown) {
    for (const one of await Promise.allSettled(staged)) if (one.status === "fulfilled") await appliance.discard(one.value);
    throw found.problem ?? (thrown instanceof AppError ? thrown : brokeOff(thrown));
  }
}

function createParser(req: Request, { file, fields }: UploadShape<string>): Busboy {
  if (!/^multipart\/form-data\s*;/i.test(req.headers["content-type"] ?? "")) {
    throw new AppError("UNSUPPORTED_TYPE", `Send multipart/form-data with the parts ${file} (a file) and ${fields.join(", ")}`);
  }
  try {
    return busboy({ headers: req.headers, defParamCharset: "utf8", limits: { fieldSize: MAX_FIELD_BYTES, fields: 10, files: 4, parts: 20, headerPairs: 32 } });
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
async function* bounded(stream: Readable, shape: UploadShape<string>): AsyncGenerator<Uint8Array> {
  let size = 0;
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > shape.maxFileBytes) throw tooLarge(shape);
      yield chunk;
    }
  } catch (thrown) {
    throw thrown instanceof AppError ? thrown : brokeOff(thrown);
  }
}

async function textOf(stream: Readable, name: string): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_FIELD_BYTES) throw invalid(name, `expected at most ${MAX_FIELD_BYTES / 1024} KB`);
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

function tooLarge({ maxFileBytes: maxBytes, limitSetting }: UploadShape<string>): AppError {
  return new AppError("TOO_LARGE", `The file is larger than ${Math.floor(maxBytes / 1_048_576)} MB; send a compressed format, or raise ${limitSetting}`, { details: { maxBytes } });
}
