// Names, things, numbers and times to fill sentences with; wide on purpose, so that a model learns to copy what it has never seen.
import { existsSync, readFileSync } from "node:fs";

const names = readFileSync(new URL("../speech/names.py", import.meta.url), "utf8");
const listOf = (name) => (new RegExp(`^${name} = """([^]*?)"""`, "m").exec(names)?.[1] ?? "").trim();
const FIRST = listOf("FIRST").split(/\s+/);
const LAST = listOf("LAST").split(/\s+/);
const CITY = listOf("CITY").split(/\s+/);
const ITEM = listOf("ITEM").split(",").map((one) => one.trim());
const DICTIONARY = ["/usr/share/dict/american-english", "/usr/share/dict/words"].find(existsSync);
const COMMON = DICTIONARY === undefined ? ITEM : readFileSync(DICTIONARY, "utf8").split("\n").filter((word) => /^[a-z]{3,10}$/.test(word));
const DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split(" ");
const MONTHS = "January February March April May June July August September October November December".split(" ");
const SYLLABLES = "ba be bo da de do fa fi ga go ha jo ka ke ki la le lo ma me mi mo na ne no pa pe ra re ri ro sa se si so ta te ti to va ve vi wa wi ya za ren lin mar ton ber dan sel vik".split(" ");

/** things that are something to do as well */
const DOING = new Set("ring watch book phone drill mirror coat toy desk tent lamp battery".split(" "));

const capital = (word) => word.charAt(0).toUpperCase() + word.slice(1);
const strange = (chance) => capital(Array.from({ length: chance.between(2, 3) }, () => chance.pick(SYLLABLES)).join(""));
const digits = (chance, count) => Array.from({ length: count }, (_, at) => (at === 0 ? chance.between(1, 9) : chance.below(10))).join("");
const money = (chance) => `${chance.pick(["£", "£", "$", "€"])}${chance.is(0.5) ? digits(chance, chance.between(1, 3)) : `${digits(chance, chance.between(1, 3))}.${digits(chance, 2)}`}`;
const ordinal = (day) => `${day}${day % 10 === 1 && day !== 11 ? "st" : day % 10 === 2 && day !== 12 ? "nd" : day % 10 === 3 && day !== 13 ? "rd" : "th"}`;

/** What stands for `{slot}` in a template. */
export const SLOTS = {
  first: (chance) => (chance.is(0.6) ? chance.pick(FIRST) : strange(chance)),
  last: (chance) => (chance.is(0.5) ? chance.pick(LAST) : strange(chance)),
  city: (chance) => (chance.is(0.6) ? chance.pick(CITY) : strange(chance)),
  company: (chance) => `${chance.is(0.5) ? strange(chance) : capital(chance.pick(COMMON))} ${chance.pick(["Direct", "Energy", "Homes", "Bank", "Travel", "Clinic", "Broadband", "Insurance", "Motors", "Stores"])}`,
  item: (chance) => (chance.is(0.5) ? chance.pick(ITEM) : chance.is(0.5) ? `${chance.pick(COMMON)} ${chance.pick(ITEM)}` : `${chance.pick(COMMON)} ${chance.pick(COMMON)}`),
  word: (chance) => chance.pick(COMMON),
  number: (chance) => digits(chance, chance.between(1, 3)),
  few: (chance) => chance.pick("two three four five six seven ten twelve 2 3 4 5 10 14".split(" ")),
  ref: (chance) => (chance.is(0.5) ? digits(chance, chance.between(4, 8)) : `${chance.pick("ABCDEFGHKLMNPRSTW".split(""))}${chance.pick("ABCDEFGHKLMNPRSTW".split(""))}${chance.is(0.5) ? "-" : ""}${digits(chance, chance.between(3, 6))}`),
  money,
  day: (chance) => chance.pick(DAYS),
  date: (chance) => { const day = chance.between(1, 28); return chance.pick([`the ${ordinal(day)}`, `${day} ${chance.pick(MONTHS)}`, `${chance.pick(MONTHS)} ${ordinal(day)}`, `the ${ordinal(day)} of ${chance.pick(MONTHS)}`]); },
  time: (chance) => chance.pick([`${chance.between(1, 12)}`, `${chance.between(1, 12)}:${chance.pick(["00", "15", "30", "45"])}`, `${chance.between(1, 12)} ${chance.pick(["am", "pm"])}`, `half past ${chance.pick(["two", "four", "nine", "ten"])}`, "noon"]),
  when: (chance) => chance.pick([`today`, `tomorrow`, `by ${chance.pick(DAYS)}`, `on ${chance.pick(DAYS)}`, `tomorrow morning`, `this afternoon`, `before ${chance.pick(DAYS)}`, `within ${chance.between(2, 9)} days`, `by the end of the week`, `next ${chance.pick(DAYS)}`, `on the ${ordinal(chance.between(1, 28))}`, `by tomorrow`, `tonight`, `next week`]),
  phone: (chance) => `07700 900${digits(chance, 3)}`,
  email: (chance) => `${chance.pick(FIRST).toLowerCase()}${chance.is(0.5) ? `.${chance.pick(LAST).toLowerCase()}` : digits(chance, 2)}@${chance.pick(COMMON)}.example`,
};

/** @returns the template with `(a|b)` chosen and `{slot}` filled; what is told in `fixed` stays the same within one conversation; `used` gets what was filled in */
export function fill(template, chance, fixed = {}, used = []) {
  return template
    .replace(/\(([^()]*\|[^()]*)\)/g, (_, choices) => chance.pick(choices.split("|")))
    .replace(/\{(\w+)\}/g, (_, slot) => {
      const text = fixed[slot] ?? SLOTS[slot](chance);
      used.push({ slot, text });
      return text;
    })
    .replace(/\s+/g, " ").replace(/ ([.,?!])/g, "$1").trim();
}

/** What a name or figure of a hand-written conversation may become; undefined where it stays. */
export function otherWord(word, chance) {
  if (/^\d{3,}$/.test(word)) return digits(chance, word.length);
  if (FIRST.includes(word)) return SLOTS.first(chance);
  if (LAST.includes(word)) return SLOTS.last(chance);
  if (CITY.includes(word)) return SLOTS.city(chance);
  if (ITEM.includes(word) && !DOING.has(word)) return chance.pick(chance.is(0.5) ? ITEM.filter((one) => !one.includes(" ")) : COMMON);
  return undefined;
}
