// The seam between findings and whatever language model a site has: a local llama, or a server of the site's own.
import type { ErrorCode } from "../../domain/index.ts";

/** A JSON schema in the part of the language that grammars keep: no `anyOf`, `pattern`, `minimum`, `nullable`; every property is required. Made by `answerSchema`. */
export type AnswerSchema = Readonly<Record<string, unknown>>;

export interface Question {
  /** names it in logs; no personal data */
  name: string;
  instruction: string;
  schema: AnswerSchema;
  maxTokens: number;
}

/** One of several options, with how sure the model is of each. */
export interface Choice {
  name: string;
  instruction: string;
  options: readonly { value: string; meaning: string }[];
}

export interface ChoiceAnswer {
  value: string;
  /** 0…1 per option; not calibrated. Empty when the model tells none. */
  probabilities: Readonly<Record<string, number>>;
}

/** What a model reads before the questions: our own words, then the customer's, which are data and never instructions. */
export interface Reading {
  system: string;
  document: string;
}

/** One language model, local or remote. */
export interface LanguageModel {
  readonly engine: "llama" | "openai";
  readonly name: string;
  /** tokens that instructions, document and answer may have together; what the settings allow until tokens were first counted, then what the model can bear of it */
  readonly contextTokens: number;
  readonly seed: number;
  /** questions that it works on at the same time */
  readonly parallel: number;
  /** @returns the tokens of each text, as this model counts them, or never fewer where it cannot be asked. Loads the model. */
  countTokens(texts: readonly string[], signal?: AbortSignal): Promise<number[]>;
  /**
   * Several questions over one reading; what is the same before them is evaluated once.
   * @returns answers as the schemas have them, in the order of the questions. They are well formed, not true: check their evidence.
   * @throws AppError ANALYSIS_OUTPUT_INVALID when an answer was cut off, ANALYSIS_TIMEOUT, ANALYSIS_FAILED or ANALYSIS_ENDPOINT_FAILED when the model broke down or the
   *   reading does not fit (nothing is ever left out of it), ANALYSIS_MODEL_MISSING, MODEL_INVALID; the signal's reason when aborted
   */
  answer(reading: Reading, questions: readonly Question[], signal?: AbortSignal): Promise<unknown[]>;
  /** @throws as `answer` */
  choose(reading: Reading, choices: readonly Choice[], signal?: AbortSignal): Promise<ChoiceAnswer[]>;
  status(): ModelStatus;
  /** Frees its memory. May be asked again. */
  stop(): Promise<void>;
}

/** How a model fares. */
export interface ModelStatus {
  /** `idle`: not in memory, loaded by the next question · `failed`: rests after a failure, see the code */
  state: "idle" | "loading" | "ready" | "working" | "failed";
  code?: ErrorCode;
  /** starts of its process after a failure; those after idleness are not counted */
  restarts: number;
  /** the kind of graphics processor that it works on, e.g. `cuda`; absent without one */
  gpu?: string;
}
