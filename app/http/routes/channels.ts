// Webhooks of the channels other than the telephone: WhatsApp, and fronts that sign. Machines with a key are in messages.ts.
import { z } from "zod";
import { AppError, type ChannelEvent, type Received } from "../../domain/index.ts";
import { equalTexts, parseFront, parseWhatsApp, verifyRequest, WHATSAPP, withFiles, type ChannelDelivery, type RawWebhook } from "../../intake/index.ts";
import { withStaged, type WebhookProof } from "../../pipeline/index.ts";
import { throwWhenBlocked } from "../auth.ts";
import { pathPart } from "../checked.ts";
import { asAppError, sendJson } from "../problem.ts";
import { provenBody, refused, type Sender } from "../proven-body.ts";
import type { Exchange, Route } from "../route.ts";
import { receivedSchema, whatsAppBodySchema } from "../schemas.ts";

/** Meta's batches; what it sends must not be refused for its size, or it comes again for seven days. */
const WHATSAPP_BODY_BYTES = 4 * 1_048_576;
/** Postmark takes mails of 35 MB, attachments in base64 included. */
const POSTMARK_BODY_BYTES = 50 * 1_048_576;
/** Twilio logs a warning for every answer in JSON. */
const NO_REPLY = '<?xml version="1.0" encoding="UTF-8"?><Response/>';

const SIGNED = ["SOURCE_UNKNOWN", "SIGNATURE_INVALID", "SIGNATURE_EXPIRED", "SIGNATURE_REPLAYED", "TOO_LARGE", "UNSUPPORTED_TYPE", "DISK_RESERVE", "SHUTTING_DOWN"] as const;

/** For the documentation: whatever else is asked gets 403, as Meta expects, and not 422. */
const challengeQuery = z.object({ "hub.mode": z.literal("subscribe"), "hub.challenge": z.string(), "hub.verify_token": z.string() });

export const channelRoutes: Route[] = [
  {
    method: "get",
    path: "/v1/webhooks/whatsapp",
    access: "source",
    docs: {
      id: "verifyWhatsAppWebhook",
      summary: "Meta asks whether this webhook is yours: the challenge comes back when hub.verify_token is channels.whatsapp.verify_token",
      query: challengeQuery,
      answers: { 200: { description: "hub.challenge and nothing else", media: "text/plain" } },
      problems: ["SOURCE_UNKNOWN", "FORBIDDEN"],
    },
    handle(exchange) {
      const sender = whatsAppSender(exchange);
      try {
        const challenge = challengeOf(exchange, sender);
        exchange.res.set("Cache-Control", "no-store").type("text/plain").send(challenge);
      } catch (thrown) {
        throw refused(exchange, sender, asAppError(thrown));
      }
    },
  },
  {
    method: "post",
    path: "/v1/webhooks/whatsapp",
    access: "source",
    docs: {
      id: "receiveWhatsApp",
      summary: "Messages and states of the WhatsApp Cloud API; answered only when they are on the disk, repeats change nothing",
      body: { media: "application/json", schema: whatsAppBodySchema },
      answers: { 200: { description: "Taken in. A signed body that cannot be read is audited and acknowledged too, or Meta would repeat it for seven days", schema: receivedSchema } },
      problems: [...SIGNED],
    },
    async handle(exchange) {
      const known = whatsAppSender(exchange);
      try {
        const { webhook, sender } = await provenBody(exchange, known, { maxBytes: WHATSAPP_BODY_BYTES, where: "channels.whatsapp", verify });
        sendJson(exchange.res, await take(exchange, sender, whatsAppEvents(webhook, sender.phoneNumberIds), undefined));
      } catch (thrown) {
        throw refused(exchange, known, asAppError(thrown));
      }
    },
  },
  {
    method: "post",
    path: "/v1/webhooks/messages/:source",
    access: "source",
    docs: {
      id: "receiveFrontMessages",
      summary: "A front such as Chatwoot or Twilio posts its messages; answered only when they are on the disk, repeats change nothing",
      answers: { 202: { description: "Taken in", schema: receivedSchema }, 200: { description: "Taken in; to Twilio, which expects XML", media: "text/xml" } },
      problems: ["REQUEST_MALFORMED", "REQUEST_INVALID", ...SIGNED],
    },
    async handle(exchange) {
      const name = pathPart(exchange.req, "source");
      const { config } = exchange.parts.appliance;
      const known = config.channels.fronts.find((one) => one.name === name);
      try {
        const maxBytes = known?.adapter === "postmark" ? POSTMARK_BODY_BYTES : config.http.max_body_kb * 1024;
        const { webhook, sender, proof } = await provenBody(exchange, known, { maxBytes, where: "channels.fronts", verify });
        const { rawBody, headers, nowMs } = webhook;
        const delivery = parseFront(sender, { body: rawBody, contentType: headers["content-type"]?.toString(), query: {} }, { country: config.site.country, timeZone: config.site.timezone, nowMs });
        const received = await takeWithFiles(exchange, sender, delivery, proof);
        if (sender.adapter === "twilio") exchange.res.set("Cache-Control", "no-store").type("text/xml").send(NO_REPLY);
        else sendJson(exchange.res, received, 202);
      } catch (thrown) {
        throw refused(exchange, known, asAppError(thrown));
      }
    },
  },
];

