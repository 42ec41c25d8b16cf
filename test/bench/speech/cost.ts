// Processor time of the appliance's way from a recording to turns, over the bare engine on the same windows and over the naive way.
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Word } from "../../../app/domain/index.ts";
import { rawWhisper, splitChannels } from "../../eval/raw-whisper.ts";
import { encode, type Lines } from "../../eval/make-call.ts";
import { figuresOf, scoreCall } from "../../eval/score.ts";
import { countErrors, errorsOf } from "../../eval/word-errors.ts";
import { engineSettings } from "../../../app/speech/index.ts";
import type { SpeechPath } from "../../support/speech-path.ts";
import { childCpuSeconds, cpuSeconds, treeCpuSeconds } from "../processes.ts";
import { median, ratioOf, round, type Ratio } from "../statistics.ts";
import { writeWindows } from "../window-files.ts";

export interface SpeechCost {
  call_seconds: number;
  windows: number;
  blocks: number;
  /** media decode, activity, windows, engine and guard, over whisper-cli on the same windows */
  cpu_over_bare_engine: Ratio;
  control_bare_engine_over_itself: Ratio;
  /** what the appliance does besides asking its engine, over the bare engine: steadier than the ratio on a busy machine, where 0.03 is the bar too */
  outside_share_of_bare_engine: number;
  /** over whisper-cli on both whole channels */
  cpu_over_naive: Ratio;
  control_naive_over_itself: Ratio;
  cpu_seconds: { appliance: number; bare_engine: number; naive: number; appliance_outside_its_engine: number };
  /** words that the appliance and the bare engine heard differently; what the guard took out is not counted */
  words_other_than_bare_engine: number;
  word_error: { appliance: number; naive: number; difference_in_points: number };
}

/** @param blocks each is bare, naive, appliance, appliance, naive, bare: what drifts slowly touches all alike */
export async function measureCost(lines: Lines, path: SpeechPath, options: { blocks: number; threads: number; workDir: string }): Promise<SpeechCost> {
  const { blocks, threads, workDir } = options;
  const folder = mkdtempSync(join(workDir, "cost-"));
  const model = path.model.path;
  try {
    const call = await encode(lines.lines, "mulaw", join(folder, "call"));
    await path.start();
    let windows: string[] = [];
    // the first run warms everything up and brings the windows
    const heard = await path.hear(call, async (channels) => void (windows = await writeWindows(channels, path.limits, folder)));
    const whole = await splitChannels(call, 2, folder);
    let bareWords: Word[][] = [];
    let naiveWords: Word[][] = [];
    const bare = () => secondsOf(childCpuSeconds, async () => (bareWords = await rawWhisper(windows, model, threads, engineSettings(path.model))));
    const naive = () => secondsOf(childCpuSeconds, async () => (naiveWords = await rawWhisper(whole, model, threads)));
    const outside: number[] = [];
    const appliance = async (): Promise<number> => {
      const engine = (): number => cpuSeconds(path.engine.status().pid ?? 0);
      const before = engine();
      const all = await secondsOf(() => treeCpuSeconds(process.pid), () => path.hear(call));
      outside.push(all - (engine() - before));
      return all;
    };
    const runs: { bare: number[]; naive: number[]; appliance: number[] }[] = [];
    for (let i = 0; i < blocks; i++) {
      const [a1, n1, b1, b2, n2, a2] = [await bare(), await naive(), await appliance(), await appliance(), await naive(), await bare()];
      runs.push({ bare: [a1, a2], naive: [n1, n2], appliance: [b1, b2] });
    }
    const ratio = (over: "appliance" | "bare" | "naive", under: "bare" | "naive"): Ratio =>
      ratioOf(runs.map((run) => (over === under ? (run[over][0] ?? 0) / (run[over][1] ?? 1) : sum(run[over]) / sum(run[under]))));
    const seconds = (of: "appliance" | "bare" | "naive"): number => round(median(runs.flatMap((run) => run[of])));
    const guarded = heard.dropped.reduce((total, one) => total + one.count, 0);
    const truth = { name: "call", codec: "mulaw", said: lines.said };
    const errorOf = (words: Parameters<typeof scoreCall>[1]): number => figuresOf(scoreCall(truth, words))?.rate ?? 0;
    const [applianceError, naiveError] = [errorOf(heard.words), errorOf(naiveWords)];
    return {
      call_seconds: round(heard.durationMs / 1000),
      windows: windows.length,
      blocks,
      cpu_over_bare_engine: ratio("appliance", "bare"),
      control_bare_engine_over_itself: ratio("bare", "bare"),
      outside_share_of_bare_engine: round(median(outside) / seconds("bare")),
      cpu_over_naive: ratio("appliance", "naive"),
      control_naive_over_itself: ratio("naive", "naive"),
      cpu_seconds: { appliance: seconds("appliance"), bare_engine: seconds("bare"), naive: seconds("naive"), appliance_outside_its_engine: round(median(outside)) },
      words_other_than_bare_engine: Math.max(0, errorsOf(countErrors(textsOf(bareWords), textsOf(heard.words))) - guarded),
      word_error: { appliance: round(applianceError), naive: round(naiveError), difference_in_points: round((applianceError - naiveError) * 100) },
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param clock processor time used so far */
async function secondsOf(clock: () => number, work: () => Promise<unknown>): Promise<number> {
  const before = clock();
  await work();
  return clock() - before;
}

const textsOf = (words: readonly (readonly Word[])[]): string[] => words.flat().map((word) => word.text);

const sum = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0);
