// What is known about the sound of a recording.
import type { ChannelMap, SpeakerSource } from "./glossary.ts";

/** A stretch of time in a recording, integer milliseconds from its start, `endMs` > `startMs`. */
export interface Span {
  startMs: number;
  endMs: number;
}

/** `stereo` two parties on two channels · `dual_mono` the same sound on both · `mono` one channel with both parties. */
export type AudioLayout = "stereo" | "dual_mono" | "mono";

/** How loud one channel is. dB below full scale, 0 is the loudest. */
export interface ChannelLevel {
  /** while somebody speaks; absent when nobody does */
  speechDb?: number;
  peakDb: number;
  /** share of the samples that are cut off at the rails, 0…1 */
  clippedRatio: number;
  /** what is added to the loudness that the speech engine hears; 0 for nothing. The stored sound is never changed */
  gainDb: number;
}

export const AUDIO_WARNINGS = ["dual_mono", "silent_channel", "clipping", "level_imbalance", "swapped_legs"] as const;

/** What is wrong with a recording, as a sentence for the people who run the telephone system and for those who read the call. */
export interface AudioWarning {
  code: (typeof AUDIO_WARNINGS)[number];
  message: string;
}

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
  // The facts below are absent for recordings that were prepared before they were measured.
  /** one per channel that was read */
  levels?: ChannelLevel[];
  /** what found the speech */
  detector?: string;
  /** hold music and ringing on any channel: sorted, not overlapping; empty when there was none, absent when nobody has looked for it */
  hold?: Span[];
  /** keys pressed on a telephone: when, never which; absent when none was */
  keyTones?: Span[];
  /** absent when nothing is wrong */
  warnings?: AudioWarning[];
}

/** One channel of a recording, ready for the speech engine. */
export interface ChannelAudio {
  index: 0 | 1;
  /** raw signed 16-bit little-endian mono samples at 16 kHz, in the private folder of the job */
  pcmPath: string;
  /** where somebody speaks on this channel: sorted, not overlapping */
  speech: Span[];
  /** dB by which the speech engine hears it louder or softer than it is in the file; absent for 0 */
  gainDb?: number;
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
  /** a map that was only derived may be corrected by what is said */
  isDerived: boolean;
}

/** Samples per second of everything the speech engine and the voice activity detector see. */
export const SPEECH_RATE_HZ = 16_000;
