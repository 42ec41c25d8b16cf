// The words that numbers are made of, in English, and what each does to the number being read. Pure data.

/** What a word means while a number is read. `suffix` ends the number: "thirds", "twentieth". */
export type NumberWord =
  | { kind: "zero" }
  | { kind: "unit"; value: bigint; suffix?: string }
  | { kind: "ten"; value: bigint; suffix?: string }
  | { kind: "multiplier"; value: bigint; suffix?: string }
  | { kind: "sign"; symbol: string }
  | { kind: "currency"; symbol: string }
  | { kind: "percent"; next?: string }
  | { kind: "and" | "point" }
  | { kind: "repeat"; times: number };

const UNITS = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split(" ");
const TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split(" ");
const MULTIPLIERS: Readonly<Record<string, bigint>> = {
  hundred: 100n,
  ...Object.fromEntries("thousand million billion trillion quadrillion quintillion sextillion septillion octillion nonillion decillion".split(" ").map((name, i) => [name, 1000n ** BigInt(i + 1)])),
};
const IRREGULAR_ORDINALS: Readonly<Record<string, [string, string]>> = { one: ["first", "st"], two: ["second", "nd"], three: ["third", "rd"], five: ["fifth", "th"], eight: ["eighth", "th"], nine: ["ninth", "th"], twelve: ["twelfth", "th"] };
const CURRENCIES = { pound: "£", euro: "€", dollar: "$", cent: "¢" };

/** Every word that may be part of a number, in lower case. "o" is a zero, as in "five o two". Whisper itself misspells "ninth"; here it is a number. */
export const NUMBER_WORDS: ReadonlyMap<string, NumberWord> = new Map<string, NumberWord>([
  ...["o", "oh", "zero"].map((word): [string, NumberWord] => [word, { kind: "zero" }]),
  ["zeroth", { kind: "unit", value: 0n, suffix: "th" }],
  ...UNITS.flatMap((word, i): [string, NumberWord][] => {
    const value = BigInt(i + 1);
    const [ordinal, suffix] = IRREGULAR_ORDINALS[word] ?? [`${word}th`, "th"];
    return [[word, { kind: "unit", value }], [word === "six" ? "sixes" : `${word}s`, { kind: "unit", value, suffix: "s" }], [ordinal, { kind: "unit", value, suffix }]];
  }),
  ...TENS.flatMap((word, i): [string, NumberWord][] => {
    const value = BigInt(10 * (i + 2));
    const stem = word.slice(0, -1);
    return [[word, { kind: "ten", value }], [`${stem}ies`, { kind: "ten", value, suffix: "s" }], [`${stem}ieth`, { kind: "ten", value, suffix: "th" }]];
  }),
  ...Object.entries(MULTIPLIERS).flatMap(([word, value]): [string, NumberWord][] => [
    [word, { kind: "multiplier", value }],
    [`${word}s`, { kind: "multiplier", value, suffix: "s" }],
    [`${word}th`, { kind: "multiplier", value, suffix: "th" }],
  ]),
  ...Object.entries({ minus: "-", negative: "-", plus: "+", positive: "+" }).map(([word, symbol]): [string, NumberWord] => [word, { kind: "sign", symbol }]),
  ...Object.entries(CURRENCIES).flatMap(([word, symbol]): [string, NumberWord][] => [word, `${word}s`].map((form) => [form, { kind: "currency", symbol }])),
  ["percent", { kind: "percent" }],
  ["per", { kind: "percent", next: "cent" }],
  ["and", { kind: "and" }],
  ["point", { kind: "point" }],
  ["double", { kind: "repeat", times: 2 }],
  ["triple", { kind: "repeat", times: 3 }],
]);

/** What may stand before a number and belongs to it. */
export const PREFIXES: ReadonlySet<string> = new Set(["-", "+", ...Object.values(CURRENCIES)]);
