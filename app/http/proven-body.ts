// What all webhooks share: known sender → whole body → proof, and what becomes of a sender that is refused.
import { AppError } from "../domain/index.ts";
import type { RawWebhook, Verified } from "../intake/index.ts";
import type { WebhookProof } from "../pipeline/index.ts";
import { publicUrl, type AuthConfig } from "../platform/index.ts";
import { throwWhenBlocked } from "./auth.ts";
import { readBody } from "./body.ts";
import { asAppError } from "./problem.ts";
import type { Exchange } from "./route.ts";

/** Whoever is configured to post: a telephone system, a front, Meta. */
export interface Sender {
  name: string;
  auth: AuthConfig;
  allow_ips: readonly string[];
}

export interface ProvenBody<S extends Sender> {
  sender: S;
  webhook: RawWebhook;
  /** when the proof covers an id: the pipeline remembers it with the content */
  proof: WebhookProof | undefined;
}

/**
 * In this order: nothing of an unproved body is read.
 * @param where setting to which an unknown sender could be added
 * @throws AppError TOO_MANY_REQUESTS, SOURCE_UNKNOWN, TOO_LARGE, UNSUPPORTED_TYPE, and what the proof throws
 */
export async function provenBody<S extends Sender>(
  { req, res, context, parts }: Exchange,
  sender: S | undefined,
  { maxBytes, where, verify }: { maxBytes: number; where: string; verify: (sender: S, webhook: RawWebhook) => Omit<Verified, "ok"> },
): Promise<ProvenBody<S>> {
  throwWhenBlocked(parts.signatureFailures, context.remoteIp, sender?.name ?? "?");
  if (sender === undefined) throw new AppError("SOURCE_UNKNOWN", `No source of this name is configured; add it to ${where}, or correct the last part of the address`);
  const { config, clock } = parts.appliance;
  const webhook: RawWebhook = { headers: req.headers, rawBody: await readBody(req, maxBytes), query: req.query, remoteIp: context.remoteIp, address: publicUrl(config) + req.originalUrl, nowMs: clock.now() };
  try {
    const { replayKey, contentDigest } = verify(sender, webhook);
    return { sender, webhook, proof: replayKey === undefined ? undefined : { replayKey, contentDigest } };
  } catch (thrown) {
    // RFC 9110: a 401 names a scheme. Signatures have no registered one.
    const scheme = { basic: "Basic", bearer: "Bearer" }[sender.auth.type as string] ?? "Signature";
    if (asAppError(thrown).status === 401) res.setHeader("WWW-Authenticate", `${scheme} realm="${sender.name}"`);
    throw thrown;
  }
}

/**
 * Every refusal is audited and failed proofs are counted; when the count is full, the address gets 429 and nothing more is written down
 * until the minute is over. A full disk or a stop is no refusal of the sender.
 */
export function refused({ context, parts }: Exchange, sender: Pick<Sender, "name"> | undefined, error: AppError): AppError {
  if (error.status >= 500 || error.code === "TOO_MANY_REQUESTS") return error;
  if (error.status === 401 || error.code === "SOURCE_UNKNOWN") parts.signatureFailures.count(context.remoteIp, sender?.name ?? "?");
  parts.appliance.audit({ actor: { kind: "source", id: sender?.name ?? null, ip: context.remoteIp }, action: "webhook.refused", object: { kind: "source", id: sender?.name ?? null }, outcome: "refused", reason: error.code, requestId: context.id });
  return error;
}
