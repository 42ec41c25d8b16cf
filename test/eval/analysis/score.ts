// One analysis against what a careful person found: counts, so that rates and intervals can be made of them. Pure.
import type { Analysis } from "../../../app/domain/index.ts";
import { isProved, readEvidence } from "../../../app/analysis/index.ts";
import { says, type LabelledConversation } from "./set.ts";

/** Right answers of so many questions. */
export interface Count {
  right: number;
  of: number;
}

export interface AnalysisScore {
  topic: Count;
  reason: Count;
  outcome: Count;
  keyFacts: Count;
  intent: Count;
  /** labelled tasks that were found, and found tasks that are labelled */
  tasksFound: Count;
  tasksRight: Count;
  dueRight: Count;
  promisesFound: Count;
  moodEnd: Count;
  trend: Count;
  escalation: Count;
  churn: Count;
  /** claims whose cited turns do not hold their words: must be 0 */
  unproved: Count;
  /** in words, for --show */
  misses: string[];
}

/** At the end: below −0.1 bad, above 0.1 good; as the dashboard words it. */
const MOOD = 0.1;

/** @param analysis of the same conversation */
export function scoreAnalysis(one: LabelledConversation, analysis: Analysis): AnalysisScore {
  const { labels } = one;
  const english = one.language === "en";
  const misses: string[] = [];
  const judge = (right: boolean, what: string): Count => {
    if (!right) misses.push(what);
    return { right: right ? 1 : 0, of: 1 };
  };
  const accepted = [labels.reason, ...labels.also_accept].filter((reason) => reason !== null);
  const topicOf = (reason: string): string => reason.split(".")[0] ?? "";
  const topics = new Set(accepted.map(topicOf));
  const foundTopic = analysis.reason === null ? null : topicOf(analysis.reason);
  const summary = [analysis.summary, ...analysis.summary_points.map((point) => point.text)].join("\n");
  const facts = labels.key_facts.map((fact) => {
    const found = fact.all_of.every((words) => says(summary, words));
    if (!found) misses.push(`fact ${fact.all_of.join(" + ")}`);
    return found;
  });
  const tasks = labels.action_items.map((task) => ({ task, found: analysis.action_items.find((item) => item.owner === task.owner && shares(item.text, task.about)) }));
  for (const { task, found } of tasks) if (found === undefined) misses.push(`task ${task.owner}: ${task.about.join(" ")}`);
  const dated = tasks.filter(({ found }) => found !== undefined);
  const words = readEvidence(one.turns, english);
  const claims = [...analysis.summary_points, ...analysis.action_items, ...analysis.promises, ...(analysis.intent === null ? [] : [analysis.intent])];
  const unproved = claims.filter((claim) => !isProved(claim.text, claim.evidence, words, english));
  for (const claim of unproved) misses.push(`unproved “${claim.text}” by ${claim.evidence.join(" ")}`);
  const end = analysis.sentiment.customer_end ?? 0;
  const mood = end < -MOOD ? "negative" : end > MOOD ? "positive" : "neutral";
  return {
    topic: judge(labels.topic === null && topics.size === 0 ? foundTopic === null : (foundTopic !== null && topics.has(foundTopic)) || (analysis.topic !== null && analysis.topic === labels.topic), `topic ${analysis.topic ?? "none"}, not ${labels.topic ?? "none"}`),
    reason: judge(analysis.reason === labels.reason || (analysis.reason !== null && labels.also_accept.includes(analysis.reason)), `reason ${analysis.reason ?? "none"}, not ${labels.reason ?? "none"}`),
    outcome: judge(analysis.outcome === labels.outcome, `outcome ${analysis.outcome}, not ${labels.outcome}`),
    keyFacts: { right: facts.filter(Boolean).length, of: facts.length },
    intent: labels.intent === null ? { right: 0, of: 0 } : judge(analysis.intent !== null && shares(analysis.intent.text, labels.intent.about), `intent “${analysis.intent?.text ?? "none"}”, not ${labels.intent.about.join(" ")}`),
    tasksFound: { right: dated.length, of: tasks.length },
    tasksRight: { right: analysis.action_items.filter((item) => labels.action_items.some((task) => item.owner === task.owner && shares(item.text, task.about))).length, of: analysis.action_items.length },
    dueRight: { right: dated.filter(({ task, found }) => found?.due === task.due).length, of: dated.length },
    promisesFound: { right: labels.promises.filter((promise) => analysis.promises.some((found) => found.by === promise.by && shares(found.text, promise.about))).length, of: labels.promises.length },
    moodEnd: judge(mood === labels.sentiment_end, `end ${mood} (${end}), not ${labels.sentiment_end}`),
    trend: judge((analysis.sentiment.trend === "unknown" ? "steady" : analysis.sentiment.trend) === labels.trend, `trend ${analysis.sentiment.trend}, not ${labels.trend}`),
    escalation: judge(analysis.risks.escalation.level === labels.escalation_risk, `escalation ${analysis.risks.escalation.level}, not ${labels.escalation_risk}`),
    churn: judge(analysis.risks.churn.level === labels.churn_risk, `churn ${analysis.risks.churn.level}, not ${labels.churn_risk}`),
    unproved: { right: unproved.length, of: claims.length },
    misses,
  };
}

/** At least half of what it is about: tasks are worded in many ways. */
function shares(text: string, about: readonly string[]): boolean {
  return about.filter((words) => says(text, words)).length * 2 >= about.length;
}
