// Asks a model, once more when the answer was no answer, and remembers what was asked with which prompt.
import { AppError } from "../../domain/index.ts";
import type { Choice, ChoiceAnswer, LanguageModel, Question, Reading } from "../models/language-model.ts";
import type { TypedQuestion } from "../prompts/prompt.ts";

/** Room that a cut answer gets the second time. */
const AGAIN = 2;
/** What a chat template adds around what was counted. */
const TEMPLATE_MARGIN = 64;
const NOT_AGAIN: ReadonlySet<string> = new Set(["SHUTTING_DOWN", "ANALYSIS_TIMEOUT"]);

type Answers<Questions extends readonly TypedQuestion[]> = { [Key in keyof Questions]: ReturnType<Questions[Key]["parse"]> };

export interface Inquiry {
  /** versions of the prompts that were used, in order */
  readonly prompts: ReadonlySet<string>;
  /** @throws AppError of the model when the second answer is none either */
  ask<const Questions extends readonly TypedQuestion[]>(version: string, reading: Reading, questions: Questions): Promise<Answers<Questions>>;
  choose(version: string, reading: Reading, choices: readonly Choice[]): Promise<ChoiceAnswer[]>;
  count(texts: readonly string[]): Promise<number[]>;
  /** @returns tokens that are left for a document beside these questions, second tries and choices included */
  roomBeside(system: string, questions: readonly Question[], choices?: readonly Choice[]): Promise<number>;
}

export function createInquiry(model: LanguageModel, signal: AbortSignal | undefined): Inquiry {
  const prompts = new Set<string>();
  return {
    prompts,
    async ask(version, reading, questions) {
      prompts.add(version);
      const answers: unknown[] = [];
      // one after the other: what was answered well is not asked again, and the model still has the reading before it
      for (const question of questions) answers.push(await askTwice(model, reading, question, signal));
      return answers as Answers<typeof questions>;
    },
    async choose(version, reading, choices) {
      prompts.add(version);
      return twice(() => model.choose(reading, choices, signal), signal);
    },
    count: (texts) => model.countTokens(texts, signal),
    async roomBeside(system, questions, choices = []) {
      const listed = choices.map((choice) => [choice.instruction, ...choice.options.map((option) => option.meaning)].join("\n"));
      const [own = 0, ...counts] = await model.countTokens([system, ...questions.map((question) => question.instruction), ...listed], signal);
      const asked = counts.slice(0, questions.length).map((tokens, at) => tokens + (questions[at]?.maxTokens ?? 0) * AGAIN);
      // an option costs its letter, its dot and the end of its line
      const chosen = counts.slice(questions.length).map((tokens, at) => tokens + (choices[at]?.options.length ?? 0) * 6 + 2 * TEMPLATE_MARGIN);
      return model.contextTokens - own - Math.max(0, ...asked, ...chosen) - 2 * TEMPLATE_MARGIN;
    },
  };
}

async function askTwice(model: LanguageModel, reading: Reading, question: TypedQuestion, signal: AbortSignal | undefined): Promise<unknown> {
  let tries = 0;
  return twice(async () => {
    const [answer] = await model.answer(reading, [{ ...question, maxTokens: question.maxTokens * (tries++ === 0 ? 1 : AGAIN) }], signal);
    return question.parse(answer);
  }, signal);
}

/** A second time only after faults that it can mend: not when the model is missing or damaged, when the time was not enough, or Earshot stops. */
async function twice<Result>(work: () => Promise<Result>, signal: AbortSignal | undefined): Promise<Result> {
  try {
    return await work();
  } catch (thrown) {
    signal?.throwIfAborted();
    if (!(thrown instanceof AppError) || thrown.retry !== "later" || NOT_AGAIN.has(thrown.code)) throw thrown;
    return work();
  }
}
