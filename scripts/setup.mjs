// Sets everything up that Earshot needs, once: system packages, npm packages, speech engine, compiled program. Run again, it only looks.
// Plain Node without packages: it runs before there are any. Steps: scripts/setup/*.mjs.
import { parseOptions, USAGE } from "./setup/options.mjs";
import { requireNode } from "./setup/node-version.mjs";
import { lockSetup } from "./setup/lock.mjs";
import { setUp } from "./setup/steps.mjs";
import { SetupProblem } from "./setup/problem.mjs";

const startedAt = Date.now();
try {
  const options = parseOptions(process.argv.slice(2));
  if (options.help) console.log(USAGE);
  else {
    requireNode(process.versions.node);
    const unlock = await lockSetup();
    try {
      const work = await setUp(options);
      const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
      console.log(work.length === 0 ? `Set-up: everything is in place (${seconds} s)` : `Set-up finished in ${seconds} s: ${work.join(", ")}`);
    } finally {
      unlock();
    }
  }
} catch (error) {
  if (!(error instanceof SetupProblem)) throw error;
  console.error(`Set-up stopped: ${error.message}`);
  process.exitCode = error.exitCode;
}