interface WhatsAppSender extends Sender {
  verifyToken: string;
  phoneNumberIds: readonly string[];
}

function whatsAppSender({ parts }: Exchange): WhatsAppSender | undefined {
  const settings = parts.appliance.config.channels.whatsapp;
  if (settings === undefined) return undefined;
  return { name: WHATSAPP, auth: { type: "hmac_sha256", secrets: settings.app_secrets, header: "X-Hub-Signature-256", encoding: "hex" }, allow_ips: [], verifyToken: settings.verify_token, phoneNumberIds: settings.phone_number_ids };
}

function verify(sender: Sender, { headers, rawBody, remoteIp, address, nowMs }: RawWebhook): ReturnType<typeof verifyRequest> {
  return verifyRequest({ auth: sender.auth, allowIps: sender.allow_ips, headers, rawBody, remoteIp, address, nowMs });
}

/** @throws AppError FORBIDDEN, as Meta expects it; counted like a wrong signature, for the token is guessed in the same way */
function challengeOf({ req, context, parts }: Exchange, sender: WhatsAppSender | undefined): string {
  throwWhenBlocked(parts.signatureFailures, context.remoteIp, sender?.name ?? "?");
  if (sender === undefined) throw new AppError("SOURCE_UNKNOWN", "WhatsApp is not configured; fill in channels.whatsapp");
  const [mode, token, challenge] = ["hub.mode", "hub.verify_token", "hub.challenge"].map((name) => req.query[name]);
  const isToken = equalTexts(typeof token === "string" ? token : "", sender.verifyToken);
  if (isToken && mode === "subscribe" && typeof challenge === "string" && /^[\w.-]{1,256}$/.test(challenge)) return challenge;
  parts.signatureFailures.count(context.remoteIp, sender.name);
  throw new AppError("FORBIDDEN", "hub.verify_token is not the one of channels.whatsapp.verify_token, or this is no verification; enter the same word in both places");
}

/** What Meta signed and nobody can read is acknowledged: it would not be read better tomorrow. */
function whatsAppEvents({ rawBody, nowMs }: RawWebhook, phoneNumberIds: readonly string[]): ChannelEvent[] {
  try {
    return parseWhatsApp({ body: rawBody }, { phoneNumberIds, nowMs });
  } catch (thrown) {
    const error = asAppError(thrown);
    if (error.status >= 500) throw error;
    return [{ kind: "ignored", reason: "a signed body that is not JSON" }];
  }
}

/** Files that came inside the request are in the vault before their message is stored. */
function takeWithFiles(exchange: Exchange, sender: Sender, delivery: ChannelDelivery, proof: WebhookProof | undefined): Promise<Received> {
  const files = delivery.files.map(({ content, attachment }) => ({ content, name: attachment.name }));
  return withStaged(exchange.parts.appliance, files, (staged) => take(exchange, sender, withFiles(delivery, staged), proof));
}

/** Stores what is of interest, audits the rest: one event a reason, however often it came. */
async function take({ context, parts }: Exchange, sender: Sender, events: readonly ChannelEvent[], proof: WebhookProof | undefined): Promise<Received> {
  const { appliance } = parts;
  const wanted = events.filter((event) => event.kind !== "ignored");
  const received = wanted.length > 0 || proof !== undefined ? await appliance.receive(sender.name, wanted, proof) : { message_ids: [], status: "received" as const };
  const reasons = new Set(events.flatMap((event) => (event.kind === "ignored" ? [event.reason] : [])));
  for (const reason of reasons) appliance.audit({ actor: { kind: "source", id: sender.name, ip: context.remoteIp }, action: "webhook.ignored", object: { kind: "source", id: sender.name }, outcome: "ok", reason, requestId: context.id });
  return received;
}
