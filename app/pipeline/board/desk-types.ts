// What the web server may ask for the overview and the comparisons.
import type { Cell, LocalDay } from "../../analysis/index.ts";
import type { BoardQuote, WorkState } from "../../domain/index.ts";

/** Twelve weeks and the one that goes on: what trends show, and what is summed up ahead. */
export const TREND_DAYS = 91;

/** A day of the site and what its contacts say; the last day is today so far. */
export interface BoardDay extends LocalDay {
  cell: Cell;
}

/** How the house fares. */
export interface HouseState extends WorkState {
  speech: { words: string; isWell: boolean };
  analysis: string;
  disk: { freeBytes: number; reserveBytes: number };
}

export interface BoardDesk {
  /**
   * The last `count` days, oldest first. Days that have not changed since they were asked for last cost nothing.
   * @param agentIds only contacts of these agents; null: of the whole house
   */
  days(count: number, agentIds: readonly string[] | null, signal?: AbortSignal): Promise<BoardDay[]>;
  /** mean number of contacts on the same weekday up to the same time of day, over the last four weeks, and over how many; null before the first whole week */
  usualByNow(agentIds: readonly string[] | null): { mean: number; weeks: number } | null;
  quotes(sessionIds: readonly string[]): ReadonlyMap<string, BoardQuote>;
  house(): Promise<HouseState>;
  /** true before the first contact of any kind */
  isNew(): boolean;
}
