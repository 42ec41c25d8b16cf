// Payloads are kept as long as their workflow says; then only their digest and the record that they were sent remain.
import { inTransaction } from "../../platform/index.ts";
import type { Parts } from "../parts.ts";

const DAY_MS = 86_400_000;

export function purgePayloads(parts: Parts): number {
  const { forms } = parts.store.writes;
  const purged = inTransaction(parts.db, () => parts.workflows.prepared.reduce((sum, { workflow }) => sum + forms.purge(workflow.name, parts.clock.now() - workflow.retention_days * DAY_MS), 0));
  if (purged > 0) parts.log.info({ payloads: purged }, "payloads removed, their time is over");
  return purged;
}
