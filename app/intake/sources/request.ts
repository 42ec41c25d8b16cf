// What every adapter gets, and how the body of a telephone system becomes fields: JSON or form, keys in any spelling. Pure.
import { z } from "zod";
import { AppError, type RecordingReference } from "../../domain/index.ts";
import type { SourceConfig } from "../../platform/index.ts";
import { zoneOf, type Zone } from "../local-time.ts";
import type { NameTemplates } from "../name-templates.ts";

/** One webhook request, already authenticated. */
export interface SourceRequest {
  body: Buffer;
  contentType: string | undefined;
  query: Readonly<Record<string, string>>;
}

/** What an adapter may know besides the request. */
export interface SourceContext {
  source: SourceConfig;
  /** IANA name of the site's time zone */
  timeZone: string;
  nowMs: number;
  templates: NameTemplates;
}

export interface Problem {
  path: string;
  message: string;
}

/** Fields by their name in lower case without `-` and `_`, so that `CALLFILENAME`, `call_filename` and `CallFileName` are one. */
export type Fields = ReadonlyMap<string, unknown>;

/** Local times of this source: its own offset when it has one. */
export function sourceZone(context: SourceContext): Zone {
  return zoneOf(context.timeZone, context.source.utc_offset_minutes);
}

/** Body text. Telephone systems write names in old encodings: what is not UTF-8 becomes �, which loses a letter and not a call. */
export function bodyText(request: SourceRequest): string {
  return new TextDecoder("utf-8", { ignoreBOM: false }).decode(request.body);
}

/** @throws AppError REQUEST_MALFORMED when the text is no JSON object */
export function parseJsonObject(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw malformed("(body)", "expected a JSON object", cause);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw malformed("(body)", "expected a JSON object");
  return value as Record<string, unknown>;
}

/** JSON or form, by what it looks like: scripts of telephone systems often send the wrong content type or none. Later values of a key win. */
export function readFields(request: SourceRequest): Fields {
  const text = bodyText(request).trim();
  if (text.startsWith("{") || request.contentType?.includes("json") === true) return fieldsOf(parseJsonObject(text));
  if (!text.includes("=")) throw malformed("(body)", "expected a JSON object or a form (name=value&…)");
  return fieldsOf(Object.fromEntries(new URLSearchParams(text)));
}

export function fieldsOf(object: Record<string, unknown>): Fields {
  return new Map(Object.entries(object).map(([key, value]) => [key.toLowerCase().replace(/[-_]/g, ""), value]));
}

/**
 * The first of these fields that says something.
 * Empty texts, a single space and variables that nobody filled in (`[Agent]`, `${src}`, `^{CALLFILENAME}`) say nothing.
 */
export function textOf(fields: Fields, ...names: string[]): string | undefined {
  for (const name of names) {
    const value = fields.get(name.toLowerCase().replace(/[-_]/g, ""));
    const text = typeof value === "string" ? value.trim() : typeof value === "number" && Number.isFinite(value) ? String(value) : "";
    if (text !== "" && !/^(\[[A-Za-z][\w. ]*\]|[$^]\{[^}]*\}|<null>|null|undefined)$/.test(text)) return text.slice(0, 2048);
  }
  return undefined;
}

/** At most 200 characters, the limit of every short text of a call. */
export function shortOf(fields: Fields, ...names: string[]): string | undefined {
  return textOf(fields, ...names)?.slice(0, 200);
}

/** Whether a script says that the call rings or begins, in the words that telephone systems use for it. */
export function isStart(fields: Fields): boolean {
  const event = shortOf(fields, "event", "event_type", "event_name")?.toLowerCase().replace(/[\s_-]/g, "");
  return event !== undefined && ["call.started", "callstarted", "ring", "ringing", "newchannel", "newcall"].includes(event);
}

/** Seconds as a number (`83`, `"83"`, `00:01:23`) → milliseconds. */
export function durationMsOf(fields: Fields, ...names: string[]): number | undefined {
  const text = textOf(fields, ...names);
  const clock = /^(?:(\d{1,3}):)?(\d{1,2}):(\d{2})$/.exec(text ?? "");
  const seconds = clock ? Number(clock[1] ?? 0) * 3600 + Number(clock[2]) * 60 + Number(clock[3]) : Number(text ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 && seconds <= 7 * 86_400 ? Math.round(seconds * 1000) : undefined;
}

/**
 * The file that a telephone system names, when this machine sees its folder. The name stays as it was written; `resolveRecordingPath` finds the file.
 * @returns undefined when the source has no `recordings_folder`: a watched folder may bring the file
 * @throws AppError REQUEST_INVALID for names that would leave the folder
 */
export function fileReference(name: string | undefined, field: string, source: SourceConfig): RecordingReference | undefined {
  if (name === undefined || source.recordings_folder === undefined) return undefined;
  // eslint-disable-next-line no-control-regex
  if (/[\u0000-\u001f\u007f]/.test(name) || name.length > 1024 || name.split(/[/\\]/).includes("..")) {
    throw invalid([{ path: field, message: "expected a file below recordings_folder, without .. and control characters" }]);
  }
  return { path: name };
}

/** The address of a recording that a script sends along. @throws AppError REQUEST_INVALID when it is none */
export function addressReference(text: string | undefined, field: string): RecordingReference | undefined {
  if (text === undefined) return undefined;
  if (!z.url({ protocol: /^https?$/ }).safeParse(text).success) throw invalid([{ path: field, message: "expected an address such as https://pbx.example.com/recordings/1.wav" }]);
  return { url: text };
}

export function malformed(path: string, message: string, cause?: unknown): AppError {
  return new AppError("REQUEST_MALFORMED", `The request cannot be read: ${path}: ${message}`, { details: { problems: [{ path, message }] }, cause });
}

/** @param problems every mistake, each with the expected value */
export function invalid(problems: readonly Problem[]): AppError {
  return new AppError("REQUEST_INVALID", `The request must be mended: ${problems.map(({ path, message }) => `${path}: ${message}`).join("; ")}`, { details: { problems } });
}
