// What is done once a minute: calls without a recording are reported, calls held in vain lose theirs, what a crash left is removed, the write-ahead log is kept small.
import { inTransaction } from "../platform/index.ts";
import { reportMissing } from "./accept.ts";
import { purgeHeld, sweepHeldSpool } from "./purge-held.ts";
import type { Parts } from "./parts.ts";
import { purgePayloads } from "./workflows/purge-payloads.ts";

const EVERY_MS = 60_000;

/** Runs until the signal aborts; a failure is logged and tried again in a minute. @param sweepLeft removes what the sweep of the vault at the start had to leave */
export async function keepHouse(parts: Parts, sweepLeft: () => Promise<void>, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      const missing = inTransaction(parts.db, () => reportMissing(parts));
      if (missing > 0) parts.log.warn({ calls: missing }, "recordings never came");
      const purged = await purgeHeld(parts);
      if (purged > 0) parts.log.info({ calls: purged }, "recordings of held calls removed");
      purgePayloads(parts);
      await sweepHeldSpool(parts);
      await sweepLeft();
      parts.db.pragma("wal_checkpoint(PASSIVE)");
    } catch (error) {
      parts.log.error({ err: error instanceof Error ? error.name : "unknown" }, "housekeeping failed");
    }
    await parts.clock.sleep(EVERY_MS, signal).catch(() => undefined);
  }
}
