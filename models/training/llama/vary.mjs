// The same conversation once more, told a little differently: other names, numbers and things, less side talk, worse spelling. Labels change with the words.
import { otherWord } from "./words.mjs";

const WORD = /[\p{L}\p{N}]+/gu;

/** @returns a labelled conversation like `one` */
export function vary(one, chance) {
  const other = new Map();
  const swap = (text) => text.replace(WORD, (word) => {
    if (!other.has(word)) other.set(word, chance.is(0.9) ? otherWord(word, chance) ?? word : word);
    return other.get(word);
  });
  let turns = one.turns.map((turn) => ({ ...turn, text: swap(turn.text) }));
  const lower = new Map([...other].filter(([from, to]) => from !== to).map(([from, to]) => [from.toLowerCase(), to.toLowerCase()]));
  const renamed = (stems) => stems.map((stem) => stem.replace(WORD, (word) => other.get(word) ?? lower.get(word.toLowerCase()) ?? word));
  const about = (list) => list.map((each) => ({ ...each, about: renamed(each.about) }));
  const { labels } = one;
  const facts = labels.key_facts.map((fact) => ({ ...fact, all_of: renamed(fact.all_of) }));
  const needed = new Set(facts.flatMap((fact) => fact.turns));
  if (chance.is(0.5)) turns = turns.filter((turn, at) => needed.has(turn.id) || at === 0 || turn.text.split(" ").length > 7 || chance.is(0.6));
  turns = chance.is(0.25) ? turns.map((turn) => ({ ...turn, text: unpunctuated(turn.text) })) : turns;
  const kept = new Set([...facts.flatMap((fact) => fact.all_of), ...labels.action_items.flatMap((task) => task.about)].flatMap((stem) => stem.toLowerCase().split(/[|\s]/)));
  if (chance.is(0.4)) turns = turns.map((turn) => ({ ...turn, text: misheard(turn.text, kept, chance) || turn.text }));
  return { ...one, turns, labels: { ...labels, key_facts: facts, action_items: about(labels.action_items), promises: about(labels.promises), intent: labels.intent === null ? null : { about: renamed(labels.intent.about) } } };
}

/** As some recognisers write. */
export function unpunctuated(text) {
  return text.replace(/[,.?!;:]+(?=\s|$)/g, "").replace(/\b(?!I\b)\p{Lu}/gu, (letter) => letter.toLowerCase());
}

function misheard(text, kept, chance) {
  const isKept = (word) => /\d/.test(word) || [...kept].some((stem) => stem !== "" && word.toLowerCase().startsWith(stem));
  return text.split(" ").flatMap((word) => {
    if (isKept(word) || !chance.is(0.03)) return [word];
    return chance.pick([[], [word, word], ["um", word], word.length > 4 ? [word.slice(0, 2) + word.slice(3)] : [word]]);
  }).join(" ");
}
