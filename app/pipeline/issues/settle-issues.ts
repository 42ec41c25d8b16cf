// The last step of every transaction that may change conversations: what is derived of them, and word to those who watch.
import type { Parts } from "../parts.ts";
import { settleChanged } from "./settle.ts";

export function settleIssues(parts: Parts): void {
  const { store, events } = parts;
  if (!settleChanged(store.writes)) return;
  // told from the tables when it is told: a transaction that was rolled back changes nothing there
  events.emitSoon("issues.changed", () => (parts.db.open ? { ...store.reads.issues.total({}) } : undefined));
}
