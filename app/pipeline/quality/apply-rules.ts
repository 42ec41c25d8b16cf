// Rules and scorecards of today for sessions of before: from stored words, findings and numbers, without sound, model or CRM.
import { isDeepStrictEqual } from "node:util";
import { inTransaction } from "../../platform/index.ts";
import type { SessionRow } from "../../store/index.ts";
import type { Parts } from "../parts.ts";
import { inputOf } from "../stages/analyse.ts";
import { writtenInputOf } from "../stages/summarise.ts";
import { hitsOf, judgeSession, keepJudgement, keptCards, runOf, withKeptAnswers, type JudgeParts, type Judgement } from "./judgement.ts";

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
  const input = recording === undefined ? writtenInputOf(session, parts) : inputOf(session, recording, parts);
  const judged = await judgeSession(session, recording, input, found, { ...parts, quality: { ...parts.quality, model: undefined } });
  return inTransaction(parts.db, () => {
    const fresh = sessions.byId(sessionId);
    if (fresh?.status !== "done" || findings.analysisOf(sessionId)?.revision !== found.revision) return { ...answer, state: "waiting" };
    const judgement = withKeptAnswers(judged, sessionId, parts);
    const before = matchedOf(ruleHits.of(sessionId));
    if (isKept(fresh, found.revision, judgement, parts)) return { ...answer, state: "same" };
    keepJudgement(fresh, found.revision, judgement, parts, false);
    const after = matchedOf(ruleHits.of(sessionId));
    const [now_matched, no_longer_matched] = [after.filter((rule) => !before.includes(rule)), before.filter((rule) => !after.includes(rule))];
    const detail = `Judged again by rules ${parts.quality.rules.hash} and scorecards ${parts.quality.scorecards.hash}: ${now_matched.length} rules match now, ${no_longer_matched.length} no longer do`;
    findings.addLedger(sessionId, { stage: recording === undefined ? "summarise" : "analyse", status: "done", atMs: parts.clock.now(), ms: null, code: null, detail });
    return { ...answer, state: "changed", now_matched, no_longer_matched };
  });
}

const matchedOf = (hits: readonly { rule: string; state: string }[]): string[] => hits.flatMap((hit) => (hit.state === "matched" ? [hit.rule] : []));

/** Whether exactly this is stored already. */
function isKept(session: SessionRow, revision: number, judgement: Judgement, parts: ApplyParts): boolean {
  const { ruleHits, scores } = parts.store.writes;
  const stored = scores.standing(session.id).flatMap(({ machine, card, version, question }) => (machine === null ? [] : [{ card, version, question, ...machine }]));
  const wanted = keptCards(judgement).flatMap(({ card, version, answers }) => answers.map(({ question, answer, because, quote, confidence, by }) => ({ card, version, question, answer, because, quote, confidence, by })));
  return isDeepStrictEqual([ruleHits.runOf(session.id), ruleHits.of(session.id), stored], [runOf(revision, parts), hitsOf(judgement, parts), wanted]);
}
