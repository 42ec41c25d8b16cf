// models use: another speech model, in the appliance that runs, without a restart.
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { Command } from "commander";
import { AppError } from "../domain/index.ts";
import { createNet, loadConfig, resolveModel, silentLog, systemClock, type Config } from "../platform/index.ts";
import { isRunning } from "./keep.ts";
import { openStore } from "./open-store.ts";
import { say } from "./output.ts";

/** A model of 3 GB on a slow disk is read, hashed, loaded and tried out. */
const LIMIT_MS = 10 * 60_000;

/** @param models the verb `models` */
export function addUseVerb(models: Command): void {
  models
    .command("use [name]")
    .description("let another speech model hear new calls, without a restart; the choice survives one. Without a name, what speech.model says")
    .action((name: string | undefined) => use(name));
}

async function use(name: string | undefined): Promise<void> {
  const config = loadConfig();
  const model = name === undefined ? null : name.includes("/") || existsSync(name) ? resolve(name) : name;
  if (model !== null) resolveModel(model, "speech", { dataDir: config.data_dir }); // a misspelt name is told before anybody is asked
  if (!isRunning(config)) {
    throw new AppError("CONFLICT", `Earshot is not running, so nothing was changed; ${model === null ? "start it first" : `set speech.model: ${model} in its settings (EARSHOT_SPEECH_MODEL), or start it and call this again`}`);
  }
  const used = await ask(config, model);
  say(`${used.model}${used.sha256 === null ? "" : `\t${used.sha256}`}`);
}

/** Whoever may open the database is an administrator: a login for this one request proves it to the web server, and is ended afterwards. */
async function ask(config: Config, model: string | null): Promise<{ model: string; sha256: string | null }> {
  const { store, close } = await openStore(config, true);
  const token = store.access.redeemLoginCode(store.access.createLoginCode("admin")) ?? "";
  const net = createNet({ log: silentLog, clock: systemClock });
  try {
    const response = await net.request({
      url: `${addressOf(config)}/v1/models/speech`,
      method: "POST",
      headers: { "content-type": "application/json", cookie: `earshot=${token}`, "sec-fetch-site": "same-origin" },
      body: JSON.stringify({ model }),
      policy: { kind: "administered" },
      timeoutMs: LIMIT_MS,
    });
    const answer = JSON.parse(await response.text()) as { model: string; sha256: string | null; detail?: string; code?: string };
    if (response.status !== 200) throw new AppError("SPEECH_SWITCH_FAILED", answer.detail ?? `Earshot answered ${response.status}; look into its log`);
    return answer;
  } finally {
    store.access.endLogin(token);
    close();
    await net.close();
  }
}

/** Where the appliance of these settings listens, as this machine reaches it. */
function addressOf({ http }: Config): string {
  if (http.port === 0) throw new AppError("CONFLICT", "http.port is 0, so nobody knows where Earshot listens; use POST /v1/models/speech at the address that it printed");
  const host = http.host === "0.0.0.0" ? "127.0.0.1" : http.host === "::" ? "::1" : http.host;
  return `http://${host.includes(":") ? `[${host}]` : host}:${http.port}`;
}
