// Words with their place in the text, and the plain English they stand for. Pure.
import { wordTable } from "../../domain/index.ts";

/** One word as written. `start` and `end` are offsets into the text it was cut from. */
export interface Token {
  text: string;
  lower: string;
  start: number;
  end: number;
}

const TOKEN = /[\p{L}\p{N}_.+-]{1,64}@[\p{L}\p{N}.-]{1,64}|\p{L}{1,4}\d[\p{L}\d-]{0,20}|[£€$¥]?\d+(?:[.,:]\d+)*(?:st|nd|rd|th)?%?|[\p{L}\p{M}]+(?:['’][\p{L}\p{M}]+)*|\p{N}+/gu;

/** @returns the words of a text in order; punctuation, symbols and control characters fall between them. A "word" is cut after 64 characters. */
export function tokenise(text: string): Token[] {
  const tokens: Token[] = [];
  for (const match of text.matchAll(TOKEN)) {
    const word = match[0].length > 64 ? match[0].slice(0, 64) : match[0];
    tokens.push({ text: word, lower: word.toLowerCase().replaceAll("’", "'"), start: match.index, end: match.index + match[0].length });
  }
  return tokens;
}

const CONTRACTIONS = wordTable<readonly string[]>({
  "won't": ["will", "not"], "can't": ["can", "not"], cannot: ["can", "not"], "shan't": ["shall", "not"], "let's": ["let", "us"], "i'm": ["i", "am"],
  im: ["i", "am"], ive: ["i", "have"], dont: ["do", "not"], cant: ["can", "not"], didnt: ["did", "not"], doesnt: ["does", "not"], isnt: ["is", "not"],
  havent: ["have", "not"], hasnt: ["has", "not"], wasnt: ["was", "not"], couldnt: ["could", "not"], wouldnt: ["would", "not"], gonna: ["going", "to"],
  wanna: ["want", "to"], gotta: ["got", "to"], "y'all": ["you"], okay: ["ok"], ok: ["ok"], "o'clock": ["o'clock"],
});
const IS_AFTER = new Set(["it", "that", "there", "what", "who", "where", "when", "how", "he", "she", "here", "everything", "nothing", "everyone", "nobody", "something"]);

/** @returns the full words of one written word: `I'll` → `i will`, `hasn't` → `has not`, `Anna's` → `anna` */
export function expand(lower: string): readonly string[] {
  const known = CONTRACTIONS[lower];
  if (known !== undefined) return known;
  const mark = lower.indexOf("'");
  if (mark < 0) return [lower];
  const head = lower.slice(0, mark);
  switch (lower.slice(mark)) {
    case "'t":
      return head.endsWith("n") && head.length > 2 ? [head.slice(0, -1), "not"] : [lower];
    case "'ll":
      return [head, "will"];
    case "'ve":
      return [head, "have"];
    case "'re":
      return [head, "are"];
    case "'d":
      return [head, "would"];
    case "'m":
      return [head, "am"];
    case "'s":
      return IS_AFTER.has(head) ? [head, "is"] : [head];
    default:
      return [lower.replaceAll("'", "")];
  }
}
