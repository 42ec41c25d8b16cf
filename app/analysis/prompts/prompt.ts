// What a prompt is: words with a version, and the shape of the answer. A changed word is a new version; findings name the versions they came from.
import { z } from "zod";
import { AppError } from "../../domain/index.ts";
import { answerSchema } from "../models/answer-schema.ts";
import type { Question } from "../models/language-model.ts";

/** A question whose answer is of this type. */
export interface TypedQuestion<Type extends z.ZodType = z.ZodType> extends Question {
  parse(answer: unknown): z.output<Type>;
}

/** @throws AppError INTERNAL when a grammar would not keep the type */
export function ask<Type extends z.ZodType>(name: string, type: Type, maxTokens: number, instruction: string): TypedQuestion<Type> {
  return {
    name, instruction, maxTokens,
    schema: answerSchema(type),
    parse(answer) {
      const parsed = type.safeParse(answer);
      if (parsed.success) return parsed.data;
      throw new AppError("ANALYSIS_OUTPUT_INVALID", `The language model's answer to ${name} has an unexpected value at ${parsed.error.issues[0]?.path.join(".") || "(top)"}`);
    },
  };
}

/** Numbers of lines, never their ids: shorter, and a wrong one is seen. */
export const lines = (most: number): z.ZodArray<z.ZodInt> => z.array(z.int()).max(most);
/** Words as they stand in a line; they come before what is concluded from them. */
export const quote = z.string().max(160);

/** @returns the English name of a language, for prompts */
export function languageName(code: string): string {
  try {
    return new Intl.DisplayNames("en", { type: "language" }).of(code) ?? "the language of the conversation";
  } catch {
    return "the language of the conversation";
  }
}
