// Media: from a file to sound that can be trusted. Probe, layout, split, voice activity, vault, masked rendition.
export { assignChannels, type ChannelClues } from "./channels.ts";
export { ACCEPTED_FORMATS } from "./formats.ts";
export { inspectRecording, type Inspection, type InspectionRequest } from "./inspect.ts";
export type { MuteSpan } from "./mute.ts";
export { measurePeaks, PEAK_STEPS, type PeakRequest } from "./peaks.ts";
export { prepareRecording, type Preparation, type PreparationRequest } from "./prepare.ts";
export { renderPlayback, verifyMuted, type RenderRequest, type VerificationRequest } from "./render.ts";
export { chooseDetector, type SileroOptions } from "./silero.ts";
export { findMediaTools, type MediaTools } from "./tools.ts";
export { createVault, type SweepReport, type Vault, type VaultFile } from "./vault.ts";
export { clusterSeparator } from "./separation/clusters.ts";
export { createProgramSeparator, type ProgramSeparatorOptions } from "./separation/program-separator.ts";
export { notSeparated, type Separation, type SpeakerSeparator } from "./separation/separator.ts";
export { telephonyDetector, type VoiceActivity, type VoiceActivityDetector } from "./voice-activity.ts";
