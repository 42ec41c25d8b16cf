// A language model that says what the test wants.
import type { ChoiceAnswer, LanguageModel } from "../../app/analysis/models/language-model.ts";

/** @param choices for every question, in order @param quotes what it answers when asked for lines */
export function fakeModel(choices: readonly ChoiceAnswer[], quotes: readonly unknown[]): LanguageModel & { asked: number } {
  const model = {
    engine: "llama" as const, name: "fake", contextTokens: 4096, seed: 1, asked: 0,
    parallel: 1,
    countTokens: async (texts: readonly string[]) => texts.map((text) => Math.ceil(text.length / 4)),
    answer: async () => (model.asked++, [...quotes]),
    choose: async () => (model.asked++, [...choices]),
    status: () => ({ state: "ready" as const, restarts: 0 }),
    stop: async () => undefined,
  };
  return model;
}
