// One set-up at a time in one folder: a second one waits for the first.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { at } from "./places.mjs";

/** @returns {Promise<() => void>} ends the lock; a lock whose process is gone does not count */
export async function lockSetup() {
  const file = at("engines", ".set-up-is-running");
  mkdirSync(at("engines"), { recursive: true });
  for (let isFirst = true; ; isFirst = false) {
    try {
      writeFileSync(file, `${process.pid} ${startOf(process.pid)}`, { flag: "wx" });
      return () => rmSync(file, { force: true });
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
    }
    if (!isHeld(file)) rmSync(file, { force: true });
    else {
      if (isFirst) console.log("Set-up: another one is running here, waiting for it");
      await wait(500);
    }
  }
}

function isHeld(file) {
  try {
    const [pid, start] = readFileSync(file, "utf8").split(" ");
    if (!/^[1-9]\d*$/.test(pid ?? "")) return false;
    process.kill(Number(pid), 0);
    return startOf(pid) === start; // a number may be given to another process, e.g. after a restart of the container
  } catch (error) {
    return error.code === "EPERM"; // alive, of somebody else
  }
}

/** When a process began, in the kernel's ticks; empty where there is no /proc. */
function startOf(pid) {
  try {
    return readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1).split(" ")[19];
  } catch {
    return "";
  }
}
