// Contractions, titles and fillers: different writing of the same words. Pure data, in the order in which they are applied.

/** Sounds that mean nothing and that some write and others leave out. */
export const FILLERS = /\b(hmm|mm|mhm|mmm|uh|um)\b/g;

type Rewriting = readonly [RegExp, string];

const WORDS: Readonly<Record<string, string>> = {
  "won't": "will not", "can't": "can not", "let's": "let us", "ain't": "aint", "y'all": "you all",
  wanna: "want to", gotta: "got to", gonna: "going to", "i'ma": "i am going to", imma: "i am going to",
  woulda: "would have", coulda: "could have", shoulda: "should have", "ma'am": "madam",
};

const TITLES: Readonly<Record<string, string>> = {
  mr: "mister", mrs: "missus", st: "saint", dr: "doctor", prof: "professor", capt: "captain", gov: "governor", ald: "alderman", gen: "general",
  sen: "senator", rep: "representative", pres: "president", rev: "reverend", hon: "honorable", asst: "assistant", assoc: "associate",
  lt: "lieutenant", col: "colonel", jr: "junior", sr: "senior", esq: "esquire",
};

/** "she's been" has, "he's like" is: the word after the apostrophe decides. */
const PERFECT: readonly Rewriting[] = [
  [/'d been\b/g, " had been"], [/'s been\b/g, " has been"], [/'d gone\b/g, " had gone"], [/'s gone\b/g, " has gone"],
  [/'d done\b/g, " had done"], [/'s got\b/g, " has got"],
];

const ENDINGS: readonly Rewriting[] = [
  [/n't\b/g, " not"], [/'re\b/g, " are"], [/'s\b/g, " is"], [/'d\b/g, " would"], [/'ll\b/g, " will"], [/'t\b/g, " not"], [/'ve\b/g, " have"], [/'m\b/g, " am"],
];

/** Applied one after the other to lower-case text. A title takes its own space with it: "mr." and "mr" come out alike. */
export const REWRITINGS: readonly Rewriting[] = [
  ...Object.entries(WORDS).map(([from, to]): Rewriting => [new RegExp(`\\b${from}\\b`, "g"), to]),
  ...Object.entries(TITLES).map(([from, to]): Rewriting => [new RegExp(`\\b${from}\\b`, "g"), `${to} `]),
  ...PERFECT,
  ...ENDINGS,
];
