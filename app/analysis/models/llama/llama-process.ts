// The process with the language model: loads it, reads a document once and answers questions over it. The only file that knows node-llama-cpp.
// llama.cpp ends its process when something is wrong inside (GGML_ASSERT), so it has one that can be lost; see llama-child.ts.
import { createInterface } from "node:readline";
import { getLlama, LlamaChatSession, LlamaGrammarEvaluationState, LlamaLogLevel, resolveChatWrapper, type ChatHistoryItem, type ChatWrapper, type Llama, type LlamaContextSequence, type LlamaModel, type Token } from "node-llama-cpp";
import { parseLine, requestSchema, startSchema, type Answer, type Reply, type Request, type Start } from "./protocol.ts";

/** Tokens that are read between two looks at whether anybody still wants the answer. */
const STEP = 512;
/** What a chat template and the letters of options may add to what was counted. */
const OPTION_MARGIN = 6;
const CHOICE_MARGIN = 128;

interface Loaded {
  start: Start;
  llama: Llama;
  model: LlamaModel;
  wrapper: ChatWrapper;
  /** keeps what it has read: the next question over the same document costs only its own words */
  sequence: LlamaContextSequence;
}

class Refusal extends Error {
  readonly why: "too_long" | "cut";
  constructor(why: "too_long" | "cut", message: string) {
    super(message);
    this.why = why;
  }
}

function say(reply: Reply): void {
  process.stdout.write(`${JSON.stringify(reply)}\n`);
}

async function load(start: Start): Promise<Loaded> {
  const llama = await getLlama({ gpu: start.gpu === "auto" ? "auto" : false, build: "never", skipDownload: true, progressLogs: false, maxThreads: start.threads, logger: (level, message) => void (level === LlamaLogLevel.error && process.stderr.write(`${message}\n`)) });
  const model = await llama.loadModel({ modelPath: start.modelPath, useMmap: true });
  const most = Math.min(start.contextTokens, model.trainContextSize ?? start.contextTokens);
  const context = await model.createContext({ sequences: 1, contextSize: { max: most }, threads: start.threads });
  // Without thoughts: the grammar allows none, and they would be paid for.
  const wrapper = resolveChatWrapper(model, { customWrapperSettings: { qwen: { thoughts: "discourage" } }, warningLogs: false });
  return { start, llama, model, wrapper, sequence: context.getSequence() };
}

/** Everything before the question; it is the same for all questions over one document. */
function historyOf({ system, document }: { system: string; document: string }): ChatHistoryItem[] {
  return [{ type: "system", text: system }, { type: "user", text: document }, { type: "model", response: ["I have read it."] }];
}

/** Text is never taken for a control token, whatever it holds: only the chat template makes those. */
function tokensOf({ wrapper, model }: Loaded, chatHistory: ChatHistoryItem[]): Token[] {
  return wrapper.generateContextState({ chatHistory }).contextText.tokenize(model.tokenizer, "trimLeadingSpace");
}

/** Reads the tokens but for the last; what the cache has in common with them stays. */
async function read({ sequence }: Loaded, tokens: readonly Token[], signal: AbortSignal): Promise<void> {
  const all = tokens.slice(0, -1);
  await sequence.adaptStateToTokens(all, false);
  while (sequence.nextTokenIndex < all.length) {
    signal.throwIfAborted();
    await sequence.evaluateWithoutGeneratingNewTokens(all.slice(sequence.nextTokenIndex, sequence.nextTokenIndex + STEP));
  }
}

