// node logits.mjs MODEL.gguf TOKENS.json OUT.json: what llama.cpp says comes next, at the last eight of these tokens.
import { readFileSync, writeFileSync } from "node:fs";
import { getLlama } from "node-llama-cpp";

const [path, asked, out] = process.argv.slice(2);
const llama = await getLlama({ gpu: false, build: "never", skipDownload: true, progressLogs: false, maxThreads: 1 });
const model = await llama.loadModel({ modelPath: path });
const context = await model.createContext({ contextSize: 4096, threads: 1 });
const tokens = JSON.parse(readFileSync(asked, "utf8"));
const found = await context.getSequence().controlledEvaluate(tokens.map((token, at) => (at < tokens.length - 8 ? token : [token, { generateNext: { logits: true } }])));
writeFileSync(out, JSON.stringify(found.filter((one) => one?.next?.logits !== undefined).map(({ next }) => Array.from({ length: tokens.length === 0 ? 0 : next.logits.size }, (_, token) => next.logits.get(token)))));
process.exit(0);
