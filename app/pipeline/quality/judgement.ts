// What rules and scorecards say about one session: worked out before the transaction, kept inside it, told after it.
import { evaluateRules, fillScorecards, scoreOf, spokenOf, type FilledCard, type SessionFacts } from "../../analysis/index.ts";
import { buildAlertBody } from "../../delivery/index.ts";
import { toRfc3339, type Analysis, type AnalysisInput, type CallMetrics, type RuleResult, type ScoreAnswer } from "../../domain/index.ts";
import { publicUrl } from "../../platform/index.ts";
import { audioOf, type KeptCard, type NewAlert, type RecordingRow, type RuleHit, type RuleRun, type SessionRow } from "../../store/index.ts";
import type { Parts } from "../parts.ts";
import { alertDestination } from "./quality-parts.ts";

export interface Judgement {
  facts: SessionFacts;
  results: RuleResult[];
  filled: FilledCard[];
}

/** What a judgement needs; the command line has no language model and no one to tell. */
export type JudgeParts = Pick<Parts, "store" | "quality" | "clock" | "config">;

/** @param input what the analysis read: turns with times, or messages whose times are their places in the session */
export async function judgeSession(session: SessionRow, recording: RecordingRow | undefined, input: AnalysisInput, found: { analysis: Analysis; metrics: CallMetrics | null }, parts: JudgeParts, signal?: AbortSignal): Promise<Judgement> {
  const facts: SessionFacts = {
    turns: input.turns, language: input.language, channel: session.channel, direction: session.direction, queue: session.queue, agent: { id: session.agent_id, name: session.agent_name },
    durationMs: recording === undefined ? input.durationMs : session.duration_ms, truncated: recording !== undefined && audioOf(recording)?.truncated === true, ...found,
  };
  const { rules, scorecards, model } = parts.quality;
  const spoken = await spokenOf(facts, signal);
  return { facts, results: await evaluateRules(rules, facts, signal, spoken), filled: await fillScorecards(scorecards, facts, model, signal, spoken) };
}

/**
 * Replaces what was known; what people answered stays and counts in the scores. Inside a transaction, before the session's result is posted.
 * @param mayAlert rules that may raise an alert; all when absent. Sessions of long ago that are judged again raise none: nobody wants last year's alerts
 * @returns alerts that were not raised before, to be told once the transaction stands
 */
export function keepJudgement(session: SessionRow, revision: number, judgement: Judgement, parts: JudgeParts, mayAlert: (rule: string) => boolean = () => true): NewAlert[] {
  const { ruleHits, scores } = parts.store.writes;
  const now = parts.clock.now();
  ruleHits.replace(session.id, runOf(revision, parts), hitsOf(judgement, parts), now);
  scores.replaceAnswers(session.id, keptCards(judgement));
  keepScores(session.id, parts, labelsOf(judgement));
  const raised = parts.quality.rules.rules.flatMap(({ name: rule, label, alert }): NewAlert[] => {
    const isMatched = judgement.results.some((one) => one.rule === rule && one.state === "matched");
    return alert === undefined || !isMatched || !mayAlert(rule) ? [] : [{ sessionId: session.id, rule, revision, label, severity: alert.severity, atMs: now }];
  }).filter((alert) => ruleHits.raise(alert));
  for (const alert of raised) post(alert, session, judgement, parts);
  return raised;
}

/** The alerts on the event stream and in the counters. Outside of the transaction that raised them. */
export function tellAlerts(raised: readonly NewAlert[], parts: Pick<Parts, "store" | "events" | "meters">): void {
  for (const { sessionId, rule, label, severity, revision } of raised) {
    const session = parts.store.writes.sessions.byId(sessionId);
    parts.meters.alerted(rule, severity);
    parts.events.emit("rule.alert", { session_id: sessionId, call_id: session?.channel === "phone" ? session.call_id : null, rule, label, severity, revision });
  }
}