async function answer(request: Extract<Request, { ask: "answer" }>, loaded: Loaded, signal: AbortSignal): Promise<Answer> {
  const { llama, model, sequence, start } = loaded;
  const tokens = tokensOf(loaded, [...historyOf(request.reading), { type: "user", text: request.instruction }, { type: "model", response: [""] }]);
  refuseTooLong(tokens.length + request.maxTokens, sequence.contextSize);
  const grammar = await llama.createGrammarForJsonSchema(request.schema as never);
  const before = sequence.tokenMeter.getState().usedInputTokens;
  await read(loaded, tokens, signal);
  const written: Token[] = [];
  // Greedy; no penalty for repeats, which are what JSON is made of.
  const generation = sequence.evaluate(tokens.slice(-1), { temperature: 0, seed: start.seed, grammarEvaluationState: new LlamaGrammarEvaluationState({ model, grammar }) });
  for await (const token of generation) {
    signal.throwIfAborted();
    written.push(token);
    if (model.detokenize([token]).includes("}") && isWhole(model.detokenize(written))) break;
    if (written.length >= request.maxTokens) throw new Refusal("cut", `the answer is longer than ${request.maxTokens} tokens`);
  }
  const text = model.detokenize(written).trim();
  if (!isWhole(text)) throw new Refusal("cut", "the model stopped in the middle of its answer");
  return { say: "answered", id: request.id, text, read: sequence.tokenMeter.getState().usedInputTokens - before, written: written.length };
}

/** The same cache serves choices: node-llama-cpp's decisions (what LlamaDecisionContext does, without a context and a reading of its own). */
async function choose(request: Extract<Request, { ask: "choose" }>, loaded: Loaded, signal: AbortSignal): Promise<Answer> {
  const { model, wrapper, sequence } = loaded;
  const history = historyOf(request.reading);
  const base = tokensOf(loaded, history);
  const question = request.options.reduce((sum, { meaning }) => sum + model.tokenize(meaning).length + OPTION_MARGIN, model.tokenize(request.instruction).length + CHOICE_MARGIN);
  refuseTooLong(base.length + question, sequence.contextSize); // its own way out would be to leave words away without telling
  const before = sequence.tokenMeter.getState().usedInputTokens;
  await read(loaded, base, signal);
  const session = new LlamaChatSession({ contextSequence: sequence, chatWrapper: wrapper });
  try {
    session.setChatHistory(history);
    const criteria = Object.fromEntries(request.options.map(({ value, meaning }) => [value, meaning]));
    const { answer: decided } = await session.decide({ answer: { type: "choice", instruction: request.instruction, criteria } }, { signal });
    return { say: "chosen", id: request.id, value: decided.choice, probabilities: decided.probabilities, read: sequence.tokenMeter.getState().usedInputTokens - before };
  } finally {
    session.dispose();
  }
}

function refuseTooLong(tokens: number, most: number): void {
  if (tokens > most) throw new Refusal("too_long", `${tokens} tokens do not fit into ${most}`);
}

function isWhole(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

async function reply(request: Exclude<Request, { ask: "cancel" }>, loaded: Loaded, signal: AbortSignal): Promise<Answer> {
  try {
    if (request.ask === "count") return { say: "counted", id: request.id, tokens: request.texts.map((text) => loaded.model.tokenize(text).length) };
    return await (request.ask === "answer" ? answer(request, loaded, signal) : choose(request, loaded, signal));
  } catch (thrown) {
    if (signal.aborted) return { say: "refused", id: request.id, why: "cancelled", message: "nobody waits for it" };
    const message = thrown instanceof Error ? thrown.message.slice(0, 300) : "unknown";
    return { say: "refused", id: request.id, why: thrown instanceof Refusal ? thrown.why : "failed", message };
  }
}

/** Lives as long as its stdin is open. */
async function main(): Promise<void> {
  const loaded = await load(startSchema.parse(JSON.parse(process.argv[2] ?? "")));
  say({ say: "ready", id: 0, contextTokens: loaded.sequence.contextSize, gpu: loaded.llama.gpu === false ? null : loaded.llama.gpu });
  const running = new Map<number, AbortController>();
  let last: Promise<void> = Promise.resolve();
  for await (const line of createInterface({ input: process.stdin })) {
    const request = parseLine(requestSchema, line);
    if (request?.ask === "cancel") running.get(request.id)?.abort();
    if (request === undefined || request.ask === "cancel") continue;
    const own = new AbortController();
    running.set(request.id, own);
    last = last.then(async () => {
      say(await reply(request, loaded, own.signal));
      running.delete(request.id);
    });
  }
  for (const one of running.values()) one.abort();
  await last;
  await loaded.llama.dispose();
}

await main().catch((thrown: unknown) => {
  say({ say: "unusable", id: 0, message: thrown instanceof Error ? thrown.message.slice(0, 300) : "unknown" });
  process.exitCode = 1;
});
