// What the name of a recording tells: templates with placeholders, read from the right. Pure, except for loading the file.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { basename, dirname, extname, join } from "node:path";
import { parse as parseYaml } from "yaml";
import { z } from "zod";
import { AppError, callIdSchema, type CallFacts, type Direction, type GenericCall } from "../domain/index.ts";
import { installationRoot } from "../platform/index.ts";
import { defined } from "./defined.ts";
import { compileTemplate, type CompiledTemplate, type Field } from "./name-pattern.ts";
import { toUtcMs, wallOf, type Zone } from "./local-time.ts";

/** Templates in the order of their file, by name. */
export type NameTemplates = ReadonlyMap<string, NameTemplate>;

export interface NameTemplate {
  pattern: CompiledTemplate;
  /** what dates in the name are local to: the site or the source, or always UTC */
  times: "site" | "utc";
  examples: readonly string[];
}

const fileSchema = z.object({
  templates: z.record(
    z.string().regex(/^[a-z0-9][a-z0-9_-]{0,62}$/, "expected lower-case letters, digits, - and _"),
    z
      .object({
        about: z.string().optional(),
        template: z.string().min(1).max(300),
        times: z.enum(["site", "utc"]).default("site"),
        examples: z.array(z.string()).default([]),
      })
      .strict(),
  ),
});

/** FreePBX's first word → direction, seen from the company. Queues and ring groups answer calls from outside. */
const TYPES: Readonly<Record<string, Direction>> = { in: "inbound", external: "inbound", q: "inbound", rg: "inbound", out: "outbound", internal: "internal", exten: "internal" };
const DIRECTION_WORDS: Readonly<Record<string, Direction>> = { inbound: "inbound", in: "inbound", i: "inbound", outbound: "outbound", out: "outbound", o: "outbound", internal: "internal" };

/**
 * @param file YAML file; config/name-templates.yaml of the installation when absent
 * @throws AppError CONFIG_INVALID with every mistake in `details.problems`
 */
export function loadNameTemplates(file = join(installationRoot(), "config", "name-templates.yaml")): NameTemplates {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    throw new AppError("CONFIG_INVALID", `The name templates ${file} cannot be read; check the path and its permissions`, { cause });
  }
  return readNameTemplates(text, file);
}

/** @param text YAML as in config/name-templates.yaml. @throws AppError CONFIG_INVALID */
export function readNameTemplates(text: string, file = "config/name-templates.yaml"): NameTemplates {
  const problems: { path: string; message: string }[] = [];
  const templates = new Map<string, NameTemplate>();
  let content: unknown;
  try {
    content = parseYaml(text, { maxAliasCount: 0 });
  } catch (cause) {
    throw new AppError("CONFIG_INVALID", `${file} is not YAML; mend it and start again`, { cause });
  }
  const parsed = fileSchema.safeParse(content);
  if (!parsed.success) problems.push(...parsed.error.issues.map((issue) => ({ path: issue.path.join("."), message: issue.message })));
  for (const [name, entry] of Object.entries(parsed.data?.templates ?? {})) {
    const pattern = compileTemplate(entry.template);
    if (typeof pattern === "string") problems.push({ path: `templates.${name}.template`, message: pattern });
    else templates.set(name, { pattern, times: entry.times, examples: entry.examples });
  }
  if (problems.length > 0) {
    throw new AppError("CONFIG_INVALID", `${file} must be mended: ${problems.map(({ path, message }) => `${path}: ${message}`).join("; ")}`, { details: { problems } });
  }
  return templates;
}

/** What a name tells. `hasId` is false when `callId` was made of the name, because nothing in it is an id. */
export interface NameFacts {
  facts: CallFacts;
  hasId: boolean;
  /** the template that fitted; absent when none did, then only `callId` is set */
  matched?: string;
}

/**
 * Reads the name of a recording.
 * @param templateName name of a template, or `any`: all of them in the order of the file
 * @param relativePath path below the watched folder or just a file name; only its last part is read by the template
 */
export function parseRecordingName(templates: NameTemplates, templateName: string, relativePath: string, zone: Zone): NameFacts {
  const stem = stemOf(relativePath);
  const names = templateName === "any" ? [...templates.keys()] : [templateName];
  for (const name of names) {
    const template = templates.get(name);
    const fields = template?.pattern.match(stem);
    if (template === undefined || fields === undefined) continue;
    const startedAtMs = startOf(fields, template.times === "utc" ? 0 : zone);
    if (startedAtMs === "impossible") continue; // fourteen digits that are no date: the template fitted by accident
    const id = idOf(fields);
    const facts: CallFacts = { callId: id ?? idFromName(relativePath), ...partiesOf(fields), ...(startedAtMs === undefined ? {} : { startedAtMs }) };
    return { facts, hasId: id !== undefined, matched: name };
  }
  return { facts: { callId: idFromName(relativePath) }, hasId: false };
}

