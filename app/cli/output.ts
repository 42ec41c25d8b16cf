// What the command line says: answers on stdout, everything else on stderr, in whole sentences.

/** Exit codes that callers may rely on. */
export const EXIT = { done: 0, failed: 1, wrongUse: 2, badConfiguration: 78 } as const;

/** One line of an answer. */
export function say(line = ""): void {
  process.stdout.write(`${line}\n`);
}

/** One line for a person, not part of the answer. */
export function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** An answer for programs. */
export function sayJson(value: unknown): void {
  say(JSON.stringify(value, null, 2));
}

/** True when a person watches: then progress may be drawn over and over in one place. */
export function isWatched(): boolean {
  return process.stderr.isTTY === true;
}

/** Text in columns; every column as wide as its widest cell. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) row.forEach((cell, i) => (widths[i] = Math.max(widths[i] ?? 0, cell.length)));
  return rows.map((row) => row.map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd(widths[i] ?? 0))).join("  ")).join("\n");
}

/** Minutes and seconds of a moment in a recording, e.g. `1:05`. @param ms integer milliseconds from its start */
export function clockTime(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
