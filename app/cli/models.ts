// models: what the model store holds, on-line and air-gapped.
import { createWriteStream } from "node:fs";
import { resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import type { Command } from "commander";
import { AppError } from "../domain/index.ts";
import { bundleModels, createNet, fetchModel, installModels, listModels, loadConfig, silentLog, systemClock, verifyModels, type Download, type ModelPlaces } from "../platform/index.ts";
import { addUseVerb } from "./models-use.ts";
import { say, sayJson, table, tell } from "./output.ts";

/** @param finish told whether the verb found everything well */
export function addModelVerbs(program: Command, finish: (ok: boolean) => void): void {
  const models = program.command("models").description("the model store, on-line and air-gapped; every file is checked by its SHA-256");
  models.command("list").description("which models there are, and which are installed").option("--json", "answer as JSON", false).action((options: { json: boolean }) => list(options));
  models.command("fetch <name>").description("fetch a model from its publisher; the only verb that reaches out, and only when you call it").action(fetch);
  models.command("verify").description("read every installed model and compare it with its sum").action(async () => finish(await check()));
  addUseVerb(models);
  models
    .command("bundle <file>")
    .argument("[names...]", "models to pack; all installed when absent")
    .description("pack installed models into one file for a machine without internet")
    .action(async (file: string, names: string[]) => say((await bundleModels(resolve(file), places(), names.length > 0 ? names : undefined)).join("\n")));
  models.command("install <file>").description("install models from a bundle or a model file").action(async (file: string) => say((await installModels(resolve(file), places())).join("\n")));
}

function places(): ModelPlaces {
  return { dataDir: loadConfig().data_dir };
}

function list(options: { json: boolean }): void {
  const models = listModels(places());
  if (options.json) return sayJson(models);
  say(table([["NAME", "FOR", "SIZE", "LICENCE", "INSTALLED"], ...models.map((model) => [model.name, model.kind, sizeOf(model), model.licence, model.path ?? "no"])]));
}

function sizeOf(model: { sizeBytes?: number | undefined; approximateMb?: number | undefined }): string {
  if (model.sizeBytes !== undefined) return `${Math.round(model.sizeBytes / 1e6)} MB`;
  return model.approximateMb === undefined ? "?" : `about ${model.approximateMb} MB`;
}

async function fetch(name: string): Promise<void> {
  const net = createNet({ log: silentLog, clock: systemClock });
  try {
    const model = await fetchModel(name, places(), downloader(net));
    say(model.path ?? name);
  } finally {
    await net.close();
  }
}

/** Publishers answer with redirects to their stores, so up to three are followed; each hop must be https, and the sum is checked afterwards. */
function downloader(net: ReturnType<typeof createNet>): Download {
  return async (url, target, { maxBytes, signal }) => {
    let address = url;
    for (let hop = 0; hop < 4; hop++) {
      const response = await net.request({
        url: address, method: "GET", headers: {}, policy: { kind: "administered" }, timeoutMs: 3_600_000, maxResponseBytes: maxBytes, ...(signal === undefined ? {} : { signal }),
      });
      const location = response.headers["location"];
      if (response.status >= 300 && response.status < 400 && typeof location === "string") {
        await response.discard();
        address = new URL(location, address).href;
        if (!address.startsWith("https:")) break;
        continue;
      }
      if (response.status !== 200) {
        await response.discard();
        throw new AppError("FETCH_REFUSED", `The publisher answered ${response.status} for the model; try again later, or carry it over with: earshot models install <file>`);
      }
      await pipeline(response.body, createWriteStream(target, { flags: "w", mode: 0o600 }));
      return;
    }
    throw new AppError("FETCH_REFUSED", "The publisher sent us in circles; carry the model over with: earshot models install <file>");
  };
}

async function check(): Promise<boolean> {
  const checks = await verifyModels(places());
  say(table([["NAME", "STATE", "SHA-256"], ...checks.map((one) => [one.name, one.state, one.sha256])]));
  const damaged = checks.filter((one) => one.state === "damaged");
  for (const one of damaged) tell(`The model ${one.name} (${one.path}) is damaged; fetch or install it again.`);
  return damaged.length === 0;
}
