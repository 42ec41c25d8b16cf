// A file behind an id that its front exchanges for an address: each front has its own way.
import { AppError } from "../domain/index.ts";
import { fetchWhatsAppMedia } from "../intake/index.ts";
import type { AttachmentRow, CarrierRow } from "../store/index.ts";
import type { Parts } from "./parts.ts";

/** A fetched file, flushed, in the spool; the caller moves it to where it belongs, or deletes it. */
export interface FetchedFile {
  path: string;
  fileName: string;
  mediaType: string | undefined;
}

/** @throws AppError FETCH_…; FETCH_REFUSED when nothing is set up to ask the front */
export async function fetchMedia(attachment: AttachmentRow, message: CarrierRow, maxBytes: number, parts: Parts, signal: AbortSignal): Promise<FetchedFile> {
  const { whatsapp } = parts.config.channels;
  if (message.source !== "whatsapp" || whatsapp === undefined || attachment.media_id === null) {
    throw new AppError("FETCH_REFUSED", `The front ${message.source ?? ""} hands out files by id, and nothing is set up to ask it; check its channel in the settings`);
  }
  const { path, mediaType } = await fetchWhatsAppMedia({
    mediaId: attachment.media_id, role: attachment.role, maxBytes, settings: whatsapp, recordingHosts: parts.config.intake.recording_hosts, folder: parts.spool,
    timeoutMs: parts.config.intake.download_seconds * 1000, net: parts.net, clock: parts.clock, signal,
    ...(attachment.announced_sha256 === null ? {} : { sha256: attachment.announced_sha256 }),
  });
  return { path, mediaType, fileName: attachment.name ?? `${attachment.role}.${mediaType?.split("/")[1]?.replace(/[^a-z0-9]/g, "") ?? "bin"}` };
}
