// What is known about the sound of a recording.
import type { ChannelMap, SpeakerSource } from "./glossary.ts";

/** A stretch of time in a recording, integer milliseconds from its start, `endMs` > `startMs`. */
export interface Span {
  startMs: number;
  endMs: number;
}

/** `stereo` two parties on two channels · `dual_mono` the same sound on both · `mono` one channel with both parties. */
export type AudioLayout = "stereo" | "dual_mono" | "mono";

/** What the probe and the measurement of the samples say about one recording. */
export interface AudioFacts {
  /** demuxer and codec names as ffprobe writes them, e.g. `wav` and `pcm_mulaw` */
  container: string;
  codec: string;
  sampleRateHz: number;
  channels: number;
  /** length of what could really be decoded */
  durationMs: number;
  /** length that the header promises, when it says one */
  declaredDurationMs?: number;
  /** more than 1 % of the declared length is missing */
  truncated: boolean;
  layout: AudioLayout;
  /** indices of channels without any signal */
  silentChannels: number[];
  /** correlation of the two channels, −1…1; absent for one channel */
  channelCorrelation?: number;
}

/** One channel of a recording, ready for the speech engine. */
export interface ChannelAudio {
  index: 0 | 1;
  /** raw signed 16-bit little-endian mono samples at 16 kHz, in the private folder of the job */
  pcmPath: string;
  /** where somebody speaks on this channel: sorted, not overlapping */
  speech: Span[];
}

/** Whether two voices of one channel could be told apart, and when each speaks. */
export interface VoiceSeparation {
  /** which separator it was, e.g. `clusters-1` */
  method: string;
  /** `diarised` two voices were told apart · `none` there is one voice, or one cannot tell */
  source: Exclude<SpeakerSource, "channel">;
  /** stretches per voice, each sorted and not overlapping; voice 0 is the first to speak; both empty for `none` */
  voices: [Span[], Span[]];
  /** 0…1; below 0.5 the answer is `none` */
  confidence: number;
  /** for people, e.g. `two voices, confidence 0.93` */
  reason: string;
}

/** Which voice is which party, by what they say. */
export interface VoiceRoles {
  /** voice → party; null when too little speaks for either */
  map: ChannelMap | null;
  /** 0…1 */
  confidence: number;
  /** for people, the weightiest first; nothing that was said is in them */
  reasons: string[];
}

/** Which channel is who, and why. `reason` is shown to people, e.g. `direction=inbound, recorded leg=trunk`. */
export interface ChannelAssignment {
  map: ChannelMap;
  reason: string;
}

/** Samples per second of everything the speech engine and the voice activity detector see. */
export const SPEECH_RATE_HZ = 16_000;
