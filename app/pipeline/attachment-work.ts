// What is done with an attachment, by what it is said to be. What it really is shows its content, later.
import type { AttachmentRole, Stage } from "../domain/index.ts";

/** null: it is only kept. */
export const WORK_ON: Readonly<Record<AttachmentRole, Stage | null>> = { voice_note: "hear", audio: "hear", image: "read", document: "read", video: null, sticker: null };
