// The durable queue's words.
import type { ErrorView } from "./errors.ts";
import type { Lane, Stage } from "./glossary.ts";

/** `parked` waits for a person (poisoned, exhausted or a fault to be mended); `done` and `failed` are final. */
export const JOB_STATES = ["queued", "running", "done", "failed", "parked"] as const;
export type JobState = (typeof JOB_STATES)[number];

/** One stage for one session, or for one attachment in it. The payload is ids only: running it twice is harmless. */
export interface Job {
  id: string;
  stage: Stage;
  lane: Lane;
  sessionId: string;
  /** null: the job is about the whole session */
  attachmentId: string | null;
  state: JobState;
  /** lower runs first; 0 a person waits, 50 webhook, 100 import */
  priority: number;
  /** counted when claimed, so a job that kills the process is counted too */
  attempts: number;
  /** claims that ended with the death of the process while nothing else ran */
  deaths: number;
  /** ran beside others when the process died: runs alone next time, so that a second death names the guilty one */
  isSuspect: boolean;
  runAfterMs: number;
  createdAtMs: number;
  startedAtMs: number | null;
  finishedAtMs: number | null;
  error: ErrorView | null;
}

/** One line of the ledger: what happened to a session at a stage. `detail` is for people and holds no personal data. */
export interface LedgerEntry {
  stage: Stage;
  status: "done" | "failed" | "retrying" | "waiting" | "skipped" | "held";
  atMs: number;
  /** how long it took, when it took time */
  ms: number | null;
  code: string | null;
  detail: string | null;
}

/** A result that waits to leave the house. */
export interface OutboxItem {
  id: string;
  sessionId: string;
  /** name of the destination in the configuration, e.g. `crm` */
  destination: string;
  /** constant over all attempts: `webhook-id` and `Idempotency-Key` */
  messageId: string;
  revision: number;
  body: string;
  attempts: number;
  nextAttemptMs: number;
  state: "waiting" | "delivered" | "parked" | "superseded";
}

/** What one delivery attempt came to. */
export type DeliveryReceipt =
  | { outcome: "delivered"; httpStatus: number }
  /** try again; `retryAfterMs` when the receiver named a time */
  | { outcome: "retry"; httpStatus: number | null; error: ErrorView; retryAfterMs?: number }
  /** a person must look: 4xx */
  | { outcome: "parked"; httpStatus: number; error: ErrorView }
  /** 410: the whole destination is switched off */
  | { outcome: "disabled"; httpStatus: number; error: ErrorView };
