// Which Node this program runs on.
import { SetupProblem } from "./problem.mjs";

/** @param {string} version e.g. "20.20.2" @throws SetupProblem below 20.19 */
export function requireNode(version) {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  throw new SetupProblem(`Earshot needs Node 20.19 or newer and this is ${version}; install Node 22 or 24 and run it again`);
}
