// npm run bench:ui [-- weight] [-- lists] [--quick]: what a screen weighs on the wire and when it answers to people on a slow PC; what lists of
// 100,000 conversations and a thread of 10,000 messages cost while a call is heard. Prints a table each, then one JSON object.
import { cpus, loadavg } from "node:os";
import { measureLists } from "./ui-lists.ts";
import { measureWeight } from "./ui-weight.ts";

const words = process.argv.slice(2);
const isQuick = words.includes("--quick");
const isWanted = (name: string): boolean => words.filter((word) => !word.startsWith("-")).length === 0 || words.includes(name);

const weight = isWanted("weight") ? await measureWeight(isQuick ? 3 : 7) : undefined;
if (weight !== undefined) console.table(weight);
const lists = isWanted("lists") ? await measureLists(isQuick ? 10_000 : 100_000, isQuick ? 4 : 10) : undefined;
if (lists !== undefined) console.table(lists.table);
console.log(JSON.stringify({
  at: new Date().toISOString(),
  machine: { cores: cpus().length, model: cpus()[0]?.model, load: loadavg()[0], node: process.version },
  bars: { first_view_kb: "≤ 150", interactive_ms: "≤ 1000 at a quarter of the speed", p95_ms: "≤ 100 while a call is heard" },
  weight,
  ...(lists === undefined ? {} : { lists: { heard: lists.heard, settled: lists.settled, ...lists.figures } }),
}, null, 2));
