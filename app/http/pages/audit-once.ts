// A page that keeps itself fresh is one reading, not one a second: the same person reading the same thing is written down every ten minutes.
import { actorOf } from "../principal.ts";
import type { Exchange, RouteParts } from "../route.ts";

const QUIET_MS = 10 * 60_000;
/** Readers remembered: more than work in one house; the oldest are then written down again sooner. */
const REMEMBERED = 1000;

const told = new WeakMap<RouteParts, Map<string, number>>();

/** Writes into the audit trail that the asker reads this, unless it says so already. */
export function auditOnce({ context, parts }: Exchange, action: string, object: { kind: string; id: string | null }): void {
  const nowMs = parts.appliance.clock.now();
  const seen = told.get(parts) ?? new Map<string, number>();
  told.set(parts, seen);
  const actor = actorOf(context.principal, context.remoteIp);
  const key = JSON.stringify([actor, action, object]);
  if (nowMs - (seen.get(key) ?? -Infinity) < QUIET_MS) return;
  seen.delete(key);
  seen.set(key, nowMs);
  for (const oldest of seen.keys()) {
    if (seen.size <= REMEMBERED) break;
    seen.delete(oldest);
  }
  parts.appliance.audit({ actor, action, object, outcome: "ok", requestId: context.id });
}
