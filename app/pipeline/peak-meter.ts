// The picture of a recording waits for the first person who looks at the call: most calls are never looked at.
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { measurePeaks } from "../media/index.ts";
import { ensureFolder, inTransaction } from "../platform/index.ts";
import { audioOf, type PeaksByChannel, type RecordingRow } from "../store/index.ts";
import type { Parts } from "./parts.ts";
import { inspect } from "./stages/prepare.ts";

const PATIENCE_MS = 5 * 60_000;

/** @returns finds or measures how loud a call is over time; two who look at once share the work. Only the redacted sound is ever measured. */
export function createPeakMeter(parts: Parts): (callId: string, source: string | undefined) => Promise<PeaksByChannel | undefined> {
  const measuring = new Map<string, Promise<PeaksByChannel>>();
  return async (callId, source) => {
    const stored = parts.store.reads.recordingOf(callId, source);
    if (stored?.redacted !== true || parts.store.writes.sessions.byId(stored.sessionId)?.status === "held") return undefined;
    const row = parts.store.writes.recordings.ofSession(stored.sessionId);
    if (row === undefined || row.file === null) return undefined;
    const { id, file } = { ...row, file: row.file };
    const known = parts.store.writes.peaks.of(id, file);
    if (known !== undefined) return known;
    const work = measuring.get(id) ?? measure(row, file, parts).finally(() => measuring.delete(id));
    measuring.set(id, work);
    return work;
  };
}

/** Once the words are redacted, the stored file is the blanked one wherever something was blanked (transcribe.ts). */
async function measure(recording: RecordingRow, file: string, parts: Parts): Promise<PeaksByChannel> {
  const folder = join(parts.spool, `peaks-${recording.id}`);
  await ensureFolder(folder);
  try {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const inspection = await inspect(recording, folder, parts, signal);
    const peaks = (await measurePeaks({ inspection, folder, durationMs: audioOf(recording)?.durationMs ?? inspection.expectedDurationMs, tools: parts.media, signal })).map((channel) => [...channel]);
    inTransaction(parts.db, () => parts.store.writes.peaks.keep(recording.id, file, peaks));
    return peaks;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
