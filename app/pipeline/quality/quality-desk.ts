// What people ask about rules and scorecards, and what they answer instead of the machine. Each answer is one commit, audited, and can be taken back.
import { agreementOf, type Scorecard } from "../../analysis/index.ts";
import { answersKind, AppError } from "../../domain/index.ts";
import type { SessionRow, StandingAnswer } from "../../store/index.ts";
import type { Parts } from "../parts.ts";
import type { By } from "../threads/desk-types.ts";
import type { QualityDesk, ScorecardDefinition, SessionQuality } from "./desk-types.ts";
import { keepScores } from "./judgement.ts";

/** @param takeIn runs a piece of work in one transaction and resolves when it is on the disk */
export function createQualityDesk(parts: Parts, takeIn: <T>(work: () => T) => Promise<T>): QualityDesk {
  const { sessions, scores } = parts.store.writes;
  const { rules, scorecards } = parts.quality;
  const sessionOf = (id: string): SessionRow => {
    const row = sessions.byId(id);
    if (row === undefined || row.is_empty === 1) throw new AppError("NOT_FOUND", "There is no session with this id; a call names its session, a conversation lists its sessions");
    return row;
  };
  const standing = (sessionId: string, card: string, question: string): StandingAnswer => {
    const found = scores.standing(sessionOf(sessionId).id).find((one) => one.card === card && one.question === question);
    if (found === undefined) throw new AppError("NOT_FOUND", "This session has no such question on such a scorecard; read its scorecards");
    return found;
  };
  const ofSession = (sessionId: string): SessionQuality => {
    const row = sessionOf(sessionId);
    return { session_id: row.id, channel: row.channel, call_id: row.channel === "phone" ? row.call_id : null, agent: { id: row.agent_id, name: row.agent_name }, ...parts.store.reads.quality(row.id) };
  };
  const settle = (sessionId: string, card: string, question: string, action: string, by: By): SessionQuality => {
    keepScores(sessionId, parts);
    parts.audit({ ...by, action, object: { kind: "session", id: sessionId }, outcome: "ok", reason: `${card}.${question}` });
    return ofSession(sessionId);
  };
  const actorOf = ({ actor }: By): string => `${actor.kind}:${actor.id ?? ""}`;
  return {
    rules({ fromMs, toMs }) {
      const counts = new Map(parts.store.reads.ruleCounts(rules.rules.map((one) => one.name), fromMs, toMs).map((one) => [one.rule, one]));
      const items = rules.rules.map(({ name, label, category, alert }) => {
        const { matched = 0, not_measurable = 0, alerts = 0 } = counts.get(name) ?? {};
        return { rule: name, label, category, alert: alert === undefined ? null : { severity: alert.severity, webhook: alert.webhook ?? null }, matched, not_measurable, alerts };
      });
      return { hash: rules.hash, items };
    },
    scorecards: () => ({ hash: scorecards.hash, items: scorecards.cards.map(definitionOf) }),
    ofSession,
    answer: (sessionId, card, question, { answer, comment }, by) =>
      takeIn(() => {
        const asked = standing(sessionId, card, question);
        if (!answersKind(answer, asked.kind)) {
          const expected = asked.kind === "yes_no" ? "expected yes, no or not_applicable" : "expected 1 to 5 or not_applicable";
          throw new AppError("REQUEST_INVALID", `answer: ${expected}; correct it and send the request again`, { details: { problems: [{ path: "answer", message: expected }] } });
        }
        scores.override(asked, { sessionId, card, question, answer, comment, actor: actorOf(by), atMs: parts.clock.now() });
        return settle(sessionId, card, question, "score.answered", by);
      }),
    takeBack: (sessionId, card, question, by) =>
      takeIn(() => {
        standing(sessionId, card, question);
        if (!scores.undo(sessionId, card, question, { actor: actorOf(by), atMs: parts.clock.now() })) throw new AppError("CONFLICT", "No person has answered this question, so there is nothing to take back");
        return settle(sessionId, card, question, "score.taken_back", by);
      }),
    agreement(card, version) {
      const known = scorecards.cards.find((one) => one.name === card);
      const wanted = version ?? known?.version;
      if (wanted === undefined) throw new AppError("NOT_FOUND", "There is no scorecard with this name; /v1/scorecards lists them");
      const pairs = scores.pairs(card, wanted);
      const questions = new Map([...(known?.version === wanted ? known.questions.map((one): [string, string] => [one.name, one.text]) : []), ...pairs.map((one): [string, string] => [one.question, one.text])]);
      return { card, version: wanted, items: [...questions].map(([question, text]) => ({ question, text, ...agreementOf(pairs.filter((one) => one.question === question)) })) };
    },
  };
}

function definitionOf({ name, label, version, questions }: Scorecard): ScorecardDefinition {
  return { card: name, label, version, questions: questions.map((one) => ({ question: one.name, text: one.text, kind: one.kind, weight: one.weight, auto_fail: one.autoFail, asks_model: one.ask !== undefined })) };
}
