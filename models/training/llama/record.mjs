// node record.mjs START: the product's own process of the language model. It reads every question as always, but what it would have llama.cpp evaluate is only written down.
import { LlamaContextSequence } from "node-llama-cpp";
import { dist } from "./dist.mjs";

const places = new WeakMap();
const tell = (tokens, more = []) => process.stdout.write(`${JSON.stringify({ recorded: [...tokens, ...more] })}\n`);
let before = [];

Object.defineProperty(LlamaContextSequence.prototype, "nextTokenIndex", { get() { return places.get(this) ?? 0; } });
LlamaContextSequence.prototype.adaptStateToTokens = async function (tokens) {
  before = [...tokens];
  places.set(this, tokens.length);
  tell(before);
};
LlamaContextSequence.prototype.evaluateWithoutGeneratingNewTokens = async () => undefined;
LlamaContextSequence.prototype.eraseContextTokenRanges = async () => undefined;
// eslint-disable-next-line require-yield
LlamaContextSequence.prototype.evaluate = async function* (tokens) {
  tell(before, tokens);
};
LlamaContextSequence.prototype.controlledEvaluate = async () => {
  throw new Error("only recorded");
};

await import(`${dist}/app/analysis/models/llama/llama-process.js`);
