// The second look: a card number in a finished text? Written apart from the detectors, so that one mistake does not blind both. Pure.
import { wordTable } from "../domain/index.ts";
import { CARD_MAX_DIGITS, CARD_MIN_DIGITS, hasCardShape, isSaidAgain, passesLuhn } from "./luhn.ts";

/** A place in the text, UTF-16 units, `to` exclusive. */
export interface CardPlace {
  from: number;
  to: number;
}

const DIGIT_WORDS = wordTable<string>({
  zero: "0", oh: "0", nought: "0", one: "1", two: "2", three: "3", four: "4", five: "5", six: "6", seven: "7", eight: "8", nine: "9",
});
const REPEATS = wordTable<number>({ double: 2, triple: 3, treble: 3 });

/** What makes a keycap emoji of a digit. */
const FRAMES = /[\u{fe00}-\u{fe0f}\u{20e3}]/gu;

/** One digit of a row and the place of what it was read from. */
interface Digit extends CardPlace {
  digit: string;
  /** the first digit of its line */
  startsLine: boolean;
}

/**
 * True when the text still holds digits that pass Luhn and have the shape of an issuer's card, or that are a row of 13 to 19 digits that
 * passes Luhn. Digits and single digit words count as one row while nothing but blanks, line ends and punctuation lies between, so turns
 * that are joined with line ends are read across; a card over several lines fills them from a first to a last digit. Telephone numbers
 * after a plus, and shorter numbers that are said again, are left alone.
 */
export function scanForCards(text: string): boolean {
  return findCards(text).length > 0;
}

/** @returns every place that `scanForCards` objects to, in order, not overlapping */
export function findCards(text: string): CardPlace[] {
  return rowsOf(text).flatMap(cardsIn);
}

function cardsIn(row: readonly Digit[]): CardPlace[] {
  const digits = row.map((one) => one.digit).join("");
  if (digits.length < CARD_MIN_DIGITS || isSaidAgain(digits)) return [];
  const isWhole = digits.length <= CARD_MAX_DIGITS && !digits.startsWith("0") && passesLuhn(digits);
  for (let from = 0; from + CARD_MIN_DIGITS <= digits.length; from++) {
    for (let length = CARD_MIN_DIGITS; length <= CARD_MAX_DIGITS && from + length <= digits.length; length++) {
      const isCard = hasCardShape(digits.slice(from, from + 4), length) && passesLuhn(digits.slice(from, from + length));
      if (isWhole || (isCard && fillsLines(row, from, from + length))) return [{ from: row[0]?.from ?? 0, to: row.at(-1)?.to ?? 0 }];
    }
  }
  return [];
}

/** True when digits `from … to-1` lie in one line, or reach from the start of a line to the end of one. */
function fillsLines(row: readonly Digit[], from: number, to: number): boolean {
  const isOneLine = !row.slice(from + 1, to).some((digit) => digit.startsLine);
  return isOneLine || (row[from]?.startsLine === true && (to === row.length || row[to]?.startsLine === true));
}

/** Rows of digits with nothing but punctuation between them. */
function rowsOf(text: string): Digit[][] {
  const rows: Digit[][] = [];
  let row: Digit[] = [];
  let times = 1;
  let previousTo = 0;
  const end = (): void => {
    if (row.length > 0) rows.push(row);
    row = [];
    times = 1;
  };
  const compatible = /[\p{N}]|[\p{L}\p{M}'’]+|\+|\p{Sc}|\[/gu;
  for (const match of text.matchAll(compatible)) {
    const piece = match[0];
    const place = { from: match.index, to: match.index + piece.length };
    const word = piece.toLowerCase().replace(FRAMES, "");
    if (word === "") continue;
    const digits = DIGIT_WORDS[word] ?? (/^\p{N}$/u.test(piece) ? asciiDigits(piece) : undefined);
    if (digits !== undefined) {
      let startsLine = row.length === 0 || text.slice(previousTo, place.from).includes("\n");
      for (const digit of digits.repeat(times)) {
        row.push({ ...place, digit, startsLine });
        startsLine = false;
      }
      previousTo = place.to;
      times = 1;
    } else if (REPEATS[word] !== undefined) times = REPEATS[word];
    else end();
    if (piece === "+" || word === "plus") row = [];
  }
  end();
  return rows.filter((digits) => !isDialled(text, digits));
}

/** "+49 1512 3456789": at most 15 digits after a plus. */
function isDialled(text: string, row: readonly Digit[]): boolean {
  return row.length <= 15 && /(\+|\bplus)\s*$/i.test(text.slice(Math.max(0, (row[0]?.from ?? 0) - 6), row[0]?.from));
}

function asciiDigits(character: string): string | undefined {
  const plain = character.normalize("NFKC");
  if (/^[0-9]+$/.test(plain)) return plain;
  if (!/^\p{Nd}$/u.test(plain)) return undefined;
  let zero = plain.codePointAt(0) ?? 0;
  const code = zero;
  while (/^\p{Nd}$/u.test(String.fromCodePoint(zero - 1))) zero--;
  return String((code - zero) % 10);
}
