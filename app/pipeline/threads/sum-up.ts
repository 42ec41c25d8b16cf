// Keeps the running summary of a conversation: after each of its sessions was summed up, and whenever one joined or left. Inside a transaction.
import { rollUp, runningSummary } from "../../threads/index.ts";
import type { Parts } from "../parts.ts";

/** What is written down of a conversation that has many sessions: the newest ones. */
const SESSIONS_READ = 50;

export function sumUp(conversationId: string, parts: Parts): void {
  const { conversations, findings, sessions } = parts.store.writes;
  const summedUp = conversations.newestSessionsOf(conversationId, SESSIONS_READ).flatMap((id) => {
    const [session, found] = [sessions.byId(id), findings.analysisOf(id)];
    if (session === undefined || found === undefined) return [];
    return [{ channel: session.channel, startMs: session.started_at_ms ?? session.received_at_ms, topic: found.analysis.topic, summary: found.analysis.summary, points: found.analysis.summary_points, analysis: found.analysis }];
  });
  const running = runningSummary(summedUp, parts.config.site.timezone);
  conversations.describe(conversationId, { topic: running?.topic ?? null, summary: running?.summary ?? null, points: running?.points ?? null, findings: rollUp(summedUp.map((one) => one.analysis)) ?? null });
}
