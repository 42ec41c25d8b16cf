// From a file to pages: a process of its own reads it, inside walls that no document can move.
import { realpathSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { AppError, type ErrorCode } from "../domain/index.ts";
import { ensureFolder, installationRoot, runProgram, type RunResult } from "../platform/index.ts";
import { lineSchema, type DocumentLimits, type DocumentReading, type Line, type ReadingRequest } from "./document.ts";

export interface ReadOptions {
  signal?: AbortSignal;
  /** 0…19 */
  niceness?: number;
  /** poppler's `pdftoppm`, for pages whose pictures cannot be taken out of a PDF, and a private folder for what it draws */
  drawer?: { program: string; folder: string };
  /** longest side of the preview of a picture, in pixels; none is made when absent */
  previewSide?: number;
}

/** What V8, its WebAssembly and the libraries reserve and never touch. Measured: 4 GB in all are enough for OCR, 2 GB are not for V8 alone. */
const RESERVED_MB = 4096;
/** All text that the limits allow, as JSON: far more than any document has. */
const MOST_OUTPUT_BYTES = 32 * 1_048_576;
/** Pages are drawn at 200 dots an inch, and at most this large. */
const DRAWN = ["-r", "200", "-gray", "-png", "-scale-to", "2900"];

/**
 * Reads a file. What it is shows its content, whatever it is called.
 * @param path absolute
 * @returns what was read; `truncated` says which limit ended it before the end
 * @throws AppError DOCUMENT_ENCRYPTED, DOCUMENT_UNREADABLE, DOCUMENT_TOO_LARGE, DOCUMENT_UNSUPPORTED; DOCUMENT_TIMEOUT and DOCUMENT_MEMORY when nothing was
 *   read before the limit; the signal's reason when aborted
 */
export async function readDocument(path: string, limits: DocumentLimits, options: ReadOptions = {}): Promise<DocumentReading> {
  const startedAt = performance.now();
  const request = { path, limits, ...(options.previewSide === undefined ? {} : { previewSide: options.previewSide }) };
  const reading = gather(await inProcess(request, limits.seconds, options));
  const leftSeconds = limits.seconds - (performance.now() - startedAt) / 1000;
  if (reading.unreadPages.length === 0 || options.drawer === undefined || leftSeconds < 1) return reading;
  return withDrawnPages(path, reading, { ...limits, seconds: leftSeconds }, options, options.drawer);
}

/** Puts the lines of the process together; a refusal, or an end without anything, becomes an error. */
function gather({ lines, run }: Said): DocumentReading {
  const reading: DocumentReading = { kind: "unknown", pages: [], unreadPages: [] };
  let isWhole = false;
  for (const line of lines) {
    if (line.say === "refused") throw new AppError(line.code, line.message);
    if (line.say === "kind") reading.kind = line.kind;
    if (line.say === "page") reading.pages.push(line.page);
    if (line.say === "picture") reading.picture = line.picture;
    if (line.say === "preview") reading.preview = Buffer.from(line.png, "base64");
    if (line.say === "unread") reading.unreadPages.push(line.page);
    if (line.say === "end") {
      isWhole = true;
      if (line.truncated !== null) reading.truncated = line.truncated;
    }
  }
  if (isWhole) return reading;
  const [code, message, truncated] = why(run);
  if (reading.pages.length === 0 || truncated === undefined) throw new AppError(code, message, { details: { exitCode: run.exitCode, signal: run.signal } });
  return { ...reading, truncated };
}

function why(run: RunResult): [ErrorCode, string, DocumentReading["truncated"]] {
  if (run.timedOut || run.signal === "SIGXCPU") return ["DOCUMENT_TIMEOUT", "The document was not read within documents.seconds; ask for a simpler or shorter one", "seconds"];
  // V8 aborts (SIGABRT, 134) when its heap is full; the kernel refuses memory beyond the address space
  const isFull = run.outOfMemory || run.signal === "SIGABRT" || run.exitCode === 134 || /out of memory|allocation failed/i.test(run.stderr);
  if (isFull) return ["DOCUMENT_MEMORY", "Reading the document needs more than documents.memory_mb; ask for a simpler or shorter one", "memory"];
  if (run.overflowed) return ["DOCUMENT_TOO_LARGE", "The document holds more text than is taken in; ask for a shorter one", "text"];
  if (run.notStarted) return ["INTERNAL", "The reading process could not be started; run earshot doctor", undefined];
  return ["DOCUMENT_UNREADABLE", "The document ended the process that read it; ask for it in another format", undefined];
}

interface Said {
  lines: Line[];
  run: RunResult;
}

async function inProcess(request: ReadingRequest, seconds: number, { signal, niceness }: ReadOptions): Promise<Said> {
  const { memoryMb } = request.limits;
  const run = await runProgram(process.execPath, [...seatBelt(request), ...heap(memoryMb), PROGRAM, JSON.stringify(request)], {
    timeoutMs: seconds * 1000,
    killAfterMs: 0, // it holds nothing that must be put in order
    maxStdoutBytes: MOST_OUTPUT_BYTES,
    niceness: niceness ?? 10,
    limits: { memoryMb, addressSpaceMb: memoryMb + RESERVED_MB, cpuSeconds: seconds * 2, fileBytes: 0 },
    ...(signal === undefined ? {} : { signal }),
  });
  signal?.throwIfAborted();
  return { lines: linesOf(run.stdout.toString("utf8")), run };
}

const PROGRAM = fileURLToPath(new URL("./reading-process.js", import.meta.url));

/** The process may read the program and its document, and write nothing. Node's own words: a seat belt, not a cage; the parsers need the cage least with it on. */
function seatBelt({ path, drawn }: ReadingRequest): string[] {
  const flag = process.allowedNodeEnvironmentFlags.has("--permission") ? "--permission" : "--experimental-permission";
  const root = installationRoot();
  const readable = [join(realpathSync(root), "*"), join(realpathSync(join(root, "node_modules")), "*"), path, ...(drawn ?? []).map((one) => one.path)];
  return ["--no-warnings", flag, "--allow-worker", "--allow-addons", ...readable.map((one) => `--allow-fs-read=${one}`)];
}

/** WebAssembly without the guard pages that would reserve 10 GB each. */
function heap(memoryMb: number): string[] {
  return ["--disable-wasm-trap-handler", `--max-old-space-size=${Math.floor(memoryMb * 0.7)}`, "--max-semi-space-size=4"];
}

/** A line that was cut by the end of the process is left out. */
function linesOf(text: string): Line[] {
  return text.split("\n").flatMap((line) => {
    if (line === "") return [];
    try {
      const parsed = lineSchema.safeParse(JSON.parse(line));
      return parsed.success ? [parsed.data] : [];
    } catch {
      return [];
    }
  });
}

async function withDrawnPages(path: string, reading: DocumentReading, limits: DocumentLimits, options: ReadOptions, drawer: NonNullable<ReadOptions["drawer"]>): Promise<DocumentReading> {
  const folder = await ensureFolder(drawer.folder);
  const deadline = performance.now() + limits.seconds * 500; // half of what is left, the other half is for reading
  try {
    const drawn: { page: number; path: string }[] = [];
    for (const page of reading.unreadPages) {
      const timeoutMs = deadline - performance.now();
      if (timeoutMs < 100) break;
      const target = join(folder, `page-${page}`);
      const run = await runProgram(drawer.program, [...DRAWN, "-f", `${page}`, "-l", `${page}`, "-singlefile", path, target], {
        timeoutMs, niceness: options.niceness ?? 10, killAfterMs: 0, limits: { memoryMb: limits.memoryMb, fileBytes: 64 * 1_048_576 }, ...(options.signal === undefined ? {} : { signal: options.signal }),
      });
      options.signal?.throwIfAborted();
      if (run.exitCode === 0) drawn.push({ page, path: `${target}.png` });
    }
    if (drawn.length === 0) return reading;
    const leftSeconds = limits.seconds - (performance.now() - (deadline - limits.seconds * 500)) / 1000;
    const { lines } = await inProcess({ path, drawn, limits: { ...limits, seconds: leftSeconds } }, leftSeconds, options);
    const pages = lines.flatMap((line) => (line.say === "page" ? [line.page] : []));
    const read = new Set(drawn.map((one) => one.page));
    const isCut = !lines.some((line) => line.say === "end" && line.truncated === null);
    return {
      ...reading,
      pages: [...reading.pages, ...pages].sort((a, b) => a.number - b.number),
      unreadPages: reading.unreadPages.filter((page) => !read.has(page)),
      ...(isCut ? { truncated: "seconds" as const } : {}),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
