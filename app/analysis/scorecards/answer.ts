// Fills in a scorecard: each question by its conditions, or by a language model whose quotes are looked up in what was said.
import type { Answer, Quote, ScoreAnswer } from "../../domain/index.ts";
import type { LanguageModel } from "../models/language-model.ts";
import { createPacer } from "../pacer.ts";
import { spokenOf } from "../rules/evaluate.ts";
import { judge, type SessionFacts } from "../rules/judge.ts";
import { turnsOfHit, type Spoken } from "../rules/spoken.ts";
import type { Verdict } from "../rules/verdict.ts";
import { askModel } from "./ask-model.ts";
import { unanswered } from "./blank-answer.ts";
import type { Question, Scorecard, ScorecardSet } from "./load-scorecards.ts";

/** Below this share of well heard words "it was not said" says nothing. */
const HEARD_SHARE = 0.5;

/** A scorecard of one session as the machine filled it in. */
export interface FilledCard {
  card: Scorecard;
  answers: ScoreAnswer[];
}

/**
 * @param model asked where a question has `ask`; its answer counts only with a line that was said, otherwise the conditions of the question answer, if it has any
 * @param read  what `spokenOf` made of the facts, when it was read already
 * @returns the cards that apply to this session. A model that fails never fails the session. @throws the signal's reason when aborted
 */
export async function fillScorecards({ cards }: ScorecardSet, facts: SessionFacts, model?: LanguageModel, signal?: AbortSignal, read?: Spoken): Promise<FilledCard[]> {
  const pacer = createPacer(signal);
  const spoken = read ?? (await spokenOf(facts, signal));
  const filled: FilledCard[] = [];
  for (const card of cards) {
    await pacer.breathe();
    if (card.applies !== undefined && judge(card.applies, facts, spoken).holds !== true) continue;
    const open = card.questions.filter((one) => one.ask !== undefined && !isNotApplicable(one, facts, spoken));
    const asked = open.length === 0 || model === undefined ? new Map<string, ScoreAnswer>() : await askModel(open, spoken, model, signal);
    const answers: ScoreAnswer[] = [];
    for (const question of card.questions) {
      await pacer.breathe();
      answers.push(byModelOrRule(question, asked.get(question.name), facts, spoken));
    }
    filled.push({ card, answers });
  }
  return filled;
}

function byModelOrRule(question: Question, byModel: ScoreAnswer | undefined, facts: SessionFacts, spoken: Spoken): ScoreAnswer {
  if (byModel !== undefined && byModel.answer !== null) return byModel;
  const hasRule = question.yes_when !== undefined || question.levels !== undefined || isNotApplicable(question, facts, spoken);
  if (hasRule) return answerByRule(question, facts, spoken);
  return byModel ?? { ...unanswered(question), because: "no_model" };
}

function isNotApplicable({ not_applicable_when: when }: Question, facts: SessionFacts, spoken: Spoken): boolean {
  return when !== undefined && judge(when, facts, spoken).holds === true;
}

/** The default engine: the same session always gets the same answers. */
export function answerByRule(question: Question, facts: SessionFacts, spoken: Spoken): ScoreAnswer {
  if (isNotApplicable(question, facts, spoken)) return { ...unanswered(question), because: null, answer: "not_applicable" };
  for (const { answer, when } of stepsOf(question)) {
    const verdict = when === undefined ? undefined : judge(when, facts, spoken);
    if (verdict?.holds === false && heardShare(verdict) < HEARD_SHARE) return { ...unanswered(question), because: "heard_badly" };
    if (verdict?.holds === undefined && verdict !== undefined) return { ...unanswered(question), because: verdict.because[0] ?? "nobody_speaks" };
    if (verdict?.holds === false) continue;
    return { ...unanswered(question), because: null, answer, quote: verdict === undefined ? null : quoteOf(verdict, spoken), confidence: confidenceOf(verdict ?? lastOf(question, facts, spoken), spoken) };
  }
  return unanswered(question);
}

/** Answers in the order in which they are tried; the last one needs nothing. */
function stepsOf({ kind, yes_when, levels, otherwise }: Question): { answer: Answer; when?: Question["yes_when"] }[] {
  if (kind === "yes_no") return yes_when === undefined ? [] : [{ answer: "yes", when: yes_when }, { answer: "no" }];
  return levels === undefined ? [] : [...levels].sort((a, b) => b.answer - a.answer).map((one): { answer: Answer; when?: Question["yes_when"] } => ({ answer: String(one.answer) as Answer, when: one.when })).concat([{ answer: String(otherwise) as Answer }]);
}

/** What the last answer stands on: that nothing before it held. */
function lastOf(question: Question, facts: SessionFacts, spoken: Spoken): Verdict | undefined {
  const before = stepsOf(question).at(-2)?.when;
  return before === undefined ? undefined : judge(before, facts, spoken);
}

function heardShare(verdict: Verdict): number {
  return Math.min(1, ...verdict.searched.map((one) => one.heard_share));
}

/** The words that were found; else the whole of the first message that proves it. */
function quoteOf({ hits, evidence }: Verdict, spoken: Spoken): Quote | null {
  const hit = hits[0];
  const turn = hit === undefined ? spoken.turns.find((one) => one.id === evidence[0]) : turnsOfHit(spoken, hit)[0];
  if (turn === undefined) return null;
  const [first, last] = [spoken.words[hit?.first ?? -1], spoken.words[hit?.last ?? -1]];
  return { messageId: turn.id, from: first?.from ?? 0, to: last !== undefined && last.turn === first?.turn ? last.to : turn.text.length };
}

/** How well the words were heard that it stands on, or the words among which it was looked for. */
function confidenceOf(verdict: Verdict | undefined, spoken: Spoken): number | null {
  if (verdict === undefined) return null;
  const heard = spoken.turns.filter((turn) => verdict.evidence.includes(turn.id)).flatMap((turn) => turn.confidence ?? []);
  if (heard.length > 0) return Math.round(Math.min(...heard) * 1000) / 1000;
  return verdict.searched.length > 0 ? heardShare(verdict) : null;
}
