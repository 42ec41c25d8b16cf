// Sums of money in a sentence, as "45.50 GBP". Pure.
import { findAmounts } from "../../facts/amounts.ts";
import { wordsAt } from "../message.ts";
import type { Reading, ValueReader } from "./value.ts";

/** What a sum is in where nobody names a currency, by country (ISO 3166 → ISO 4217). */
const CURRENCIES: Readonly<Record<string, string>> = {
  GB: "GBP", US: "USD", CA: "CAD", AU: "AUD", NZ: "NZD", IN: "INR", ZA: "ZAR", NG: "NGN", SG: "SGD", CH: "CHF", DK: "DKK", NO: "NOK", SE: "SEK", PL: "PLN", CZ: "CZK", JP: "JPY", BR: "BRL", MX: "MXN", KE: "KES", AE: "AED", HK: "HKD", PH: "PHP", MY: "MYR",
};
const SCALES: Readonly<Record<string, number>> = { k: 1e3, thousand: 1e3, grand: 1e3, lakh: 1e5, lakhs: 1e5, m: 1e6, million: 1e6, mio: 1e6, crore: 1e7, crores: 1e7 };
const NAMES = "(?: (pounds?|quid|gbp|dollars?|bucks|usd|euros?|eur|rupees?|rs|inr|francs|chf))?";
const NAMED: Readonly<Record<string, string>> = { p: "GBP", q: "GBP", g: "GBP", d: "USD", b: "USD", u: "USD", e: "EUR", r: "INR", i: "INR", f: "CHF", c: "CHF" };
const SCALED = new RegExp(`([£$€])?\\b(\\d{1,6}(?:[.,]\\d{1,3})?)( and a half)? ?(${Object.keys(SCALES).join("|")})\\b${NAMES}`, "g");
const BARE = /(?<![\d.,:])(\d{1,3}(?:[,.]\d{3})+|\d{3,9}(?:[.,]\d{1,2})?)(?![\d:%]|[.,]\d| (?:of|people|months?|weeks?|days?|years?|or|seats?|licen[cs]es?|units?|each|by|inch|to \d))\b/g;

/** A bare number counts when the amount was asked for or stands beside the slot's name: in the slot's currency, or that of the site's country. */
export const readAmounts: ValueReader = (line, slot, { country }, asked) => {
  const currency = slot.currency ?? CURRENCIES[country] ?? "EUR";
  const found: Reading[] = [...line.line.matchAll(SCALED)].flatMap((match): Reading[] => {
    const sum = (Number((match[2] ?? "").replace(/,(?=\d{3}$)/, "").replace(",", ".")) + (match[3] === undefined ? 0 : 0.5)) * (SCALES[match[4] ?? ""] ?? 1);
    const named = { "£": "GBP", $: "USD", "€": "EUR" }[match[1] ?? ""] ?? NAMED[match[5]?.[0] ?? ""];
    return named === undefined && !asked ? [] : [{ value: `${sum.toFixed(2)} ${named ?? currency}`, ...wordsAt(line, match.index, match.index + match[0].length) }];
  });
  const add = (one: Reading): void => void (found.some((other) => one.from < other.to && one.to > other.from) ? 0 : found.push(one));
  for (const { value, start, end } of findAmounts(line.line)) add({ value: value ?? "", ...wordsAt(line, start, end) });
  if (found.length === 0 && asked) for (const match of line.line.matchAll(BARE)) add({ value: `${Number((match[1] ?? "").replace(/[,.](?=\d{3})/g, "").replace(",", ".")).toFixed(2)} ${currency}`, ...wordsAt(line, match.index, match.index + match[0].length) });
  return found.sort((a, b) => a.from - b.from);
};
