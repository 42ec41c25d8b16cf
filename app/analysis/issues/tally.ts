// Sums over open conversations, so that the question needs to read only them. Pure.
import type { IssueMember, IssueTally } from "../../domain/index.ts";

/** Scopes: everything · a reason · a theme within a reason · a theme of conversations without a reason · what is in none. */
export const SCOPES = {
  all: "all",
  reason: (code: string): string => `reason ${code}`,
  theme: (code: string, id: number): string => `theme ${code} ${id}`,
  alike: (id: number): string => `alike ${id}`,
  other: "other",
} as const;

/**
 * @param members in any order
 * @returns one tally for every scope, channel and queue that has a member, by a key of these three. Additive over disjoint sets of units: the sums of all
 *   units' own tallies are the tallies of all members, so a change costs only what belongs to the units that it touches.
 */
export function tallyOf(members: readonly IssueMember[]): Map<string, IssueTally> {
  const tallies = new Map<string, IssueTally>();
  const seen = new Set<string>();
  for (const member of members) {
    for (const scope of scopesOf(member)) {
      for (const [channel, queue] of facetsOf(member)) {
        const key = `${scope}\n${channel}\n${queue}`;
        const tally = tallies.get(key) ?? { scope, channel, queue, customers: 0, conversations: 0, openedMinutes: 0, mood: 0, moods: 0 };
        tallies.set(key, tally);
        const unit = `${key}\n${member.unit}`;
        if (!seen.has(unit)) tally.customers++;
        seen.add(unit);
        tally.conversations++;
        tally.openedMinutes += Math.floor(member.openedAtMs / 60_000);
        tally.mood += member.mood ?? 0;
        tally.moods += member.mood === null ? 0 : 1;
      }
    }
  }
  return tallies;
}

/** @returns what must be added to `before` to get `after`, without lines that add nothing */
export function tallyDifference(before: ReadonlyMap<string, IssueTally>, after: ReadonlyMap<string, IssueTally>): IssueTally[] {
  const differences = [...new Set([...before.keys(), ...after.keys()])].flatMap((key): IssueTally[] => {
    const [was, is] = [before.get(key), after.get(key)];
    const place = is ?? was;
    if (place === undefined) return [];
    const less = (name: "customers" | "conversations" | "openedMinutes" | "mood" | "moods"): number => (is?.[name] ?? 0) - (was?.[name] ?? 0);
    return [{ scope: place.scope, channel: place.channel, queue: place.queue, customers: less("customers"), conversations: less("conversations"), openedMinutes: less("openedMinutes"), mood: less("mood"), moods: less("moods") }];
  });
  return differences.filter((one) => one.customers !== 0 || one.conversations !== 0 || one.openedMinutes !== 0 || one.mood !== 0 || one.moods !== 0);
}

function scopesOf({ reason, themeId }: IssueMember): string[] {
  if (reason === "") return [SCOPES.all, themeId === null ? SCOPES.other : SCOPES.alike(themeId)];
  return [SCOPES.all, SCOPES.reason(reason), ...(themeId === null ? [] : [SCOPES.theme(reason, themeId)])];
}

function facetsOf({ channels, queue }: IssueMember): [string, string][] {
  const everywhere: [string, string][] = ["", ...channels].map((channel) => [channel, ""]);
  return queue === "" ? everywhere : [...everywhere, ...["", ...channels].map((channel): [string, string] => [channel, queue])];
}
