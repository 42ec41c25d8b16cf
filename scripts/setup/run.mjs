// Runs the programs of set-up: quiet while all is well, their last lines when not.
import { spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { root } from "./places.mjs";
import { SetupProblem } from "./problem.mjs";

/**
 * @param {string} what    what is being done, for the error
 * @param {string} command
 * @param {string[]} args
 * @param {{env?: Record<string, string>, onLine?: (line: string) => void, show?: boolean, hint?: string}} [options] `show` prints the output as it comes
 * @returns {Promise<string>} the output
 * @throws SetupProblem with the last lines of the output
 */
export function run(what, command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: root,
      env: { ...process.env, ...options.env },
      stdio: options.show ? ["ignore", "inherit", "inherit"] : ["ignore", "pipe", "pipe"],
    });
    let output = "";
    const take = (chunk) => {
      output = (output + chunk).slice(-200_000);
      if (options.onLine) for (const line of String(chunk).split("\n")) options.onLine(line);
    };
    child.stdout?.on("data", take);
    child.stderr?.on("data", take);
    child.once("error", (error) => reject(new SetupProblem(`${what}: ${command} could not be started (${error.message})`)));
    child.once("close", (code, signal) => {
      if (code === 0) return resolve(output);
      const tail = output.trimEnd().split("\n").slice(-15).map((line) => `  | ${line}`).join("\n");
      const how = code === null ? `was ended by ${signal}` : `ended with code ${code}`;
      reject(new SetupProblem(`${what} failed: ${command} ${how}${options.hint ? `; ${options.hint}` : ""}${tail.trim() === "|" || options.show ? "" : `\n${tail}`}`));
    });
  });
}

/** @param {string} program @returns {boolean} whether it is on PATH */
export function isOnPath(program) {
  return (process.env.PATH ?? "").split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return folder !== "";
    } catch {
      return false;
    }
  });
}
