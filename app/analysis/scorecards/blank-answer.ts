// A question nobody has answered yet. Pure.
import type { ScoreAnswer } from "../../domain/index.ts";
import type { Question } from "./load-scorecards.ts";

/** @returns the answer that says that there is none; whoever finds one fills it in */
export function unanswered(question: Question): ScoreAnswer {
  return { question: question.name, text: question.text, kind: question.kind, weight: question.weight, autoFail: question.autoFail, answer: null, because: "no_model", quote: null, confidence: null, by: "rule" };
}
