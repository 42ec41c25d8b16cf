// May this be done with this customer's words and sound? Statements first, newest wins; the site's policy where nobody said anything. Pure.
import { createHash } from "node:crypto";
import { ANY_CHANNEL, type ConsentPurpose, type ConsentRecord, type ConsentState } from "../domain/index.ts";

/** What follows where nobody said anything: `hold` waits for a statement, `deny` does not do it. */
export type ConsentEffect = "allow" | "hold" | "deny";

/** The site's own rules. There is no built-in list of countries: what the law wants of a site depends on more than a telephone number. */
export interface ConsentPolicy {
  default: Readonly<Record<ConsentPurpose, ConsentEffect>>;
  /** ISO 3166 code → what is different there */
  countries: Readonly<Record<string, Readonly<Partial<Record<ConsentPurpose, ConsentEffect | undefined>>>>>;
}

export interface ConsentQuestion {
  channel: string;
  purpose: ConsentPurpose;
  /** of the customer, ISO 3166 */
  country: string;
  /** statements after this moment are not known yet */
  atMs: number;
  /** the call that it is about */
  sessionId?: string;
}

/** The parts of a record that decide. */
export type ConsentFact = Pick<ConsentRecord, "id" | "sessionId" | "channel" | "purpose" | "state" | "atMs" | "expiresAtMs">;

export interface ConsentDecision<F extends ConsentFact = ConsentFact> {
  allowed: boolean;
  state: ConsentState;
  /** the statement that decided, or the rule of the policy: `default` or a country */
  because: { record: F } | { rule: string; effect: ConsentEffect };
}

/**
 * The newest statement wins, in whatever order they came to us. At the same moment the named channel beats `any` (so that one request can say
 * "nothing but e-mail"), then a withdrawal beats a grant. What has expired, or was said after `atMs`, is as if it had never been said.
 * What was agreed to in another call does not open a call that was refused itself; a refusal in another call counts.
 * @param records in any order; those of other channels and purposes are ignored
 */
export function decideConsent<F extends ConsentFact>(records: readonly F[], question: ConsentQuestion, policy: ConsentPolicy): ConsentDecision<F> {
  const known = records.filter((one) => isAbout(one, question)).sort((a, b) => compare(b, a));
  const isRefusedItself = question.sessionId !== undefined && known.find((one) => one.sessionId === question.sessionId)?.state === "withdrawn";
  const deciding = known.find((one) => !(isRefusedItself && one.state === "granted" && one.sessionId !== null && one.sessionId !== question.sessionId));
  if (deciding !== undefined && deciding.state !== "unknown") return { allowed: deciding.state === "granted", state: deciding.state, because: { record: deciding } };
  const own = policy.countries[question.country]?.[question.purpose];
  const effect = own ?? policy.default[question.purpose];
  return { allowed: effect === "allow", state: "unknown", because: { rule: own === undefined ? "default" : question.country, effect } };
}

function isAbout(one: ConsentFact, { channel, purpose, atMs }: ConsentQuestion): boolean {
  return one.purpose === purpose && (one.channel === channel || one.channel === ANY_CHANNEL) && one.atMs <= atMs && (one.expiresAtMs === null || one.expiresAtMs > atMs);
}

const CAUTION: Record<ConsentState, number> = { granted: 0, unknown: 1, withdrawn: 2 };

/** Positive when `a` counts more than `b`; the id only makes equal statements come out in one order. */
function compare(a: ConsentFact, b: ConsentFact): number {
  const specific = Number(a.channel !== ANY_CHANNEL) - Number(b.channel !== ANY_CHANNEL);
  return a.atMs - b.atMs || specific || CAUTION[a.state] - CAUTION[b.state] || (a.id < b.id ? -1 : 1);
}

/** @returns a name that changes with the policy, so that every record says under which one it was made */
export function policyId(policy: ConsentPolicy): string {
  return `policy-${createHash("sha256").update(JSON.stringify([policy.default, policy.countries])).digest("hex").slice(0, 12)}`;
}
