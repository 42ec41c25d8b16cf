// fetch: the recording comes into the vault, from an address or from a folder that the source names.
import { rm } from "node:fs/promises";
import { AppError } from "../../domain/index.ts";
import { downloadRecording, resolveRecordingPath } from "../../intake/index.ts";
import { factsOf, type RecordingRow, type SessionRow } from "../../store/index.ts";
import type { Parts } from "../parts.ts";
import type { CallStage, StageResult } from "../stage.ts";

interface Fetched {
  file: string;
  sha256: string;
  sizeBytes: number;
  originalName: string;
}

export const fetchRecording: CallStage = {
  name: "fetch",
  subject: "call",
  lane: "net",
  next: "prepare",
  waiting: "The recording is about to be fetched",
  async run({ session, recording }, parts, signal) {
    if (recording.file !== null) return { save: () => undefined, detail: "The recording was handed in meanwhile" };
    const fetched = await fetchFile(session, recording, parts, signal);
    const twin = parts.store.writes.recordings.byContent(fetched.sha256);
    return twin === undefined ? keep(recording, fetched, parts) : join(session, twin, fetched, parts);
  },
};

async function fetchFile(session: SessionRow, recording: RecordingRow, parts: Parts, signal: AbortSignal): Promise<Fetched> {
  const maxBytes = parts.config.intake.max_recording_mb * 1024 * 1024;
  if (recording.url !== null) {
    const loaded = await downloadRecording({ url: recording.url, folder: parts.spool, maxBytes, config: parts.config.intake, net: parts.net, clock: parts.clock, signal });
    try {
      return { ...(await parts.vault.adoptFile(loaded.path, loaded.fileName, maxBytes)), originalName: loaded.fileName };
    } finally {
      await rm(loaded.path, { force: true });
    }
  }
  const source = parts.config.intake.sources.find((one) => one.name === session.source);
  if (recording.source_path === null || source?.recordings_folder === undefined) {
    throw new AppError("RECORDING_MISSING", `The source ${session.source} names recordings by file; set recordings_folder for it, then retry`);
  }
  const { path, name } = await resolveRecordingPath(source.recordings_folder, recording.source_path);
  return { ...(await parts.vault.adoptFile(path, name, maxBytes)), originalName: name };
}

function keep(recording: RecordingRow, fetched: Fetched, parts: Parts): StageResult {
  return {
    save: () => parts.store.writes.recordings.setFile(recording.id, fetched, fetched.originalName, parts.clock.now()),
    discard: () => parts.vault.remove(fetched.file),
    detail: `${(fetched.sizeBytes / 1_000_000).toFixed(1)} MB`,
  };
}

/** The same bytes came before under another name: the two are one call. What this notification knew is added to it. */
function join(session: SessionRow, twin: RecordingRow, fetched: Fetched, parts: Parts): StageResult {
  return {
    save() {
      const { sessions, join: joining } = parts.store.writes;
      const other = sessions.byId(twin.session_id);
      if (other === undefined || other.id === session.id) return;
      sessions.addFacts(other, factsOf(session), parts.clock.now());
      joining.absorb(session.id, other.id);
    },
    detail: "The same recording arrived before; the two notifications are one call",
    next: null,
    discard: () => parts.vault.remove(fetched.file),
    afterCommit: () => parts.vault.remove(fetched.file),
  };
}
