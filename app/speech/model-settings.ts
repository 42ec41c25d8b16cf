// What a model wants of its windows and of the engine, from what the store of models knows of it. Pure.
import type { ModelSettings } from "./engine-requests.ts";
import { WINDOW_LIMITS, type WindowLimits } from "./windows.ts";

/** The part of a model's entry that decides here. */
export interface ModelWindows {
  /** utterances are packed into one window until it holds this much */
  windowMs?: number | undefined;
  /** how much sound the encoder looks at; 30 s when undefined */
  audioContextMs?: number | undefined;
  /** beginnings of a text that are followed at the same time; 1 when undefined */
  beamSize?: number | undefined;
}

/** Whisper's encoder has one position for 20 ms. */
const POSITION_MS = 20;

/** Windows that this model hears: none is longer than what its encoder looks at. */
export function windowLimits({ windowMs, audioContextMs }: ModelWindows): WindowLimits {
  const maxWindowMs = Math.min(WINDOW_LIMITS.maxWindowMs, audioContextMs ?? Infinity);
  return { ...WINDOW_LIMITS, maxWindowMs, ...(windowMs === undefined ? {} : { enoughMs: Math.min(windowMs, maxWindowMs) }) };
}

/**
 * A shorter look costs less, and only models that were trained for it bear it. A beam costs much where decoding is what costs: large models hear hardly
 * better with it, while the starter, whose decoder is small, mishears a twelfth less for half as much again. So both are asked for where the store says so.
 */
export function engineSettings({ audioContextMs, beamSize }: ModelWindows): ModelSettings {
  const positions = audioContextMs === undefined ? undefined : String(Math.ceil(audioContextMs / POSITION_MS));
  const beam = beamSize === undefined ? undefined : String(beamSize);
  return {
    fields: { ...(positions === undefined ? {} : { audio_ctx: positions }), ...(beam === undefined ? {} : { beam_size: beam }) },
    cliArguments: [...(positions === undefined ? [] : ["-ac", positions]), ...(beam === undefined ? [] : ["-bs", beam])],
  };
}
