// A recording that stands still: is it really finished, and what is known of it? Reads the header and the sidecar, changes nothing.
import { relative } from "node:path";
import { isStillRecording, readRiff, type CallFacts } from "../domain/index.ts";
import { readRange, type FolderConfig } from "../platform/index.ts";
import { mergeFacts } from "./facts.ts";
import { parseRecordingName, type NameTemplates } from "./name-templates.ts";
import type { Settling } from "./settle.ts";
import { readSidecar } from "./sidecar.ts";

/** Why a file was handed over although something is odd; for the ledger. */
export type SettledNote = "header_unfinished" | "empty" | "sidecar_missing" | "sidecar_unreadable";

export type Inspection = { state: "finished"; facts: CallFacts; notes: SettledNote[] } | { state: "wait"; reason: "empty" | "recording" | "sidecar" };

export interface InspectOptions {
  folder: FolderConfig;
  templates: NameTemplates;
  timeZone: string;
  /** what stands still for so long is abandoned: a recorder that crashed never fills in its header */
  abandonedAfterMs: number;
}

/**
 * @param settling a settled file
 * @throws errors of the file system
 */
export async function inspectRecording({ sample, stableSinceMs }: Settling, options: InspectOptions, nowMs: number): Promise<Inspection> {
  const { folder, templates, timeZone } = options;
  const isAbandoned = nowMs - Math.min(stableSinceMs, Math.max(sample.mtimeMs, 0)) >= options.abandonedAfterMs;
  const notes: SettledNote[] = [];
  if (sample.sizeBytes === 0) {
    if (!isAbandoned) return { state: "wait", reason: "empty" };
    notes.push("empty");
  } else {
    // Asterisk writes the sizes when it closes the file: until then they are 0, also through a long silence that writes nothing.
    const riff = readRiff(await readRange(sample.path, 0, 4096));
    if (riff !== undefined && isStillRecording(riff)) {
      if (!isAbandoned) return { state: "wait", reason: "recording" };
      notes.push("header_unfinished");
    }
  }
  const named = parseRecordingName(templates, folder.name_template, relative(folder.path, sample.path), timeZone).facts;
  if (folder.sidecar === "none") return { state: "finished", facts: named, notes };
  const sidecar = await readSidecar(sample.path, folder.sidecar, nowMs, folder.settle_seconds * 1000);
  if (sidecar.state !== "ready") {
    if (!isAbandoned) return { state: "wait", reason: "sidecar" };
    return { state: "finished", facts: named, notes: [...notes, "sidecar_missing"] };
  }
  if (!sidecar.isWhole) notes.push("sidecar_unreadable");
  return { state: "finished", facts: mergeFacts({ ...named, ...sidecar.facts }, named), notes };
}
