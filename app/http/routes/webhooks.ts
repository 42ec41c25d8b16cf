// A telephone system tells of a finished call. Raw bytes are verified before anything in them is believed.
import { genericCallSchema, type CallNotification } from "../../domain/index.ts";
import type { Accepted, WebhookProof } from "../../pipeline/index.ts";
import { pathPart } from "../checked.ts";
import { asAppError, sendJson } from "../problem.ts";
import { provenBody, refused } from "../proven-body.ts";
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
      const { appliance, intake } = exchange.parts;
      const known = appliance.config.intake.sources.find((one) => one.name === name);
      try {
        const { sender, webhook, proof } = await provenBody(exchange, known, { maxBytes: appliance.config.http.max_body_kb * 1024, where: "intake.sources", verify: (source, one) => intake.verify(source, one) });
        const notifications = intake.parse(sender, webhook);
        const answers: (Accepted | Ignored)[] = [];
        for (const one of notifications) answers.push(await take(exchange, name, one, proof));
        sendJson(exchange.res, answers.at(-1) ?? { call_id: null, status: "received", ignored: "the body names no call" }, 202);
      } catch (thrown) {
        throw refused(exchange, known, asAppError(thrown));
      }
    },
  },
];

interface Ignored {
  call_id: string | null;
  status: "received";
  ignored: string;
}

/** Of no interest (the b leg of a bridged call, an unanswered call): acknowledged and audited, so that the sender does not repeat it for ever. */
async function take({ context, parts }: Exchange, source: string, notification: CallNotification, proof: WebhookProof | undefined): Promise<Accepted | Ignored> {
  const accepted = await parts.appliance.notify(source, notification, proof);
  if (notification.kind !== "ignored") return accepted;
  parts.appliance.audit({ actor: { kind: "source", id: source, ip: context.remoteIp }, action: "webhook.ignored", object: { kind: "call", id: notification.callId ?? null }, outcome: "ok", reason: notification.reason, requestId: context.id });
  return { call_id: notification.callId ?? null, status: "received", ignored: notification.reason };
}
