// The intake of webhooks as the web server sees it: first the proof over the raw bytes, then the meaning.
import type { CallNotification } from "../domain/index.ts";
import type { SourceConfig } from "../platform/index.ts";
import { verifyRequest } from "./authenticate.ts";
import type { NameTemplates } from "./name-templates.ts";
import { parseNotification } from "./sources/index.ts";

/** One request as it came. Header names are in lower case. */
export interface RawWebhook {
  headers: Record<string, string | string[] | undefined>;
  rawBody: Buffer;
  query: Record<string, unknown>;
  remoteIp: string;
  /** our public address with the path and query of the request */
  address: string;
  nowMs: number;
}

export interface WebhookDoor {
  /** @throws AppError UNAUTHENTICATED, SIGNATURE_INVALID, SIGNATURE_EXPIRED */
  verify(source: SourceConfig, webhook: RawWebhook): { replayKey?: string; contentDigest: string };
  /** @throws AppError REQUEST_MALFORMED, REQUEST_INVALID with `details.problems` */
  parse(source: SourceConfig, webhook: RawWebhook): CallNotification[];
}

/** @param timeZone IANA name of the site's time zone, for local times */
export function createWebhookDoor({ timeZone, templates }: { timeZone: string; templates: NameTemplates }): WebhookDoor {
  return {
    verify: (source, { headers, rawBody, remoteIp, address, nowMs }) => verifyRequest({ auth: source.auth, allowIps: source.allow_ips, headers, rawBody, remoteIp, address, nowMs }),
    parse: (source, { headers, rawBody, query, nowMs }) => {
      const contentType = headers["content-type"];
      const texts = Object.fromEntries(Object.entries(query).filter((entry): entry is [string, string] => typeof entry[1] === "string"));
      const request = { body: rawBody, contentType: Array.isArray(contentType) ? contentType[0] : contentType, query: texts };
      return parseNotification(source.adapter, request, { source, timeZone, nowMs, templates });
    },
  };
}
