// What an analysis means for the thread: its reason may lead the session into another conversation. Inside a transaction.
import type { Analysis } from "../../domain/index.ts";
import type { Parts } from "../parts.ts";
import { gatherAround } from "./gather.ts";
import { sumUp } from "./sum-up.ts";

export function keepFindings(sessionId: string, analysis: Pick<Analysis, "reason" | "likely_reasons" | "outcome" | "machine">, parts: Parts): void {
  const { conversations, sessions } = parts.store.writes;
  const isCorrected = analysis.machine?.reason !== undefined; // a person knows what it was: nothing else is likely
  conversations.setFindings(sessionId, { reason: analysis.reason, likely: isCorrected ? undefined : analysis.likely_reasons, outcome: analysis.outcome === "unknown" ? null : analysis.outcome });
  const session = sessions.byId(sessionId);
  if (session === undefined) return;
  gatherAround(session, parts);
  const conversationId = sessions.byId(sessionId)?.conversation_id ?? null;
  if (conversationId !== null) sumUp(conversationId, parts);
}
