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

  await install(packages, before);
  if (missingPackages().length > 0) throw problem(`these programs are still missing after their installation: ${missingPackages().join(" ")}`);
  return `system packages (${names})`;
}

/**
 * A browser, for the tests that look at the dashboard: they are skipped where there is none, so its lack stops nothing. No fonts are asked for:
 * Debian's fontconfig brings DejaVu, which has every letter that the pages use; only emoji are boxes without fonts-noto-color-emoji.
 * @param {boolean} mayInstall
 * @returns {Promise<string | undefined>}
 */
export async function installBrowser(mayInstall) {
  if (BROWSERS.some(isOnPath)) return undefined;
  const before = mayInstall && isOnPath("apt-get") ? await rootCommand() : undefined;
  try {
    if (before !== undefined) await install(["chromium"], before);
  } catch {
    // said below
  }
  if (BROWSERS.some(isOnPath)) return "Chromium";
  console.log("Set-up: there is no Chromium, so the tests of the dashboard in a browser are skipped; run: apt-get install chromium");
  return undefined;
}

/** Any of these does. Ubuntu's `chromium-browser` is not one: it only asks for a snap. */
const BROWSERS = ["chromium", "google-chrome"];

/** @param {string[]} packages @param {string[]} before what to put before apt-get */
async function install(packages, before) {
  const names = packages.join(" ");
  console.log(`Set-up: installing system packages: ${names}`);
  const apt = (...words) => run("Installing system packages", before[0] ?? "apt-get", [...before.slice(1), ...(before.length > 0 ? ["apt-get"] : []), ...words], { env: { DEBIAN_FRONTEND: "noninteractive" }, hint: `run it by hand: apt-get install ${names}` });
  const words = ["-y", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=120", "install", ...packages];
  try {
    await apt(...words);
  } catch {
    await apt("-o", "DPkg::Lock::Timeout=120", "update"); // a fresh machine has no package lists, an old one has stale ones
    await apt(...words);
  }
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
