// Numbers that are names: references, IBANs, postcodes. Typed, or spelled and spoken digit by digit. Pure.
import { isFunctionWord } from "../../text/function-words.ts";
import { wordsOfText, type Line } from "../message.ts";
import { apart, type Reading, type ValueReader } from "./value.ts";

/** A code that nobody described: four characters or more, three digits or more. */
const ANY_CODE = /^(?=(?:.*\d){3})[A-Z0-9]{4,20}$/;
/** Words that stand before a code and are not part of it. */
const BEFORE_CODE = new Set("order ref number no nr id code case claim call pin item room flat unit user date year size day tel fax mob line page part may june july".split(" "));
const MOST_WORDS = 24;
const DATE = /(?<![\d./-])\d{1,2}([./-])\d{1,2}\1(?:\d{4}|\d{2})(?!\d)|(?<!\d)\d{4}-\d{2}-\d{2}(?!\d)/g;
/** Said between the parts of a code, and not part of it. */
const SPOKEN_SIGNS = new Set(["dash", "hyphen", "slash", "stroke"]);
const LEADS_TO_SIGN = new Set(["then", "there", "is", "a", "and"]);
const MOST_LEADING = 4;

/** Codes in capitals without spaces, dots and dashes: what a pattern is held against. */
export const readReferences: ValueReader = (line, slot) => {
  const pattern = slot.pattern === undefined ? ANY_CODE : new RegExp(`^(?:${slot.pattern})$`, "u");
  const dates = [...line.text.matchAll(DATE)].map((match) => wordsOfText(line, match.index, match.index + match[0].length));
  return apart(runsOf(line).flatMap((run) => longest(line, run, (code) => pattern.test(code)))).filter((one) => !dates.some((date) => one.from < date.to && one.to > date.from));
};

/** @returns the longest stretches of a run that are such a code, first come first */
function longest(line: Line, run: { from: number; to: number }, isCode: (code: string) => boolean, normal: (code: string) => string = (code) => code): Reading[] {
  const found: Reading[] = [];
  const words = line.plain.slice(run.from, run.to).map((word, at) => (isSign(line, run.from + at) ? "" : compacted(word.text)));
  for (let from = run.from; from < run.to; from++) {
    const codes: string[] = [];
    for (let to = from; to < Math.min(run.to, from + MOST_WORDS); to++) codes.push((codes.at(-1) ?? "") + (words[to - run.from] ?? ""));
    for (let to = from + codes.length; to > from; to--) {
      const code = codes[to - from - 1] ?? "";
      if (!isCode(code)) continue;
      found.push({ value: normal(code), from, to });
      from = to - 1;
      break;
    }
  }
  return found;
}

/** Neighbouring words that can be parts of one code: digits, single letters, short capitals or unknown short words before digits. */
function runsOf(line: Line): { from: number; to: number }[] {
  const runs: { from: number; to: number }[] = [];
  if (!/\d/.test(line.line)) return runs; // most sentences
  line.plain.forEach((_word, at) => {
    if (!isPart(line, at)) return;
    const last = runs.at(-1);
    if (last !== undefined && last.to === at && touches(line, at)) last.to = at + 1;
    else runs.push({ from: at, to: at + 1 });
  });
  return runs.filter((run) => /\d/.test(compact(line, run.from, run.to)));
}

/** "W C, then a dash, eight one": the sign, and the small words that lead to it. */
function isSign(line: Line, at: number): boolean {
  let to = at;
  while (to - at < MOST_LEADING && LEADS_TO_SIGN.has(line.plain[to]?.text ?? "")) to++;
  return SPOKEN_SIGNS.has(line.plain[to]?.text ?? "");
}

function isPart(line: Line, at: number): boolean {
  const { text, from } = line.plain[at] ?? { text: "", from: 0 };
  if (isSign(line, at)) return at > 0 && (isPart(line, at - 1) || isSign(line, at - 1)) && at + 1 < line.plain.length;
  if (/\d/.test(text)) return !/^[£$€¥]|%$|^\d+(?:st|nd|rd|th)$/.test(text);
  if (/^[a-z]$/.test(text)) return !(text === "i" || text === "a") || /\d|^[a-z]$/.test(line.plain[at + 1]?.text ?? "");
  if (!/^[a-z]{2,5}$/.test(text)) return false;
  const written = line.tokens[from]?.text ?? "";
  const next = line.plain[at + 1]?.text ?? "";
  if (written.length > 1 && /^\p{Lu}+$/u.test(written) && /^[a-z]{2,5}$/.test(next) && isJoined(line, at + 1) && isPart(line, at + 1)) return true; // CM-AUG-3315
  const leads = /\d/.test(next) || /^[a-z]$/.test(next) || (isSign(line, at + 1) && written === written.toUpperCase());
  return leads && !BEFORE_CODE.has(text) && (written === written.toUpperCase() || (!isFunctionWord(text) && text.length <= 4));
}

/** Nothing but a dash or a slash between a word and the one before it. */
function isJoined(line: Line, at: number): boolean {
  return /^[-/_]$/.test(line.text.slice(line.tokens[(line.plain[at - 1]?.to ?? 1) - 1]?.end ?? 0, line.tokens[line.plain[at]?.from ?? 0]?.start ?? 0));
}

