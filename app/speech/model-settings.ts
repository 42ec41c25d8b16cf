// What a model wants of its windows and of the engine, from what the store of models knows of it. Pure.
import type { ModelSettings } from "./engine-requests.ts";
import { WINDOW_LIMITS, type WindowLimits } from "./windows.ts";

/** The part of a model's entry that decides here. */
export interface ModelWindows {
  /** utterances are packed into one window until it holds this much */
  windowMs?: number | undefined;
  /** how much sound the encoder looks at; 30 s when undefined */
  audioContextMs?: number | undefined;
}

/** Whisper's encoder has one position for 20 ms. */
const POSITION_MS = 20;

/** Windows that this model hears: none is longer than what its encoder looks at. */
export function windowLimits({ windowMs, audioContextMs }: ModelWindows): WindowLimits {
  const maxWindowMs = Math.min(WINDOW_LIMITS.maxWindowMs, audioContextMs ?? Infinity);
  return { ...WINDOW_LIMITS, maxWindowMs, ...(windowMs === undefined ? {} : { enoughMs: Math.min(windowMs, maxWindowMs) }) };
}

/** A shorter look costs less, and only models that were trained for it bear it: it is asked for where the store says so. */
export function engineSettings({ audioContextMs }: ModelWindows): ModelSettings {
  if (audioContextMs === undefined) return { fields: {}, cliArguments: [] };
  const positions = String(Math.ceil(audioContextMs / POSITION_MS));
  return { fields: { audio_ctx: positions }, cliArguments: ["-ac", positions] };
}
