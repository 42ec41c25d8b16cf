// The RIFF/WAVE header: written for windows of speech, read to see whether a recording is finished and whole. Pure.

/** The first bytes of a WAV file with 16-bit PCM samples. @param dataBytes length of the samples that follow */
export function wavHeader(dataBytes: number, sampleRateHz: number, channels: number): Buffer {
  const header = Buffer.alloc(44);
  header.write("RIFF", 0, "latin1");
  header.writeUInt32LE(36 + dataBytes, 4);
  header.write("WAVEfmt ", 8, "latin1");
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(channels, 22);
  header.writeUInt32LE(sampleRateHz, 24);
  header.writeUInt32LE(sampleRateHz * channels * 2, 28);
  header.writeUInt16LE(channels * 2, 32);
  header.writeUInt16LE(16, 34);
  header.write("data", 36, "latin1");
  header.writeUInt32LE(dataBytes, 40);
  return header;
}

/** What the header of a WAV file says. */
export interface RiffFacts {
  /** 1 PCM, 6 A-law, 7 µ-law, 0x31 GSM 6.10, 0xFFFE extensible */
  formatTag: number;
  channels: number;
  sampleRateHz: number;
  bytesPerSecond: number;
  /** offset of the first sample */
  dataOffset: number;
  /** as declared; 0 or 0xFFFFFFFF while the recorder still writes (Asterisk fills it in when it closes the file) */
  dataBytes: number;
  riffBytes: number;
}

/**
 * Reads the header of a WAV file.
 * @param head the first bytes of the file; 4096 are plenty
 * @returns undefined when it is not RIFF/WAVE or the format and data chunks are not within `head`
 */
export function readRiff(head: Buffer): RiffFacts | undefined {
  if (head.length < 12 || head.toString("latin1", 0, 4) !== "RIFF" || head.toString("latin1", 8, 12) !== "WAVE") return undefined;
  let format: Pick<RiffFacts, "formatTag" | "channels" | "sampleRateHz" | "bytesPerSecond"> | undefined;
  for (let at = 12; at + 8 <= head.length; ) {
    const name = head.toString("latin1", at, at + 4);
    const size = head.readUInt32LE(at + 4);
    if (name === "fmt " && at + 24 <= head.length) {
      format = {
        formatTag: head.readUInt16LE(at + 8),
        channels: head.readUInt16LE(at + 10),
        sampleRateHz: head.readUInt32LE(at + 12),
        bytesPerSecond: head.readUInt32LE(at + 16),
      };
    }
    if (name === "data") return format && { ...format, dataOffset: at + 8, dataBytes: size, riffBytes: head.readUInt32LE(4) };
    at += 8 + size + (size & 1);
  }
  return undefined;
}

/** True while the recorder has not yet filled in the sizes: Asterisk writes 0, streaming writers 0xFFFFFFFF. */
export function isStillRecording(riff: RiffFacts): boolean {
  return riff.dataBytes === 0 || riff.dataBytes === 0xffffffff || riff.riffBytes === 0 || riff.riffBytes === 0xffffffff;
}
