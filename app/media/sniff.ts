// What a file is by its first bytes, whatever its name says. Pure.

/** Containers that are opened; the names are those of ffmpeg's demuxers, which is forced, never guessed by ffmpeg. */
export const CONTAINERS = ["wav", "w64", "mp3", "ogg", "flac", "mov", "amr", "au", "aac"] as const;
export type Container = (typeof CONTAINERS)[number];

/**
 * `audio` one of ours · `tagged` an ID3 tag of `skipBytes` bytes, look behind it · `text` a playlist, a web page, a script ·
 * `other` something known that is not audio (`what` names it for people) · `unknown` no header that we know
 */
export type Sniffed = { kind: "audio"; container: Container } | { kind: "tagged"; skipBytes: number } | { kind: "text" } | { kind: "other"; what: string } | { kind: "unknown" };

/** @param head the first bytes of the file (4,096 are plenty; fewer only when the file is shorter) */
export function sniff(head: Buffer): Sniffed {
  const at = (offset: number, text: string): boolean => head.toString("latin1", offset, offset + text.length) === text;
  if ((at(0, "RIFF") || at(0, "RF64") || at(0, "BW64")) && at(8, "WAVE")) return audio("wav");
  if (at(0, "RIFF")) return { kind: "other", what: at(8, "AVI ") ? "an AVI video" : "a RIFF file that is not WAVE" };
  if (at(0, "riff") && at(24, "wave")) return audio("w64");
  if (at(0, "OggS")) return audio("ogg");
  if (at(0, "fLaC")) return audio("flac");
  if (at(4, "ftyp")) return audio("mov");
  if (at(0, "#!AMR\n") || at(0, "#!AMR-WB\n")) return audio("amr");
  if (at(0, ".snd")) return audio("au");
  if (at(0, "ID3") && head.length >= 10) return { kind: "tagged", skipBytes: id3Bytes(head) };
  for (const [magic, what] of OTHERS) if (at(0, magic)) return { kind: "other", what };
  if (isText(head)) return { kind: "text" };
  const start = head.findIndex((byte) => byte !== 0);
  if (start >= 0 && areFrames(head, start, mp3FrameBytes)) return audio("mp3");
  if (start >= 0 && areFrames(head, start, adtsFrameBytes)) return audio("aac");
  return { kind: "unknown" };
}

const OTHERS: readonly (readonly [string, string])[] = [
  ["\x1a\x45\xdf\xa3", "a Matroska or WebM video"],
  ["FLV", "a Flash video"],
  ["\x00\x00\x01\xba", "an MPEG video"],
  ["\x00\x00\x01\xb3", "an MPEG video"],
  ["\x30\x26\xb2\x75", "a Windows Media file"],
  ["%PDF", "a PDF document"],
  ["PK\x03\x04", "a ZIP archive"],
  ["\x1f\x8b", "a gzip archive"],
  ["\x7fELF", "a program"],
  ["\x89PNG", "a picture"],
  ["\xff\xd8\xff", "a picture"],
  ["GIF8", "a picture"],
];

function audio(container: Container): Sniffed {
  return { kind: "audio", container };
}

function id3Bytes(head: Buffer): number {
  const [a = 0, b = 0, c = 0, d = 0] = head.subarray(6, 10);
  return 10 + (((a & 127) << 21) | ((b & 127) << 14) | ((c & 127) << 7) | (d & 127));
}

/** Text has no control characters for 512 bytes; in sound without header one byte in eight is one. */
function isText(head: Buffer): boolean {
  const start = head.subarray(0, 512);
  if (/^(\u00ef\u00bb\u00bf)?\s*(#EXTM3U|ffconcat|\[playlist\]|<\?xml|<!doctype|<html)/i.test(start.toString("latin1"))) return true;
  return start.length >= 4 && start.every((byte) => (byte >= 0x20 ? byte !== 0x7f : byte === 9 || byte === 10 || byte === 13)) && isAscii(start);
}

/** µ-law and A-law sound is mostly bytes above 127; UTF-8 prose is mostly below. */
function isAscii(start: Buffer): boolean {
  return start.filter((byte) => byte >= 128).length * 4 < start.length;
}

/** Two frames in a row: one sync word alone is two bytes that any µ-law silence (0xFF 0xFF) has. */
function areFrames(head: Buffer, start: number, frameBytes: (head: Buffer, at: number) => number | undefined): boolean {
  const first = frameBytes(head, start);
  return first !== undefined && frameBytes(head, start + first) !== undefined;
}

const MP3_KBITS = { v1: [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320], v2: [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160] };
const MP3_RATES = [44_100, 48_000, 32_000];

/** What one MPEG layer III frame header says. Source of the tables: ISO/IEC 11172-3 and 13818-3. */
export function mp3Frame(head: Buffer, at: number): { frameBytes: number; sampleRateHz: number; samples: number; isV1: boolean } | undefined {
  if (at + 4 > head.length) return undefined;
  const word = head.readUInt32BE(at);
  const version = (word >>> 19) & 3; // 3 MPEG-1, 2 MPEG-2, 0 MPEG-2.5
  if (word >>> 21 !== 0x7ff || version === 1 || ((word >>> 17) & 3) !== 1) return undefined;
  const isV1 = version === 3;
  const kbits = (isV1 ? MP3_KBITS.v1 : MP3_KBITS.v2)[((word >>> 12) & 15) - 1];
  const rate = MP3_RATES[(word >>> 10) & 3];
  if (kbits === undefined || rate === undefined) return undefined;
  const sampleRateHz = rate / (isV1 ? 1 : version === 2 ? 2 : 4);
  const samples = isV1 ? 1152 : 576;
  return { frameBytes: Math.floor((samples * kbits * 125) / sampleRateHz) + ((word >>> 9) & 1), sampleRateHz, samples, isV1 };
}

function mp3FrameBytes(head: Buffer, at: number): number | undefined {
  return mp3Frame(head, at)?.frameBytes;
}

function adtsFrameBytes(head: Buffer, at: number): number | undefined {
  if (at + 7 > head.length || head[at] !== 0xff || ((head[at + 1] ?? 0) & 0xf6) !== 0xf0) return undefined;
  const bytes = (((head[at + 3] ?? 0) & 3) << 11) | ((head[at + 4] ?? 0) << 3) | ((head[at + 5] ?? 0) >> 5);
  return bytes >= 7 ? bytes : undefined;
}

/**
 * The length that the Xing/Info header of an MP3 promises (ffmpeg forgets it as soon as the file is shorter than promised), without the
 * samples that the encoder added at both ends (LAME tag, 141 bytes behind the mark, 12 bits each).
 * @param head bytes from the first MPEG frame on
 * @returns integer milliseconds, or undefined when there is no such header
 */
export function xingDurationMs(head: Buffer): number | undefined {
  const start = head.findIndex((byte) => byte !== 0);
  const frame = start < 0 ? undefined : mp3Frame(head, start);
  if (!frame) return undefined;
  const first = head.subarray(start, start + 64);
  const mark = start + Math.max(first.indexOf("Xing"), first.indexOf("Info"));
  if (mark < start || mark + 144 > head.length) return undefined;
  const flags = head.readUInt32BE(mark + 4);
  if ((flags & 1) === 0) return undefined;
  const added = (flags & 15) === 15 ? head.readUIntBE(mark + 141, 3) : 0; // with all four fields the tag is where it is expected
  const samples = head.readUInt32BE(mark + 8) * frame.samples - (added >> 12) - (added & 0xfff);
  return Math.max(0, Math.round((samples * 1000) / frame.sampleRateHz));
}
