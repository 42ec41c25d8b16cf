// A file behind an id that its front exchanges for an address: each front has its own way.
import { AppError } from "../domain/index.ts";
import type { AttachmentRow, CarrierRow } from "../store/index.ts";
import type { Parts } from "./parts.ts";

/** A fetched file, flushed, in the spool; the caller moves it to where it belongs, or deletes it. */
export interface FetchedFile {
  path: string;
  fileName: string;
  mediaType: string | undefined;
}

/** @throws AppError FETCH_… */
export async function fetchMedia(_attachment: AttachmentRow, message: CarrierRow, _maxBytes: number, _parts: Parts, _signal: AbortSignal): Promise<FetchedFile> {
  throw new AppError("FETCH_REFUSED", `The front ${message.source ?? ""} hands out files by id, and nothing is set up to ask it; check its channel in the settings`);
}
