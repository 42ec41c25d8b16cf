// Everything the pipeline works with, put together once by assemble.ts and passed as one argument.
import type { AnalysisEngine, Embedder } from "../analysis/index.ts";
import type { Delivery } from "../delivery/index.ts";
import type { NameTemplates } from "../intake/index.ts";
import type { Queue } from "../jobs/index.ts";
import type { MediaTools, SpeakerSeparator, Vault, VoiceActivityDetector } from "../media/index.ts";
import type { Clock, Config, Db, Log, Net } from "../platform/index.ts";
import type { SpeechHolder } from "../speech/index.ts";
import type { AuditEvent, Store, StoreWrites } from "../store/index.ts";
import type { GroupCommit } from "./group-commit.ts";
import type { Knowledge } from "./knowledge/knowledge-types.ts";
import type { LiveEvents } from "./live-events.ts";
import type { Meters } from "./meters.ts";
import type { PictureReader } from "./picture-words.ts";
import type { QualityParts } from "./quality/quality-parts.ts";
import type { WorkflowWork } from "./workflows/workflow-work.ts";

export interface Parts {
  config: Config;
  clock: Clock;
  log: Log;
  db: Db;
  store: Store & { writes: StoreWrites };
  queue: Queue;
  commits: GroupCommit;
  events: LiveEvents;
  meters: Meters;
  net: Net;
  templates: NameTemplates;
  vault: Vault;
  media: MediaTools;
  /** finds who speaks when */
  detector: VoiceActivityDetector;
  /** tells two voices of one channel apart */
  separator: SpeakerSeparator;
  /** poppler's `pdftoppm`; undefined where it is not installed */
  drawer: string | undefined;
  /** says what is to be seen on pictures */
  pictures: PictureReader;
  speech: SpeechHolder;
  analysis: AnalysisEngine;
  /** rules and scorecards */
  quality: QualityParts;
  /** absent when nobody is configured to receive anything */
  delivery: Delivery | undefined;
  /** turns texts into vectors; undefined while no such model is installed */
  embedder: Embedder | undefined;
  /** what the business's own documents say: for the context and for prompts */
  knowledge: Knowledge;
  /** folder for what stages hand to each other as files; may be lost at any time */
  spool: string;
  /** stages that run at this moment, by job: aborted when the ground for them is gone */
  running: Map<string, AbortController>;
  /** customers, and sessions that belong to nobody, whose conversations must be gathered before the present transaction ends */
  ungathered: { customers: Set<string>; sessions: Set<string> };
  /** forms that conversations fill */
  workflows: WorkflowWork;
  audit(event: AuditEvent): void;
  random(): number;
  /** Names a boundary that a crash test may kill the process at; does nothing in production. */
  checkpoint(name: string): void;
}
