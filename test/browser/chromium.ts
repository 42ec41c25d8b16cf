// A real Chromium for the tests of the dashboard: Debian's, found on PATH, driven without a window.
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { chromium, type Browser } from "playwright-core";

/** As set-up looks for it. */
const NAMES = ["chromium", "google-chrome"];

/** @returns the program, undefined where none is installed */
export function chromiumPath(): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  return NAMES.flatMap((name) => folders.map((folder) => join(folder, name))).find(isProgram);
}

/** Root has no user namespace to build the sandbox in, and a container has a /dev/shm of 64 MB, which a large page fills. */
export function launchChromium(executablePath: string): Promise<Browser> {
  return chromium.launch({ executablePath, chromiumSandbox: process.getuid?.() !== 0, args: ["--disable-dev-shm-usage", "--disable-gpu", "--font-render-hinting=none", "--autoplay-policy=no-user-gesture-required"] });
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
