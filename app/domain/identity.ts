// Who is on the other end: telephone numbers in one form, and the anonymous kept anonymous. Pure.
import { parsePhoneNumberFromString, type CountryCode } from "libphonenumber-js/max";
import type { CallFacts } from "./notification.ts";

/** Surest first: what a system of record says, then what a channel delivers to, then what is written. */
export const IDENTITY_KINDS = ["crm_id", "e164", "wa_bsuid", "wa_id", "email", "chat_id", "extension"] as const;
export type IdentityKind = (typeof IDENTITY_KINDS)[number];

/** One address of a customer; `value` is normalised, equal values mean the same customer. */
export interface Identity {
  kind: IdentityKind;
  value: string;
}

/** What telephone systems send when the caller hides the number, and templates that were never filled in. */
const NOBODY = /^(anonymous|unknown|unavailable|private|restricted|withheld|blocked|asserted|none|null|undefined|n\/a|-+|0+|\[[^\]]*\]|<unknown>)?$/i;

/**
 * @param written number as the telephone system wrote it; `sip:`/`tel:` and host parts are cut
 * @param country ISO 3166 code for numbers without a country
 * @returns E.164, e.g. `+31612345678`; undefined for withheld numbers, extensions and everything that cannot be a public number
 */
export function normalisePhone(written: string | undefined, country: string): string | undefined {
  const bare = (written ?? "").trim().replace(/^(sips?|tel):/i, "").replace(/[@;].*$/, "");
  if (NOBODY.test(bare) || bare.length > 40) return undefined;
  const international = /^00[1-9]/.test(bare) ? `+${bare.slice(2)}` : bare;
  const parsed = parsePhoneNumberFromString(international, country as CountryCode);
  return parsed?.isValid() === true ? parsed.number : undefined;
}

/** @returns ISO 3166 code of the country that a number belongs to; undefined for numbers of no country (+800 …) */
export function countryOfPhone(e164: string): string | undefined {
  return parsePhoneNumberFromString(e164)?.country;
}

/** @returns e-mail address in lower case, or undefined when it is none */
export function normaliseEmail(written: string | undefined): string | undefined {
  const bare = (written ?? "").trim().toLowerCase();
  return /^[^\s@<>"]{1,64}@[^\s@<>"]{1,190}$/.test(bare) ? bare : undefined;
}

/**
 * The addresses of the customer of a call, surest first: what the source says of the customer, else the outside party by direction.
 * Empty when the caller hides: such a call belongs to no customer.
 */
export function customerIdentities(facts: CallFacts, country: string): Identity[] {
  const found: Identity[] = [];
  if (facts.customerCrmId !== undefined && !NOBODY.test(facts.customerCrmId)) found.push({ kind: "crm_id", value: facts.customerCrmId });
  const phone = normalisePhone(facts.customerPhone, country) ?? outsideNumber(facts, country);
  if (phone !== undefined) found.push({ kind: "e164", value: phone });
  const email = normaliseEmail(facts.customerEmail);
  if (email !== undefined) found.push({ kind: "email", value: email });
  return found;
}

/** Inbound: the caller. Outbound: the called. Otherwise the only one of the two that is a public number. */
function outsideNumber(facts: CallFacts, country: string): string | undefined {
  const from = normalisePhone(facts.from, country);
  const to = normalisePhone(facts.to, country);
  if (facts.direction === "inbound") return from;
  if (facts.direction === "outbound") return to;
  if (facts.direction === "internal") return undefined;
  return from !== undefined && to !== undefined ? undefined : (from ?? to);
}
