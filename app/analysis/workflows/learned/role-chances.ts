// What an encoder said of the words of a sentence. Pure.
import type { Line } from "../message.ts";
import type { EncodedMessage } from "./encoded-message.ts";
import type { Place } from "./spans.ts";

/** How likely a plain word begins a span, and goes on with one. */
export interface RoleChance {
  begins: number;
  goesOn: number;
}

/** @param start where the sentence stands in its message @returns the chances of each plain word of a sentence */
export function roleChances({ roles }: EncodedMessage, line: Line, start: number, role: string): RoleChance[] {
  const words = roles[role] ?? [];
  return line.plain.map(({ from }) => {
    const { start: first = 0, end = 0 } = line.tokens[from] ?? {};
    const [, , begins = 0, goesOn = 0] = words.find((word) => word[0] < start + end && word[1] > start + first) ?? [];
    return { begins, goesOn };
  });
}

/** @returns 0…1: how likely the words of a place belong to such a span */
export function chanceOfPlace(chances: readonly RoleChance[], { from, to }: Place): number {
  const own = chances.slice(from, to);
  return own.reduce((sum, { begins, goesOn }) => sum + begins + goesOn, 0) / Math.max(1, own.length);
}
