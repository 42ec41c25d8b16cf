// Any receiver of webhooks: one signed POST per result, judged by its status alone.
import { AppError, type OutboxItem } from "../../domain/index.ts";
import { readRetryAfter } from "../../platform/index.ts";
import { signStandardWebhook } from "../signature.ts";
import type { Destination, DestinationConfig, DestinationRequest, Verdict } from "./destination.ts";

/** RFC 9110 field names, and values of visible characters and blanks. */
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const HEADER_VALUE = /^[\x20-\x7e\t]*$/;
/** The receiver may still work on an earlier attempt; two and a half hours after the first one it does not. */
const CONFLICT_ATTEMPTS = 4;

export const generic: Destination = { toRequest, readAnswer };

function toRequest(item: OutboxItem, config: DestinationConfig, nowMs: number): DestinationRequest {
  const timestampS = Math.floor(nowMs / 1000);
  const { url, authorization } = withoutCredentials(config);
  return {
    method: "POST",
    url,
    headers: {
      ...authorization,
      ...checkedHeaders(config),
      "content-type": "application/json",
      "user-agent": "Earshot",
      // a structured-field string (draft-ietf-httpapi-idempotency-key-header): the same over all attempts
      "idempotency-key": `"${item.messageId.replace(/["\\]/g, "\\$&")}"`,
      "webhook-id": item.messageId,
      "webhook-timestamp": String(timestampS),
      ...(config.secret === undefined ? {} : { "webhook-signature": signStandardWebhook(config.secret, item.messageId, timestampS, item.body) }),
    },
    body: item.body,
  };
}

/** `https://user:password@host/` is sent as Basic authentication. */
function withoutCredentials(config: DestinationConfig): { url: string; authorization: Record<string, string> } {
  const url = new URL(config.url);
  if (url.username === "" && url.password === "") return { url: config.url, authorization: {} };
  const credentials = Buffer.from(`${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`).toString("base64");
  url.username = "";
  url.password = "";
  return { url: url.href, authorization: { authorization: `Basic ${credentials}` } };
}

/** Names in lower case, so that a header of ours takes the place of a configured one instead of standing beside it. */
function checkedHeaders(config: DestinationConfig): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(config.headers ?? {})) {
    if (!HEADER_NAME.test(name) || !HEADER_VALUE.test(value)) {
      throw new AppError("CONFIG_INVALID", `crm.headers has an entry that cannot be a header (${name.slice(0, 40)}); expected plain letters without line ends`);
    }
    headers[name.toLowerCase()] = value;
  }
  return headers;
}

/**
 * 2xx delivered · 410 the receiver wants nothing more · 408, 425, 429, 5xx again later · 409 again later, as an earlier attempt may still be
 * running, and parked when it stays so: "conflict" is no proof that the result arrived · 3xx and other 4xx parked for a person.
 */
function readAnswer(status: number, headers: Readonly<Record<string, string>>, { attempts, nowMs }: { attempts: number; nowMs: number }): Verdict {
  if (status >= 200 && status < 300) return { outcome: "delivered" };
  if (status === 410) return { outcome: "disabled", advice: "it wants no more results (410); when that was a mistake, mend the CRM and switch the delivery on again" };
  if (status >= 300 && status < 400) return { outcome: "parked", advice: `it points to another address (${status}), and redirects are not followed; write the final address into crm.url, then retry` };
  if (status === 409 && attempts >= CONFLICT_ATTEMPTS) return { outcome: "parked", advice: "it keeps reporting a conflict (409); look in the CRM whether the call is there, then retry or leave it" };
  if (status >= 500 || status === 408 || status === 409 || status === 425 || status === 429) {
    const retryAfterMs = readRetryAfter(headers["retry-after"], nowMs);
    return { outcome: "retry", advice: `it answered ${status}; it is tried again by itself`, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
  }
  return { outcome: "parked", advice: adviceFor(status) };
}

function adviceFor(status: number): string {
  if (status === 401 || status === 403) return `it does not accept our proof of identity (${status}); check crm.secret and crm.headers, then retry`;
  if (status === 404 || status === 405) return `nothing takes results at that address (${status}); check crm.url, then retry`;
  if (status === 413) return "the result is too large for it (413); raise the limit of the CRM or of the proxy before it, then retry";
  return `it refused the result (${status}); look at the log of the CRM, mend the cause, then retry`;
}
