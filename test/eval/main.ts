// npm run eval:speech -- [--set a,b] [--model NAME|PATH] [--window-ms N] [--threads N] [--raw] [--quick] [--json] [--show]
// Word error of the product's own path on speech that the training never saw. Exit code 2: the held-out speech could not be made.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createSpeechPath } from "../support/speech-path.ts";
import { hearRaw } from "./raw-whisper.ts";
import { canSpeak, WHAT_IS_NEEDED } from "./recipe.ts";
import { reportOf, tableOf, type SetReport } from "./report.ts";
import { scoreCall, type Score } from "./score.ts";
import { callsOf, SETS, type SetName } from "./sets.ts";

const { values: options } = parseArgs({
  options: {
    set: { type: "string" }, model: { type: "string", default: "starter-en" }, "window-ms": { type: "string" }, threads: { type: "string", default: "1" },
    raw: { type: "boolean", default: false }, quick: { type: "boolean", default: false }, json: { type: "boolean", default: false }, show: { type: "boolean", default: false },
  },
});

const wanted = (options.set?.split(",") ?? Object.keys(SETS)).map((name) => {
  if (name in SETS) return name as SetName;
  throw new Error(`There is no set ${name}; there are ${Object.keys(SETS).join(", ")}`);
});
const isPossible = !wanted.some((name) => SETS[name].needsVoices) || (await canSpeak());
const sets = wanted.filter((name) => isPossible || !SETS[name].needsVoices);

const workDir = mkdtempSync(join(tmpdir(), "earshot-eval-"));
const threads = Number(options.threads);
const path = await createSpeechPath({ model: options.model, threads, workDir, ...(options["window-ms"] === undefined ? {} : { windowMs: Number(options["window-ms"]) }) });
const reports: Partial<Record<SetName, SetReport>> = {};
try {
  for (const set of sets) {
    const scores: Score[] = [];
    const calls = await callsOf(set, options.quick, workDir);
    for (const call of calls) {
      const heard = options.raw ? await hearRaw(call.path, call.channels, path.model.path, threads, workDir) : (await path.hear(call.path)).words;
      scores.push(...scoreCall(call, heard));
      process.stderr.write(`\r${set}: ${calls.indexOf(call) + 1} of ${calls.length} calls `);
    }
    process.stderr.write("\r\x1b[K");
    const report = reportOf(set, scores, calls.map((call) => call.name));
    reports[set] = report;
    if (!options.json) console.log(tableOf(set, report).join("\n"));
    if (options.show) for (const one of scores) console.error(`  ${one.voice} ${one.codec}\n    said  ${one.said}\n    heard ${one.heard}`);
  }
} finally {
  await path.stop();
  rmSync(workDir, { recursive: true, force: true });
}
if (options.json) {
  console.log(JSON.stringify({ at: new Date().toISOString(), model: path.model.name, window_ms: path.model.windowMs ?? 30_000, path: options.raw ? "whisper-cli on whole channels" : "the product's", quick: options.quick, sets: reports }, null, 2));
}
if (!isPossible) {
  console.error(WHAT_IS_NEEDED);
  process.exitCode = 2;
}
