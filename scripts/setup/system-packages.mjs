// Programs of the operating system: looked for on PATH, installed with apt where that is allowed, otherwise named in one sentence.
import { exists } from "./places.mjs";
import { SetupProblem } from "./problem.mjs";
import { isOnPath, run } from "./run.mjs";

/** program → Debian package */
const NEEDED = { ffmpeg: "ffmpeg", ffprobe: "ffmpeg", cmake: "cmake", "g++": "g++", make: "make", python3: "python3" };

/**
 * @param {boolean} mayInstall
 * @returns {Promise<string | undefined>}
 * @throws SetupProblem naming the command when something is missing and cannot be installed from here
 */
export async function installSystemPackages(mayInstall) {
  const packages = missingPackages();
  if (packages.length === 0) return undefined;
  const names = packages.join(" ");
  const problem = (why) => new SetupProblem(`${why}; run: apt-get install ${names} (or what your system calls them), then this again`);
  if (!mayInstall || !isOnPath("apt-get")) throw problem(`these programs are missing: ${names}`);
  const before = await rootCommand();
  if (before === undefined) throw problem(`these programs are missing and only root may install them: ${names}`);

  console.log(`Set-up: installing system packages: ${names}`);
  const apt = (...words) => run("Installing system packages", before[0] ?? "apt-get", [...before.slice(1), ...(before.length > 0 ? ["apt-get"] : []), ...words], { env: { DEBIAN_FRONTEND: "noninteractive" }, hint: `run it by hand: apt-get install ${names}` });
  const install = ["-y", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=120", "install", ...packages];
  try {
    await apt(...install);
  } catch {
    await apt("-o", "DPkg::Lock::Timeout=120", "update"); // a fresh machine has no package lists, an old one has stale ones
    await apt(...install);
  }
  if (missingPackages().length > 0) throw problem(`these programs are still missing after their installation: ${missingPackages().join(" ")}`);
  return `system packages (${names})`;
}

function missingPackages() {
  return [...new Set(Object.entries(NEEDED).flatMap(([program, name]) => (isOnPath(program) ? [] : [name])))];
}

/** @returns {Promise<string[] | undefined>} what to put before apt-get: nothing for root, `sudo -n` where no password is asked */
async function rootCommand() {
  if (process.getuid?.() === 0) return [];
  if (!isOnPath("sudo") || !exists("/etc/sudoers")) return undefined;
  try {
    await run("sudo", "sudo", ["-n", "true"]);
    return ["sudo", "-n", "DEBIAN_FRONTEND=noninteractive"];
  } catch {
    return undefined;
  }
}
