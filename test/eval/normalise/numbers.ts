// Spelled-out numbers become figures, as Whisper's English normaliser does it: "two double o eight" → "2008", "forty pounds and five pence". Pure.
import { NUMBER_WORDS, PREFIXES, type NumberWord } from "./number-words.ts";

/** A number being read. A bigint still grows ("forty" + "three"); a string is figures in a row ("one nine" → "19") or has a decimal point. */
type Value = bigint | string;

const NUMERAL = /^\d+(\.\d+)?$/;

/**
 * @param text lower case, without punctuation other than `. $ ¢ € £ %`
 * @returns the same words, numbers as figures: currency signs and signs before them, `%`, `s`, `th` … after them; a lone 1 stays "one"
 */
export function normaliseNumbers(text: string): string {
  return tidyFigures(readNumbers(separateFigures(pointFive(text)).split(/\s+/).filter(Boolean)).join(" "));
}

/** "three and a half million" → "three point five million"; after anything that is no number it stays. */
function pointFive(text: string): string {
  return text.replace(/(\S+)\s+and\s+a\s+half\b/g, (whole, before: string) => {
    const { kind, suffix } = { suffix: undefined, ...(NUMBER_WORDS.get(before) ?? { kind: undefined }) };
    const isNumber = suffix === undefined && (kind === "zero" || kind === "unit" || kind === "ten" || kind === "multiplier");
    return isNumber ? `${before} point five` : whole;
  });
}

/** "b747" → "b 747", but "10 th" → "10th". */
function separateFigures(text: string): string {
  return text.replace(/([a-z])(?=\d)/g, "$1 ").replace(/(\d)(?=[a-z])/g, "$1 ").replace(/(\d)\s+(st|nd|rd|th|s)\b/g, "$1$2");
}

/** Dollars and cents become one amount, less than one is said in cents, and "1" is spelled, because it is a pronoun as often as a number. */
function tidyFigures(text: string): string {
  return text
    .replace(/([€£$])(\d+) (?:and )?¢(\d{1,2})\b/g, (_, sign: string, whole: string, cents: string) => `${sign}${whole}.${cents.padStart(2, "0")}`)
    .replace(/[€£$]0.(\d{1,2})\b/g, (_, cents: string) => `¢${Number(cents)}`)
    .replace(/\b1(s?)\b/g, "one$1");
}

function readNumbers(words: readonly string[]): string[] {
  const reader = new NumberReader();
  for (let i = 0; i < words.length; i += 1 + reader.skipped) reader.read(words[i] ?? "", words[i - 1], words[i + 1]);
  return reader.finish();
}

/** Holds what was read so far: finished words, and the number that may still go on. */
class NumberReader {
  private readonly done: string[] = [];
  private value: Value | undefined;
  private prefix = "";
  /** how many following words the last one took with it */
  skipped: 0 | 1 = 0;

  read(word: string, before: string | undefined, after: string | undefined): void {
    this.skipped = 0;
    const symbol = PREFIXES.has(word.charAt(0)) ? word.charAt(0) : "";
    const bare = word.slice(symbol.length);
    const meaning = NUMBER_WORDS.get(word);
    if (NUMERAL.test(bare)) this.readNumeral(word, bare, symbol);
    else if (meaning === undefined) this.readOther(word);
    else this.readMeaning(word, meaning, kindOf(before), after);
  }

  finish(): string[] {
    this.flush();
    return this.done;
  }

  private readNumeral(word: string, bare: string, symbol: string): void {
    if (typeof this.value === "string" && this.value.endsWith(".")) {
      this.value += word; // decimals after "point"
      return;
    }
    this.flush();
    if (symbol !== "") this.prefix = symbol;
    const isWhole = /^\d+(\.0+)?$/.test(bare);
    this.value = isWhole ? BigInt(bare.replace(/\..*/, "")) : bare;
  }

  private readOther(word: string): void {
    this.flush();
    this.emit(word);
  }

  private readMeaning(word: string, meaning: NumberWord, before: NumberWord | undefined, after: string | undefined): void {
    switch (meaning.kind) {
      case "zero":
        this.value = `${figures(this.value)}0`;
        break;
      case "unit":
        this.grow(addUnit(this.value, meaning.value, before), meaning.suffix);
        break;
      case "ten":
        this.grow(add(this.value, meaning.value, 100n), meaning.suffix);
        break;
      case "multiplier":
        this.multiply(meaning.value, meaning.suffix);
        break;
      case "currency":
        if (this.value === undefined) return this.emit(word);
        this.prefix = meaning.symbol;
        this.flush();
        break;
      case "percent":
        this.readPercent(word, meaning.next, after);
        break;
      case "sign":
      case "and":
      case "point":
      case "repeat":
        this.readLeading(word, meaning, before, after);
    }
  }

