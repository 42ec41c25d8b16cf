// Rules and scorecards over what is stored of a session: its words, findings and numbers as they are, without sound and without a language model.
import { isDeepStrictEqual } from "node:util";
import type { Analysis, CallMetrics } from "../../domain/index.ts";
import type { NewAlert, RecordingRow, SessionRow } from "../../store/index.ts";
import { inputOf } from "../stages/analyse.ts";
import { writtenInputOf } from "../stages/summarise.ts";
import { hitsOf, judgeSession, keepJudgement, keptCards, runOf, withKeptAnswers, type JudgeParts, type Judgement } from "./judgement.ts";

/** What is stored of a session's newest analysis. */
export interface StoredFindings {
  revision: number;
  analysis: Analysis;
  metrics: CallMetrics | null;
}

/**
 * @param recording undefined for a session of messages
 * @returns how to keep it, inside a transaction: alerts that are new, or undefined when exactly this is stored already. What people and language models answered stays
 */
export async function judgeStored(session: SessionRow, recording: RecordingRow | undefined, found: StoredFindings, parts: JudgeParts, signal?: AbortSignal): Promise<{ keep(mayAlert: (rule: string) => boolean): NewAlert[] | undefined }> {
  const input = recording === undefined ? writtenInputOf(session, parts) : inputOf(session, recording, parts);
  const judged = await judgeSession(session, recording, input, found, { ...parts, quality: { ...parts.quality, model: undefined } }, signal);
  return {
    keep(mayAlert) {
      const judgement = withKeptAnswers(judged, session.id, parts);
      return isKept(session.id, found.revision, judgement, parts) ? undefined : keepJudgement(parts.store.writes.sessions.byId(session.id) ?? session, found.revision, judgement, parts, mayAlert);
    },
  };
}

/** Whether exactly this is stored already. */
function isKept(sessionId: string, revision: number, judgement: Judgement, parts: JudgeParts): boolean {
  const { ruleHits, scores } = parts.store.writes;
  const stored = scores.standing(sessionId).flatMap(({ machine, card, version, question }) => (machine === null ? [] : [{ card, version, question, ...machine }]));
  const wanted = keptCards(judgement).flatMap(({ card, version, answers }) => answers.map(({ question, answer, because, quote, confidence, by }) => ({ card, version, question, answer, because, quote, confidence, by })));
  return isDeepStrictEqual([ruleHits.runOf(sessionId), ruleHits.of(sessionId), stored], [runOf(revision, parts), hitsOf(judgement, parts), wanted]);
}
