// What the digits are said to be: "the long number", "security code", "phone number". Pure.
import type { Token } from "./tokens.ts";

/**
 * `card_number` somebody asks for or names a card number · `card_part` the same of a part of it or of its digits · `card` a card is mentioned · `code` its security code ·
 * `expiry` its dates · `other` a number of another kind, so digits that follow are not a card's.
 */
export type LabelKind = "card_number" | "card_part" | "card" | "code" | "expiry" | "other";

export interface Label {
  kind: LabelKind;
  turn: number;
  /** place in the turn's text, `to` exclusive */
  from: number;
  to: number;
}

/** Phrases; `~` stands for up to five tokens, `#` for one token of digits or a number word. */
const PHRASES: Readonly<Record<LabelKind, string>> = {
  card_number:
    "card number|card numbers|card no|long number|long card|card details|card information|details ~ card|number ~ card|numbers ~ card|number ~ front|numbers ~ front",
  card_part:
    "card digits|sixteen digit|sixteen digits|16 digit|16 digits|fifteen digit|fifteen digits|15 digit|15 digits|digits ~ card|across the front|" +
    "across the middle|front of the card|front of your card|read ~ card",
  card: "card|cards|visa|mastercard|amex|american express|maestro|diners|unionpay|rupay",
  code:
    "security code|security codes|security number|security digits|security numbers|cvv|cvc|cvv2|cvc2|cv2|csc|c v v|c v c|c v 2|c v two|cv two|c s c|see vv|" +
    "verification code|verification number|verification value|verification digits|digits ~ back|number ~ back|numbers ~ back|code ~ back|on the back|digit code|digits ~ signature|" +
    "digits ~ strip|signature strip|digits ~ front|code ~ front|code ~ card|pin number|pin code|pin",
  expiry: "exp|expiry|expires|expire|expiring|expiration|expired|valid until|valid thru|valid through|valid from|valid to|start date|end date|issue number",
  other:
    "phone number|telephone number|mobile number|cell number|contact number|best number|home number|work number|fax number|number to call|number ~ call|" +
    "number ~ reach|callback number|order number|orders number|account number|customer number|client number|policy number|booking number|claim number|" +
    "reference number|ref number|booking reference|reference|confirmation number|confirmation code|authorisation code|authorization code|tracking number|" +
    "tracking|ticket number|invoice number|contract number|serial number|membership number|member number|case number|job number|house number|" +
    "passport number|licence number|license number|registration number|meter number|meter reading|imei|iban|postcode|post code|zip code|zip|" +
    "date of birth|birth|sort code|extension|insurance number|security questions|transaction number|transaction id|order id|product code|promo code|discount code|voucher",
};

const FURTHER = 5;
const BY_FIRST_WORD = index();

/** @param tokens of one turn @returns labels in the order of the text; where several kinds begin at one token, all of them */
export function findLabels(tokens: readonly Token[]): Label[] {
  const labels: Label[] = [];
  tokens.forEach((token, i) => {
    const phrases = BY_FIRST_WORD.get(token.text);
    if (phrases === undefined) return;
    const seen = new Set<LabelKind>();
    for (const { kind, rest } of phrases) {
      const last = seen.has(kind) ? undefined : matchEnd(tokens, i, rest);
      if (last === undefined) continue;
      seen.add(kind);
      labels.push({ kind, turn: token.turn, from: token.from, to: tokens[last]?.to ?? token.to });
    }
  });
  return labels;
}

/** @returns index of the token at which the phrase ends, or undefined */
function matchEnd(tokens: readonly Token[], first: number, rest: readonly string[]): number | undefined {
  let at = first;
  let isOpen = false;
  for (const word of rest) {
    if (word === "~") {
      isOpen = true;
      continue;
    }
    const reach = isOpen ? FURTHER + 1 : 1;
    let next = at + 1;
    while (next <= at + reach && tokens[next] !== undefined && tokens[next]?.text !== word) next++;
    if (next > at + reach || tokens[next] === undefined) return undefined;
    at = next;
    isOpen = false;
  }
  return at;
}

function index(): ReadonlyMap<string, { kind: LabelKind; rest: string[] }[]> {
  const byFirst = new Map<string, { kind: LabelKind; rest: string[] }[]>();
  for (const [kind, phrases] of Object.entries(PHRASES) as [LabelKind, string][]) {
    for (const phrase of phrases.split("|")) {
      const [first = "", ...rest] = phrase.split(" ");
      byFirst.set(first, [...(byFirst.get(first) ?? []), { kind, rest }]);
    }
  }
  return byFirst;
}
