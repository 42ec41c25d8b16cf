// Sums of days, kept in memory: a day is summed up again only when one of its hours changed, so that a month costs what is new in it.
import { setImmediate as breathe } from "node:timers/promises";
import { addToCell, emptyCell, journeyMetric, METRICS_VERSION, sumCells, type Calendar, type Cell, type LocalDay } from "../../analysis/index.ts";
import type { BoardContact } from "../../domain/index.ts";
import type { Parts } from "../parts.ts";

interface Kept {
  cell: Cell;
  changes: number;
  /** when the next contact of it has settled: then it says more, though nothing changed */
  againMs: number;
}

/** Some 2 ms of work on an old machine; then others get their turn. */
const ROWS_AT_ONCE = 500;
const AT_A_TIME_MS = 8;
/** Contacts that settle come one by one; a day is not summed up again for each of them. */
const PATIENCE_MS = 60_000;
/** Sums that are kept: a quarter of a year, today's hours apart, for forty teams; some 30 MB where many agents work. */
const KEPT_AT_MOST = 4500;
const HOUR_MS = 3_600_000;

export interface Cells {
  /** @param days in order, the last one is summed hour by hour */
  of(days: readonly LocalDay[], agentIds: readonly string[] | null, signal?: AbortSignal): Promise<Cell[]>;
}

export function createCells({ store, clock }: Pick<Parts, "store" | "clock">, calendar: Calendar): Cells {
  const kept = new Map<string, Kept>();
  const reads = store.reads.board;
  const waitMs = journeyMetric("repeat_contact")?.settledMs ?? 0;

  /** Sums a stretch up, a bounded number of contacts at a time. */
  const sum = async (fromMs: number, toMs: number, agentIds: readonly string[] | null, changes: number, turn: Turn): Promise<Kept> => {
    const nowMs = clock.now();
    const question = { fromMs, toMs, agentIds, definitions: METRICS_VERSION, settledMs: nowMs - waitMs };
    const cell = emptyCell();
    let againMs = Infinity;
    for (let after: BoardContact | null = null; ; ) {
      const rows: BoardContact[] = reads.contacts(question, after, ROWS_AT_ONCE);
      for (const contact of rows) {
        addToCell(cell, contact, calendar.hourOf(contact.atMs));
        if (contact.endedAtMs + waitMs > nowMs) againMs = Math.min(againMs, contact.endedAtMs + waitMs);
      }
      await turn();
      after = rows.at(-1) ?? null;
      if (rows.length < ROWS_AT_ONCE) break;
    }
    return { cell, changes, againMs: againMs === Infinity ? Infinity : Math.max(againMs, nowMs + PATIENCE_MS) };
  };

  return {
    async of(days, agentIds, signal) {
      const [first, today] = [days[0], days.at(-1)];
      if (first === undefined || today === undefined) return [];
      const changed = reads.changes(Math.floor(first.fromMs / HOUR_MS), Math.ceil(today.toMs / HOUR_MS));
      const turn = takeTurns(signal);
      const one = async (fromMs: number, toMs: number): Promise<Cell> => {
        const key = `${agentIds === null ? "" : JSON.stringify(agentIds)} ${fromMs} ${toMs}`;
        let changes = 0;
        for (let hour = Math.floor(fromMs / HOUR_MS); hour * HOUR_MS < toMs; hour++) changes += changed.get(hour) ?? 0;
        let found = kept.get(key);
        if (found === undefined || found.changes !== changes || found.againMs <= clock.now()) found = await sum(fromMs, toMs, agentIds, changes, turn);
        kept.delete(key); // put last: the first ones are those that nobody asked for lately
        kept.set(key, found);
        return found.cell;
      };
      const cells: Cell[] = [];
      for (const day of days) {
        if (day !== today) cells.push(await one(day.fromMs, day.toMs));
        else {
          const hours: Cell[] = [];
          for (let at = day.fromMs; at < day.toMs; at += HOUR_MS) hours.push(await one(at, Math.min(at + HOUR_MS, day.toMs)));
          cells.push(sumCells(hours));
        }
      }
      for (const key of kept.keys()) {
        if (kept.size <= KEPT_AT_MOST) break;
        kept.delete(key);
      }
      return cells;
    },
  };
}

type Turn = () => Promise<void>;

/** @returns lets others have their turn when enough time has gone since the last one */
function takeTurns(signal: AbortSignal | undefined): Turn {
  let began = performance.now();
  return async () => {
    if (performance.now() - began < AT_A_TIME_MS) return;
    await breathe();
    signal?.throwIfAborted();
    began = performance.now();
  };
}
