// Who writes to whom in a mail: agent or customer, and how surely. Pure.
import { normaliseEmail, type CustomerClaim, type InboundMessage, type Speaker } from "../../domain/index.ts";
import type { Mail, MailAddress } from "./mail-shape.ts";

/** Which addresses are the site's own. */
export interface OwnAddresses {
  addresses: readonly string[];
  /** with everything below them */
  domains: readonly string[];
  /** web forms and ticket systems that write for a customer */
  relays: readonly string[];
}

export interface Parties {
  speaker: Extract<Speaker, "agent" | "customer" | "unknown">;
  customer: CustomerClaim;
  agent?: NonNullable<InboundMessage["agent"]>;
}

/** @returns a question: is this address ours? */
export function ownership(own: OwnAddresses): (address: string) => boolean {
  const addresses = new Set(own.addresses.map((one) => one.toLowerCase()));
  const domains = own.domains.map((one) => one.toLowerCase());
  return (address) => {
    const domain = address.toLowerCase().split("@").at(-1) ?? "";
    return addresses.has(address.toLowerCase()) || domains.some((one) => domain === one || domain.endsWith(`.${one}`));
  };
}

/**
 * From one of ours: an agent writes, and the customer is the first recipient who is not ours. Otherwise the customer writes. Reply-To counts only where
 * From is ours or a relay (a web form): anywhere else it is where answers go, which need not be who asks.
 * @param isBelieved false when From may be forged: addresses are then only claims, which join nobody
 * @returns undefined when nobody outside takes part
 */
export function partiesOf(mail: Mail, folder: "inbox" | "sent", own: OwnAddresses, isBelieved: boolean): Parties | undefined {
  const isOwn = ownership(own);
  const writer = mail.from[0];
  const relays = new Set(own.relays.map((one) => one.toLowerCase()));
  const isForeign = (one: MailAddress): boolean => normaliseEmail(one.address) !== undefined && !isOwn(one.address) && !relays.has(one.address);
  const isRelay = writer !== undefined && relays.has(writer.address);
  if (folder === "inbox" && writer !== undefined && (isRelay || isOwn(writer.address))) {
    const behind = mail.replyTo.find(isForeign);
    if (behind !== undefined) return { speaker: "customer", customer: claimOf(behind, isBelieved) };
    if (isRelay) return { speaker: "customer", customer: { identities: [] } };
  }
  if (folder === "sent" || (writer !== undefined && isOwn(writer.address))) {
    const other = [...mail.to, ...mail.cc, ...mail.bcc].find((one) => isForeign(one) && one.address !== writer?.address);
    if (other === undefined) return undefined;
    const isSure = folder === "sent" || isBelieved; // only we can write into our own folder of what was sent
    return { speaker: isSure ? "agent" : "unknown", customer: claimOf(other, isSure), ...(writer === undefined ? {} : { agent: { id: writer.address, ...(writer.name === "" ? {} : { name: writer.name }) } }) };
  }
  return { speaker: "customer", customer: writer === undefined ? { identities: [] } : claimOf(writer, isBelieved) };
}

function claimOf({ address, name }: MailAddress, isBelieved: boolean): CustomerClaim {
  const email = normaliseEmail(address);
  const identities = email === undefined ? [] : [{ kind: "email" as const, value: email }];
  return { identities: isBelieved ? identities : [], ...(isBelieved || identities.length === 0 ? {} : { claimed: identities }), ...(name === "" || name.toLowerCase() === address ? {} : { name }) };
}
