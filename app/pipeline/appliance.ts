// The appliance as the web server and the command line see it: bring something in, ask for something, mend something.
import type { CallNotification, CallStatus, ChannelEvent, ConsentReport, ConsentStatement, GenericCall, Received } from "../domain/index.ts";
import type { AuditEvent, PeaksByChannel, Store } from "../store/index.ts";
import type { Clock, Config, Log } from "../platform/index.ts";
import type { SpeechIdentity } from "../speech/index.ts";
import type { CorrectionDesk } from "./corrections/desk-types.ts";
import type { BoardDesk } from "./board/desk-types.ts";
import type { QualityDesk } from "./quality/desk-types.ts";
import type { Knowledge, LibrarianStatus, SearchDesk } from "./knowledge/knowledge-types.ts";
import type { MendingDesk } from "./mending/desk-types.ts";
import type { IssueDesk, JourneyDesk } from "./issues/desk-types.ts";
import type { ContextDesk, ThreadDesk } from "./threads/desk-types.ts";
import type { WorkflowDesk } from "./workflows/desk-types.ts";

/** Answer to everything that arrives; a repeat gets the same answer. */
export interface Accepted {
  call_id: string;
  status: CallStatus;
}

/** What a signature proves: this id belongs to this content. The same id with other content is a replay. */
export interface WebhookProof {
  replayKey: string;
  contentDigest: string;
}

/** A file that was taken into the vault's staging area and not yet belongs to a call. */
export interface StagedFile {
  /** name in the vault, flushed to disk */
  file: string;
  sizeBytes: number;
  sha256: string;
  /** name on the sender's side: shown, parsed by templates, never used as a path */
  originalName: string;
}

/** A file that came with a message, as it may be handed out. */
export interface AttachmentFile {
  /** absolute */
  path: string;
  sessionId: string;
  /** as the sender named it; null when he did not */
  name: string | null;
}

/** Whether the appliance can take work, and what is wrong. */
export interface Readiness {
  ready: boolean;
  /** every check with a sentence for people */
  checks: { name: "database" | "disk" | "speech" | "analysis" | "queue" | "mail" | "shutdown"; ok: boolean; detail: string }[];
}

/** Something that just happened, for `/v1/events`. Holds ids and states, never what was said; only `call.started` carries the context of who calls. */
export interface LiveEvent {
  /** grows by one; `Last-Event-ID` resumes after it while it is still remembered */
  id: number;
  type: "call.started" | "call.received" | "call.stage" | "call.done" | "call.failed" | "call.held" | "call.released" | "attachment.stage" | "message.received" | "session.done" | "conversation.changed" | "issues.changed" | "customer.merged" | "customer.split" | "customer.changed" | "consent.changed" | "workflow.progress" | "workflow.completed" | "delivery" | "rule.alert" | "audit";
  at: string;
  data: Record<string, string | number | boolean | null | object>;
}

/** Who hears, for people and machines. */
export interface SpeechView {
  engine: string;
  model: string;
  sha256: string | null;
  /** `choice` wins over `setting` and survives a restart */
  because: "setting" | "choice";
  state: string;
  endpoints: { host: string; state: string; busy: number; windows: number; error: string | null }[];
}

export interface SpeechSwitch {
  readonly identity: SpeechIdentity;
  view(): Promise<SpeechView>;
  /**
   * @param model name or path of a model of this machine; null: what the setting says
   * @throws AppError SPEECH_SWITCH_FAILED (the old model goes on), CONFLICT while a change is under way or when a remote engine hears
   */
  use(model: string | null): Promise<SpeechView>;
  /** The settings were read again: their `speech` part counts from now on, below a choice. Does nothing when the same would hear. @throws like `use` */
  reload(config: Config): Promise<SpeechView>;
}

export interface Appliance {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Log;
  readonly store: Store;

