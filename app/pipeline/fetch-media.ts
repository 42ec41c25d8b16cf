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

/** @throws AppError FETCH_… */
export async function fetchMedia({ media_id: mediaId, role, announced_sha256: sha256 }: AttachmentRow, { source, channel }: CarrierRow, maxBytes: number, parts: Parts, signal: AbortSignal): Promise<FetchedFile> {
  const { channels, intake } = parts.config;
  if (mediaId === null || channel !== "whatsapp" || channels.whatsapp === undefined) {
    throw new AppError("FETCH_REFUSED", `The front ${source ?? ""} hands out files by id, and nothing is set up to ask it; check its channel in the settings`);
  }
  const { path, mediaType } = await fetchWhatsAppMedia({
    mediaId, role, maxBytes, settings: channels.whatsapp, recordingHosts: intake.recording_hosts, folder: parts.spool, timeoutMs: intake.download_seconds * 1000, net: parts.net, clock: parts.clock, signal,
    ...(sha256 === null ? {} : { sha256 }),
  });
  return { path, fileName: role, mediaType };
}
