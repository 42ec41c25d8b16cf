// How loud a recording is over time, for its picture: made once from the redacted sound, and again when that is another file.
import type { Db } from "../platform/index.ts";

/** Per channel 0…255 in equal steps over the whole recording, each the square root of the loudest sample's share of full scale. */
export type PeaksByChannel = readonly (readonly number[])[];

export interface Peaks {
  /** undefined when there are none of this file */
  of(recordingId: string, file: string): PeaksByChannel | undefined;
  keep(recordingId: string, file: string, channels: PeaksByChannel): void;
}

/** @param db an open, migrated database */
export function createPeaks(db: Db): Peaks {
  const get = db.prepare<[string, string]>("SELECT channels FROM peaks WHERE recording_id = ? AND file = ?").pluck();
  const set = db.prepare("INSERT INTO peaks (recording_id, file, channels) VALUES (?, ?, ?) ON CONFLICT (recording_id) DO UPDATE SET file = excluded.file, channels = excluded.channels");
  return {
    of(recordingId, file) {
      const found = get.get(recordingId, file) as string | undefined;
      return found === undefined ? undefined : (JSON.parse(found) as string[]).map((channel) => [...Buffer.from(channel, "base64")]);
    },
    keep: (recordingId, file, channels) => void set.run(recordingId, file, JSON.stringify(channels.map((channel) => Buffer.from(channel).toString("base64")))),
  };
}
