// Speech: from samples to turns. whisper.cpp hears; everything that decides around it is pure.
export type { EndpointStatus, EngineState, EngineStatus, SpeechEngine, SpeechIdentity } from "./speech-engine.ts";
export { createWhisperEngine, ENGINE_TIMES, type EngineTimes, type WhisperEngineOptions } from "./whisper-engine.ts";
export { createRemoteEngine, type RemoteEngineOptions } from "./remote/remote-engine.ts";
export { transcriptionsAddress, type EndpointSettings } from "./remote/endpoint.ts";
export { parseOpenAiAnswer } from "./remote/openai-answer.ts";
export { testWindow } from "./test-window.ts";
export { sweepEngines } from "./orphans.ts";
export { transcribeCall, type TranscribeInput, type Transcription, type WindowEngine } from "./transcribe-call.ts";
export { identifyModel, inspectModel, type ModelCache, type ModelIdentity } from "./identify-model.ts";
export { isSpeechLanguage, LANGUAGES } from "./languages.ts";
export { cliArguments, requestFields, serverArguments, type ModelSettings } from "./engine-requests.ts";
export { packWindows, toSourceSpan, toSourceSpans, toSourceTime, toWindowTime, WINDOW_LIMITS, type Piece, type Window, type WindowLimits } from "./windows.ts";
export { cutLongSpans, quietestPlace } from "./quiet-cuts.ts";
export { measureLevels, readWindow } from "./window-audio.ts";
export { parseCliWindow, parseServerWindow, type HeardBy, type RawWindow } from "./engine-output.ts";
export { geometricMean, joinWords, toWords, type HeardSegment, type RawSegment, type RawToken } from "./words.ts";
export { DROP_REASONS, guardRepeats, guardWindow, type Dropped, type DropReason, type Guarded } from "./invented-text.ts";
export { buildTurns, mergeTurns, TURN_LIMITS, type ChannelWords, type TurnLimits } from "./turns.ts";
