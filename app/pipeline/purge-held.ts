// Held calls for which no consent came in time lose their sound; decoded sound of held calls is gone within a minute.
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { isId } from "../domain/index.ts";
import { inTransaction } from "../platform/index.ts";
import type { SessionRow } from "../store/index.ts";
import type { Parts } from "./parts.ts";

const AT_A_TIME = 200;

/**
 * First the rows, then the files: a crash in between leaves files that no row knows, which are swept after the next start.
 * @returns how many calls lost their sound
 */
export async function purgeHeld(parts: Parts): Promise<number> {
  const late = inTransaction(parts.db, () => parts.store.writes.sessions.heldTooLong(parts.clock.now(), AT_A_TIME).map((session) => ({ session, files: giveUp(session, parts) })));
  for (const { files } of late) for (const file of files) await parts.vault.remove(file);
  return late.length;
}

function giveUp(session: SessionRow, parts: Parts): string[] {
  const { sessions, recordings, findings } = parts.store.writes;
  const now = parts.clock.now();
  const recording = recordings.ofSession(session.id);
  const reason = `No consent came within ${parts.config.consent.hold_days} days`;
  sessions.stopWaiting(session.id, now);
  if (recording === undefined) return [];
  findings.addLedger(session.id, { stage: "notify", status: "held", atMs: now, ms: null, code: "CONSENT_MISSING", detail: `${reason}; the recording was removed` });
  parts.audit({ actor: { kind: "system", id: "consent", ip: null }, action: "recording.purged", object: { kind: "session", id: session.id }, outcome: "ok", reason });
  return recordings.purge(recording.id, reason, now);
}

/** Stages that were aborted leave decoded sound behind; nothing of a held call may lie about. */
export async function sweepHeldSpool(parts: Parts): Promise<void> {
  for (const name of await readdir(parts.spool).catch(() => [])) {
    if (isId("ses", name) && parts.store.writes.sessions.byId(name)?.status === "held") await rm(join(parts.spool, name), { recursive: true, force: true });
  }
}
