// The program: hands the command line to its verb. The only file that may end the process.
import { runCommandLine } from "./cli/index.ts";
import { programVersion } from "./platform/index.ts";

process.exit(await runCommandLine(process.argv.slice(2), programVersion()));
