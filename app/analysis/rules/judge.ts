// One condition against one session. Pure.
import type { Analysis, CallMetrics, Direction, Turn, Undecided } from "../../domain/index.ts";
import { RISK_LEVELS } from "../../domain/index.ts";
import type { Condition } from "./condition.ts";
import { wasNotSaid, wasSaid } from "./said.ts";
import type { Spoken } from "./spoken.ts";
import { all, any, decided, none, undecided, type Verdict } from "./verdict.ts";

/** What rules and scorecards may know of a session. Messages of a written session are turns whose times are their places in it. */
export interface SessionFacts {
  turns: readonly Turn[];
  language: string;
  channel: string;
  direction: Direction;
  queue: string | null;
  agent: { id: string | null; name: string | null };
  durationMs: number | null;
  /** the recording breaks off before its end */
  truncated: boolean;
  /** null where there is no voice to measure */
  metrics: CallMetrics | null;
  analysis: Pick<Analysis, "sentiment" | "turn_sentiment" | "outcome" | "outcome_evidence" | "reason" | "topic_evidence" | "risks" | "coverage">;
}

interface Bounds {
  above?: number | undefined;
  below?: number | undefined;
}

/** @param spoken the turns of the facts, read once for all conditions */
export function judge(condition: Condition, facts: SessionFacts, spoken: Spoken): Verdict {
  const verdicts: Verdict[] = [];
  const { analysis } = facts;
  const list = (conditions: readonly Condition[]): Verdict[] => conditions.map((one) => judge(one, facts, spoken));
  const { all: every, any: some, none: no, said, not_said, sentiment, trend, metric, duration_seconds, coverage, channel, direction, queue, agent, outcome, reason, risk } = condition;
  if (channel !== undefined) verdicts.push(decided(channel.includes(facts.channel), {}));
  if (direction !== undefined) verdicts.push(facts.direction === "unknown" ? undecided("direction_unknown") : decided(direction.includes(facts.direction), {}));
  if (queue !== undefined) verdicts.push(oneOf(queue, [facts.queue], "queue_unknown"));
  if (agent !== undefined) verdicts.push(oneOf(agent, [facts.agent.id, facts.agent.name], "agent_unknown"));
  if (duration_seconds !== undefined) verdicts.push(facts.durationMs === null ? undecided("duration_unknown") : within(duration_seconds, "duration_seconds", facts.durationMs / 1000));
  if (metric !== undefined) verdicts.push(measured(metric, facts.metrics));
  if (coverage !== undefined) verdicts.push(analysis.coverage.turns_total === 0 ? undecided("nobody_speaks") : within(coverage, "coverage", analysis.coverage.turns_read / analysis.coverage.turns_total));
  if (outcome !== undefined) verdicts.push(analysis.outcome === "unknown" && !outcome.includes("unknown") ? undecided("outcome_unknown") : decided(outcome.includes(analysis.outcome), { evidence: analysis.outcome_evidence }));
  if (reason !== undefined) verdicts.push(ofReason(reason, analysis));
  if (risk !== undefined) verdicts.push(decided(RISK_LEVELS.indexOf(analysis.risks[risk.of].level) >= RISK_LEVELS.indexOf(risk.at_least), { evidence: analysis.risks[risk.of].evidence }));
  if (trend !== undefined) verdicts.push(analysis.sentiment.trend === "unknown" ? undecided("no_mood") : decided(trend.includes(analysis.sentiment.trend), {}));
  if (sentiment !== undefined) verdicts.push(sentiment.of === "turn" ? moodOfTurn(sentiment, facts, spoken) : moodOf(sentiment, `sentiment.${sentiment.of}`, analysis.sentiment[sentiment.of]));
  if (said !== undefined) verdicts.push(wasSaid(said, spoken, facts.truncated));
  if (not_said !== undefined) verdicts.push(wasNotSaid(not_said, spoken, facts.truncated));
  if (every !== undefined) verdicts.push(all(list(every)));
  if (some !== undefined) verdicts.push(any(list(some)));
  if (no !== undefined) verdicts.push(none(list(no)));
  return all(verdicts);
}

/** Without a recognised reason it may be any of them. */
function ofReason(wanted: readonly string[], { reason, topic_evidence: evidence }: SessionFacts["analysis"]): Verdict {
  return reason === null ? undecided("reason_unknown") : decided(wanted.some((one) => reason === one || reason.startsWith(`${one}.`)), { evidence });
}

function within({ above, below }: Bounds, name: string, value: number): Verdict {
  const holds = (above === undefined || value > above) && (below === undefined || value < below);
  return decided(holds, { numbers: [{ name, value: Math.round(value * 1000) / 1000 }] });
}

/** A number that this recording does not allow never matches, neither above nor below. */
function measured(metric: NonNullable<Condition["metric"]>, metrics: CallMetrics | null): Verdict {
  const value = metrics?.[metric.name];
  if (typeof value === "number") return within(metric, metric.name, value);
  return undecided(metrics?.not_measurable?.[metric.name] ?? "no_numbers");
}

function moodOf(bounds: Bounds, name: string, value: number | null): Verdict {
  return value === null ? undecided("no_mood") : within(bounds, name, value);
}

function moodOfTurn(condition: NonNullable<Condition["sentiment"]>, { analysis }: SessionFacts, spoken: Spoken): Verdict {
  const { by } = condition;
  const matching = spoken.turns.filter(({ id }) => {
    const mood = analysis.turn_sentiment[id];
    return mood !== undefined && within(condition, "sentiment", mood).holds === true;
  });
  const sure = matching.filter((turn) => by === undefined || by.some((one) => one === turn.speaker));
  if (sure.length > 0) return decided(true, { evidence: sure.map((turn) => turn.id), numbers: sure.map((turn) => ({ name: "sentiment", value: analysis.turn_sentiment[turn.id] ?? 0 })) });
  return matching.some((turn) => turn.speaker === "unknown") ? undecided("parties_unknown") : decided(false, {});
}

/** Names are compared without regard to capitals; what nobody said is not known. */
function oneOf(wanted: readonly string[], known: readonly (string | null)[], otherwise: Undecided): Verdict {
  const names = known.flatMap((one) => (one === null ? [] : [one.toLowerCase()]));
  return names.length === 0 ? undecided(otherwise) : decided(wanted.some((one) => names.includes(one.toLowerCase())), {});
}
