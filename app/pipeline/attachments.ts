// Attachments on their way in and out: rows and first jobs when a message comes, the file when somebody asks for it.
import type { ChannelEvent, InboundAttachment } from "../domain/index.ts";
import { redactText } from "../privacy/index.ts";
import type { AttachmentFile } from "./appliance.ts";
import { WORK_ON } from "./attachment-work.ts";
import type { Parts } from "./parts.ts";
import { enqueueStage } from "./run-stage.ts";

/**
 * Rows of a message's attachments and the first job of each: `collect` for what must be fetched, `hear` or `read` for what is here. Inside the
 * transaction that stores the message; running it twice changes nothing.
 */
export function arriveAttachments(message: { id: string; sessionId: string }, attachments: readonly InboundAttachment[], parts: Parts): void {
  const session = attachments.length === 0 ? undefined : parts.store.writes.sessions.byId(message.sessionId);
  if (session === undefined) return;
  attachments.forEach((attachment, position) => {
    const name = attachment.name === undefined ? undefined : redactText(attachment.name, { detect: parts.config.privacy.redact }).text.slice(0, 255);
    const id = parts.store.writes.attachments.create(message.id, message.sessionId, position, attachment, name, parts.clock.now());
    const stage = "staged" in attachment.from ? WORK_ON[attachment.role] : "collect";
    if (id !== undefined && stage !== null) enqueueStage(session, stage, parts, id);
  });
}

/** Files that came with a repeated message belong to nobody: the first one has its own. @param arrived what became of each event */
export async function discardRepeats(events: readonly ChannelEvent[], arrived: readonly { outcome: string }[], parts: Pick<Parts, "vault">): Promise<void> {
  const repeated = events.flatMap((event, i) => (event.kind === "message" && arrived[i]?.outcome === "repeated" ? (event.message.attachments ?? []) : []));
  for (const { from } of repeated) if ("staged" in from) await parts.vault.remove(from.staged.file);
}

/**
 * Sound is handed out only when it was heard, and secrets in it blanked; a document once it was looked at, or could not be.
 * @returns undefined when there is no such attachment, or its file is not (yet) to be had
 */
export function fileOf(id: string, parts: Pick<Parts, "store" | "vault">): AttachmentFile | undefined {
  const row = parts.store.writes.attachments.byId(id);
  if (row === undefined || row.file === null) return undefined;
  const work = WORK_ON[row.role];
  const isKnown = row.state === "read" || work === null || (work === "read" && row.state === "failed");
  return isKnown ? { path: parts.vault.pathOf(row.file), sessionId: row.session_id, name: row.name } : undefined;
}
