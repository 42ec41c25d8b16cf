// Rules and scorecards of today for sessions of before: from stored words, findings and numbers, without sound, model or CRM.
import { inTransaction } from "../../platform/index.ts";
import type { Parts } from "../parts.ts";
import { judgeStored } from "./judge-stored.ts";
import type { JudgeParts } from "./judgement.ts";
import { changesOf, matchedRules } from "./matched-rules.ts";

/** What became of one session. `waiting`: it is in work, and its own analysis is about to judge it. */
export interface Applied {
  session_id: string;
  call_id: string | null;
  state: "changed" | "same" | "waiting";
  /** names of rules */
  now_matched: string[];
  no_longer_matched: string[];
}

type ApplyParts = JudgeParts & Pick<Parts, "db">;

/**
 * Every session that has an analysis and began at `sinceMs` or later, each in a transaction of its own; works beside a running appliance.
 * Raises no alerts, and keeps what people and language models answered. A second time changes nothing.
 */
export async function* applyRules(sinceMs: number, parts: ApplyParts): AsyncGenerator<Applied> {
  for (let after = ""; ; ) {
    const ids = parts.store.writes.ruleHits.judged(after, sinceMs, 100);
    for (const id of ids) {
      const applied = await applyTo(id, parts);
      if (applied !== undefined) yield applied;
    }
    if (ids.length === 0) return;
    after = ids.at(-1) ?? "";
  }
}

async function applyTo(sessionId: string, parts: ApplyParts): Promise<Applied | undefined> {
  const { sessions, findings, recordings, ruleHits } = parts.store.writes;
  const session = sessions.byId(sessionId);
  const found = findings.analysisOf(sessionId);
  if (session === undefined || found === undefined) return undefined;
  const answer = { session_id: sessionId, call_id: session.channel === "phone" ? session.call_id : null, now_matched: [], no_longer_matched: [] };
  if (session.status !== "done") return { ...answer, state: "waiting" };
  const recording = session.channel === "phone" ? recordings.ofSession(sessionId) : undefined;
  const judged = await judgeStored(session, recording, found, parts);
  return inTransaction(parts.db, () => {
    if (sessions.byId(sessionId)?.status !== "done" || findings.analysisOf(sessionId)?.revision !== found.revision) return { ...answer, state: "waiting" };
    const before = matchedRules(ruleHits.of(sessionId));
    if (judged.keep(() => false) === undefined) return { ...answer, state: "same" };
    const { now_matched, no_longer_matched } = changesOf(before, matchedRules(ruleHits.of(sessionId)));
    const detail = `Judged again by rules ${parts.quality.rules.hash} and scorecards ${parts.quality.scorecards.hash}: ${now_matched.length} rules match now, ${no_longer_matched.length} no longer do`;
    findings.addLedger(sessionId, { stage: recording === undefined ? "summarise" : "analyse", status: "done", atMs: parts.clock.now(), ms: null, code: null, detail });
    return { ...answer, state: "changed", now_matched, no_longer_matched };
  });
}
