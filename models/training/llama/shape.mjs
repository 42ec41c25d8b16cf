// node shape.mjs VOCABULARY.gguf FOLDER: writes FOLDER/shapes.json, the tokens around every document and of every question, as the product's process makes them.
// node shape.mjs VOCABULARY.gguf FOLDER --check N [--texts FILE]: writes FOLDER/checked.json, the tokens of N whole prompts, to compare Python's with; documents are those of
// the examples, or the lines of FILE (JSON strings).
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const { values: options, positionals: [vocabulary, folder] } = parseArgs({ allowPositionals: true, options: { check: { type: "string" }, texts: { type: "string" } } });
const start = { modelPath: vocabulary, threads: 1, gpu: "off", contextTokens: 4096, seed: 1 };
const child = spawn(process.execPath, ["--no-warnings", fileURLToPath(new URL("./record.mjs", import.meta.url)), JSON.stringify(start)], { stdio: ["pipe", "pipe", "inherit"] });
const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
let asked = 0;

/** @returns the reply, and the last tokens that were recorded before it */
async function ask(request) {
  const id = ++asked;
  child.stdin.write(`${JSON.stringify({ ...request, id })}\n`);
  let recorded;
  for (;;) {
    const { value, done } = await lines.next();
    if (done) throw new Error("The process ended");
    const line = value.startsWith("{") ? JSON.parse(value) : {};
    if (line.recorded !== undefined) recorded = line.recorded;
    else if (line.say === "unusable") throw new Error(line.message);
    else if (line.id === id) {
      if (recorded === undefined && line.say !== "counted") throw new Error(`Nothing was recorded: ${line.message}`);
      return { ...line, recorded };
    }
  }
}

const { systems, questions } = JSON.parse(readFileSync(`${folder}/questions.json`, "utf8"));
const promptOf = async (system, document, question) => (await ask(question.options === undefined
  ? { ask: "answer", reading: { system, document }, instruction: question.instruction, schema: question.schema, maxTokens: question.maxTokens }
  : { ask: "choose", reading: { system, document }, instruction: question.instruction, options: question.options })).recorded;

if (options.check === undefined) {
  const [some] = Object.values(questions);
  const [one] = (await ask({ ask: "count", texts: ["x"] })).tokens;
  const heads = {};
  for (const [key, system] of Object.entries(systems)) {
    const [a, b] = [await promptOf(system, "x", some), await promptOf(system, "yyyy", some)];
    heads[key] = a.slice(0, a.findIndex((token, at) => token !== b[at]));
  }
  const [key, system] = Object.entries(systems)[0];
  const blocks = {};
  for (const [name, question] of Object.entries(questions)) blocks[name] = (await promptOf(system, "x", question)).slice(heads[key].length + one);
  writeFileSync(`${folder}/shapes.json`, JSON.stringify({ heads, blocks }));
  console.log(`${Object.keys(heads).length} systems, ${Object.keys(blocks).length} questions`);
} else {
  const last = (path) => readFileSync(path, "utf8").trim().split("\n").slice(-Number(options.check)).map((line) => JSON.parse(line));
  const first = { system: Object.keys(systems)[0], asks: [{ q: Object.keys(questions)[0] }] };
  const examples = options.texts === undefined ? last(`${folder}/examples.jsonl`) : last(options.texts).map((document) => ({ ...first, document }));
  const checked = [];
  for (const { system, document, asks } of examples) for (const { q } of asks.slice(0, 2)) checked.push({ system, document, q, tokens: await promptOf(systems[system], document, questions[q]) });
  writeFileSync(`${folder}/checked.json`, JSON.stringify(checked));
  console.log(`${checked.length} prompts`);
}
child.stdin.end();
await once(child, "exit");
