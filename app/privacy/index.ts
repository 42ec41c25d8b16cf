// The privacy room: what must not be stored is taken out here, between speech and everything else.
export { redactTurns, type RedactedTurn, type RedactionPolicy, type RedactionResult } from "./redact-turns.ts";
export { redactText, redactTexts, type RedactedTexts } from "./redact-text.ts";
export { decideConsent, policyId, type ConsentDecision, type ConsentEffect, type ConsentFact, type ConsentPolicy, type ConsentQuestion } from "./consent.ts";
export { consentIn, type Medium, type MoreStopWords, type Said, type StopStatement } from "./stop-words.ts";
export { scanForCards } from "./scan-for-cards.ts";
export { passesLuhn } from "./luhn.ts";
export { DETECTORS } from "./registry.ts";
export type { Detector, Finding, Place, RedactionKind } from "./detector.ts";
export type { MuteSpan } from "./mute-spans.ts";
