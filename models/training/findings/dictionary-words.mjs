// node models/training/findings/dictionary-words.mjs > WORDS.txt
// Words that stand together in two dictionaries (Debian's wordnet-base and dict-gcide), folded as the engine folds them: what word-vectors.py learns meaning from.
// `S words | words of the gloss`: a set of synonyms with what they are kinds of; `D head word …`: an entry.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fold } from "../../../dist/app/analysis/text/fold.js";
import { isFunctionWord } from "../../../dist/app/analysis/text/function-words.js";

/** What a word is a kind, a form or a part of. */
const UPWARDS = new Set(["@", "&", "+", "#p", "%p", ";c"]);

const sets = new Map();
for (const part of ["noun", "verb", "adj", "adv"]) {
  for (const line of readFileSync(`/usr/share/wordnet/data.${part}`, "utf8").split("\n").filter((one) => /^\d{8} /.test(one))) readSynset(line);
}
for (const { words, above, gloss } of sets.values()) {
  const near = above.slice(0, 4).flatMap((key) => sets.get(key)?.words.slice(0, 3) ?? []);
  console.log(`S ${stems([...words, ...near].join(" ")).join(" ")} | ${stems(gloss).join(" ")}`);
}
const entries = execFileSync("zcat", ["/usr/share/dictd/gcide.dict.dz"], { maxBuffer: 2 ** 28 }).toString("latin1").split(/\n\n/);
for (const entry of entries) {
  const bare = entry.replace(/\[[^\]]*\]|\\[^\\]*\\|--[A-Z][\w. ]+/g, " "); // origins, pronunciation, authors
  const words = stems(bare);
  if (words.length > 2) console.log(`D ${words.join(" ")}`);
}

/** The format is that of wndb(5): offset, file, kind, number of words (hexadecimal), words, number of pointers, pointers. */
function readSynset(line) {
  const [head, gloss = ""] = line.split(" | ");
  const fields = head.split(" "), size = parseInt(fields[3], 16);
  const words = Array.from({ length: size }, (_, at) => fields[4 + 2 * at].replaceAll("_", " ").replace(/\(.*/, ""));
  const first = 5 + 2 * size;
  const pointers = Array.from({ length: Number(fields[first - 1]) }, (_, at) => fields.slice(first + 4 * at, first + 4 * at + 3));
  sets.set(keyOf(fields[2], fields[0]), { words, gloss, above: pointers.filter(([kind]) => UPWARDS.has(kind)).map(([, offset, part]) => keyOf(part, offset)) });
}

function keyOf(part, offset) {
  return `${part === "s" ? "a" : part}${offset}`;
}

function stems(text) {
  return (text.toLowerCase().match(/[a-z]+/g) ?? []).filter((word) => word.length > 1 && !isFunctionWord(word)).map(fold);
}
