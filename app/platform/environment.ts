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
