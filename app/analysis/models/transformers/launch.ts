// How the process of a small model is started: few rights, few threads, limits, and behind everything else.
import { realpathSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ErrorCode } from "../../../domain/index.ts";
import { installationRoot, LineProcess, type Log, type ModelFolder } from "../../../platform/index.ts";
import type { Order } from "./requests.ts";

export interface LaunchOptions {
  log: Log;
  /** resident memory of its process */
  memoryMb?: number;
  /** given back when nobody asked for this long */
  idleMs?: number;
  maxRequests?: number;
  /** half of the cores, at most 4, when absent: speech and decoding need the others */
  threads?: number;
}

/** The runtime and what it loads once: 170 MB measured. */
const RUNTIME_MB = 300;
/** Models grow with what they read; beyond twice what is known of them something is wrong. */
const SPARE = 2;
const UNKNOWN_MB = 1_500;

const PROGRAM = fileURLToPath(new URL("./model-process.js", import.meta.url));

/** @param folders further folders that it reads from */
export function launch(model: Omit<ModelFolder, "sha256">, kind: Order["kind"], code: ErrorCode, folders: readonly string[], { log, memoryMb, idleMs, maxRequests, threads }: LaunchOptions): LineProcess {
  const most = memoryMb ?? RUNTIME_MB + SPARE * (model.entry.memoryMb ?? UNKNOWN_MB);
  const order: Order = { kind, folder: model.folder, isQuantized: model.isQuantized, threads: threads ?? Math.min(4, Math.max(1, Math.floor(availableParallelism() / 2))), pooling: model.entry.pooling ?? "mean" };
  return new LineProcess({
    what: `The ${kind} model ${model.name}`,
    code, log, memoryMb: most,
    args: [...seatBelt([model.folder, ...folders]), `--max-old-space-size=${most}`, PROGRAM, JSON.stringify(order)],
    ...(idleMs === undefined ? {} : { idleMs }),
    ...(maxRequests === undefined ? {} : { maxRequests }),
  });
}

/** It may read the program, its model and what it is shown, and write nothing. */
function seatBelt(folders: readonly string[]): string[] {
  const flag = process.allowedNodeEnvironmentFlags.has("--permission") ? "--permission" : "--experimental-permission";
  const root = installationRoot();
  const readable = new Set([root, realpathSync(root), realpathSync(join(root, "node_modules")), ...folders]); // Node 20 aborts when a folder is named twice
  return ["--no-warnings", flag, "--allow-addons", ...[...readable].map((folder) => `--allow-fs-read=${join(folder, "*")}`)];
}
