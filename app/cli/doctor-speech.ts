// What doctor says about hearing: programs and model of this machine, or the endpoints of the cluster, each with a test window.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { AppError } from "../domain/index.ts";
import { createNet, resolveModel, runProgram, silentLog, systemClock, verifyModels, type Config } from "../platform/index.ts";
import { choiceFile, enginePrograms, openSpeech, readChoice, type Finding } from "../pipeline/index.ts";

export async function examineSpeech(config: Config): Promise<Finding[]> {
  if (config.speech.engine === "openai") return examineEndpoints(config);
  const engines = enginePrograms(config);
  const server = join(engines, "whisper-server");
  return [
    await program("Speech engine", join(engines, "whisper-cli"), ["--help"], "npm run setup"),
    { check: "Speech server", ok: existsSync(server), detail: existsSync(server) ? server : `${server} is missing; run: npm run setup` },
    await speechModel(config),
  ];
}

/** Starts a program to see whether it does. @param remedy command that installs it */
export async function program(check: string, path: string, args: string[], remedy: string): Promise<Finding> {
  const result = await runProgram(path, args, { timeoutMs: 10_000 });
  const ok = !result.notStarted && result.exitCode === 0;
  const version = /version (\S+)/.exec(result.stdout.toString("utf8"))?.[1];
  return { check, ok, detail: ok ? (version ?? "starts") : `${path} does not start; run: ${remedy}` };
}

async function speechModel(config: Config): Promise<Finding> {
  const check = "Speech model";
  try {
    const chosen = await readChoice(config.data_dir);
    const model = resolveModel(chosen ?? config.speech.model, "speech", { dataDir: config.data_dir });
    const [sum] = model.sha256 === undefined ? [] : await verifyModels({ dataDir: config.data_dir }, [model.name]);
    if (sum?.state === "damaged") return { check, ok: false, detail: `${model.path} is damaged; fetch or install it again` };
    const because = chosen === undefined ? "" : `, chosen with models use (${choiceFile(config.data_dir)})`;
    const advice = model.name === "starter-en" ? "; the starter model does not understand people, earshot models recommend says which one this machine should take" : "";
    return { check, ok: true, detail: `${model.name}${because}${advice}` };
  } catch (error) {
    if (error instanceof AppError) return { check, ok: false, detail: error.message };
    throw error;
  }
}

async function examineEndpoints(config: Config): Promise<Finding[]> {
  const net = createNet({ log: silentLog, clock: systemClock });
  const { engine } = await openSpeech(undefined, { config, net, clock: systemClock, log: silentLog });
  try {
    await engine.start();
    return engine.status().endpoints.map(({ host, state, lastError }) => ({ check: `Speech endpoint ${host}`, ok: state === "open", detail: state === "open" ? "heard a test window" : (lastError?.message ?? state) }));
  } finally {
    await engine.stop();
    await net.close();
  }
}
