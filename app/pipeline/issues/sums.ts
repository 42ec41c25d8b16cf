// Where the sums of groups come from: they are kept, except for what has moved since a moment, which is summed up when it is asked for.
import { setImmediate as breathe } from "node:timers/promises";
import type { IssueFilter, IssueGroupRow, IssueReads, MovedRow } from "../../store/index.ts";

export interface GroupSums {
  total: Pick<IssueGroupRow, "customers" | "conversations">;
  groups: IssueGroupRow[];
  themes(reason: string): IssueGroupRow[];
}

/** Some 4 ms of work; then others get their turn. */
const ROWS_AT_ONCE = 1000;

/** @returns sums of what matches; the cost is constant, with `sinceMs` that of the conversations that have moved since, without holding anything up */
export async function sumsOf(reads: IssueReads, filter: IssueFilter): Promise<GroupSums> {
  if (filter.sinceMs === undefined) return { total: reads.total(filter), groups: reads.groups(filter), themes: (reason) => reads.themes(reason, filter) };
  const [all, groups, themes] = [createSums(), createSums(), createSums()];
  let after = { lastAtMs: filter.sinceMs - 1, conversationId: "~" }; // after every id of the millisecond before
  for (;;) {
    const rows = reads.moved(filter, after, ROWS_AT_ONCE);
    for (const row of rows) {
      all.add(row, null, null);
      groups.add(row, row.reason === "" ? null : row.reason, row.reason === "" ? row.themeId : null);
      if (row.reason !== "" && row.themeId !== null) themes.add(row, row.reason, row.themeId);
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < ROWS_AT_ONCE) break;
    after = last;
    await breathe();
  }
  const [total = { customers: 0, conversations: 0 }] = all.rows();
  return { total: { customers: total.customers, conversations: total.conversations }, groups: groups.rows(), themes: (reason) => themes.rows().filter((one) => one.reason === reason) };
}

function createSums(): { add(row: MovedRow, reason: string | null, themeId: number | null): void; rows(): IssueGroupRow[] } {
  const sums = new Map<string, IssueGroupRow & { units: Set<string> }>();
  return {
    add(row, reason, themeId) {
      const key = `${reason ?? ""} ${themeId ?? ""}`;
      const sum = sums.get(key) ?? { reason, themeId, customers: 0, conversations: 0, openedMinutes: 0, mood: 0, moods: 0, units: new Set<string>() };
      sums.set(key, sum);
      sum.units.add(row.unit);
      sum.customers = sum.units.size;
      sum.conversations++;
      sum.openedMinutes += row.openedMinutes;
      sum.mood += row.mood ?? 0;
      sum.moods += row.mood === null ? 0 : 1;
    },
    rows: () => [...sums.values()].map(({ units: _units, ...sum }) => sum),
  };
}
