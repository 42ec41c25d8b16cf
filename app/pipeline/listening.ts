// Renditions for listening. Sound with something to blank was rendered by the transcribe stage; everything else waits for its first listener:
// most calls are never listened to, and a rendition costs as much as a tenth of hearing the call.
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { renderPlayback } from "../media/index.ts";
import { ensureFolder, inTransaction } from "../platform/index.ts";
import { audioOf, type RecordingRow } from "../store/index.ts";
import type { Parts } from "./parts.ts";
import { inspect } from "./stages/prepare.ts";

const PATIENCE_MS = 5 * 60_000;

/** @returns finds or makes the rendition of a call; two listeners at once share the work */
export function createListening(parts: Parts): (callId: string, source: string | undefined) => Promise<string | undefined> {
  const making = new Map<string, Promise<string>>();
  return async (callId, source) => {
    const stored = parts.store.reads.recordingOf(callId, source);
    if (stored?.redacted !== true || parts.store.writes.sessions.byId(stored.sessionId)?.status === "held") return undefined;
    if (stored.playbackFile !== null) return parts.vault.pathOf(stored.playbackFile);
    const row = parts.store.writes.recordings.ofSession(stored.sessionId);
    if (row === undefined) return undefined;
    const work = making.get(row.id) ?? render(row, parts).finally(() => making.delete(row.id));
    making.set(row.id, work);
    return parts.vault.pathOf(await work);
  };
}

async function render(recording: RecordingRow, parts: Parts): Promise<string> {
  const folder = join(parts.spool, `listen-${recording.id}`);
  await ensureFolder(folder);
  try {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const { file, path } = await parts.vault.newRenditionPath();
    const inspection = await inspect(recording, folder, parts, signal);
    await renderPlayback({ inspection, layout: audioOf(recording)?.layout ?? "mono", mute: [], target: path, folder, tools: parts.media, signal });
    inTransaction(parts.db, () => parts.store.writes.recordings.setPlayback(recording.id, file));
    return file;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
