// From answers to a score, and how often the machine and people agree. Pure.
import type { Answer } from "../../domain/index.ts";

export interface Answered {
  question: string;
  weight: number;
  autoFail: boolean;
  /** null: not answered */
  answer: Answer | null;
}

export interface Score {
  /** 0…1 with three decimals; null when nothing that counts was answered */
  score: number | null;
  /** answered share of the weight that applies, 0…1; 1 when nothing applies */
  coverage: number;
  autoFailed: string[];
}

/** What an answer is worth; undefined where the question does not count. 1…5 become 0, ¼, ½, ¾, 1. */
function worthOf(answer: Answer | null): number | undefined {
  if (answer === null || answer === "not_applicable") return undefined;
  return answer === "yes" ? 1 : answer === "no" ? 0 : (Number(answer) - 1) / 4;
}

/**
 * score = Σ weight × worth / Σ weight over the answered questions; questions that do not apply leave both sums. A failed auto-fail question (no, or 1) makes it 0.
 * coverage says over how much of the weight that applies the score speaks.
 */
export function scoreOf(answers: readonly Answered[]): Score {
  const applicable = answers.filter((one) => one.answer !== "not_applicable");
  const answered = applicable.flatMap((one) => {
    const worth = worthOf(one.answer);
    return worth === undefined ? [] : [{ ...one, worth }];
  });
  const total = sum(applicable.map((one) => one.weight));
  const weight = sum(answered.map((one) => one.weight));
  const autoFailed = answered.filter((one) => one.autoFail && one.worth === 0).map((one) => one.question);
  const share = weight === 0 ? null : sum(answered.map((one) => one.weight * one.worth)) / weight;
  return { score: autoFailed.length > 0 ? 0 : share === null ? null : rounded(share), coverage: total === 0 ? 1 : rounded(weight / total), autoFailed };
}

/** Sessions in which the machine gave one answer and a person another, or the same. */
export interface AnswerPair {
  machine: Answer | null;
  person: Answer;
  n: number;
}

export interface Agreement {
  /** sessions that both answered */
  n: number;
  agreed: number;
  /** null for none */
  share: number | null;
  /** Cohen's κ: agreement beyond chance, −1…1; null when there is none to be beyond, because both always say the same one thing */
  kappa: number | null;
  /** sessions that a person answered and the machine did not: in no figure above */
  unanswered: number;
}

/** κ = (p − e) / (1 − e): p the share agreed, e the share that two who answer independently, each with own frequencies, would agree by chance (Cohen 1960). */
export function agreementOf(pairs: readonly AnswerPair[]): Agreement {
  const both = pairs.filter((pair) => pair.machine !== null);
  const n = sum(both.map((pair) => pair.n));
  const agreed = sum(both.filter((pair) => pair.machine === pair.person).map((pair) => pair.n));
  const unanswered = sum(pairs.map((pair) => pair.n)) - n;
  if (n === 0) return { n, agreed, share: null, kappa: null, unanswered };
  const answers = new Set(both.flatMap((pair) => [pair.machine, pair.person]));
  const chance = sum([...answers].map((answer) => (sum(both.filter((pair) => pair.machine === answer).map((pair) => pair.n)) * sum(both.filter((pair) => pair.person === answer).map((pair) => pair.n))) / (n * n)));
  return { n, agreed, share: rounded(agreed / n), kappa: chance > 1 - 1e-9 ? null : rounded((agreed / n - chance) / (1 - chance)), unanswered };
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
const rounded = (value: number): number => Math.round(value * 1000) / 1000;
