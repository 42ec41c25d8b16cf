// The conversation store: the only owner of the schema.
export * from "./audit-types.ts";
export * from "./create-store.ts";
export * from "./migrate.ts";
export { audioOf, channelMapOf, factsOf, separationOf, speechOf, type RecordingRow, type SessionRow, type SpeechByChannel } from "./rows.ts";
export type { ContextMessage, ContextReads, ContextSession } from "./context-reads.ts";
export { ATTACHMENT_STATES, type AttachmentRow, type AttachmentState, type CarrierRow, type ReadMessage } from "./attachments.ts";
export type { ConsentLookup, NewConsent } from "./consents.ts";
export type { FileVersion } from "./arrivals.ts";
export type { TranscriptFacts } from "./messages.ts";
export * from "./store.ts";
export * from "./views.ts";
export { GATHERED_AT_MOST, type ActivityRow, type ContactRow } from "./conversations.ts";
export type { MergeRow } from "./merges.ts";
export type { SaidRow } from "./written.ts";
export type { IssueFilter, IssueGroupRow, IssueReads, MovedRow } from "./issue-reads.ts";
export type { IssueRows } from "./issues.ts";
export type { JourneyCount, JourneyQuestion, JourneyReads } from "./journey-reads.ts";
export type { JourneyRows } from "./journeys.ts";
