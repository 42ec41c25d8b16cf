// The one door to compromise: parts of speech and names of English sentences. It takes about 3 ms per sentence, so only chosen sentences come here.
import { createRequire } from "node:module";
import type Compromise from "compromise";

const require = createRequire(import.meta.url);
let loaded: typeof Compromise | undefined;

/** Loaded with the first sentence: 44 MB and a third of a second that no verb of the command line and no start has to wait for. */
const nlp = (sentence: string): ReturnType<typeof Compromise> => (loaded ??= require("compromise") as typeof Compromise)(sentence);

/** A word with its surroundings, as compromise cuts it. `pre` + `text` + `post` of all words give the sentence again. */
export interface TaggedWord {
  pre: string;
  text: string;
  post: string;
  lower: string;
  tags: ReadonlySet<string>;
}

interface RawTerm {
  pre?: string;
  text?: string;
  post?: string;
  tags?: string[];
}

/** @param sentence at most some dozens of words @returns words with tags such as `PastTense`, `Infinitive`, `Adverb`, `Pronoun` */
export function tagWords(sentence: string): TaggedWord[] {
  const parsed = nlp(sentence).json() as unknown as { terms?: RawTerm[] }[];
  const words: TaggedWord[] = [];
  for (const term of parsed.flatMap((part) => part.terms ?? [])) {
    const text = term.text ?? "";
    const last = words.at(-1);
    if (text === "" && last !== undefined) {
      // the second half of a contraction carries the space behind it
      words[words.length - 1] = { ...last, post: last.post + (term.pre ?? "") + (term.post ?? "") };
    } else words.push({ pre: term.pre ?? "", text, post: term.post ?? "", lower: text.toLowerCase().replaceAll("’", "'"), tags: new Set(term.tags ?? []) });
  }
  return words;
}

/** Names in a sentence, as written. */
export interface Names {
  people: string[];
  places: string[];
  organisations: string[];
}

/** @returns what compromise takes for names; single common words slip in, so callers filter */
export function findNames(sentence: string): Names {
  const doc = nlp(sentence);
  const list = (view: { out(format: "array"): unknown }): string[] => (view.out("array") as string[]).map((name) => name.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, "").replace(/['’]s$/u, "")).filter((name) => name !== "");
  return { people: list(doc.people()), places: list(doc.places()), organisations: list(doc.organizations()) };
}
