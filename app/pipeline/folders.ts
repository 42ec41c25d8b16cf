// Watched folders: a file that has settled is copied into the vault and becomes a call.
import { basename, extname } from "node:path";
import { WatchFolder, type SettledFile } from "../intake/index.ts";
import { inTransaction, type FolderConfig } from "../platform/index.ts";
import { arriveFile } from "./accept.ts";
import type { DiskGuard } from "./disk-guard.ts";
import type { Parts } from "./parts.ts";

/** One watcher a configured folder; `wake` is called when a file became a job. */
export function createFolderWatchers(parts: Parts, disk: DiskGuard, wake: () => void): WatchFolder[] {
  return parts.config.intake.folders.map(
    (folder) =>
      new WatchFolder({
        folder,
        templates: parts.templates,
        timeZone: parts.config.site.timezone,
        clock: parts.clock,
        log: parts.log,
        isKnown: (file) => parts.store.writes.arrivals.isFileKnown(file),
        onSettled: (file) => takeIn(folder, file, parts, disk, wake),
      }),
  );
}

async function takeIn(folder: FolderConfig, file: SettledFile, parts: Parts, disk: DiskGuard, wake: () => void): Promise<void> {
  await disk.check();
  const originalName = basename(file.path);
  const stored = await parts.vault.adoptFile(file.path, originalName, parts.config.intake.max_recording_mb * 1024 * 1024);
  const callId = file.facts.callId ?? `${basename(originalName, extname(originalName))}`;
  const facts = { ...file.facts, callId: cleanCallId(callId, stored.sha256) };
  const { unused, outcome } = inTransaction(parts.db, () =>
    arriveFile(
      {
        source: folder.source,
        facts,
        staged: { ...stored, originalName },
        priority: "folder",
        origin: { path: file.path, dev: file.dev, ino: file.ino, sizeBytes: file.sizeBytes, mtimeMs: file.mtimeMs },
        ...(folder.raw_format === undefined ? {} : { rawFormat: folder.raw_format }),
      },
      parts,
    ),
  );
  if (unused) await parts.vault.remove(stored.file);
  parts.meters.arrived(folder.source, outcome);
  if (outcome === "accepted") parts.events.emit("call.received", { source: folder.source });
  wake();
}

/** A file name may hold anything; a call id may not. Two files never share an id: the content is part of a mended one. */
export function cleanCallId(name: string, sha256: string): string {
  // eslint-disable-next-line no-control-regex
  const clean = name.replace(/[\u0000-\u001f\u007f-\u009f/\\]/g, "_").trim();
  return clean === name && clean.length > 0 && clean.length <= 200 && clean !== "." && clean !== ".." ? clean : `${clean.slice(0, 100) || "file"}-${sha256.slice(0, 16)}`;
}
