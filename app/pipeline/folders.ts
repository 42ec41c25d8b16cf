// Watched folders: a file that has settled is copied into the vault and becomes a call.
import { basename } from "node:path";
import { WatchFolder, type SettledFile } from "../intake/index.ts";
import type { FolderConfig } from "../platform/index.ts";
import { arriveFile } from "./accept.ts";
import type { DiskGuard } from "./disk-guard.ts";
import type { Parts } from "./parts.ts";

const NOTES: Record<SettledFile["notes"][number], string> = {
  header_unfinished: "its header was never finished, so the recorder may have died",
  empty: "it is empty",
  sidecar_missing: "the file with the facts of the call never came",
  sidecar_unreadable: "the file with the facts of the call cannot be read",
};

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
  const { unused, outcome } = await parts.commits.run(() =>
    arriveFile(
      {
        source: folder.source,
        facts: file.facts,
        notes: file.notes.map((note) => NOTES[note]),
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
