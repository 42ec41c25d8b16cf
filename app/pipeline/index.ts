// The pipeline: the only room that knows the order of the work.
export type { Accepted, Appliance, LiveEvent, Readiness, SpeechSwitch, SpeechView, StagedFile, WebhookProof } from "./appliance.ts";
export { assemble, type RunnableAppliance } from "./assemble.ts";
export type { AssembleOptions } from "./gather-parts.ts";
export { examineCrm, examineFolder, examineMailboxes, examineSender, examineSources, type Finding } from "./examine.ts";
export { enginePrograms, openSpeech } from "./open-speech.ts";
export { applyRules, type Applied } from "./quality/apply-rules.ts";
export { loadQuality } from "./quality/quality-parts.ts";
export type { AnswerChange, CardAgreement, QualityDesk, RuleView, ScorecardDefinition, SessionQuality } from "./quality/desk-types.ts";
export { recomputeAllMetrics, recomputeMetrics, type Recomputed } from "./recompute-metrics.ts";
export type { Mended, MendingDesk, TestAnswer } from "./mending/desk-types.ts";
export type { IssueDesk, IssueQuestion, IssueView, JourneyDesk, UnresolvedIssues } from "./issues/desk-types.ts";
export { rebuildDerived, type Rebuilt } from "./issues/rebuild.ts";
export type { By, ContextDesk, ContextQuestion, ConversationChange, MergeView, ThreadDesk } from "./threads/desk-types.ts";
export type { WorkflowDesk } from "./workflows/desk-types.ts";
export type { CountTokens, FoundPassages, GroundLimit, Knowledge, LibrarianStatus, MessageHit, MessagePage, SearchDesk } from "./knowledge/knowledge-types.ts";
export { withStaged } from "./staged-files.ts";
export { choiceFile, readChoice } from "./speech-choice.ts";
export { STAGE_TABLE } from "./stages.ts";
