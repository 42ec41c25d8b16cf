// Which customers may be one person, and why. A suggestion for people; nothing is joined by it. Pure.
import { plainName } from "../domain/index.ts";

/** A customer as far as likeness goes. */
export interface Likeness {
  id: string;
  /** every name anybody gave */
  names: readonly string[];
  /** `kind value` */
  identities: readonly string[];
  /** what visitors typed about themselves */
  claims: readonly string[];
}

export interface Duplicate {
  customer_id: string;
  /** 0…1, for the order only */
  score: number;
  /** in a sentence, without the address itself */
  reason: string;
}

interface Hint { score: number; reason: string }

/** A name alone is no reason: two people may be called so. */
const LEAST = 0.5;

/** @returns those of `others` that are likely the same person, surest first; equal addresses are no suggestion, they join at once */
export function suggestDuplicates(own: Likeness, others: readonly Likeness[]): Duplicate[] {
  return others
    .flatMap((other): Duplicate[] => {
      const proven = typed(own, other);
      const hints = [...(proven.length > 0 ? proven : alike(own, other)), ...sameName(own, other)];
      const score = 1 - hints.reduce((rest, one) => rest * (1 - one.score), 1);
      return score < LEAST ? [] : [{ customer_id: other.id, score: Math.round(score * 100) / 100, reason: hints.map((one) => one.reason).join("; ") }];
    })
    .sort((a, b) => b.score - a.score || (a.customer_id < b.customer_id ? -1 : 1));
}

/** One typed what the other has proof of, or both typed the same. */
function typed(own: Likeness, other: Likeness): Hint[] {
  const met = (claims: readonly string[], known: readonly string[]): string | undefined => claims.find((claim) => known.includes(claim));
  const proven = met(own.claims, other.identities) ?? met(other.claims, own.identities);
  if (proven !== undefined) return [{ score: 0.8, reason: `one gave the ${kindOf(proven)} that the other is known by` }];
  const both = met(own.claims, other.claims);
  return both === undefined ? [] : [{ score: 0.6, reason: `both gave the same ${kindOf(both)}` }];
}

/** Addresses that differ only in form: the same number under another channel or country, the same name at another mail provider. */
function alike(own: Likeness, other: Likeness): Hint[] {
  const forms = (one: Likeness): Map<string, string> => new Map([...one.identities, ...one.claims].flatMap((identity) => formsOf(identity).map((form): [string, string] => [form, kindOf(identity)])));
  const theirs = forms(other);
  const shared = [...forms(own)].find(([form]) => theirs.has(form));
  return shared === undefined ? [] : [{ score: 0.45, reason: `their ${shared[1]} differs only in form` }];
}

function sameName(own: Likeness, other: Likeness): Hint[] {
  const names = new Set(own.names.map(plainName).filter((name) => name.includes(" ")));
  return other.names.map(plainName).some((name) => names.has(name)) ? [{ score: 0.4, reason: "they have the same name" }] : [];
}

/** The last nine digits of a number; a mailbox name of at least six characters that is no role. */
function formsOf(identity: string): string[] {
  const value = identity.slice(identity.indexOf(" ") + 1);
  if (/^(e164|wa_id) /.test(identity)) return [`digits ${value.replace(/\D/g, "").slice(-9)}`];
  const box = identity.startsWith("email ") ? value.split("@")[0]?.replace(/\+.*$/, "").replace(/[._-]/g, "") : undefined;
  return box !== undefined && box.length >= 6 && !ROLES.has(box) ? [`box ${box}`] : [];
}

const ROLES = new Set(["support", "service", "contact", "kontakt", "billing", "office", "accounts", "webmaster", "postmaster", "noreply", "donotreply", "customerservice"]);

const KINDS: Readonly<Record<string, string>> = { e164: "telephone number", wa_id: "WhatsApp number", wa_bsuid: "WhatsApp account", email: "e-mail address", chat_id: "chat account", crm_id: "CRM record", extension: "extension" };

function kindOf(identity: string): string {
  return KINDS[identity.slice(0, identity.indexOf(" "))] ?? "address";
}
