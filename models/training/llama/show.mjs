// node show.mjs MODEL.gguf [CONVERSATION]: what a model answers to each question about a conversation, word for word, before anything is proved or dropped.
import { createExtractiveEngine, createLlamaModel, createModelEngine, inputOf, loadTaxonomy, readAnalysisSet, root, silentLog, systemClock } from "./product.mjs";

const [path, wanted = "phone-01"] = process.argv.slice(2);
const taxonomy = loadTaxonomy(`${root}/config/taxonomy.yaml`);
const llama = createLlamaModel({ name: "shown", start: { modelPath: path, threads: 1, gpu: "off", contextTokens: 4096, seed: 7 }, memoryMb: 2000, idleMs: 5000, recycleAfter: 500, timeoutMs: 240_000, clock: systemClock, log: silentLog });
const told = (name) => async (reading, questions, signal) => {
  const answers = await llama[name](reading, questions, signal);
  answers.forEach((answer, at) => console.log(`${questions[at].name}: ${JSON.stringify(answer)}`));
  return answers;
};
const model = { ...llama, engine: "llama", contextTokens: 4096, answer: told("answer"), choose: told("choose") };
const one = readAnalysisSet("dev").find(({ id }) => id.startsWith(wanted));
console.log(one.turns.map((turn, at) => `[${at + 1}] ${turn.speaker}: ${turn.text}`).join("\n"));
const { summary, intent, action_items, dropped } = await createModelEngine({ model, otherwise: createExtractiveEngine({ taxonomy, companyNames: [] }), taxonomy, clock: systemClock }).analyse(inputOf(one));
console.log({ summary, intent, action_items, dropped });
await llama.stop();
