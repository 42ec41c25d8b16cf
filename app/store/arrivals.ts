// What has already arrived: ids of signed webhooks and files of watched folders. Kept for ever, since repeats come after years.
import type { Db } from "../platform/index.ts";

/** A file as the file system shows it; all five together are one version of it. */
export interface FileVersion {
  path: string;
  dev: number;
  ino: number;
  sizeBytes: number;
  mtimeMs: number;
}

export interface Arrivals {
  /** @returns "new", "same" (a repeat with equal content) or "different" (a replay with other content) */
  noteWebhook(source: string, webhookId: string, digest: string, nowMs: number): "new" | "same" | "different";
  isFileKnown(file: FileVersion): boolean;
  noteFile(file: FileVersion, sessionId: string, nowMs: number): void;
}

/** @param db an open, migrated database */
export function createArrivals(db: Db): Arrivals {
  const insertWebhook = db.prepare("INSERT INTO webhook_ids (source, webhook_id, digest, at_ms) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING");
  const webhook = db.prepare<[string, string], { digest: string }>("SELECT digest FROM webhook_ids WHERE source = ? AND webhook_id = ?");
  const file = db.prepare<[string], { dev: number; ino: number; size_bytes: number; mtime_ms: number }>("SELECT * FROM seen_files WHERE path = ?");
  const insertFile = db.prepare(`INSERT INTO seen_files (path, dev, ino, size_bytes, mtime_ms, session_id, at_ms) VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (path) DO UPDATE SET dev = excluded.dev, ino = excluded.ino, size_bytes = excluded.size_bytes, mtime_ms = excluded.mtime_ms, session_id = excluded.session_id, at_ms = excluded.at_ms`);
  return {
    noteWebhook(source, webhookId, digest, nowMs) {
      if (insertWebhook.run(source, webhookId, digest, nowMs).changes === 1) return "new";
      return webhook.get(source, webhookId)?.digest === digest ? "same" : "different";
    },
    isFileKnown(version) {
      const row = file.get(version.path);
      // device and inode may change when a share is mounted again; path, size and time are the version
      return row !== undefined && row.size_bytes === version.sizeBytes && row.mtime_ms === Math.trunc(version.mtimeMs);
    },
    noteFile: (version, sessionId, nowMs) =>
      void insertFile.run(version.path, Math.trunc(version.dev), Math.trunc(version.ino), version.sizeBytes, Math.trunc(version.mtimeMs), sessionId, nowMs),
  };
}
