// What every speech engine can do, whether it runs on this machine or on the site's own cluster.
import type { RawWindow } from "./engine-output.ts";

/**
 * `degraded`: it hears, but not as it should (whisper-cli does the work; some endpoints are away) · `down`: it does not hear, see the last error.
 */
export type EngineState = "stopped" | "starting" | "ready" | "restarting" | "degraded" | "down";

/** Who hears. Stored with every call. */
export interface SpeechIdentity {
  engine: "whisper.cpp" | "openai";
  model: string;
  /** content of the model file; undefined for a remote model, which nobody here can look into */
  sha256?: string;
}

/** One remote endpoint as it stands. */
export interface EndpointStatus {
  /** host and port */
  host: string;
  /** `open` gets windows · `resting` asked for time itself (429, 503) · `ejected` failed and is tried with a test window before it gets real ones */
  state: "open" | "resting" | "ejected";
  /** windows that it hears at this moment */
  busy: number;
  /** windows that it has heard */
  windows: number;
  lastError: { code: string; message: string } | undefined;
}

/** For metrics and diagnosis. */
export interface EngineStatus {
  state: EngineState;
  /** of the program on this machine */
  pid: number | undefined;
  /** programs started beyond the first */
  restarts: number;
  /** windows heard */
  windows: number;
  /** windows that wait or run */
  pending: number;
  lastError: { code: string; message: string } | undefined;
  /** empty when the engine runs on this machine */
  endpoints: readonly EndpointStatus[];
}

export interface SpeechEngine {
  readonly identity: SpeechIdentity;
  /** how many windows of a call it is worth asking for at the same time */
  readonly parallel: number;
  /** Resolves when it hears, or when it is plain that it does not for now. May be left out: the first window starts it too. */
  start(): Promise<void>;
  /** Windows that wait or run are rejected with SHUTTING_DOWN. May be started again. */
  stop(): Promise<void>;
  state(): EngineState;
  status(): EngineStatus;
  /** false while it is known that no window would be heard: calls wait then, instead of failing */
  canHear(): boolean;
  /**
   * Hears one window.
   * @param pcm signed 16-bit little-endian mono at 16 kHz, at most 30 s
   * @param ask.language code of LANGUAGES or `auto`; anything else counts as `auto`
   * @throws AppError SPEECH_…, SHUTTING_DOWN; the signal's reason when the caller gave up
   */
  transcribeWindow(pcm: Buffer, ask: { language: string; signal: AbortSignal }): Promise<RawWindow>;
}
