// The small file beside a recording that says who called whom: JSON or simple XML in the words of the API, or RFC 7865 metadata.
import { open, stat } from "node:fs/promises";
import { extname } from "node:path";
import { XMLParser } from "fast-xml-parser";
import { z } from "zod";
import { callIdSchema, genericCallSchema, type CallFacts } from "../domain/index.ts";
import { factsWithoutId } from "./facts.ts";
import { readRecordingMetadata } from "./siprec-metadata.ts";

const MAX_BYTES = 256 * 1024;

/** `ready` with what could be read (`isWhole` is false when some of it could not) · `absent` · `fresh`: it may still be written. */
export type Sidecar = { state: "ready"; facts: Partial<CallFacts>; isWhole: boolean } | { state: "absent" } | { state: "fresh" };

/**
 * Reads `<name>.json` or `<name>.wav.json` (or `.xml`).
 * @param settleMs the sidecar's own time must be older than this
 */
export async function readSidecar(recordingPath: string, kind: "json" | "xml", nowMs: number, settleMs: number): Promise<Sidecar> {
  const stem = recordingPath.slice(0, recordingPath.length - extname(recordingPath).length);
  for (const path of [`${stem}.${kind}`, `${recordingPath}.${kind}`, `${stem}.${kind.toUpperCase()}`]) {
    const stats = await stat(path).catch(() => undefined);
    if (stats === undefined || !stats.isFile()) continue;
    if (stats.size === 0 || (nowMs - stats.mtimeMs < settleMs && stats.mtimeMs <= nowMs)) return { state: "fresh" };
    const text = stats.size > MAX_BYTES ? undefined : await readText(path);
    const facts = text === undefined ? undefined : kind === "json" ? readJson(text) : readXml(text);
    return { state: "ready", facts: facts?.facts ?? {}, isWhole: facts?.isWhole ?? false };
  }
  return { state: "absent" };
}

/** @returns undefined when it is no JSON object; single fields of the wrong shape are left out and make `isWhole` false */
export function readJson(text: string): { facts: Partial<CallFacts>; isWhole: boolean } | undefined {
  try {
    return readFields(JSON.parse(text.replace(/^\ufeff/, "")));
  } catch {
    return undefined;
  }
}

/**
 * XML without entities and without a document type: neither can be expanded, so neither can grow.
 * @returns undefined when it is none of the two forms
 */
export function readXml(text: string): { facts: Partial<CallFacts>; isWhole: boolean } | undefined {
  if (/<!(DOCTYPE|ENTITY)/i.test(text)) return undefined;
  let tree: unknown;
  try {
    tree = new XMLParser({ ignoreAttributes: false, attributeNamePrefix: "@", removeNSPrefix: true, processEntities: false, parseTagValue: false, parseAttributeValue: false, trimValues: true }).parse(text, true);
  } catch {
    return undefined;
  }
  const root = Object.entries(tree as Record<string, unknown>).find(([name]) => !name.startsWith("?"));
  if (root === undefined || typeof root[1] !== "object" || root[1] === null) return undefined;
  if (root[0] === "recording" && ("participant" in root[1] || "session" in root[1])) return { facts: readRecordingMetadata(root[1]), isWhole: true };
  return readFields(fromXml(root[1]));
}

/** Each field by its own, so that one odd date does not lose the numbers. */
function readFields(value: unknown): { facts: Partial<CallFacts>; isWhole: boolean } | undefined {
  const parsed = z.record(z.string(), z.unknown()).safeParse(value);
  if (!parsed.success) return undefined;
  let isWhole = true;
  const call: Record<string, unknown> = {};
  for (const [name, schema] of Object.entries(genericCallSchema.shape)) {
    const given = parsed.data[name];
    if (given === undefined || given === null || given === "") continue;
    const field = schema.safeParse(given);
    if (field.success) call[name] = field.data;
    else isWhole = false;
  }
  const callId = callIdSchema.safeParse(call["call_id"]);
  return { facts: { ...factsWithoutId(call), ...(callId.success ? { callId: callId.data } : {}) }, isWhole };
}

/** XML has only text: the five entities are undone, numbers become numbers where the API wants them. */
function fromXml(node: unknown, name = ""): unknown {
  if (typeof node === "string") {
    const text = node.replace(/&(lt|gt|quot|apos|amp);/g, (_all, entity: string) => ({ lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" })[entity] ?? "");
    return ["duration_ms", "started_at", "ended_at"].includes(name) && /^\d+$/.test(text) ? Number(text) : text;
  }
  if (typeof node !== "object" || node === null || Array.isArray(node)) return undefined;
  return Object.fromEntries(Object.entries(node).map(([key, value]) => [key.replace(/^@/, ""), fromXml(value, key.replace(/^@/, ""))]));
}

async function readText(path: string): Promise<string | undefined> {
  const file = await open(path, "r").catch(() => undefined);
  if (file === undefined) return undefined;
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(MAX_BYTES), 0, MAX_BYTES, 0);
    return buffer.toString("utf8", 0, bytesRead);
  } catch {
    return undefined;
  } finally {
    await file.close();
  }
}
