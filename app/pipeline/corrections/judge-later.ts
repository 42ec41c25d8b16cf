// After a correction: everything that was judged from the words before is judged anew, once whoever corrects has come to rest.
import type { SessionRow } from "../../store/index.ts";
import { refusalOf } from "../consent-gate.ts";
import type { Parts } from "../parts.ts";

/** Whoever corrects one line corrects the next one too: the CRM hears of both in one message. */
export const SETTLED_MS = 30_000;
/** Soon enough for the CRM to hear of the new judgement in that same message: twenty seconds are plenty for rules, a language model may take longer. */
export const JUDGED_AFTER_MS = 10_000;

/** Every further correction puts it off. Without consent to the analysis what was judged stays. Inside a transaction. */
export function judgeLater(sessionId: string, parts: Parts): void {
  const session = parts.store.writes.sessions.byId(sessionId);
  if (!isCorrectable(session) || refusalOf(session, "judge", parts) !== undefined) return;
  // beside what arrives, before what was imported
  parts.queue.enqueueOrDefer({ stage: "judge", lane: "cpu", sessionId, priority: 500, runAfterMs: parts.clock.now() + JUDGED_AFTER_MS });
}

/** Whether people may correct it: nobody works on it, so whatever is stored of it stays until somebody says otherwise. */
export function isCorrectable(session: SessionRow | undefined): session is SessionRow {
  return session?.status === "done" || session?.status === "failed";
}
