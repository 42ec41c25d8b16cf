// Recordings: where the sound of a session comes from, where it lies, what it is.
import type { AudioFacts, ChannelAssignment, VoiceSeparation } from "../domain/index.ts";
import type { Db } from "../platform/index.ts";
import type { RecordingRow, SpeechByChannel } from "./rows.ts";

export interface NewRecording {
  id: string;
  sessionId: string;
  url?: string;
  sourcePath?: string;
  originalName?: string;
  rawFormat?: string;
}

/** A file in the vault, with what identifies its content. */
export interface StoredFile {
  file: string;
  sha256: string;
  sizeBytes: number;
}

export interface Recordings {
  create(recording: NewRecording): void;
  ofSession(sessionId: string): RecordingRow | undefined;
  /** content is identity: the same bytes are the same recording, for ever */
  byContent(sha256: string): RecordingRow | undefined;
  /** the file has arrived in the vault */
  setFile(id: string, stored: StoredFile, originalName: string, nowMs: number): void;
  /** a later version of the same call (its recorder went on writing): starts over with this file */
  replaceFile(id: string, stored: StoredFile, nowMs: number): void;
  setAudio(id: string, audio: AudioFacts, assignment: ChannelAssignment | null, speech: SpeechByChannel): void;
  /** how the voices of one channel were told apart; undefined where there was nothing to tell apart */
  setSeparation(id: string, separation: VoiceSeparation | undefined): void;
  /** redaction is done: `file` is what stays of the sound, `playbackFile` what people may hear, when it was made already */
  setRedacted(id: string, file: string, playbackFile: string | null, mutedMs: number): void;
  setPlayback(id: string, playbackFile: string): void;
  remove(id: string): void;
  /** The sound is given up: the row stays, with when and why, so that the same bytes are still known. @returns files to remove from the vault */
  purge(id: string, reason: string, nowMs: number): string[];
  /** all vault files that rows know of */
  knownFiles(): Set<string>;
}

/** @param db an open, migrated database */
export function createRecordings(db: Db): Recordings {
  const insert = db.prepare("INSERT INTO recordings (id, session_id, url, source_path, original_name, raw_format) VALUES (?, ?, ?, ?, ?, ?)");
  const ofSession = db.prepare<[string], RecordingRow>("SELECT * FROM recordings WHERE session_id = ?");
  const byContent = db.prepare<[string], RecordingRow>("SELECT * FROM recordings WHERE sha256 = ?");
  const setFile = db.prepare("UPDATE recordings SET file = ?, sha256 = ?, size_bytes = ?, original_name = coalesce(original_name, ?), arrived_at_ms = ?, purged_at_ms = NULL, purge_reason = NULL WHERE id = ?");
  const replaceFile = db.prepare(`UPDATE recordings SET file = ?, sha256 = ?, size_bytes = ?, arrived_at_ms = ?, redacted = 0, muted_ms = 0, playback_file = NULL, audio = NULL, speech = NULL, separation = NULL WHERE id = ?`);
  const setAudio = db.prepare("UPDATE recordings SET audio = ?, channel_map = ?, channel_map_reason = ?, speech = ? WHERE id = ?");
  const setSeparation = db.prepare("UPDATE recordings SET separation = ? WHERE id = ?");
  const setRedacted = db.prepare("UPDATE recordings SET file = ?, playback_file = ?, muted_ms = ?, redacted = 1 WHERE id = ?");
  const setPlayback = db.prepare("UPDATE recordings SET playback_file = ? WHERE id = ?");
  const remove = db.prepare("DELETE FROM recordings WHERE id = ?");
  const filesOf = db.prepare<[string], { file: string | null; playback_file: string | null }>("SELECT file, playback_file FROM recordings WHERE id = ?");
  const purge = db.prepare("UPDATE recordings SET file = NULL, playback_file = NULL, redacted = 0, purged_at_ms = ?, purge_reason = ? WHERE id = ?");
  const known = db.prepare<[], { file: string }>("SELECT file FROM recordings WHERE file IS NOT NULL UNION SELECT playback_file FROM recordings WHERE playback_file IS NOT NULL");
  return {
    create: (one) => void insert.run(one.id, one.sessionId, one.url ?? null, one.sourcePath ?? null, one.originalName ?? null, one.rawFormat ?? null),
    ofSession: (sessionId) => ofSession.get(sessionId),
    byContent: (sha256) => byContent.get(sha256),
    setFile: (id, stored, originalName, nowMs) => void setFile.run(stored.file, stored.sha256, stored.sizeBytes, originalName, nowMs, id),
    replaceFile: (id, stored, nowMs) => void replaceFile.run(stored.file, stored.sha256, stored.sizeBytes, nowMs, id),
    setAudio: (id, audio, assignment, speech) =>
      void setAudio.run(JSON.stringify(audio), assignment === null ? null : JSON.stringify(assignment.map), assignment?.reason ?? null, JSON.stringify(speech), id),
    setSeparation: (id, separation) => void setSeparation.run(separation === undefined ? null : JSON.stringify(separation), id),
    setRedacted: (id, file, playbackFile, mutedMs) => void setRedacted.run(file, playbackFile, mutedMs, id),
    setPlayback: (id, playbackFile) => void setPlayback.run(playbackFile, id),
    remove: (id) => void remove.run(id),
    purge(id, reason, nowMs) {
      const files = filesOf.get(id);
      purge.run(nowMs, reason, id);
      return [...new Set([files?.file, files?.playback_file])].filter((file): file is string => typeof file === "string");
    },
    knownFiles: () => new Set(known.all().map((row) => row.file)),
  };
}
