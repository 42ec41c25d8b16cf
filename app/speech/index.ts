// Speech: from samples to turns. whisper.cpp hears; everything that decides around it is pure.
export { createSpeechEngine, ENGINE_TIMES, SpeechEngine, type EngineStatus, type EngineTimes, type SpeechEngineOptions } from "./speech-engine.ts";
export type { EngineState } from "./resident-server.ts";
export { transcribeCall, type TranscribeInput, type Transcription, type WindowEngine } from "./transcribe-call.ts";
export { identifyModel, inspectModel, type ModelCache, type ModelIdentity } from "./identify-model.ts";
export { isSpeechLanguage, LANGUAGES } from "./languages.ts";
export { cliArguments, requestFields, serverArguments } from "./engine-requests.ts";
export { packWindows, toSourceSpan, toSourceTime, toWindowTime, WINDOW_LIMITS, type Piece, type Window, type WindowLimits } from "./windows.ts";
export { cutLongSpans, quietestPlace } from "./quiet-cuts.ts";
export { measureLevels, readWindow } from "./window-audio.ts";
export { parseCliWindow, parseServerWindow, type RawWindow } from "./engine-output.ts";
export { geometricMean, joinWords, toWords, type HeardSegment, type RawSegment, type RawToken } from "./words.ts";
export { DROP_REASONS, guardRepeats, guardWindow, type Dropped, type DropReason, type Guarded } from "./invented-text.ts";
export { wordsByVoice } from "./words-by-voice.ts";
export { buildTurns, mergeTurns, TURN_LIMITS, type ChannelWords, type TurnLimits } from "./turns.ts";
