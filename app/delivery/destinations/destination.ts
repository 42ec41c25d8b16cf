// The seam for kinds of CRM: how a result is put to it, and what its answers mean.
import type { OutboxItem } from "../../domain/index.ts";

/** One configured receiver. */
export interface DestinationConfig {
  /** name in the outbox, e.g. `crm` */
  name: string;
  /** which file of this folder speaks to it */
  kind: string;
  url: string;
  /** signs every attempt when present */
  secret?: string;
  /** further headers, e.g. an API key; they cannot replace the ones that Earshot sets */
  headers?: Readonly<Record<string, string>>;
  timeoutMs: number;
  /** how people call the receiver, `The CRM` when absent */
  called?: string;
  /** where its settings are, `crm` when absent: sentences then name `crm.url` */
  settings?: string;
}

/** @returns a sentence about the CRM as one about this receiver: what it is called, and where its settings are */
export function inItsWords(sentence: string, { called, settings }: Pick<DestinationConfig, "called" | "settings">): string {
  const named = called === undefined ? sentence : sentence.replaceAll("The CRM", called).replaceAll("the CRM", called.charAt(0).toLowerCase() + called.slice(1));
  return settings === undefined ? named : named.replace(/\bcrm\.(url|secret|headers|kind)\b/g, `${settings} $1`);
}

/** One HTTP request, ready to send. Header names are in lower case. */
export interface DestinationRequest {
  method: "POST" | "PUT" | "PATCH";
  url: string;
  headers: Record<string, string>;
  body: string;
}

/** What an answer means. `advice` ends the sentence that a person reads, and holds nothing of the answer's body. */
export type Verdict =
  | { outcome: "delivered" }
  | { outcome: "retry"; advice: string; retryAfterMs?: number }
  | { outcome: "parked"; advice: string }
  | { outcome: "disabled"; advice: string };

/** A kind of CRM. Pure: sending is delivery.ts's work. */
export interface Destination {
  /** @param nowMs time of this attempt @throws AppError CONFIG_INVALID when the configuration cannot be used */
  toRequest(item: OutboxItem, config: DestinationConfig, nowMs: number): DestinationRequest;
  /** @param attempts attempts made before this one @param headers of the answer, names in lower case */
  readAnswer(status: number, headers: Readonly<Record<string, string>>, context: { attempts: number; nowMs: number }): Verdict;
}
