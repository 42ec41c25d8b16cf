// The only file that reads the process environment.

/** Variables of Earshot itself: `EARSHOT_…` → text. */
export function earshotVariables(): Record<string, string> {
  return Object.fromEntries(Object.entries(process.env).filter((entry): entry is [string, string] => entry[0].startsWith("EARSHOT_") && entry[1] !== undefined));
}

/** What programs that Earshot starts get of the environment: enough to run, no secrets. */
export function programEnvironment(): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const name of ["PATH", "HOME", "LANG", "TMPDIR", "LD_LIBRARY_PATH"]) {
    const value = process.env[name];
    if (value !== undefined) kept[name] = value;
  }
  return kept;
}

/** Where systemd wants to hear that the service is ready; undefined when not started by systemd. */
export function notifySocket(): string | undefined {
  return process.env["NOTIFY_SOCKET"];
}

/** How often systemd wants a sign of life, in milliseconds; undefined when it does not watch this process. */
export function watchdogMs(): number | undefined {
  const pid = process.env["WATCHDOG_PID"];
  const microseconds = Number(process.env["WATCHDOG_USEC"]);
  if (!Number.isFinite(microseconds) || microseconds <= 0 || (pid !== undefined && pid !== String(process.pid))) return undefined;
  return Math.floor(microseconds / 1000);
}
