// What ffmpeg may open: the demuxers and decoders of telephone recordings, and the formats that have no header.
import { extname } from "node:path";
import type { RawFormat } from "../platform/index.ts";

/**
 * Audio decoders that ffmpeg may use, by the names of decoders (not codecs), native and library ones.
 * Debian's ffmpeg has 203 audio decoders; the exotic ones are where the memory errors are found, so nothing else is ever opened.
 */
export const AUDIO_DECODERS: readonly string[] = [
  ...["pcm_s16le", "pcm_s16be", "pcm_u8", "pcm_s8", "pcm_s24le", "pcm_s24be", "pcm_s32le", "pcm_s32be", "pcm_f32le", "pcm_f32be", "pcm_mulaw", "pcm_alaw"],
  ...["gsm", "gsm_ms", "libgsm", "libgsm_ms", "g722", "adpcm_ima_wav", "adpcm_ms"],
  ...["mp3", "mp3float", "opus", "libopus", "vorbis", "libvorbis", "flac", "aac", "aac_fixed", "libfdk_aac", "alac"],
  ...["amrnb", "amrwb", "libopencore_amrnb", "libopencore_amrwb"],
];

/** The probe also opens cover pictures (ffprobe gives up on the whole file otherwise). They are never decoded for sound. */
export const PROBE_DECODERS: readonly string[] = [...AUDIO_DECODERS, "png", "mjpeg"];

/** How a file without header is to be read. */
export interface RawLayout {
  demuxer: string;
  codec: string;
  sampleRateHz: number;
  channels: 1 | 2;
  bytesPerSecond: number;
  /** true when the demuxer must be told rate and channels (the plain PCM ones); the others know theirs */
  takesRate: boolean;
}

/** Headerless formats of telephone systems. Only the profile of a source or an unambiguous extension chooses one; content never does. */
export const RAW_LAYOUTS: Readonly<Record<RawFormat, RawLayout>> = {
  ulaw: { demuxer: "mulaw", codec: "pcm_mulaw", sampleRateHz: 8000, channels: 1, bytesPerSecond: 8000, takesRate: true },
  alaw: { demuxer: "alaw", codec: "pcm_alaw", sampleRateHz: 8000, channels: 1, bytesPerSecond: 8000, takesRate: true },
  sln: { demuxer: "s16le", codec: "pcm_s16le", sampleRateHz: 8000, channels: 1, bytesPerSecond: 16_000, takesRate: true },
  sln16: { demuxer: "s16le", codec: "pcm_s16le", sampleRateHz: 16_000, channels: 1, bytesPerSecond: 32_000, takesRate: true },
  gsm: { demuxer: "gsm", codec: "gsm", sampleRateHz: 8000, channels: 1, bytesPerSecond: 1650, takesRate: false }, // 33 bytes per 20 ms
  g722: { demuxer: "g722", codec: "adpcm_g722", sampleRateHz: 16_000, channels: 1, bytesPerSecond: 8000, takesRate: false },
  s16le_stereo: { demuxer: "s16le", codec: "pcm_s16le", sampleRateHz: 8000, channels: 2, bytesPerSecond: 32_000, takesRate: true }, // MixMonitor option D
};

// `.raw` and `.pcm` are missing on purpose: they are mono sln, two-channel s16le or µ-law, depending on who wrote them.
const RAW_EXTENSIONS: Readonly<Record<string, RawFormat>> = {
  ".ulaw": "ulaw",
  ".ul": "ulaw",
  ".mu": "ulaw",
  ".alaw": "alaw",
  ".al": "alaw",
  ".sln": "sln",
  ".slin": "sln",
  ".sln16": "sln16",
  ".gsm": "gsm",
  ".g722": "g722",
};

/** @returns the headerless format that a file name promises beyond doubt, or undefined */
export function rawFormatOfName(originalName: string): RawFormat | undefined {
  return RAW_EXTENSIONS[extname(originalName).toLowerCase()];
}

/** For messages to people. */
export const ACCEPTED_FORMATS = "WAV (PCM, G.711, GSM), MP3, OGG/Opus, FLAC, M4A, AMR, AU";
