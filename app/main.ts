// The program: hands the command line to its verb. The only file that may end the process.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { runCommandLine } from "./cli/index.ts";
import { installationRoot } from "./platform/index.ts";

const { version } = JSON.parse(readFileSync(join(installationRoot(), "package.json"), "utf8")) as { version: string };
process.exit(await runCommandLine(process.argv.slice(2), version));
