// Text into tokens with places: digits of any script, words, and the few signs that matter. Pure, linear, never throws.

/** One piece of a turn's text. Everything that is not a token (blanks, most punctuation) lies between tokens. */
export interface Token {
  kind: "digits" | "word" | "sign";
  /** digits: ASCII digits · word: lower case, compatibility form, without apostrophes · sign: one of + % # or a currency sign */
  text: string;
  /** index of the turn in the input */
  turn: number;
  /** place in the turn's text, UTF-16 units, `to` exclusive */
  from: number;
  to: number;
  /** a comma, stop or the start of the turn lies before it: what follows is a new number, "twenty, one" is not "twenty-one" */
  pausedBefore: boolean;
}

const LETTER = /[\p{L}\p{M}]/u;
const NUMBER = /\p{N}/u;
const DECIMAL = /\p{Nd}/u;
const CURRENCY = /\p{Sc}/u;
const APOSTROPHE = /['’ʼ]/u;
/** Characters that do not even show, or only frame a digit (the keycap emoji `4️⃣`): they must not tear a number apart. */
const INVISIBLE = /[\p{Cf}\u{fe00}-\u{fe0f}\u{20e3}]/u;
const SIGN = /[%+#]/;
const PAUSE = /[,.;:!?\n\r…。、،]/u;
/** `2nd`, `4g`, `16gb`: a short number grown together with letters is a word, not digits of something longer. */
const GLUED_MAX_DIGITS = 3;

/**
 * @param text what was said, any Unicode, lone surrogates included
 * @param turn index that the tokens carry
 * @returns tokens in the order of the text
 */
export function tokenise(text: string, turn: number): Token[] {
  const tokens: Token[] = [];
  let open: Token | undefined;
  let paused = true;
  let at = 0;
  for (const character of text) {
    const from = at;
    at += character.length;
    const { kind, piece } = character < "\u0080" ? (ASCII[character.charCodeAt(0)] ?? GAP) : classify(character);
    if (kind === "digits" || kind === "word") {
      const isGlued = open?.kind === "digits" && kind === "word" && open.text.length <= GLUED_MAX_DIGITS;
      if (open !== undefined && (open.kind === kind || isGlued)) {
        open.kind = kind;
        open.text += piece;
        open.to = at;
      } else {
        tokens.push((open = { kind, text: piece, turn, from, to: at, pausedBefore: paused }));
      }
      paused = false;
    } else if (kind === "invisible" || (kind === "apostrophe" && open?.kind === "word")) {
      if (open !== undefined && kind === "invisible") open.to = at; // "that's" is one word, and what does not show tears nothing apart
    } else {
      open = undefined;
      if (kind === "pause") paused = true;
      if (kind === "sign") tokens.push({ kind, text: piece, turn, from, to: at, pausedBefore: paused });
    }
  }
  return tokens;
}

/** What a character does to the text around it. */
interface Character {
  kind: Token["kind"] | "invisible" | "apostrophe" | "pause" | "gap";
  /** what it adds to the token */
  piece: string;
}

const GAP: Character = { kind: "gap", piece: "" };
const ASCII: readonly Character[] = Array.from({ length: 128 }, (_, code) => classify(String.fromCharCode(code)));

function classify(character: string): Character {
  const digits = digitsOf(character);
  if (digits !== "") return { kind: "digits", piece: digits };
  if (INVISIBLE.test(character)) return { kind: "invisible", piece: "" };
  if (LETTER.test(character)) return { kind: "word", piece: character.normalize("NFKC").toLowerCase() };
  if (APOSTROPHE.test(character)) return { kind: "apostrophe", piece: "" };
  if (PAUSE.test(character)) return { kind: "pause", piece: "" };
  return CURRENCY.test(character) || SIGN.test(character) ? { kind: "sign", piece: character } : GAP;
}

/** @returns the ASCII digits that a character stands for (`٣` → `3`, `⑫` → `12`), or an empty text */
function digitsOf(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code < 128) return code >= 48 && code <= 57 ? character : "";
  if (!NUMBER.test(character)) return "";
  const plain = character.normalize("NFKC");
  if (/^[0-9]+$/.test(plain)) return plain;
  if (!DECIMAL.test(character)) return "";
  // Unicode keeps the decimal digits of a script in a row of ten that begins with zero
  let zero = code;
  while (DECIMAL.test(String.fromCodePoint(zero - 1))) zero--;
  return String((code - zero) % 10);
}
