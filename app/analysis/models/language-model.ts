// The seam between findings and whatever language model a site has: a local llama, or a server of the site's own.
import type { ErrorCode } from "../../domain/index.ts";

/** A JSON schema in the part of the language that grammars understand: no `anyOf`, `pattern`, `minimum`, `nullable`; every property is required. */
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
  /** tokens that instructions, document and answer may have together */
  readonly contextTokens: number;
  readonly seed: number;
  /** @returns the tokens of each text, as this model counts them */
  countTokens(texts: readonly string[], signal?: AbortSignal): Promise<number[]>;
  /**
   * Several questions over one reading; what is the same before them is evaluated once.
   * @returns answers as the schemas have them, in the order of the questions. They are well formed, not true: check their evidence.
   * @throws AppError ANALYSIS_FAILED when an answer was cut off, the model broke down or took too long; the signal's reason when aborted
   */
  answer(reading: Reading, questions: readonly Question[], signal?: AbortSignal): Promise<unknown[]>;
  /** @throws as `answer` */
  choose(reading: Reading, choices: readonly Choice[], signal?: AbortSignal): Promise<ChoiceAnswer[]>;
  status(): { state: "idle" | "loading" | "ready" | "working" | "failed"; code?: ErrorCode; restarts: number };
  stop(): Promise<void>;
}