/** The scores of a session from the answers as they stand. Inside a transaction. @param labels of cards whose label is new */
export function keepScores(sessionId: string, parts: Pick<Parts, "store">, labels: ReadonlyMap<string, string> = new Map()): void {
  const { scores } = parts.store.writes;
  const standing = scores.standing(sessionId);
  const cards = [...new Set(standing.map((one) => one.card))];
  scores.replaceScores(sessionId, cards.map((card) => {
    const own = standing.filter((one) => one.card === card);
    const label = labels.get(card) ?? scores.labelOf(sessionId, card) ?? card;
    return { card, label, version: own[0]?.version ?? 1, ...scoreOf(own.map((one) => ({ ...one, answer: one.override?.answer ?? one.machine?.answer ?? null }))) };
  }));
}

export function runOf(revision: number, { quality }: Pick<Parts, "quality">): RuleRun {
  return { revision, rules: quality.rules.hash, cards: quality.scorecards.hash };
}

/** What is stored of the results: matches and what could not be decided. */
export function hitsOf({ results }: Pick<Judgement, "results">, { quality }: Pick<Parts, "quality">): RuleHit[] {
  const rules = new Map(quality.rules.rules.map((rule) => [rule.name, rule]));
  return results.flatMap(({ rule, state, because, evidence, searched, numbers }) => {
    const known = rules.get(rule);
    return known === undefined || state === "not_matched" ? [] : [{ rule, label: known.label, isCategory: known.category, state, proof: { evidence, searched, numbers }, because }];
  });
}

export function keptCards({ filled }: Pick<Judgement, "filled">): KeptCard[] {
  return filled.map(({ card, answers }) => ({ card: card.name, version: card.version, label: card.label, answers }));
}

const labelsOf = ({ filled }: Judgement): Map<string, string> => new Map(filled.map(({ card }) => [card.name, card.label]));

/** The webhook of the rule, through the outbox: once, signed, tried again until it arrives. */
function post(alert: NewAlert, session: SessionRow, { facts, results }: Judgement, parts: JudgeParts): void {
  if (parts.quality.rules.rules.find((one) => one.name === alert.rule)?.alert?.webhook === undefined) return;
  const proof = results.find((one) => one.rule === alert.rule);
  const lines = (proof?.evidence ?? []).flatMap((id) => facts.turns.filter((turn) => turn.id === id)).map(({ id, speaker, text }) => ({ message_id: id, speaker, text }));
  const body = buildAlertBody({
    rule: alert.rule, label: alert.label, severity: alert.severity, session_id: session.id, revision: alert.revision, channel: session.channel, call_id: session.channel === "phone" ? session.call_id : null,
    direction: session.direction, queue: session.queue, agent: { id: session.agent_id, name: session.agent_name }, customer_id: session.customer_id, conversation_id: session.conversation_id,
    at: toRfc3339(alert.atMs), lines, searched: proof?.searched ?? [], numbers: proof?.numbers ?? [], linkBase: publicUrl(parts.config),
  });
  parts.store.writes.findings.post({ sessionId: session.id, destination: alertDestination(alert.rule), revision: alert.revision, body: JSON.stringify(body), nowMs: alert.atMs });
}

/** Answers of a language model, kept where nobody can ask it again: same revision of the session, same version of the card. */
export function withKeptAnswers({ filled, ...rest }: Judgement, sessionId: string, parts: Pick<Parts, "store">): Judgement {
  const before = new Map(parts.store.writes.scores.standing(sessionId).map((one) => [`${one.card} ${one.version} ${one.question}`, one.machine]));
  const keep = (card: FilledCard["card"], answer: ScoreAnswer): ScoreAnswer => {
    const known = before.get(`${card.name} ${card.version} ${answer.question}`);
    const isAsked = card.questions.some((one) => one.name === answer.question && one.ask !== undefined);
    return isAsked && answer.answer !== "not_applicable" && known !== null && known !== undefined && known.by !== "rule" && known.answer !== null ? { ...answer, ...known } : answer;
  };
  return { ...rest, filled: filled.map(({ card, answers }) => ({ card, answers: answers.map((one) => keep(card, one)) })) };
}
