// Builds whisper.cpp once, from the source that the npm package nodejs-whisper carries, outside node_modules.
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { at, exists, readJson, writeJson } from "./places.mjs";
import { SetupProblem } from "./problem.mjs";
import { run } from "./run.mjs";

const SOURCE = at("node_modules", "nodejs-whisper", "cpp", "whisper.cpp");
const PROGRAMS = ["whisper-server", "whisper-cli", "whisper-quantize", "whisper-vad-speech-segments"];
/** Instruction sets that ggml uses when it finds them: a program built with them ends with "illegal instruction" on a processor without. */
const INSTRUCTION_SETS = /^(sse3|ssse3|sse4_|avx|fma|f16c|bmi2|amx|asimd|sve|i8mm)/;

/**
 * @param {boolean} portable for any x86-64 with AVX2 instead of exactly this processor
 * @returns {Promise<string | undefined>}
 */
export async function buildSpeechEngine(portable) {
  const version = carriedVersion();
  const folder = at("engines", `whisper-${version}`);
  if (isUsable(folder, portable)) return undefined;

  const aside = at("engines", `.whisper-${version}.${process.pid}.unfinished`);
  sweepUnfinished();
  mkdirSync(join(aside, "bin"), { recursive: true });
  try {
    console.log(`Set-up: building the speech engine whisper.cpp ${version} (one to two minutes on two cores)`);
    const flags = buildFlags(portable);
    const build = join(aside, "build");
    await run("Preparing the speech engine", "cmake", ["-S", SOURCE, "-B", build, ...flags]);
    const onLine = progressPrinter();
    await run("Building the speech engine", "cmake", ["--build", build, "--target", ...PROGRAMS, "-j", String(availableParallelism())], { onLine });
    for (const program of PROGRAMS) renameSync(join(build, "bin", program), join(aside, "bin", program));
    rmSync(build, { recursive: true });
    await run("Trying the speech engine", join(aside, "bin", "whisper-cli"), ["--help"]);
    writeJson(join(aside, "stamp.json"), { version, portable, flags, instructionSets: portable ? [] : instructionSets() });
    replace(folder, aside);
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
  return `speech engine whisper.cpp ${version}`;
}

function carriedVersion() {
  let text;
  try {
    text = readFileSync(join(SOURCE, "CMakeLists.txt"), "utf8");
  } catch {
    throw new SetupProblem("the source of the speech engine is missing from node_modules/nodejs-whisper; run: npm ci");
  }
  const version = text.match(/project\("whisper\.cpp" VERSION (\d+\.\d+\.\d+)\)/)?.[1];
  if (version === undefined) throw new SetupProblem("node_modules/nodejs-whisper carries a whisper.cpp of unknown version; run: npm ci");
  return version;
}

function buildFlags(portable) {
  return ["-DCMAKE_BUILD_TYPE=Release", "-DBUILD_SHARED_LIBS=OFF", "-DWHISPER_BUILD_TESTS=OFF", "-DGGML_CCACHE=OFF", `-DGGML_NATIVE=${portable ? "OFF" : "ON"}`];
}

/** A copied folder, or a machine that was moved to another processor, is built anew; a portable engine serves everywhere. */
function isUsable(folder, portable) {
  const stamp = readJson(join(folder, "stamp.json"));
  if (stamp === undefined || !PROGRAMS.every((program) => exists(join(folder, "bin", program)))) return false;
  if (portable && !stamp.portable) return false;
  if (JSON.stringify(stamp.flags) !== JSON.stringify(buildFlags(stamp.portable))) return false;
  const here = new Set(instructionSets());
  return stamp.instructionSets.every((name) => here.has(name));
}

function instructionSets() {
  let text = "";
  try {
    text = readFileSync("/proc/cpuinfo", "utf8");
  } catch {
    // not Linux, or hidden: then nothing is known and nothing is required
  }
  const words = text.match(/^(?:flags|Features)\s*:(.*)$/m)?.[1]?.trim().split(/\s+/) ?? [];
  return words.filter((word) => INSTRUCTION_SETS.test(word)).sort();
}

/** Programs that run from the old folder go on running: their files live until they end. */
function replace(folder, aside) {
  const old = `${aside}.old`;
  if (exists(folder)) renameSync(folder, old);
  renameSync(aside, folder);
  rmSync(old, { recursive: true, force: true });
}

function sweepUnfinished() {
  for (const name of readdirSync(at("engines"))) if (name.includes(".unfinished")) rmSync(at("engines", name), { recursive: true });
}

function progressPrinter() {
  let next = 25;
  return (line) => {
    const percent = Number(line.match(/^\[\s*(\d+)%\]/)?.[1] ?? -1);
    if (percent < next) return;
    console.log(`Set-up: speech engine ${percent} % built`);
    next = (Math.floor(percent / 25) + 1) * 25;
  };
}
