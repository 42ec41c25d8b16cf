// The board: what contacts say day by day, and how the house fares. Numbers come from stored rows alone; see cells.ts for why that is quick.
import { createCalendar } from "../../analysis/index.ts";
import type { DiskGuard } from "../disk-guard.ts";
import type { Parts } from "../parts.ts";
import { describeSpeech } from "../speech-switch.ts";
import { describeAnalysis } from "../stages/describe-analysis.ts";
import { createCells } from "./cells.ts";
import { TREND_DAYS, type BoardDesk } from "./desk-types.ts";

const WEEKS = 4;
const FAILED_WITHIN_MS = 30 * 86_400_000;

export interface OwnBoardDesk extends BoardDesk {
  /** Sums the house's last quarter up ahead of the first person who asks, which takes seconds for 100,000 contacts. Never throws; ends early when it is told to stop. */
  warm(signal: AbortSignal): Promise<void>;
}

export function createBoardDesk(parts: Pick<Parts, "store" | "clock" | "config" | "speech" | "analysis">, disk: Pick<DiskGuard, "free">): OwnBoardDesk {
  const { store, clock, config } = parts;
  const calendar = createCalendar(config.site.timezone);
  const cells = createCells(parts, calendar);
  const reads = store.reads.board;
  let isNew = true;
  return {
    async days(count, agentIds, signal) {
      const days = calendar.days(clock.now(), count);
      const sums = await cells.of(days, agentIds, signal);
      return days.flatMap((day, i) => (sums[i] === undefined ? [] : [{ ...day, cell: sums[i] }]));
    },
    usualByNow(agentIds) {
      const nowMs = clock.now();
      const days = calendar.days(nowMs, 7 * WEEKS + 1);
      const [today, firstMs] = [days.at(-1), reads.firstMs()];
      if (today === undefined || firstMs === null) return null;
      const same = Array.from({ length: WEEKS }, (_, week) => days.at(-1 - 7 * (week + 1))).filter((day) => day !== undefined && day.toMs > firstMs).filter((day) => day !== undefined);
      const counts = same.map((day) => reads.count(day.fromMs, Math.min(day.toMs, day.fromMs + nowMs - today.fromMs), agentIds));
      return counts.length === 0 ? null : { mean: counts.reduce((sum, n) => sum + n, 0) / counts.length, weeks: counts.length };
    },
    async warm(signal) {
      if (reads.firstMs() === null || signal.aborted) return;
      await cells.of(calendar.days(clock.now(), TREND_DAYS), null, signal).catch(() => undefined); // what fails here fails again, and is told, when somebody asks
    },
    quotes: (sessionIds) => reads.quotes(sessionIds),
    async house() {
      return {
        ...reads.work(clock.now() - FAILED_WITHIN_MS),
        speech: { words: describeSpeech(parts), isWell: parts.speech.canHear() },
        analysis: describeAnalysis(parts.analysis),
        disk: { freeBytes: await disk.free(), reserveBytes: config.intake.disk_reserve_mb * 1_048_576 },
      };
    },
    isNew: () => (isNew &&= reads.firstMs() === null),
  };
}
