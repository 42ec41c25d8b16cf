// What is wrong with the sound of a recording, in words. Pure.
import type { AudioFacts, AudioWarning, ChannelLevel } from "../domain/index.ts";

/** A thousandth of all samples at the rails is heard as rasping; loud speech that is not cut off stays under a fiftieth of that. */
const CLIPPED_RATIO = 0.001;
/** Two parties differ by up to 10 dB on a healthy line. */
const IMBALANCE_DB = 12;

const SIDE = ["left", "right"] as const;

/** @returns in the order in which they should be read; empty when nothing is wrong */
export function warningsOf({ layout, silentChannels, levels }: Pick<AudioFacts, "layout" | "silentChannels"> & { levels: readonly ChannelLevel[] }): AudioWarning[] {
  return [
    ...(layout === "dual_mono" ? [dualMono] : []),
    ...(layout === "stereo" ? silentChannels.map(silent) : []),
    ...levels.flatMap((level, i) => (level.clippedRatio >= CLIPPED_RATIO ? [clipped(level, layout === "stereo" ? ` on the ${SIDE[i] ?? ""} channel` : "")] : [])),
    ...imbalance(levels),
  ];
}

const dualMono: AudioWarning = {
  code: "dual_mono",
  message: "Both channels carry the same sound, so the two parties cannot be told apart by channel; let the telephone system record each party on a channel of its own.",
};

function silent(channel: number): AudioWarning {
  return { code: "silent_channel", message: `The ${SIDE[channel] ?? ""} channel is silent: one party was not recorded; check the recording settings of the telephone system.` };
}

function clipped({ clippedRatio }: ChannelLevel, where: string): AudioWarning {
  return { code: "clipping", message: `The sound${where} is cut off at its loudest parts (${(clippedRatio * 100).toFixed(1)} % of it), which costs words; lower the level at the telephone or trunk.` };
}

function imbalance([left, right]: readonly ChannelLevel[]): AudioWarning[] {
  if (left?.speechDb === undefined || right?.speechDb === undefined) return [];
  const difference = left.speechDb - right.speechDb;
  if (Math.abs(difference) < IMBALANCE_DB) return [];
  const [soft, isEvened] = difference < 0 ? ["left", left.gainDb > 0] : ["right", right.gainDb > 0];
  const what = `The ${soft} channel is ${Math.round(Math.abs(difference))} dB quieter than the other`;
  return [{ code: "level_imbalance", message: `${what}${isEvened ? "; it was made louder before its words were recognised" : ""}. Check the level of that line.` }];
}
