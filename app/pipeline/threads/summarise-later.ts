// When a session of messages is summed up: once it has settled.
import type { Channel } from "../../domain/index.ts";
import { sessionRule, settlesAfterMs } from "../../threads/index.ts";
import type { Parts } from "../parts.ts";

/** Every further message, and every further attachment that was read, puts it off. Inside a transaction. @param message the newest */
export function summariseLater(session: { id: string }, message: { channel: Channel; atMs: number }, parts: Parts): void {
  const runAfterMs = Math.max(parts.clock.now(), message.atMs + settlesAfterMs(sessionRule(message.channel)));
  parts.queue.enqueueOrDefer({ stage: "summarise", lane: "cpu", sessionId: session.id, priority: 500, runAfterMs });
}
