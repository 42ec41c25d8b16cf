// What the web server needs from the rest of the house.
import type { CallNotification } from "../domain/index.ts";
import type { SourceConfig } from "../platform/index.ts";
import type { WebhookProof } from "../pipeline/index.ts";

/** One request of a telephone system, as it came. */
export interface RawWebhook {
  headers: Record<string, string | string[] | undefined>;
  rawBody: Buffer;
  /** query string as the router parsed it */
  query: Record<string, unknown>;
  remoteIp: string;
  nowMs: number;
}

/** The room `intake` as the webhook route sees it: first the proof, over the raw bytes; then the meaning. */
export interface IntakeDoor {
  /** @throws AppError UNAUTHENTICATED, SIGNATURE_INVALID, SIGNATURE_EXPIRED */
  verify(source: SourceConfig, webhook: RawWebhook): Partial<WebhookProof>;
  /** @throws AppError REQUEST_MALFORMED, REQUEST_INVALID with `problems` */
  parse(source: SourceConfig, webhook: RawWebhook): CallNotification[];
}

export interface HttpDeps {
  intake: IntakeDoor;
  /** version of the program, for `/openapi.json` */
  version: string;
}
