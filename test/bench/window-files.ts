// The windows that the appliance sends to its engine, as files for the bare one.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { SPEECH_RATE_HZ, wavHeader, type ChannelAudio } from "../../app/domain/index.ts";
import { cutLongSpans, packWindows, readWindow, type WindowLimits } from "../../app/speech/index.ts";

/** @returns WAV files of 16 kHz in the order of the channels and of the recording */
export async function writeWindows(channels: readonly ChannelAudio[], limits: WindowLimits, folder: string): Promise<string[]> {
  const files: string[] = [];
  for (const channel of channels) {
    for (const window of packWindows(await cutLongSpans(channel, limits.maxWindowMs), limits)) {
      const pcm = await readWindow(channel, window);
      const file = join(folder, `window-${String(files.length).padStart(3, "0")}.wav`);
      await writeFile(file, Buffer.concat([wavHeader(pcm.length, SPEECH_RATE_HZ, 1), pcm]));
      files.push(file);
    }
  }
  return files;
}