/** No comma, full stop or bracket between a word and the one before it, except within spelled codes. */
function touches(line: Line, at: number): boolean {
  const before = line.tokens[(line.plain[at - 1]?.to ?? 1) - 1]?.end ?? 0;
  const start = line.tokens[line.plain[at]?.from ?? 0]?.start ?? 0;
  const between = line.text.slice(before, start);
  const isNumbers = /^\d{4,}$/.test(line.plain[at - 1]?.text ?? "") && /^\d+$/.test(line.plain[at]?.text ?? ""); // "four seven eight one, forty two boxes"
  if (isSign(line, at) || isSign(line, at - 1)) return /^[\s,/_-]*$/.test(between);
  return /^[\s/_-]*$/.test(between) || (!isNumbers && /^[\s,.-]*$/.test(between) && ((line.plain[at]?.text.length ?? 0) <= 4 || /^[a-z]$/.test(line.plain[at - 1]?.text ?? "")) && (line.plain[at - 1]?.text.length ?? 0) <= 4);
}

function compact(line: Line, from: number, to: number): string {
  return compacted(line.plain.slice(from, to).map((word) => (SPOKEN_SIGNS.has(word.text) ? "" : word.text)).join(""));
}

function compacted(text: string): string {
  return text.replace(/[^\p{L}\p{N}]/gu, "").toUpperCase();
}

/** Length of an IBAN by country (ISO 13616 register): a sum that fits by chance must also be as long as one. */
const IBAN_LENGTHS: Readonly<Record<string, number>> = {
  AD: 24, AE: 23, AL: 28, AT: 20, AZ: 28, BA: 20, BE: 16, BG: 22, BH: 22, BR: 29, CH: 21, CR: 22, CY: 28, CZ: 24, DE: 22, DK: 18, DO: 28, EE: 20, EG: 29, ES: 24, FI: 18, FO: 18, FR: 27, GB: 22, GE: 22, GI: 23, GL: 18, GR: 27, GT: 28,
  HR: 21, HU: 28, IE: 22, IL: 23, IQ: 23, IS: 26, IT: 27, JO: 30, KW: 30, KZ: 20, LB: 28, LI: 21, LT: 20, LU: 20, LV: 21, LY: 25, MC: 27, MD: 24, ME: 22, MK: 19, MR: 27, MT: 31, MU: 30, NL: 18, NO: 15, PK: 24, PL: 28, PS: 29, PT: 25, QA: 29,
  RO: 24, RS: 22, SA: 24, SE: 24, SI: 19, SK: 24, SM: 27, TN: 24, TR: 26, UA: 29, VG: 24, XK: 20,
};

/** @returns true for an IBAN in capitals without spaces: known country, its length, and the sum of ISO 7064 (mod 97 is 1) */
export function isIban(code: string): boolean {
  if (!/^[A-Z]{2}\d{2}[A-Z0-9]+$/.test(code) || IBAN_LENGTHS[code.slice(0, 2)] !== code.length) return false;
  const digits = (code.slice(4) + code.slice(0, 4)).replace(/[A-Z]/g, (letter) => String(letter.charCodeAt(0) - 55));
  return [...digits].reduce((rest, digit) => (rest * 10 + Number(digit)) % 97, 0) === 1;
}

/** The sum is so telling that any stretch of words may be one. */
export const readIbans: ValueReader = (line) => (!/\d/.test(line.line) ? [] : apart(longest(line, { from: 0, to: line.plain.length }, isIban)));

const POSTCODES: Readonly<Record<string, RegExp>> = {
  GB: /^[A-Z]{1,2}\d[A-Z\d]?\d[A-Z]{2}$/, IE: /^[AC-FHKNPRTV-Y]\d[\dW][\dA-Z]{4}$/, US: /^\d{5}(?:\d{4})?$/, CA: /^[ABCEGHJ-NPRSTVXY]\d[A-Z]\d[A-Z]\d$/, NL: /^[1-9]\d{3}[A-Z]{2}$/, AU: /^\d{4}$/, NZ: /^\d{4}$/, AT: /^[1-9]\d{3}$/, CH: /^[1-9]\d{3}$/, BE: /^[1-9]\d{3}$/, DK: /^\d{4}$/, NO: /^\d{4}$/,
  PT: /^\d{4}(?:\d{3})?$/, SE: /^\d{5}$/, PL: /^\d{5}$/, DE: /^\d{5}$/, FR: /^\d{5}$/, ES: /^\d{5}$/, IT: /^\d{5}$/, FI: /^\d{5}$/, CZ: /^\d{5}$/, SG: /^\d{6}$/, NG: /^\d{6}$/, ZA: /^\d{4}$/, IN: /^[1-9]\d{5}$/,
};

/** Of the site's country; anywhere else four to eight letters and digits with at least one digit. */
export const readPostcodes: ValueReader = (line, slot, { country }) => {
  const pattern = slot.pattern === undefined ? (POSTCODES[country] ?? /^(?=.*\d)[A-Z0-9]{4,8}$/) : new RegExp(`^(?:${slot.pattern})$`, "u");
  const spaced = (code: string): string => (country === "GB" || country === "IE" || country === "CA" ? `${code.slice(0, country === "IE" || country === "CA" ? 3 : -3)} ${code.slice(country === "IE" || country === "CA" ? 3 : -3)}` : country === "NL" ? `${code.slice(0, 4)} ${code.slice(4)}` : code);
  return apart(longest(line, { from: 0, to: line.plain.length }, (code) => code.length <= 9 && pattern.test(code), spaced));
};
