// Folding: every form of an English word becomes one key, so that "charged", "charges" and "charge" match each other. Pure.
import { wordTable } from "../../domain/index.ts";

/** Forms that no suffix rule reaches. */
const IRREGULAR = wordTable<string>({
  sent: "send", paid: "pay", bought: "buy", sold: "sell", lost: "lose", stole: "steal", stolen: "steal", broke: "break", broken: "break", spoke: "speak",
  spoken: "speak", told: "tell", said: "say", got: "get", gotten: "get", had: "have", has: "have", was: "be", were: "be", is: "be", are: "be", am: "be",
  been: "be", did: "do", does: "do", done: "do", went: "go", gone: "go", goes: "go", came: "come", found: "find", gave: "give", given: "give", took: "take",
  taken: "take", made: "make", saw: "see", seen: "see", wrote: "write", written: "write", left: "leave", kept: "keep", held: "hold", met: "meet",
  forgot: "forget", forgotten: "forget", rang: "ring", rung: "ring", chose: "choose", chosen: "choose", flew: "fly", flown: "fly", thought: "think",
  brought: "bring", caught: "catch", understood: "understand", children: "child", people: "person", lives: "life", refunding: "refund",
});

const VOWEL = /[aeiouy]/;

/**
 * @param word one lower-case word; other languages and numbers pass through almost unchanged
 * @returns a key: equal for the inflections of one word (plural, -ed, -ing, -s), British and American spelling. Not a word to show to people.
 */
export function fold(word: string): string {
  const irregular = IRREGULAR[word];
  if (irregular !== undefined) return trim(irregular);
  if (word.length < 4 || !/^[a-z]+$/.test(word)) return word;
  let stem = word.replace(/iz(e|es|ed|ing|ation|ations|er)$/, "is$1");
  if (stem.length > 5) stem = stem.replace(/our(s|ed|ing)?$/, "or$1");
  if (/(ies|ied)$/.test(stem) && stem.length > 4) return stem.slice(0, -3) + "y";
  if (/(ss|sh|ch|x|z)es$/.test(stem)) stem = stem.slice(0, -2);
  else if (/[^sui]s$/.test(stem)) stem = stem.slice(0, -1);
  const bare = stem.replace(/(ing|ed)$/, "");
  if (bare.length >= 3 && bare !== stem && VOWEL.test(bare)) stem = bare;
  return trim(IRREGULAR[stem] ?? stem);
}

/** Doubled last consonants and a last e go, so that "cancelled", "cancels", "charging" and "charge" end alike. */
function trim(stem: string): string {
  const single = stem.length > 3 ? stem.replace(/([bdfglmnprstz])\1$/, "$1") : stem;
  return single.length > 3 ? single.replace(/e$/, "") : single;
}
