// What makes a row of digits a payment card number: the check digit, the length and the issuer. Pure.

/** Shortest and longest card number of ISO/IEC 7812 that is in use. */
export const CARD_MIN_DIGITS = 13;
export const CARD_MAX_DIGITS = 19;

/**
 * The Luhn check of ISO/IEC 7812-1 annex B: from the right, every second digit is doubled and its digits are summed.
 * @param digits ASCII digits only
 * @returns true when the sum is a multiple of ten; says nothing about the length
 */
export function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = digits.charCodeAt(digits.length - 1 - i) - 48;
    sum += i % 2 === 0 ? digit : doubled(digit);
  }
  return digits.length > 0 && sum % 10 === 0;
}

/** @returns what a doubled digit adds to the sum of Luhn: 0 2 4 6 8 1 3 5 7 9 */
export function doubled(digit: number): number {
  return digit < 5 ? digit * 2 : digit * 2 - 9;
}

/** Issuer prefixes and the lengths that they hand out: [from, to, lengths], compared on the first four digits. */
const ISSUERS: readonly (readonly [number, number, readonly number[]])[] = [
  [2200, 2204, [16, 17, 18, 19]], // Mir
  [2221, 2720, [16]], // Mastercard
  [3000, 3059, [14, 16]], // Diners
  [3095, 3095, [14, 16]],
  [3400, 3499, [15]], // American Express
  [3528, 3589, [16]], // JCB
  [3600, 3699, [14, 16]], // Diners
  [3700, 3799, [15]], // American Express
  [3800, 3999, [14, 16]], // Diners
  [4000, 4999, [16, 19]], // Visa; its 13-digit numbers are no longer handed out, and would mask telephone numbers
  [5000, 5099, [16, 19]], // Maestro, RuPay
  [5100, 5599, [16]], // Mastercard
  [5600, 5899, [16, 19]], // Maestro
  [6000, 6999, [16, 17, 18, 19]], // Discover, UnionPay, RuPay, Maestro
  [8100, 8299, [16]], // RuPay, UnionPay
  [9792, 9792, [16]], // Troy
];

/**
 * True when an issuer hands out numbers that begin like this and have this many digits. Needed besides Luhn wherever a number is looked
 * for inside a longer row of digits: there one row in ten passes Luhn by chance, for each place and length that is tried.
 * @param head at least the first four digits
 * @param length digits of the whole number
 */
export function hasCardShape(head: string, length: number): boolean {
  if (head.length < 4) return false;
  const prefix = Number(head.slice(0, 4));
  return ISSUERS.some(([from, to, lengths]) => prefix >= from && prefix <= to && lengths.includes(length));
}

/**
 * True for a shorter number said two or three times over ("0161 496 0123, that's 0161 496 0123"), unless all of it is a valid card number
 * (4242 4242 4242 4242 repeats too). Without this every fourth telephone number that is read back would look like a card somewhere inside.
 */
export function isSaidAgain(digits: string): boolean {
  if (digits.length <= CARD_MAX_DIGITS && passesLuhn(digits)) return false;
  for (const times of [2, 3]) {
    const length = digits.length / times;
    if (Number.isInteger(length) && length >= 7 && length <= 12 && digits.slice(0, length).repeat(times) === digits) return true;
  }
  return false;
}
