// Files of the vault that no row names: a crash came between a file and the transaction that names it, or between a transaction and the removal of a file.
import type { SweepReport } from "../media/index.ts";
import type { Parts } from "./parts.ts";

type Swept = Pick<Parts, "store" | "vault" | "log" | "clock">;

/** Another process (an import) writes its file first and its row soon after; what is younger than this may be such a file. */
const GRACE_MS = 600_000;

/**
 * Sweeps at the start. A restart comes seconds after a crash, when what was left is too young for that; and it must not wait for the next restart: what the
 * dead process was about to remove may be a recording from before the secrets in it were blanked.
 * @returns to be called every minute: sweeps once more, ten minutes from now, whatever was written before now; never where nothing was left
 */
export async function sweepVault(parts: Swept): Promise<() => Promise<void>> {
  const startedAtMs = parts.clock.now();
  let { young } = await sweep(parts, GRACE_MS);
  return async () => {
    const graceMs = parts.clock.now() - startedAtMs;
    if (young === 0 || graceMs < GRACE_MS) return;
    await sweep(parts, graceMs);
    young = 0;
  };
}

async function sweep({ store, vault, log }: Swept, graceMs: number): Promise<SweepReport> {
  const { recordings, attachments } = store.writes;
  const known = new Set([...recordings.knownFiles(), ...attachments.knownFiles()]);
  const report = await vault.sweep((file) => known.has(file), graceMs);
  const { removedUnfinished, removedOrphans } = report;
  if (removedUnfinished + removedOrphans > 0) log.info({ removedUnfinished, removedOrphans }, "left-overs of a crash removed from the vault");
  return report;
}
