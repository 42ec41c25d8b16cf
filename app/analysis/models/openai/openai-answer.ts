// What an OpenAI-compatible server answers, and how sure it was. Pure.
import { z } from "zod";
import { AppError } from "../../../domain/index.ts";

const logprob = z.object({ token: z.string(), logprob: z.number() });
const completionSchema = z.object({
  choices: z
    .array(
      z.object({
        finish_reason: z.string().nullish(),
        message: z.object({ content: z.string().nullish(), refusal: z.string().nullish() }),
        logprobs: z.object({ content: z.array(logprob.extend({ top_logprobs: z.array(logprob).nullish() })).nullish() }).nullish(),
      }),
    )
    .min(1),
  usage: z.object({ prompt_tokens: z.number() }).nullish(),
});

/** Fewer tokens than bytes through this were not all of what was sent: a server cut it and said nothing. English has four to five bytes a token. */
const MOST_BYTES_PER_TOKEN = 9;

export interface Completion {
  /** as the schema has it */
  value: unknown;
  /** what the server says of each token that it wrote; empty when it says nothing */
  tokens: { token: string; alternatives: { token: string; logprob: number }[] }[];
}

/**
 * @param sentBytes of all texts of the request
 * @throws AppError ANALYSIS_OUTPUT_INVALID when it is cut off, refused, not JSON, or the server read less than it was given
 */
export function readCompletion(body: string, sentBytes: number): Completion {
  const answer = parseJson(body, completionSchema);
  const choice = answer.choices[0];
  const content = choice?.message.content;
  if (choice?.finish_reason === "length") throw invalid("was cut off");
  if (typeof content !== "string" || content === "") throw invalid(choice?.message.refusal ? "is a refusal" : "is empty");
  if (answer.usage && answer.usage.prompt_tokens * MOST_BYTES_PER_TOKEN < sentBytes) throw invalid("comes from a part of the conversation only: the server's context is too small and it cuts without a word; raise its context, or lower analysis.context_tokens");
  const tokens = (choice?.logprobs?.content ?? []).map(({ token, logprob: own, top_logprobs }) => ({ token, alternatives: top_logprobs?.length ? top_logprobs : [{ token, logprob: own }] }));
  return { value: parseJson(content, z.unknown()), tokens };
}

/**
 * @param codes one short word for each option, none the beginning of another
 * @returns how sure the server was of each option, adding up to one; empty when it does not say, or not for whole codes
 */
export function readProbabilities({ tokens }: Pick<Completion, "tokens">, chosen: string, codes: readonly string[]): Map<string, number> {
  const place = tokens.find(({ token }) => bare(token) === chosen);
  const found = new Map<string, number>();
  for (const { token, logprob: value } of place?.alternatives ?? []) {
    const code = bare(token);
    if (codes.includes(code)) found.set(code, (found.get(code) ?? 0) + Math.exp(value));
  }
  const sum = [...found.values()].reduce((total, one) => total + one, 0);
  return sum > 0 ? new Map(codes.map((code) => [code, (found.get(code) ?? 0) / sum])) : new Map<string, number>();
}

const countSchema = z.object({ count: z.int().min(0).optional(), tokens: z.array(z.unknown()).optional(), max_model_len: z.int().min(1).nullish() });

/** The answer of `/tokenize` of vLLM or llama.cpp. @returns undefined when it is none */
export function readCount(body: string): { tokens: number; contextTokens: number | undefined } | undefined {
  try {
    const parsed = countSchema.parse(JSON.parse(body));
    const tokens = parsed.count ?? parsed.tokens?.length;
    return tokens === undefined ? undefined : { tokens, contextTokens: parsed.max_model_len ?? undefined };
  } catch {
    return undefined;
  }
}

function bare(token: string): string {
  return token.replace(/["'{}:,\s]/g, "");
}

function parseJson<Type extends z.ZodType>(text: string, schema: Type): z.output<Type> {
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    throw invalid("is not what was asked for"); // the cause would quote what was said
  }
}

function invalid(what: string): AppError {
  return new AppError("ANALYSIS_OUTPUT_INVALID", `The answer of the language model's server ${what}`);
}
