// models recommend: what this machine is, which models it should take, and what it can then keep up with.
import { adviceFacts, adviseModels, listModels, loadConfig, type Advice, type AdviceFacts, type Advised, type Machine } from "../platform/index.ts";
import { say, sayJson, table } from "./output.ts";

/** The verb. */
export async function recommend(options: { json: boolean }): Promise<void> {
  const config = loadConfig();
  const facts = await adviceFacts(config, listModels({ dataDir: config.data_dir }));
  const advice = adviseModels(facts);
  if (options.json) return sayJson({ machine: facts.machine, language: facts.language, speechThreads: facts.speechThreads, ...advice });
  say(renderAdvice(facts, advice));
}

/** Pure. @returns text for a terminal */
export function renderAdvice({ machine, language, models }: Pick<AdviceFacts, "machine" | "language" | "models">, advice: Advice): string {
  const chosen = [advice.speech, advice.language, advice.embedding].filter((one) => one !== undefined);
  const starter = models.find((one) => one.windowMs !== undefined && one.path !== undefined);
  const none = `Nothing fits${starter === undefined ? "" : `; ${starter.name} stays, for trying out`}.`;
  return [
    describeMachine(machine),
    `Language of the calls: ${language === "auto" ? "several" : language} (speech.language)`,
    "",
    ...(chosen.length === 0 ? [none] : [table([["FOR", "MODEL", "DISK", "MEMORY", "WORK FOR AN HOUR OF CALL"], ...chosen.map((one) => [one.kind, one.name, `${one.diskMb} MB`, `${one.memoryMb} MB`, minutes(one.realTimeFactor)])])]),
    "",
    ...chosen.flatMap((one) => explain(one)),
    ...(chosen.length === 0 ? [] : ["", `Together: ${minutes(advice.realTimeFactor)} of work for an hour of call (${advice.realTimeFactor} × real time, both parties), ${advice.memoryMb} MB of memory with Earshot itself.`]),
    ...(chosen.length === 0 ? [] : [`It keeps up with about ${advice.callsPerHour} calls of five minutes an hour. Estimated from the cores; the ledger shows what it really takes.`]),
    ...advice.warnings.map((warning) => `Note: ${warning}`),
  ].join("\n");
}

function explain(one: Advised): string[] {
  return [`${one.name}: ${one.why}`, ...(one.command === undefined ? ["  is installed"] : [`  ${one.command}`]), ...(one.setting === undefined ? [] : [`  in the settings: ${one.setting}`])];
}

function describeMachine({ cores, memoryMb, diskMb, hasFastMath, gpu }: Machine): string {
  const card = gpu === undefined ? "no graphics processor" : `${gpu.name}${gpu.memoryMb === undefined ? "" : ` with ${gpu.memoryMb} MB`}`;
  return `This machine: ${Number(cores.toFixed(1))} core${cores === 1 ? "" : "s"}${hasFastMath ? "" : " without AVX2"}, ${memoryMb} MB of memory, ${diskMb} MB of disk free, ${card}`;
}

function minutes(realTimeFactor: number): string {
  const count = realTimeFactor * 60;
  return count < 1 ? "under a minute" : `${count < 10 ? Number(count.toFixed(1)) : Math.round(count)} min`;
}
