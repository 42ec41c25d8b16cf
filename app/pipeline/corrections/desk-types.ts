// What people may say is true of a call, and what of it there is.
import type { CallField, CorrectionReport, Outcome, Speaker, TurnField } from "../../domain/index.ts";
import type { By } from "../threads/desk-types.ts";

export interface TurnChange {
  text?: string | undefined;
  speaker?: Speaker | undefined;
}

/** null: there is none. */
export interface CallChange {
  topic?: string | null | undefined;
  reason?: string | null | undefined;
  outcome?: Outcome | undefined;
}

/**
 * A person's word counts from the moment it is answered: for every reader, the index of words and, half a minute later, the CRM. What was found in and
 * judged from the words before is found and judged anew ten seconds after the last of them (`judge`, stages.ts). Text is redacted before
 * it is stored. To say what is there already confirms it. All throw NOT_FOUND, CONFLICT while the call is being worked on, REDACTION_FAILED, DISK_RESERVE,
 * SHUTTING_DOWN.
 */
export interface CorrectionDesk {
  turn(sessionId: string, turnId: string, change: TurnChange, by: By): Promise<void>;
  /** The newest word of a person is taken back; the one before, or the machine's, counts again. @param field the one that was spoken about last when absent @throws AppError CONFLICT when there is none */
  takeTurnBack(sessionId: string, turnId: string, field: TurnField | undefined, by: By): Promise<void>;
  call(sessionId: string, change: CallChange, by: By): Promise<void>;
  /** @throws AppError CONFLICT when there is none */
  takeCallBack(sessionId: string, field: CallField, by: By): Promise<void>;
  /** newest first, and how wrong the words were that people have checked */
  of(sessionId: string): CorrectionReport;
}