  /**
   * Takes one notification of a telephone system. Resolves only when it is on the disk (commits of a few milliseconds are grouped).
   * @param proof id and content of a signed message; recorded with the call
   * @throws AppError DISK_RESERVE, SHUTTING_DOWN, SIGNATURE_REPLAYED (the id was used before with other content); nothing is stored then
   */
  notify(source: string, notification: CallNotification, proof?: WebhookProof): Promise<Accepted>;
  /**
   * Takes what came on a channel other than the telephone. Resolves only when it is on the disk; repeats change nothing.
   * @throws AppError DISK_RESERVE, SHUTTING_DOWN, SIGNATURE_REPLAYED; nothing is stored then
   */
  receive(source: string, events: readonly ChannelEvent[], proof?: WebhookProof): Promise<Received>;
  /** Opens a place in the vault for an upload; throws AppError TOO_LARGE or DISK_RESERVE and leaves nothing behind. */
  stage(stream: AsyncIterable<Uint8Array>, originalName: string): Promise<StagedFile>;
  /** Throws a staged file away: the rest of the request turned out to be wrong. */
  discard(file: StagedFile): Promise<void>;
  /** Makes a call of a staged file. Idempotent on (source, call id) and on the file's content. `source` is `upload`, `import` or a folder's. */
  acceptFile(source: string, file: StagedFile, metadata: Partial<GenericCall>): Promise<Accepted>;
  /** Runs a finished or failed call through the pipeline again (revision + 1). @throws AppError NOT_FOUND, CONSENT_MISSING, CONFLICT while it is running */
  reprocess(callId: string, source: string | undefined): Promise<Accepted>;
  /** Puts a parked or failed job back. @throws AppError NOT_FOUND, CONSENT_MISSING, CONFLICT */
  retryJob(jobId: string): Promise<void>;
  /**
   * Absolute path of the rendition that people may listen to; made when it is first asked for. undefined while the words are not redacted yet, and while the call is held.
   * The caller has written the audit event. @throws AppError FFMPEG_…, MEDIA_… when it cannot be made
   */
  playback(callId: string, source: string | undefined): Promise<string | undefined>;

  /** The stored file of an attachment, once it is known what is in it; undefined while it is not, and when nothing is kept. The caller has written the audit event. */
  attachment(id: string): AttachmentFile | undefined;
  /** what a known customer agreed to */
  consents(customerId: string): ConsentReport;
  /** Writes statements down, durably; withdrawals stop pending work, grants set held calls going, before it answers. Repeats change nothing. */
  setConsents(customerId: string, statements: readonly ConsentStatement[], by: { actor: AuditEvent["actor"]; requestId?: string }): Promise<ConsentReport>;

  /** what failed is set going again, receivers are tried out */
  readonly mending: MendingDesk;
  /** who hears, and how to change that while calls are heard */
  readonly speech: Pick<SpeechSwitch, "identity" | "view" | "use">;

  /** what persons and other systems decide about customers, conversations and sessions */
  readonly threads: ThreadDesk;
  /** what whoever answers next should know */
  readonly context: ContextDesk;
  /** rules, scorecards, and what people answer instead of the machine */
  readonly quality: QualityDesk;
  /** what people say is true of a call, beside what the machine heard */
  readonly corrections: CorrectionDesk;
  /** how loud the redacted recording of a call is over time; made when it is first asked for. undefined while there is nothing to listen to. @throws AppError FFMPEG_…, MEDIA_… */
  peaks(callId: string, source: string | undefined): Promise<PeaksByChannel | undefined>;
  /** forms that conversations fill */
  readonly workflows: WorkflowDesk;
  /** the business's own documents */
  readonly knowledge: Pick<Knowledge, "find" | "search"> & { status(): LibrarianStatus };
  /** over every message, whatever its channel */
  readonly search: SearchDesk;
  /** which problems are open now */
  readonly issues: IssueDesk;
  /** numbers over all channels */
  readonly journeys: JourneyDesk;
  /** what contacts say day by day, and how the house fares */
  readonly board: BoardDesk;

  readiness(): Promise<Readiness>;
  /** Prometheus text format */
  metrics(): Promise<string>;
  audit(event: AuditEvent): void;
  /** Live events after `lastId` (when still remembered) and from now on, until the signal aborts. */
  events(lastId: number | undefined, signal: AbortSignal): AsyncIterable<LiveEvent>;
}
