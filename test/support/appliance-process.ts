// The appliance as a process of its own, as customers run it; tests talk to it over HTTP and may kill it.
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { extname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { stringify } from "yaml";

/** Options of scripts/earshot that change how the program behaves. */
const LIKE_THE_LAUNCHER = ["--max-semi-space-size=4"];

export interface ApplianceProcess {
  url: string;
  child: ChildProcess;
  /** everything it wrote to stderr so far */
  log(): string;
  /** resolves with [exit code, signal] */
  exited: Promise<[number | null, NodeJS.Signals | null]>;
  stop(): Promise<[number | null, NodeJS.Signals | null]>;
  /** Its clock goes forward at once; what is due by then is seen within a second. */
  later(ms: number): void;
}

/**
 * Starts the test entry (test/support/serve-entry.ts) and waits for `ready <url>`.
 * @param folder receives the configuration file · @param kill checkpoint at which the process kills itself, e.g. `prepare.saved`
 * @param aheadMs its clock is ahead of the machine's
 * @throws with the process's log when it ends before it is ready, unless `mayDie`
 */
export async function startAppliance(folder: string, config: Record<string, unknown>, kill?: string, aheadMs = 0): Promise<ApplianceProcess> {
  const file = join(folder, "earshot.yaml");
  writeFileSync(file, stringify(config));
  const entry = fileURLToPath(new URL(`./serve-entry${extname(import.meta.url)}`, import.meta.url));
  const child = spawn(process.execPath, [...LIKE_THE_LAUNCHER, ...process.execArgv, entry, file, kill ?? "", String(aheadMs)], { stdio: ["ignore", "pipe", "pipe", "ipc"] });
  let log = "";
  child.stderr?.on("data", (chunk: Buffer) => (log = (log + chunk.toString("utf8")).slice(-20_000)));
  const exited = once(child, "exit") as Promise<[number | null, NodeJS.Signals | null]>;
  const url = await Promise.race([readyUrl(child), exited.then(() => undefined)]);
  return {
    url: url ?? "",
    child,
    log: () => log,
    exited,
    stop: () => {
      child.kill("SIGTERM");
      return exited;
    },
    later: (ms) => void child.send(ms, () => undefined), // whoever died does not hear it
  };
}

async function readyUrl(child: ChildProcess): Promise<string | undefined> {
  if (child.stdout === null) return undefined;
  for await (const line of createInterface({ input: child.stdout })) {
    const match = /^ready (\S+)$/.exec(line);
    if (match?.[1] !== undefined) return match[1];
  }
  return undefined;
}

/** Asks every `everyMs` until the answer is there; fails with `what` after `timeoutMs`. */
export async function until<T>(what: string, timeoutMs: number, ask: () => Promise<T | undefined> | T | undefined, everyMs = 30): Promise<T> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > end) throw new Error(`${what}: not within ${timeoutMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
