// Brings what is derived of conversations up to date: open problems and their sums, and what contacts say about numbers. Inside a transaction.
import { isDeepStrictEqual } from "node:util";
import { canFound, codeOf, likeness, ALIKE, measureJourney, readIssue, tallyDifference, tallyOf, themeOf, THEMES_MAX } from "../../analysis/index.ts";
import type { IssueMember, IssueTally, NotCounted } from "../../domain/index.ts";
import type { IssueRows, StoreWrites } from "../../store/index.ts";

type Writes = Pick<StoreWrites, "issues" | "journeys">;

/** What was marked in this transaction. Costs what changed, whatever else is open. @returns whether an open problem came, went or changed */
export function settleChanged(writes: Writes): boolean {
  return settle(writes.issues.takeChanged(), writes);
}

/** Conversations one by one, in this order. @returns whether anything differs from before */
export function settle(conversationIds: readonly string[], { issues, journeys }: Writes): boolean {
  for (const id of conversationIds) {
    const journey = journeys.journeyOf(id);
    journeys.keep(id, journey, journey === undefined ? [] : measureJourney(journey), (why) => codeOf(why as NotCounted));
  }
  return conversationIds.length > 0 && settleIssues(conversationIds, issues);
}

function settleIssues(conversationIds: readonly string[], issues: IssueRows): boolean {
  const sums = watchUnits(issues);
  const wanted = conversationIds.map((id) => {
    const facts = issues.factsOf(id);
    return { id, before: issues.member(id), after: facts === undefined ? undefined : readIssue(facts) };
  });
  // who leaves makes room first; then whoever comes, the longest open first, so that one commit gives one result
  for (const { id, before, after } of wanted) if (before !== undefined && after === undefined) leave(id, before, issues, sums);
  const coming = wanted.flatMap(({ before, after }) => (after === undefined ? [] : [{ before, after }])).sort((a, b) => a.after.openedAtMs - b.after.openedAtMs || (a.after.conversationId < b.after.conversationId ? -1 : 1));
  for (const { before, after } of coming) come(before, after, issues, sums);
  return sums.write();
}

/** Sums change by the difference of what the touched units add up to, before and after. */
function watchUnits(issues: IssueRows): { touch(unit: string): void; write(): boolean } {
  const before = new Map<string, Map<string, IssueTally>>();
  return {
    touch(unit) {
      if (!before.has(unit)) before.set(unit, tallyOf(issues.membersOf(unit)));
    },
    write() {
      const sum = new Map<string, IssueTally>();
      for (const [unit, was] of before) {
        for (const one of tallyDifference(was, tallyOf(issues.membersOf(unit)))) {
          const key = `${one.scope}\n${one.channel}\n${one.queue}`;
          const known = sum.get(key);
          sum.set(key, known === undefined ? one : { ...one, customers: known.customers + one.customers, conversations: known.conversations + one.conversations, openedMinutes: known.openedMinutes + one.openedMinutes, mood: known.mood + one.mood, moods: known.moods + one.moods });
        }
      }
      issues.add([...sum.values()]);
      return sum.size > 0;
    },
  };
}

type Sums = ReturnType<typeof watchUnits>;

function leave(id: string, member: IssueMember, issues: IssueRows, sums: Sums): void {
  sums.touch(member.unit);
  issues.remove(id);
  if (member.themeId !== null && issues.dropIfEmpty(member.reason, member.themeId)) fillPlace(member.reason, issues, sums);
}

function come(before: IssueMember | undefined, after: IssueMember, issues: IssueRows, sums: Sums): void {
  const stays = before !== undefined && before.reason === after.reason && before.words.length === after.words.length && before.words.every((word, i) => word === after.words[i]);
  const placed = stays ? { ...after, themeId: before.themeId } : after;
  if (isDeepStrictEqual(before, placed)) return;
  // most messages only make it newer, which no sum knows
  if (before !== undefined && isDeepStrictEqual({ ...before, lastAtMs: after.lastAtMs }, placed)) return issues.renew(after.conversationId, after.lastAtMs);
  if (before !== undefined && !stays) leave(after.conversationId, before, issues, sums);
  sums.touch(after.unit);
  if (before !== undefined) sums.touch(before.unit);
  issues.put(stays ? placed : { ...after, themeId: themeFor(after, issues) });
}

/** The first theme like it, or one of its own while there is room. */
function themeFor({ reason, words }: IssueMember, issues: IssueRows): number | null {
  if (!canFound(words)) return null;
  const themes = issues.themes(reason);
  const found = themeOf(words, themes);
  if (found !== undefined) return found.id;
  return themes.length < THEMES_MAX ? issues.found(reason, words).id : null;
}

/** A place became free: the longest open conversation that is in no theme founds one, and whoever is like it comes along. */
function fillPlace(reason: string, issues: IssueRows, sums: Sums): void {
  if (issues.themes(reason).length !== THEMES_MAX - 1) return; // there was room before, so nobody waits
  const waiting = issues.unplaced(reason).filter((one) => canFound(one.words));
  const [founder] = waiting;
  if (founder === undefined) return;
  const theme = issues.found(reason, founder.words);
  for (const one of waiting) {
    if (one !== founder && likeness(one.words, theme.words) < ALIKE) continue;
    sums.touch(one.unit);
    issues.put({ ...one, themeId: theme.id });
  }
}
