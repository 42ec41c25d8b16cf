// Conversations that never were: an opening of a known reason, lines of lines.tsv, an ending of a known outcome. What is true of them is known because it was put in.
import { readdirSync, readFileSync } from "node:fs";
import { fill, otherWord } from "./words.mjs";
import { taskOf, whenOf, windowOf } from "./gold.mjs";
import { unpunctuated } from "./vary.mjs";

const read = (path) => readFileSync(new URL(path, import.meta.url), "utf8").split("\n").filter((line) => line !== "" && !line.startsWith("#")).map((line) => line.split("\t"));
const LINES = grouped(read("./lines.tsv"), ([part]) => part);
const FINDINGS = readdirSync(new URL("../findings/", import.meta.url)).sort();
/** Every writer's lines; what is no line (one part only, a turn of nobody) is left out. */
const readAll = (name) => FINDINGS.filter((file) => file.startsWith(name) && file.endsWith(".tsv")).flatMap((file) => read(`../findings/${file}`)).filter((line) => line.length === 2);
const OPENINGS = readAll("openings").filter(([reason, text]) => /^(?:none|[a-z_]+\.[a-z_]+)$/.test(reason) && text.trim() !== "");
const ENDINGS = grouped(readAll("endings").filter(([outcome, text]) => outcome.startsWith("=") && text.split(" | ").every((each) => /^[AC]: \S/.test(each))), ([outcome]) => outcome.slice(1));
const WHO = { A: "agent", C: "customer" };
const KINDS = { first: "person", last: "person", company: "organisation", city: "place", item: "product", ref: "reference" };
const OUTCOMES = ["resolved", "resolved", "resolved", "follow_up", "follow_up", "unresolved", "escalated", "unknown"];

/** @returns turns, and what is true of them, as `goldOf` has it */
export function invent(chance) {
  const fixed = Object.fromEntries(["company", "first", "last", "city", "item", "ref"].filter(() => chance.is(0.6)).map((slot) => [slot, fill(`{${slot}}`, chance)]));
  const turns = [];
  const say = (speaker, text) => turns.push({ id: `t${turns.length + 1}`, speaker, text: text.replace(/[<>]/g, "") }) && turns.at(-1);
  const line = (part) => {
    const [, who, words] = chance.pick(LINES.get(part));
    const used = [];
    const text = fill(words, chance, chance.is(0.7) ? fixed : {}, used);
    const turn = say(WHO[who], text);
    gold.names.push(...used.filter(({ slot }) => slot in KINDS).map(({ slot, text: name }) => ({ turn: turn.id, text: name, kind: KINDS[slot] })));
    return { marked: text, turn };
  };
  const gold = { points: [], tasks: [], intent: null, names: [], reason: null, outcome: chance.pick(OUTCOMES), escalation: "none", churn: "none", proofs: {} };
  const point = (turn) => gold.points.push({ windows: [{ turn: turn.id, text: whole(turn.text) }] });
  if (chance.is(0.8)) line("greet");
  const [reason, opening] = chance.pick(OPENINGS);
  const first = say("customer", opening.replace(/[\p{L}\p{N}]+/gu, (word) => (chance.is(0.8) ? otherWord(word, chance) ?? word : word)));
  gold.reason = reason === "none" ? null : reason;
  gold.intent = { turn: first.id, text: whole(first.text) };
  gold.points.push({ windows: [{ turn: first.id, text: gold.intent.text }] });
  if (chance.is(0.6)) { line("ask"); line("tell"); }
  for (let more = chance.below(3); more > 0; more--) line("wait");
  if (chance.is(0.5)) point(line("more").turn);
  if (chance.is(0.7)) point(line("find").turn);
  if (chance.is(0.2)) point(line("find").turn);
  const mood = chance.next();
  if (mood < 0.15) risk("escalation", "low", "bad");
  else if (mood < 0.3) risk("escalation", "high", "furious");
  if (chance.is(0.12)) risk("churn", "low", "doubt");
  else if (chance.is(0.14)) risk("churn", "high", "leave");
  if (gold.outcome === "follow_up" || gold.outcome === "escalated" || chance.is(0.25)) task(chance.pick(["do", "do", "yours", "mine"]));
  if (chance.is(0.2)) task(chance.pick(["do", "mine", "yours"]));
  for (let more = chance.below(2); more > 0; more--) line("wait");
  ending();
  for (let more = chance.below(3); more > 0; more--) line("bye");
  const isPlain = chance.is(0.3);
  const told = isPlain ? unpunctuated : (text) => text;
  for (const turn of turns) turn.text = told(turn.text);
  const toldAll = (value) => (typeof value === "string" ? told(value) : Array.isArray(value) ? value.map(toldAll) : value !== null && typeof value === "object" ? Object.fromEntries(Object.entries(value).map(([key, one]) => [key, ["text", "quote", "when"].includes(key) ? told(one) : typeof one === "object" ? toldAll(one) : one])) : value);
  return { channel: "phone", language: "en", startedAtMs: Date.UTC(2026, chance.below(12), chance.between(1, 28), chance.between(8, 18)), timeZone: "Europe/London", turns: turns.map((turn, at) => ({ ...turn, startMs: at * 4000, endMs: at * 4000 + 3000, confidence: undefined })), gold: toldAll(gold) };

  function risk(name, level, part) {
    const { turn } = line(part);
    gold[name] = level;
    gold.proofs[name] = turn.id;
    if (level === "high") point(turn);
  }
  function task(part) {
    const { marked, turn } = line(part);
    const text = /<(.*?)>/.exec(marked)?.[1] ?? taskOf(turn.text);
    gold.tasks.push({ turn: turn.id, quote: turn.text, text, by: part === "do" ? "agent" : "customer", promised: part !== "yours", when: whenOf(turn.text) });
    point(turn);
    if (gold.outcome === "follow_up") gold.proofs.outcome = turn.id;
    if (chance.is(0.6)) line(chance.pick(["okay", "good"]));
  }
  function ending() {
    const [, text] = chance.pick(ENDINGS.get(gold.outcome));
    const said = text.split(" | ").map((each) => say(WHO[each[0]], each.slice(2).trim().replace(/[\p{L}\p{N}]+/gu, (word) => otherWord(word, chance) ?? word)));
    const [telling] = [...said].sort((a, b) => b.text.length - a.text.length);
    if (gold.outcome !== "unknown") point(telling);
    gold.proofs.outcome ??= telling.id;
  }
}

function grouped(list, keyOf) {
  const groups = new Map();
  for (const one of list) groups.set(keyOf(one), [...(groups.get(keyOf(one)) ?? []), one]);
  return groups;
}

/** A turn, or the sentences at its beginning that are short enough for a finding. */
function whole(text) {
  return text.length <= 160 ? text : windowOf(text, text.split(" ").slice(0, 3))?.part ?? text.slice(0, 160);
}
