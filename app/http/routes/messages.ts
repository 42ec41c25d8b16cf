// POST /v1/messages: any other channel hands in what was written, with a key.
import type { AppError, Received } from "../../domain/index.ts";
import { API, inlineAttachments, messageEvents, readMessages, type MessageInput } from "../../intake/index.ts";
import { withStaged, type Appliance } from "../../pipeline/index.ts";
import { readBody } from "../body.ts";
import { actorOf } from "../principal.ts";
import { asAppError, sendJson } from "../problem.ts";
import { FEEDERS, type Exchange, type Route } from "../route.ts";
import { messagesBodySchema, receivedSchema } from "../schemas.ts";

/** Room for files in base64; larger ones are named by their address. 11 MB were read in 73 ms, while nobody else is served: this much stays below 50. */
const MAX_BODY_BYTES = 6 * 1_048_576;

export const messageRoutes: Route[] = [
  {
    method: "post",
    path: "/v1/messages",
    access: { roles: FEEDERS },
    docs: {
      id: "receiveMessages",
      summary: "Hand in one message of a web chat, SMS, bot or any other channel, or up to 100 as {\"messages\": […]}; a repeat gets the same answer",
      body: { media: "application/json", schema: messagesBodySchema },
      answers: { 202: { description: "Taken in, and on the disk", schema: receivedSchema } },
      problems: ["REQUEST_MALFORMED", "REQUEST_INVALID", "TOO_LARGE", "UNSUPPORTED_TYPE", "DISK_RESERVE", "SHUTTING_DOWN"],
    },
    async handle(exchange) {
      const { appliance } = exchange.parts;
      try {
        const inputs = readMessages(await readBody(exchange.req, Math.max(MAX_BODY_BYTES, appliance.config.http.max_body_kb * 1024)));
        sendJson(exchange.res, await handIn(appliance, inputs), 202);
      } catch (thrown) {
        throw refusedKey(exchange, asAppError(thrown));
      }
    },
  },
];

/** Files first, then the messages that name them. When the messages are refused nothing of them is stored, so the files go too. */
function handIn(appliance: Appliance, inputs: readonly MessageInput[]): Promise<Received> {
  const inline = inlineAttachments(inputs);
  return withStaged(appliance, inline.map(({ attachment, bytes }) => ({ content: bytes, name: attachment.name })), (files) => {
    const staged = new Map(inline.flatMap(({ attachment }, i) => (files[i] === undefined ? [] : [[attachment, files[i]] as const])));
    return appliance.receive(API, messageEvents(inputs, staged, { country: appliance.config.site.country, nowMs: appliance.clock.now() }));
  });
}

/** A key that sends what cannot be read is audited, as a source is. */
function refusedKey({ context, parts }: Exchange, error: AppError): AppError {
  if (error.status < 500) parts.appliance.audit({ actor: actorOf(context.principal, context.remoteIp), action: "message.refused", object: { kind: "source", id: API }, outcome: "refused", reason: error.code, requestId: context.id });
  return error;
}
