// What an analysis means for the thread: its reason may lead the session into another conversation. Inside a transaction.
import type { Analysis } from "../../domain/index.ts";
import type { Parts } from "../parts.ts";
import { gatherAround } from "./gather.ts";
import { sumUp } from "./sum-up.ts";

export function keepFindings(sessionId: string, analysis: Pick<Analysis, "reason" | "outcome">, parts: Parts): void {
  const { conversations, sessions } = parts.store.writes;
  conversations.setFindings(sessionId, analysis.reason, analysis.outcome === "unknown" ? null : analysis.outcome);
  const session = sessions.byId(sessionId);
  if (session === undefined) return;
  gatherAround(session, parts);
  const conversationId = sessions.byId(sessionId)?.conversation_id ?? null;
  if (conversationId !== null) sumUp(conversationId, parts);
}
