// collect: the file of a message comes into the vault, from an address or from the front that keeps it.
import { rm } from "node:fs/promises";
import { AppError } from "../../domain/index.ts";
import { downloadRecording } from "../../intake/index.ts";
import type { AttachmentRow, CarrierRow } from "../../store/index.ts";
import { WORK_ON } from "../attachment-work.ts";
import { fetchMedia, type FetchedFile } from "../fetch-media.ts";
import type { Parts } from "../parts.ts";
import type { AttachmentStage } from "../stage.ts";

export const collect: AttachmentStage = {
  name: "collect",
  subject: "attachment",
  lane: "net",
  next: null,
  waiting: "The file of a message is about to be fetched",
  async run({ attachment, message }, parts, signal) {
    const next = WORK_ON[attachment.role];
    if (attachment.file !== null) return { save: () => undefined, detail: "The file was here already", next };
    const maxBytes = 1_048_576 * (next === "hear" ? parts.config.intake.max_recording_mb : parts.config.documents.max_mb);
    const fetched = await fetchFile(attachment, message, maxBytes, parts, signal);
    const stored = await parts.vault.adoptFile(fetched.path, attachment.name ?? fetched.fileName, maxBytes).finally(() => rm(fetched.path, { force: true }));
    if (attachment.announced_sha256 !== null && attachment.announced_sha256 !== stored.sha256) {
      await parts.vault.remove(stored.file);
      throw new AppError("FETCH_INCOMPLETE", "The file is not the one that was announced (its SHA-256 is another); it is fetched again");
    }
    return {
      save: () => parts.store.writes.attachments.setStored(attachment.id, stored, fetched.mediaType),
      detail: `${attachment.role.replace("_", " ")}, ${(stored.sizeBytes / 1_000_000).toFixed(2)} MB`,
      next,
    };
  },
};

async function fetchFile(attachment: AttachmentRow, message: CarrierRow, maxBytes: number, parts: Parts, signal: AbortSignal): Promise<FetchedFile> {
  if (attachment.url === null) return fetchMedia(attachment, message, maxBytes, parts, signal);
  const loaded = await downloadRecording({ url: attachment.url, folder: parts.spool, maxBytes, content: "any", config: parts.config.intake, net: parts.net, clock: parts.clock, signal });
  return { path: loaded.path, fileName: loaded.fileName, mediaType: loaded.contentType };
}
