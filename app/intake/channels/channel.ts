// What every adapter of a channel gets besides the request, and how it says whom a message is from. Pure.
import { surestFirst, type CustomerClaim, type Identity } from "../../domain/index.ts";

export interface ChannelContext {
  /** name of the front: ids of its messages and visitors belong to it */
  source: string;
  /** channel of everything from here, as configured */
  channel?: string;
  /** what the front knows of its contacts joins customers; else it only suggests */
  trustsContacts: boolean;
  /** ISO 3166, for telephone numbers without a country */
  country: string;
  /** IANA name, for times without a zone */
  timeZone: string;
  nowMs: number;
}

/** @param said every address that the front names, with whether it is proven or only typed by a visitor */
export function claimOf(said: readonly { identity: Identity | undefined; isProven: boolean }[], name: string | undefined): CustomerClaim {
  const claimed = surestFirst(said.map((one) => (one.isProven ? undefined : one.identity)));
  return { identities: surestFirst(said.map((one) => (one.isProven ? one.identity : undefined))), ...(claimed.length === 0 ? {} : { claimed }), ...(name === undefined ? {} : { name }) };
}

/** @returns an identity of this kind, when there is a value */
export function identityOf(kind: Identity["kind"], value: string | undefined): Identity | undefined {
  return value === undefined ? undefined : { kind, value };
}
