// What a stage is: plain work on one session, and what is to be written when it is done.
import type { Lane, LedgerEntry, Stage } from "../domain/index.ts";
import type { AttachmentRow, CarrierRow, RecordingRow, SessionRow } from "../store/index.ts";
import type { Parts } from "./parts.ts";

/** What a stage gets: the session and its recording as they are in the store. */
export interface StageInput {
  session: SessionRow;
  recording: RecordingRow;
}

/** What a stage of attachments gets. */
export interface AttachmentInput {
  attachment: AttachmentRow;
  /** the message it came with */
  message: CarrierRow;
  session: SessionRow;
}

/** What a stage leaves behind. Nothing is written before `save`. */
export interface StageResult {
  /** synchronous writes; run inside the one transaction that also finishes the job and enqueues the next */
  save(): void;
  /** removes the files of a result that is not wanted any more: the job was stopped, or consent withdrawn, while it ran */
  discard?(): Promise<void>;
  /** for people; no personal data */
  detail: string | null;
  /** further ledger lines of stages that were done in passing */
  also?: Pick<LedgerEntry, "stage" | "status" | "ms" | "detail">[];
  /** overrides the next stage of the table; null ends the work on this session */
  next?: Stage | null;
  /** files to remove once the transaction stands; failing is harmless, a sweep finds them later */
  afterCommit?(): Promise<void>;
}

interface AnyStage<Subject extends string, Input> {
  name: Stage;
  /** what it works on */
  subject: Subject;
  lane: Lane;
  next: Stage | null;
  /** works on what is finished already: it stays finished meanwhile, and whatever becomes of this */
  isAfterwards?: true;
  /** shown while it waits, e.g. in the ledger */
  waiting: string;
  run(input: Input, parts: Parts, signal: AbortSignal): Promise<StageResult>;
}

/** Works on a call and its recording. */
export type CallStage = AnyStage<"call", StageInput>;
/** Works on a session of messages. */
export type WrittenStage = AnyStage<"written", SessionRow>;

/** Works on one attachment of a message; its failure is the attachment's, never the session's. */
export type AttachmentStage = AnyStage<"attachment", AttachmentInput>;

export type StageDefinition = CallStage | WrittenStage | AttachmentStage;
