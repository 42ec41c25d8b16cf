// The conversation store: the only owner of the schema.
export * from "./audit-types.ts";
export * from "./create-store.ts";
export * from "./migrate.ts";
export { audioOf, channelMapOf, factsOf, separationOf, speechOf, type RecordingRow, type SessionRow, type SpeechByChannel } from "./rows.ts";
export type { ConsentLookup, NewConsent } from "./consents.ts";
export type { FileVersion } from "./arrivals.ts";
export type { TranscriptFacts } from "./messages.ts";
export * from "./store.ts";
export * from "./views.ts";
