// Weights are read once in a process: they never change while it runs, and checking megabytes of numbers takes a tenth of a second.
import { readFileSync, statSync } from "node:fs";

const READ = new Map<string, { stamp: string; value: unknown }>();

/**
 * @param parse what is in the file; what it throws is thrown each time
 * @returns the same object as long as the file at this path is the same one
 */
export function readOnce<T>(path: string, parse: (text: string) => T): T {
  const { size, mtimeMs, ino } = statSync(path);
  const stamp = `${size} ${mtimeMs} ${ino}`;
  const known = READ.get(path);
  if (known?.stamp === stamp) return known.value as T;
  const value = parse(readFileSync(path, "utf8"));
  READ.set(path, { stamp, value });
  return value;
}
