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

/** Whom a message is from or for. Empty identities: a stranger who hides; the message then belongs to no customer. */
export interface CustomerClaim {
  /** addresses that the front has proof of (it delivered there, or a system of record says so); said together they are one person */
  identities: readonly Identity[];
  /** what a visitor typed about himself: never joins anybody, only suggests */
  claimed?: readonly Identity[];
  name?: string;
  /** whether a system of record (the CRM) says so; its name then beats what people call themselves */
  isFromCrm?: boolean;
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

/**
 * A number at which somebody wants to be rung: it need not be given out yet, as it need not be for an identity.
 * @param isMeant the number was asked for, or is written as one: then its length is enough
 * @returns E.164; undefined when nobody could dial it
 */
export function diallablePhone(written: string, country: string, isMeant: boolean): string | undefined {
  const known = normalisePhone(written, country);
  if (known !== undefined || !isMeant) return known;
  const parsed = parsePhoneNumberFromString(written, country as CountryCode);
  return parsed?.isPossible() === true && parsed.nationalNumber.length >= 9 ? parsed.number : undefined;
}

/** @returns ISO 3166 code of the country that a number belongs to; undefined for numbers of no country (+800 …) */
export function countryOfPhone(e164: string): string | undefined {
  return parsePhoneNumberFromString(e164)?.country;
}

/** @returns a telephone number in the groups of its country, `+44 20 7946 0018`; anything else as it is */
export function groupedPhone(text: string): string {
  if (!/^\+\d{5,15}$/.test(text)) return text;
  const grouped = parsePhoneNumberFromString(text)?.formatInternational();
  // digits that no number of that country has are left out: such a one is shown as it came
  return grouped !== undefined && `+${grouped.replace(/\D/g, "")}` === text ? grouped : text;
}

/** @returns e-mail address in lower case, or undefined when it is none */
export function normaliseEmail(written: string | undefined): string | undefined {
  const bare = (written ?? "").trim().toLowerCase();
  return /^[^\s@<>"]{1,64}@[^\s@<>"]{1,190}$/.test(bare) ? bare : undefined;
}

/** `Keller, María  Anna` and `maria anna keller` are one name. */
export function plainName(name: string): string {
  return name.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().match(/[\p{L}\p{N}]+/gu)?.sort().join(" ") ?? "";
}

/** @returns the customer's number in a system of record: 1–200 printable characters; undefined for templates that were never filled in */
export function normaliseCrmId(written: string | undefined): string | undefined {
  return printable(written, 200);
}

/** @returns WhatsApp's name for a number: its digits with the country, e.g. `31612345678`; undefined when it is none */
export function normaliseWaId(written: string | undefined): string | undefined {
  const digits = (written ?? "").trim().replace(/^\+/, "");
  return /^[1-9]\d{6,14}$/.test(digits) ? digits : undefined;
}

/**
 * WhatsApp ids that are not the number as it is dialled today. Mexico gave up the 1 after 52 in 2019 and Brazil put a 9 before mobile numbers by
 * 2016; older accounts keep the id they had. Argentina's 9 after 54 belongs to the number (E.164 of a mobile line), so it stays.
 */
const RENUMBERED: readonly [RegExp, string][] = [[/^521(\d{10})$/, "52$1"], [/^(55\d{2})([6-9]\d{7})$/, "$19$2"]];

/** @returns the telephone number behind a WhatsApp id, E.164; undefined when no such number can exist (a test number, for instance) */
export function phoneOfWaId(waId: string): string | undefined {
  const [pattern, today] = RENUMBERED.find(([old]) => old.test(waId)) ?? [];
  return normalisePhone(`+${pattern === undefined || today === undefined ? waId : waId.replace(pattern, today)}`, "US");
}

/**
 * WhatsApp's name for a user within one business: `US.13491208655302741918`, with `ENT.` after the country the one of a whole group of firms.
 * It is there also when the user hides the number behind a user name.
 */
export function normaliseBsuid(written: string | undefined): string | undefined {
  const bare = (written ?? "").trim();
  return /^[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}$/.test(bare) ? bare : undefined;
}

/**
 * A visitor's id at one front. Two fronts number their visitors alike, so the front's name is part of the value: `source:id`.
 * @param source name of a front, without a colon
 */
export function chatIdentity(source: string, written: string | undefined): Identity | undefined {
  const id = printable(written, 200);
  return id === undefined ? undefined : { kind: "chat_id", value: `${source}:${id}` };
}

/** @returns each address once, surest kind first; the order within a kind stays */
export function surestFirst(identities: readonly (Identity | undefined)[]): Identity[] {
  const once = new Map(identities.flatMap((one) => (one === undefined ? [] : [[`${one.kind} ${one.value}`, one] as const])));
  return [...once.values()].sort((a, b) => IDENTITY_KINDS.indexOf(a.kind) - IDENTITY_KINDS.indexOf(b.kind));
}

/** Trimmed text without control characters that names somebody; too long an id is none, for a part of it could be somebody else's. */
function printable(written: string | undefined, maxLength: number): string | undefined {
  const bare = (written ?? "").trim();
  // eslint-disable-next-line no-control-regex
  return NOBODY.test(bare) || bare.length > maxLength || /[\u0000-\u001f\u007f-\u009f]|\p{Surrogate}/u.test(bare) ? undefined : bare;
}

/**
 * The addresses of the customer of a call, surest first: what the source says of the customer, else the outside party by direction.
 * Empty when the caller hides: such a call belongs to no customer.
 */
export function customerIdentities(facts: CallFacts, country: string): Identity[] {
  const found: Identity[] = [];
  const crmId = normaliseCrmId(facts.customerCrmId);
  if (crmId !== undefined) found.push({ kind: "crm_id", value: crmId });
  const phone = normalisePhone(facts.customerPhone, country) ?? outsideNumber(facts, country);
  if (phone !== undefined) found.push({ kind: "e164", value: phone });
  const email = normaliseEmail(facts.customerEmail);
  if (email !== undefined) found.push({ kind: "email", value: email });
  return found;
}

/** Whom a call is with: its addresses are known from the telephone system or the CRM, so said together they are one person. */
export function claimOfCall(facts: CallFacts, country: string): CustomerClaim {
  return {
    identities: customerIdentities(facts, country),
    ...(facts.customerName === undefined ? {} : { name: facts.customerName }),
    isFromCrm: facts.customerCrmId !== undefined,
  };
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
