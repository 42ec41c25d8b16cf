// Attachments: where the file of a message comes from, where it lies, what was read out of it.
import { newId, type AttachmentRole, type Channel, type ErrorView, type InboundAttachment, type MessageKind, type Speaker } from "../domain/index.ts";
import type { Db } from "../platform/index.ts";
import type { StoredFile } from "./recordings.ts";

/** `announced` known, not here · `stored` in the vault · `read` its words are messages, as far as it has any · `failed` with a reason; `file` tells whether it is here */
export const ATTACHMENT_STATES = ["announced", "stored", "read", "failed"] as const;
export type AttachmentState = (typeof ATTACHMENT_STATES)[number];

export interface AttachmentRow {
  id: string;
  message_id: string;
  session_id: string;
  position: number;
  role: AttachmentRole;
  name: string | null;
  media_type: string | null;
  announced_sha256: string | null;
  sha256: string | null;
  size_bytes: number | null;
  url: string | null;
  media_id: string | null;
  /** name in the vault; null before it came, and when it was not kept because of what is in it */
  file: string | null;
  state: AttachmentState;
  error_code: string | null;
  error_message: string | null;
  error_retry: ErrorView["retry"] | null;
  /** JSON: what it turned out to be, e.g. `{"kind":"pdf","pages":3}` */
  facts: string | null;
  created_at_ms: number;
}

/** The message that an attachment came with. */
export interface CarrierRow {
  id: string;
  session_id: string;
  conversation_id: string | null;
  customer_id: string | null;
  source: string | null;
  channel: Channel;
  speaker: Speaker;
  kind: MessageKind;
  text: string;
  at_ms: number;
  /** set when its text was heard */
  start_ms: number | null;
}

/** What is read out of an attachment, redacted. Facts are small and flat. */
export interface ReadMessage {
  kind: MessageKind;
  text: string;
  facts?: Record<string, string | number | boolean>;
  heard?: { endMs: number; confidence: number | undefined };
}

export interface Attachments {
  /** @param name redacted · @returns the new row's id; undefined when the message has an attachment at this place already */
  create(messageId: string, sessionId: string, position: number, attachment: InboundAttachment, name: string | undefined, nowMs: number): string | undefined;
  byId(id: string): AttachmentRow | undefined;
  ofMessage(messageId: string): AttachmentRow[];
  /** of a session, those that nobody has read and nothing has failed at */
  unreadOf(sessionId: string): AttachmentRow[];
  carrierOf(attachment: Pick<AttachmentRow, "message_id">): CarrierRow | undefined;
  /** the file has come */
  setStored(id: string, stored: StoredFile, mediaType: string | undefined): void;
  /** @param file what is kept of it, null: nothing */
  setRead(id: string, file: string | null, facts: Record<string, unknown>): void;
  setFailed(id: string, error: ErrorView): void;
  /** a person wants it tried again */
  revive(id: string): void;
  /** Messages read out of an attachment take the place of earlier ones, so running it twice is harmless. */
  replaceRead(attachment: AttachmentRow, carrier: CarrierRow, read: readonly ReadMessage[], nowMs: number): void;
  /** the words of a voice note are the message itself */
  setHeard(messageId: string, text: string, endMs: number, confidence: number | undefined): void;
  knownFiles(): string[];
}