  /** Words that mean something only before a number. */
  private readLeading(word: string, meaning: NumberWord, before: NumberWord | undefined, after: string | undefined): void {
    const next = kindOf(after);
    const isBeforeNumber = next !== undefined || NUMERAL.test(after ?? "");
    if (meaning.kind === "sign" && isBeforeNumber) {
      this.flush();
      this.prefix = meaning.symbol;
    } else if (meaning.kind === "and" && isBeforeNumber && before?.kind === "multiplier" && before.suffix === undefined) {
      return; // "two hundred and six"
    } else if (meaning.kind === "repeat" && isDigit(next)) {
      const digit = next?.kind === "unit" ? String(next.value) : "0";
      this.value = figures(this.value) + digit.repeat(meaning.times);
      this.skipped = 1;
    } else if (meaning.kind === "point" && isBeforeNumber) {
      if (isDigit(next) || next?.kind === "ten" || NUMERAL.test(after ?? "")) this.value = `${figures(this.value)}.`;
    } else this.readOther(word);
  }

  private readPercent(word: string, needed: string | undefined, after: string | undefined): void {
    if (this.value === undefined) return this.emit(word);
    if (needed !== undefined && after !== needed) return this.readOther(word);
    this.emit(`${this.value}%`);
    if (needed !== undefined) this.skipped = 1;
  }

  private multiply(multiplier: bigint, suffix: string | undefined): void {
    if (typeof this.value === "string" || this.value === 0n) {
      const product = timesDecimal(String(this.value), multiplier);
      if (product === undefined) this.flush(); // "two point three hundred" is no whole number of anything: two numbers
      this.grow(product ?? multiplier, suffix);
    } else if (this.value === undefined) this.grow(multiplier, suffix);
    else this.grow(this.value - (this.value % 1000n) + (this.value % 1000n) * multiplier, suffix); // only the last group of three is multiplied
  }

  /** A suffix ends the number. */
  private grow(value: Value, suffix: string | undefined): void {
    this.value = value;
    if (suffix !== undefined) this.emit(`${value}${suffix}`);
  }

  private flush(): void {
    if (this.value !== undefined) this.emit(String(this.value));
  }

  private emit(text: string): void {
    this.done.push(this.prefix + text);
    this.prefix = "";
    this.value = undefined;
  }
}

const kindOf = (word: string | undefined): NumberWord | undefined => (word === undefined ? undefined : NUMBER_WORDS.get(word));

const isDigit = (word: NumberWord | undefined): boolean => word?.kind === "zero" || (word?.kind === "unit" && word.suffix === undefined);

/** As figures to go on from; a nought alone is nothing to go on from. */
const figures = (value: Value | undefined): string => (value === undefined || value === 0n ? "" : String(value));

/** Adds where there is room ("forty" + "three"), else puts figures in a row ("twenty" "nineteen"). */
function add(value: Value | undefined, more: bigint, room: bigint): Value {
  if (value === undefined) return more;
  return typeof value === "bigint" && value % room === 0n ? value + more : `${value}${more}`;
}

/** "nineteen ninety nine" fills the last nought, "nine one one" never adds. */
function addUnit(value: Value | undefined, unit: bigint, before: NumberWord | undefined): Value {
  if (typeof value === "string" && before?.kind === "ten" && before.suffix === undefined && unit < 10n) return value.slice(0, -1) + String(unit);
  if (value !== undefined && before?.kind === "unit" && before.suffix === undefined) return `${value}${unit}`;
  return add(value, unit, unit < 10n ? 10n : 100n);
}

/** @returns the product when it is whole, else undefined */
function timesDecimal(decimal: string, multiplier: bigint): bigint | undefined {
  if (!NUMERAL.test(decimal)) return undefined;
  const [whole = "", fraction = ""] = decimal.split(".");
  const scale = 10n ** BigInt(fraction.length);
  const product = BigInt(whole + fraction) * multiplier;
  return product % scale === 0n ? product / scale : undefined;
}