/** The same for a file that is handed in: in the words of `POST /v1/calls`, with `call_id` only where the name holds a real id. */
export function parseFileName(templates: NameTemplates, templateName: string, fileName: string, timeZone: string): Partial<GenericCall> {
  const { facts, hasId } = parseRecordingName(templates, templateName, basename(fileName), timeZone);
  return defined({
    call_id: hasId ? facts.callId : undefined,
    started_at: facts.startedAtMs,
    direction: facts.direction,
    from: facts.from,
    to: facts.to,
    agent: facts.agentId === undefined ? undefined : { id: facts.agentId },
    queue: facts.queue,
    customer: facts.customerPhone === undefined ? undefined : { phone: facts.customerPhone },
  });
}

/**
 * A call id made of a file name: the name without its extension. Below a sub-folder, and where characters had to be replaced, eight
 * characters of a digest keep apart what only looks the same.
 */
export function idFromName(relativePath: string): string {
  const stem = stemOf(relativePath);
  const folder = dirname(relativePath);
  // eslint-disable-next-line no-control-regex
  const clean = stem.replace(/[\u0000-\u001f\u007f-\u009f/\\]/g, "_").trim().slice(0, 150);
  const isUnchanged = clean === stem && callIdSchema.safeParse(clean).success;
  if (isUnchanged && (folder === "." || folder === "")) return clean;
  return `${isUnchanged || clean !== "" ? clean.replace(/\.+$/, "") : "recording"}-${createHash("sha256").update(`${folder}/${stem}`).digest("hex").slice(0, 8)}`.replace(/^-/, "recording-");
}

function stemOf(path: string): string {
  const name = basename(path);
  return name.slice(0, name.length - extname(name).length);
}

function idOf(fields: Partial<Record<Field, string>>): string | undefined {
  const id = fields.uuid?.toLowerCase() ?? fields.uniqueid ?? fields.id;
  return id !== undefined && callIdSchema.safeParse(id).success ? id : undefined;
}

function partiesOf(fields: Partial<Record<Field, string>>): Partial<CallFacts> {
  const direction = TYPES[fields.type?.toLowerCase() ?? ""] ?? DIRECTION_WORDS[fields.direction?.toLowerCase() ?? ""];
  const agentId = party(fields.agent) ?? agentAmong(fields, direction);
  const queue = party(fields.queue) ?? (fields.type?.toLowerCase() === "q" ? party(fields.to) : undefined);
  return defined({ direction, from: party(fields.from), to: party(fields.to), customerPhone: party(fields.customer), agentId, queue });
}

/** FreePBX names the extension that called out, or that was called from outside. */
function agentAmong(fields: Partial<Record<Field, string>>, direction: Direction | undefined): string | undefined {
  if (fields.type === undefined) return undefined;
  if (direction === "outbound") return party(fields.from);
  return fields.type.toLowerCase() === "external" ? party(fields.to) : undefined;
}

/** Placeholders of telephone systems for "nobody knows". */
function party(text: string | undefined): string | undefined {
  const value = text?.trim().slice(0, 200);
  return value === undefined || value === "" || /^(unknown|anonymous|private|unavailable|restricted|null|none|s)$/i.test(value) ? undefined : value;
}

function startOf(fields: Partial<Record<Field, string>>, zone: Zone): number | undefined | "impossible" {
  const epoch = fields.epoch ?? /(\d{9,11})\.\d+$/.exec(fields.uniqueid ?? "")?.[1];
  const epochMs = epoch === undefined ? undefined : Number(epoch) * 1000;
  const date = /^(\d{4})-?(\d{2})-?(\d{2})/.exec(fields.date ?? fields["date-dashed"] ?? fields.datetime ?? "");
  const time = /^(\d{2})[-_]?(\d{2})[-_]?(\d{2})$/.exec(fields.time ?? fields["time-dashed"] ?? fields["time-underscored"] ?? fields.datetime?.slice(8) ?? "");
  const stampMs = date && time ? toUtcMs(wallOf([...date.slice(1, 4), ...time.slice(1, 4)]), zone) : undefined;
  if (epochMs !== undefined) return epochMs;
  return date && time && stampMs === undefined ? "impossible" : stampMs;
}