/** @param db an open, migrated database */
export function createAttachments(db: Db): Attachments {
  const insert = db.prepare(`INSERT INTO attachments (id, message_id, session_id, position, role, name, media_type, announced_sha256, sha256, size_bytes, url, media_id, file, state, created_at_ms)
    VALUES (@id, @messageId, @sessionId, @position, @role, @name, @mediaType, @announced, @sha256, @sizeBytes, @url, @mediaId, @file, @state, @nowMs) ON CONFLICT DO NOTHING`);
  const byId = db.prepare<[string], AttachmentRow>("SELECT * FROM attachments WHERE id = ?");
  const ofMessage = db.prepare<[string], AttachmentRow>("SELECT * FROM attachments WHERE message_id = ? ORDER BY position");
  const unread = db.prepare<[string], AttachmentRow>("SELECT * FROM attachments WHERE session_id = ? AND state IN ('announced', 'stored') ORDER BY id");
  const carrier = db.prepare<[string], CarrierRow>("SELECT id, session_id, conversation_id, customer_id, source, channel, speaker, kind, text, at_ms, start_ms FROM messages WHERE id = ?");
  const stored = db.prepare("UPDATE attachments SET file = ?, sha256 = ?, size_bytes = ?, media_type = coalesce(media_type, ?), state = 'stored', error_code = NULL, error_message = NULL, error_retry = NULL WHERE id = ?");
  const read = db.prepare("UPDATE attachments SET file = ?, facts = ?, state = 'read', error_code = NULL, error_message = NULL, error_retry = NULL WHERE id = ?");
  const failed = db.prepare("UPDATE attachments SET state = 'failed', error_code = ?, error_message = ?, error_retry = ? WHERE id = ?");
  const revive = db.prepare("UPDATE attachments SET state = iif(file IS NULL, 'announced', 'stored'), error_code = NULL, error_message = NULL, error_retry = NULL WHERE id = ?");
  const clear = db.prepare("DELETE FROM messages WHERE attachment_id = ?");
  const add = db.prepare(`INSERT INTO messages (id, session_id, conversation_id, customer_id, source, channel, speaker, kind, text, at_ms, start_ms, end_ms, confidence, parent_id, attachment_id, facts)
    VALUES (@id, @sessionId, @conversationId, @customerId, @source, @channel, @speaker, @kind, @text, @atMs, @startMs, @endMs, @confidence, @parentId, @attachmentId, @facts)`);
  const heard = db.prepare("UPDATE messages SET text = ?, start_ms = 0, end_ms = ?, confidence = ? WHERE id = ?");
  const known = db.prepare<[], { file: string }>("SELECT file FROM attachments WHERE file IS NOT NULL");
  return {
    create(messageId, sessionId, position, { role, mediaType, sha256, sizeBytes, from }, name, nowMs) {
      const id = newId("att", nowMs);
      const staged = "staged" in from ? from.staged : undefined;
      const { changes } = insert.run({
        id, messageId, sessionId, position, role, name: name ?? null, mediaType: mediaType ?? null, announced: sha256 ?? null, sha256: staged?.sha256 ?? null, sizeBytes: staged?.sizeBytes ?? sizeBytes ?? null,
        url: "url" in from ? from.url : null, mediaId: "mediaId" in from ? from.mediaId : null, file: staged?.file ?? null, state: staged === undefined ? "announced" : "stored", nowMs,
      });
      return changes === 1 ? id : undefined;
    },
    byId: (id) => byId.get(id),
    ofMessage: (messageId) => ofMessage.all(messageId),
    unreadOf: (sessionId) => unread.all(sessionId),
    carrierOf: (attachment) => carrier.get(attachment.message_id),
    setStored: (id, file, mediaType) => void stored.run(file.file, file.sha256, file.sizeBytes, mediaType ?? null, id),
    setRead: (id, file, facts) => void read.run(file, JSON.stringify(facts), id),
    setFailed: (id, error) => void failed.run(error.code, error.message, error.retry, id),
    revive: (id) => void revive.run(id),
    replaceRead(attachment, from, list, nowMs) {
      clear.run(attachment.id);
      for (const { kind, text, facts, heard: times } of list) {
        add.run({
          id: newId("msg", nowMs), sessionId: from.session_id, conversationId: from.conversation_id, customerId: from.customer_id, source: from.source, channel: from.channel, speaker: from.speaker, kind, text, atMs: from.at_ms,
          startMs: times === undefined ? null : 0, endMs: times?.endMs ?? null, confidence: times?.confidence ?? null, parentId: from.id, attachmentId: attachment.id, facts: facts === undefined ? null : JSON.stringify(facts),
        });
      }
    },
    setHeard: (messageId, text, endMs, confidence) => void heard.run(text, endMs, confidence ?? null, messageId),
    knownFiles: () => known.all().map((row) => row.file),
  };
}
