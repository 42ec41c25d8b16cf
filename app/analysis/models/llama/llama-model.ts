// The language model of this machine: a GGUF file in a process of its own.
import { AppError } from "../../../domain/index.ts";
import type { ChoiceAnswer, LanguageModel, Reading } from "../language-model.ts";
import { LlamaChild, type Ask, type LlamaChildOptions } from "./llama-child.ts";
import type { Answer } from "./protocol.ts";

export interface LlamaModelOptions extends LlamaChildOptions {
  /** shown with findings */
  name: string;
  /** longest time for each thousand tokens read, or hundred written */
  timeoutMs: number;
}

/** A token of text is hardly ever less than two bytes, and then the limit is only shorter than meant by half. */
const BYTES_PER_TOKEN = 2;
/** Choosing writes one or two tokens; an option costs about these to read. */
const OPTION_TOKENS = 20;

/** Only assigns; the process is started by the first question. */
export function createLlamaModel({ name, timeoutMs, ...options }: LlamaModelOptions): LanguageModel & { readonly pid: number | undefined } {
  const child = new LlamaChild(options);
  const limitOf = (read: number, written: number): number => timeoutMs * (1 + read / 1000 + written / 100);
  const ask = async <Say extends Answer["say"]>(request: Ask, say: Say, limitMs: number, signal: AbortSignal | undefined): Promise<Extract<Answer, { say: Say }>> => {
    const answer = await child.ask(request, limitMs, signal);
    if (answer.say !== say) throw new AppError("ANALYSIS_FAILED", "The process of the language model answered something else than it was asked");
    return answer as Extract<Answer, { say: Say }>;
  };
  return {
    engine: "llama",
    name,
    seed: options.start.seed,
    parallel: 1, // the processor is the limit, and speech needs it too
    get contextTokens() {
      return child.contextTokens;
    },
    get pid() {
      return child.pid;
    },
    async countTokens(texts, signal) {
      return (await ask({ ask: "count", texts: [...texts] }, "counted", timeoutMs, signal)).tokens;
    },
    async answer(reading, questions, signal) {
      const answers: unknown[] = [];
      for (const { instruction, schema, maxTokens } of questions) {
        const { text } = await ask({ ask: "answer", reading, instruction, schema, maxTokens }, "answered", limitOf(tokensAbout(reading), maxTokens), signal);
        answers.push(JSON.parse(text)); // the process has parsed it before
      }
      return answers;
    },
    async choose(reading, choices, signal) {
      const answers: ChoiceAnswer[] = [];
      for (const { instruction, options: listed } of choices) {
        const chosen = await ask({ ask: "choose", reading, instruction, options: [...listed] }, "chosen", limitOf(tokensAbout(reading) + listed.length * OPTION_TOKENS, 2), signal);
        answers.push({ value: chosen.value, probabilities: chosen.probabilities });
      }
      return answers;
    },
    status() {
      const { state, restarts, error, gpu } = child.status();
      return { state, restarts, ...(gpu === null ? {} : { gpu }), ...(error === undefined ? {} : { code: error.code }) };
    },
    stop: () => child.stop(),
  };
}

function tokensAbout({ system, document }: Reading): number {
  return Buffer.byteLength(system + document, "utf8") / BYTES_PER_TOKEN;
}
