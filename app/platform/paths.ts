// Where the program itself lies: the folder with package.json, config/, models/ and engines/.
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** @returns absolute path of the installation, found upwards from this file (it may run from app/ or dist/app/) */
export function installationRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "package.json"))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error("package.json not found above the program");
    folder = parent;
  }
  return folder;
}

/** @returns version of the installed program, as package.json says */
export function programVersion(): string {
  return (JSON.parse(readFileSync(join(installationRoot(), "package.json"), "utf8")) as { version: string }).version;
}
