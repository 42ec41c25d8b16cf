// Speech that the training never saw, spoken by the training recipe's own synthesiser when it is needed and kept in var/eval.
import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync, renameSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { z } from "zod";
import { ensureFolder, installationRoot, runProgram } from "../../app/platform/index.ts";

/** One sentence of one voice: 16 kHz, 16 bit, silence trimmed to some 50 ms. */
export interface Utterance {
  voice: string;
  text: string;
  samples: Int16Array;
}

/** What to have spoken: arguments of synthesize.py. The same ones give the same speech. */
export interface SpeechRequest {
  name: string;
  count: number;
  seed: number;
  args: readonly string[];
}

export const RECIPE = join(installationRoot(), "models", "training", "speech");

/** What a person has to do when {@link canSpeak} says no. */
export const WHAT_IS_NEEDED = "To make the held-out speech, install: apt-get install espeak-ng flite python3-numpy python3-scipy (PYTHON names another interpreter)";

const python = (): string => process.env["PYTHON"] ?? "python3";

/** Whether this machine has the voices and what the recipe's synthesiser imports (it needs no torch). */
export async function canSpeak(): Promise<boolean> {
  const program = "import ctypes, numpy, scipy.signal; [ctypes.CDLL(name) for name in ('libespeak-ng.so.1', 'libflite.so.1', 'libflite_cmu_us_slt.so.1')]";
  const result = await runProgram(python(), ["-c", program], { timeoutMs: 60_000 });
  return result.exitCode === 0;
}

/** @throws Error with what the synthesiser complained about */
export async function speak(request: SpeechRequest): Promise<Utterance[]> {
  return spoken(request, ["synthesize.py", request.name, String(request.count), String(request.seed), ...request.args]);
}

/**
 * Runs a Python program that writes `<name>.json` ([[offset, length, voice, text, …]] in samples) and `<name>.i16`, once; afterwards reads what it wrote.
 * @param command file (of the recipe, or absolute) and its arguments
 */
export async function spoken(request: SpeechRequest, [file = "", ...args]: readonly string[]): Promise<Utterance[]> {
  const root = await ensureFolder(join(installationRoot(), "var", "eval"));
  const program = file.startsWith("/") ? file : join(RECIPE, file);
  const folder = join(root, `${request.name}-${keyOf(request, program)}`);
  if (!existsSync(folder)) {
    const unfinished = await ensureFolder(`${folder}.unfinished`);
    // SENTENCES names no file: sentences collected from this machine's documentation would be others elsewhere
    const env = { PATH: process.env["PATH"] ?? "", HOME: process.env["HOME"] ?? "", PYTHONDONTWRITEBYTECODE: "1", PYTHONPATH: RECIPE, SENTENCES: "none.json" };
    const result = await runProgram(python(), [program, ...args], { timeoutMs: 1_800_000, cwd: unfinished, env });
    if (result.exitCode !== 0) {
      rmSync(unfinished, { recursive: true, force: true });
      throw new Error(`The recipe's synthesiser failed: ${result.stderr}`);
    }
    renameSync(unfinished, folder);
  }
  return read(join(folder, request.name));
}

/** Changes with the recipe's words and voices and with what is asked of them. */
function keyOf(request: SpeechRequest, program: string): string {
  const hash = createHash("sha256").update(JSON.stringify({ ...request, args: request.args.map((arg) => basename(arg)) })).update(readFileSync(program));
  for (const name of readdirSync(RECIPE).filter((one) => /^(synthesize|text|phrases|names|voices)\.py$|\.txt$/.test(one)).sort()) hash.update(readFileSync(join(RECIPE, name)));
  return hash.digest("hex").slice(0, 12);
}

const indexSchema = z.array(z.tuple([z.number(), z.number(), z.string(), z.string()]).rest(z.unknown()));

function read(base: string): Utterance[] {
  const index = indexSchema.parse(JSON.parse(readFileSync(`${base}.json`, "utf8")));
  const bytes = readFileSync(`${base}.i16`);
  const samples = new Int16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  return index.map(([offset, length, voice, text]) => ({ voice, text, samples: samples.subarray(offset, offset + length) }));
}
