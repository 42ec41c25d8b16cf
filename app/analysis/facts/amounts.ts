// Sums of money in a line whose numbers are digits: "45 pounds 50", "£45.50", "20 euros and 5 cents" → "45.50 GBP". Pure.
import type { Found } from "./found.ts";

const CURRENCIES: Readonly<Record<string, string>> = {
  pound: "GBP", pounds: "GBP", quid: "GBP", sterling: "GBP", gbp: "GBP", "£": "GBP",
  // a site with other dollars can rename them in its CRM; speech does not say which
  dollar: "USD", dollars: "USD", bucks: "USD", usd: "USD", $: "USD",
  euro: "EUR", euros: "EUR", eur: "EUR", "€": "EUR",
  rupees: "INR", rupee: "INR", francs: "CHF", yen: "JPY", "¥": "JPY", kroner: "NOK", kronor: "SEK", zloty: "PLN",
};
const NAMES = "pounds?|quid|sterling|gbp|dollars?|bucks|usd|euros?|eur|rupees?|francs|yen|kroner|kronor|zloty";
const WITH_NAME = new RegExp(`(?<![\\d.,])\\b(\\d{1,3}(?:,\\d{3})+(?:\\.\\d{1,2})?|\\d{1,3}(?:\\.\\d{3})+(?:,\\d{1,2})?|\\d{1,9}(?:[.,]\\d{1,2})?) (${NAMES})\\b(?:(?: and)? (\\d{1,2}) (?:pence|p|cents?)\\b| (\\d{2})(?= (?:and|on|for|from|in|to|a|per|please|was|is|back|extra|today)\\b|$))?`, "g");
const WITH_SYMBOL = /([£$€¥])(\d{1,3}(?:,\d{3})+(?:\.\d{1,2})?|\d{1,9}(?:\.\d{1,2})?)/g;
const SMALL_COINS = /\b(\d{1,2}) (pence|cents?)\b/g;

/** @returns amounts with value `"<major>.<two digits> <ISO 4217>"` */
export function findAmounts(line: string): Found[] {
  const found: Found[] = [];
  const add = (match: RegExpExecArray, amount: number, currency: string): void => {
    if (Number.isFinite(amount) && !found.some((other) => match.index < other.end && match.index + match[0].length > other.start)) {
      found.push({ kind: "amount", value: `${amount.toFixed(2)} ${currency}`, start: match.index, end: match.index + match[0].length });
    }
  };
  for (const match of line.matchAll(WITH_NAME)) add(match, readAmount(match[1]) + Number(match[3] ?? match[4] ?? 0) / 100, CURRENCIES[match[2] ?? ""] ?? "USD");
  for (const match of line.matchAll(WITH_SYMBOL)) add(match, readAmount(match[2]), CURRENCIES[match[1] ?? ""] ?? "USD");
  for (const match of line.matchAll(SMALL_COINS)) add(match, Number(match[1]) / 100, match[2] === "pence" ? "GBP" : "USD");
  return found.sort((a, b) => a.start - b.start);
}

/** "1,200.50", "1.200,50" and "45,50": before three digits comma and dot group, before two the last is the decimal sign. */
function readAmount(text = ""): number {
  if (/\.\d{3}(?:,|$)/.test(text)) return Number(text.replaceAll(".", "").replace(",", "."));
  return Number(/,\d{1,2}$/.test(text) ? text.replace(",", ".") : text.replaceAll(",", ""));
}
