// What the web server needs from the rest of the house.
import type { CallNotification } from "../domain/index.ts";
import type { SourceConfig } from "../platform/index.ts";
import type { Appliance, StagedFile, WebhookProof } from "../pipeline/index.ts";

/** The appliance. `discard` removes a staged file whose request is refused after all; without it the file stays until the vault is swept. */
export type HttpAppliance = Appliance & { discard?(file: StagedFile): Promise<void> };

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
