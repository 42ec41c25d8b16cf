// A telephone system tells of a finished call. Raw bytes are verified before anything in them is believed.
import type { Response } from "express";
import { AppError, genericCallSchema, type CallNotification } from "../../domain/index.ts";
import type { SourceConfig } from "../../platform/index.ts";
import type { Accepted, WebhookProof } from "../../pipeline/index.ts";
import { throwWhenBlocked } from "../auth.ts";
import { readBody } from "../body.ts";
import { pathPart } from "../checked.ts";
import type { RawWebhook } from "../../intake/index.ts";
import { asAppError, sendJson } from "../problem.ts";
import type { Exchange, Route } from "../route.ts";
import { acceptedSchema } from "../schemas.ts";

export const webhookRoutes: Route[] = [
  {
    method: "post",
    path: "/v1/webhooks/calls/:source",
    access: "source",
    docs: {
      id: "receiveCallNotification",
      summary: "A telephone system tells of a finished call; answered only when it is on the disk, repeats change nothing",
      body: { media: "application/json", schema: genericCallSchema },
      answers: { 202: { description: "Taken in. `call_id` and `status` of the last call that the body names; a repeat gets the same answer", schema: acceptedSchema } },
      problems: ["REQUEST_MALFORMED", "REQUEST_INVALID", "SOURCE_UNKNOWN", "SIGNATURE_INVALID", "SIGNATURE_EXPIRED", "SIGNATURE_REPLAYED", "TOO_LARGE", "UNSUPPORTED_TYPE", "DISK_RESERVE", "SHUTTING_DOWN"],
    },
    async handle(exchange) {
      const name = pathPart(exchange.req, "source");
      const source = exchange.parts.appliance.config.intake.sources.find((one) => one.name === name);
      try {
        const { notifications, proof } = await receive(exchange, source);
        const answers: (Accepted | Ignored)[] = [];
        for (const one of notifications) answers.push(await take(exchange, name, one, proof));
        sendJson(exchange.res, answers.at(-1) ?? { call_id: null, status: "received", ignored: "the body names no call" }, 202);
      } catch (thrown) {
        throw refused(exchange, source, asAppError(thrown));
      }
    },
  },
];

interface Ignored {
  call_id: string | null;
  status: "received";
  ignored: string;
}

/** Known source → whole body → proof → meaning. In this order: nothing of an unproved body is read. */
async function receive({ req, res, context, parts }: Exchange, source: SourceConfig | undefined): Promise<{ notifications: CallNotification[]; proof: WebhookProof | undefined }> {
  throwWhenBlocked(parts.signatureFailures, context.remoteIp, source?.name ?? "?");
  if (source === undefined) throw new AppError("SOURCE_UNKNOWN", "No source of this name is configured; add it to intake.sources, or correct the last part of the address");
  const webhook: RawWebhook = {
    headers: req.headers,
    rawBody: await readBody(req, parts.appliance.config.http.max_body_kb * 1024),
    query: req.query,
    remoteIp: context.remoteIp,
    nowMs: parts.appliance.clock.now(),
  };
  const { replayKey, contentDigest } = verified(res, source, () => parts.intake.verify(source, webhook));
  return { notifications: parts.intake.parse(source, webhook), proof: replayKey === undefined || contentDigest === undefined ? undefined : { replayKey, contentDigest } };
}

/** Of no interest (the b leg of a bridged call, an unanswered call): acknowledged and audited, so that the sender does not repeat it for ever. */
async function take({ context, parts }: Exchange, source: string, notification: CallNotification, proof: WebhookProof | undefined): Promise<Accepted | Ignored> {
  const accepted = await parts.appliance.notify(source, notification, proof);
  if (notification.kind !== "ignored") return accepted;
  parts.appliance.audit({ actor: { kind: "source", id: source, ip: context.remoteIp }, action: "webhook.ignored", object: { kind: "call", id: notification.callId ?? null }, outcome: "ok", reason: notification.reason, requestId: context.id });
  return { call_id: notification.callId ?? null, status: "received", ignored: notification.reason };
}

/** RFC 9110: a 401 names a scheme. Signatures have no registered one. */
function verified<T>(res: Response, source: SourceConfig, check: () => T): T {
  try {
    return check();
  } catch (thrown) {
    const scheme = { basic: "Basic", bearer: "Bearer", standard_webhooks: "Signature", hmac_sha256: "Signature", none: "Signature" }[source.auth.type];
    if (asAppError(thrown).status === 401) res.setHeader("WWW-Authenticate", `${scheme} realm="${source.name}"`);
    throw thrown;
  }
}

/**
 * Every refusal is audited and failed proofs are counted; when the count is full, the address gets 429 and nothing more is written down
 * until the minute is over. A full disk or a stop is no refusal of the sender.
 */
function refused({ context, parts }: Exchange, source: SourceConfig | undefined, error: AppError): AppError {
  if (error.status >= 500 || error.code === "TOO_MANY_REQUESTS") return error;
  if (error.status === 401 || error.code === "SOURCE_UNKNOWN") parts.signatureFailures.count(context.remoteIp, source?.name ?? "?");
  parts.appliance.audit({ actor: { kind: "source", id: source?.name ?? null, ip: context.remoteIp }, action: "webhook.refused", object: { kind: "source", id: source?.name ?? null }, outcome: "refused", reason: error.code, requestId: context.id });
  return error;
}
