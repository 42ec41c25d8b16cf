// npm run bench:speech -- [cost] [parties] [voice-activity] [separation] [--model NAME|PATH] [--window-ms N] [--seconds N] [--blocks N] [--quick]
// One JSON object; every ratio was measured in this run, beside its control.
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { canSpeak, WHAT_IS_NEEDED } from "../eval/recipe.ts";
import { createSpeechPath } from "../support/speech-path.ts";
import { round } from "./statistics.ts";
import { measureCost } from "./speech/cost.ts";
import { measureParties } from "./speech/parties.ts";
import { sampledCall, speakingShare, spokenCall } from "./speech/two-party-call.ts";

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    model: { type: "string", default: "starter-en" }, "window-ms": { type: "string" }, threads: { type: "string", default: "1" },
    seconds: { type: "string" }, blocks: { type: "string" }, quick: { type: "boolean", default: false },
  },
});
const isWanted = (name: string): boolean => positionals.length === 0 || positionals.includes(name);
const seconds = Number(options.seconds ?? (options.quick ? 8 : 300));
const blocks = Number(options.blocks ?? (options.quick ? 1 : 5));
const threads = Number(options.threads);

// Quick is for machines without the voices, such as those that only test
const hasVoices = !options.quick && (await canSpeak());
if (!hasVoices && !options.quick) console.error(`${WHAT_IS_NEEDED}; the sample calls are used instead`);
const lines = await (hasVoices ? spokenCall : sampledCall)(seconds * 1000, 1);

const workDir = mkdtempSync(join(tmpdir(), "earshot-bench-speech-"));
const path = await createSpeechPath({ model: options.model, threads, workDir, ...(options["window-ms"] === undefined ? {} : { windowMs: Number(options["window-ms"]) }) });
try {
  const result = {
    at: new Date().toISOString(),
    machine: { cores: cpus().length, model: cpus()[0]?.model, load_at_start: loadavg()[0], node: process.version },
    model: { name: path.model.name, window_ms: path.model.windowMs ?? 30_000 },
    call: { from: hasVoices ? "the recipe's voices" : "the sample calls", speaking_share: [0, 1].map((channel) => round(speakingShare(lines, channel as 0 | 1))) },
    bars: {
      cpu_over_bare_engine: "≤ 1.03", cpu_over_naive: "≤ 0.65", word_error_difference_in_points: "≤ 0.2",
      wrong_party_percent: "≤ 0.1 clean, ≤ 1 with bleed", turn_order_inversions: "0", diarisation_error: "≤ 15 %",
    },
    ...(isWanted("cost") ? { cost: await measureCost(lines, path, { blocks, threads, workDir }) } : {}),
    ...(isWanted("parties") ? { parties: await measureParties(lines, path, workDir) } : {}),
    ...(await others("voice-activity")),
    ...(await others("separation")),
  };
  console.log(JSON.stringify(result, null, 2));
} finally {
  await path.stop();
  rmSync(workDir, { recursive: true, force: true });
}

/** A benchmark in a file of its own beside this one: its exported function `measure…` is called with whether to be quick. */
async function others(name: string): Promise<Record<string, unknown>> {
  const file = fileURLToPath(new URL(`./${name}${extname(import.meta.url)}`, import.meta.url));
  if (!isWanted(name) || !existsSync(file)) return {};
  const module = (await import(file)) as Record<string, unknown>;
  const measure = Object.entries(module).find(([key, value]) => key.startsWith("measure") && typeof value === "function")?.[1] as ((quick: boolean) => Promise<unknown>) | undefined;
  return measure === undefined ? {} : { [name.replace("-", "_")]: await measure(options.quick) };
}
