// A language model that answers what a test wants, counts a token for every four characters, and remembers what it was asked.
import type { Choice, ChoiceAnswer, LanguageModel, Question, Reading } from "../../app/analysis/index.ts";

export interface Script {
  /** by name of the question; what is thrown is thrown */
  answer?: (question: Question, reading: Reading) => unknown;
  /** the value of an option */
  choose?: (choice: Choice, reading: Reading) => string;
  contextTokens?: number;
}

export interface ScriptedModel extends LanguageModel {
  asked: { name: string; reading: Reading; maxTokens: number }[];
}

/** Answers of a model that found nothing. */
export const NOTHING: Readonly<Record<string, unknown>> = {
  points: { points: [], intent: { turns: [], quote: "", text: "" } },
  tasks: { tasks: [] },
  names: { names: [] },
  keep: { keep: [] },
};
const NO_PROOF = { turns: [], quote: "" };

export function scriptedModel({ answer = () => undefined, choose = () => "none", contextTokens = 8192 }: Script): ScriptedModel {
  const asked: ScriptedModel["asked"] = [];
  return {
    engine: "llama", name: "scripted", seed: 7, parallel: 1, contextTokens, asked,
    countTokens: (texts) => Promise.resolve(texts.map((text) => Math.ceil(text.length / 4))),
    answer(reading, questions) {
      return Promise.all(
        questions.map(async (question) => {
          asked.push({ name: question.name, reading, maxTokens: question.maxTokens });
          const proofs = Object.fromEntries(Object.keys(question.schema["properties"] ?? {}).map((name) => [name, NO_PROOF]));
          return (await answer(question, reading)) ?? NOTHING[question.name] ?? proofs;
        }),
      );
    },
    choose: (reading, choices) => Promise.resolve(choices.map((choice): ChoiceAnswer => ({ value: pickOf(choice, choose(choice, reading)), probabilities: {} }))),
    status: () => ({ state: "ready", restarts: 0 }),
    stop: () => Promise.resolve(),
  };
}

/** What is no option is taken for the last one, which claims nothing. */
function pickOf({ options, name }: Choice, value: string): string {
  return options.find((option) => option.value === value)?.value ?? (name === "escalation" || name === "churn" ? "none" : (options.at(-1)?.value ?? ""));
}
