// Documents come in here; files that came with messages go out here, never as a page of this house.
import { z } from "zod";
import { AppError, channelSchema, claimOfCall, isId, timeSchema, type AttachmentRole, type InboundMessage } from "../../domain/index.ts";
import { checked, pathPart, present } from "../checked.ts";
import { contentDisposition } from "../file-name.ts";
import { readUpload, type Upload } from "../multipart.ts";
import { actorOf } from "../principal.ts";
import { asAppError, sendJson } from "../problem.ts";
import { reachesFiles } from "../reach.ts";
import { FEEDERS, NARROWED_READERS, type Exchange, type Route } from "../route.ts";
import { sendStored } from "./audio.ts";
import { orDiscard, readJson } from "./calls.ts";

const id = z.string().min(1).max(256);
const line = z.string().trim().min(1).max(320);
const customerSchema = z.object({ phone: line.optional(), email: line.optional(), crm_id: line.optional(), name: line.optional() }).strict();
const fieldsSchema = z.object({
  customer: customerSchema.optional().describe("JSON: whose document it is"),
  channel: channelSchema.refine((name) => name !== "phone", "expected a channel other than phone; recordings of calls go to /v1/calls").default("document"),
  session_external_id: id.optional().describe("your id of the contact that this belongs to"),
  sender: z.enum(["customer", "agent", "bot"]).default("customer"),
  sent_at: timeSchema.optional().describe("RFC 3339 or milliseconds since 1970; the time of arrival when absent"),
  external_id: id.optional().describe("your id of the document; the digest of its bytes when absent, so that a repeat changes nothing"),
});
const documentSchema = fieldsSchema.extend({ file: z.string().meta({ format: "binary" }).describe("PDF, DOCX, HTML, text, a picture, or sound") });
const receivedSchema = z.object({ message_ids: z.array(z.string()), status: z.literal("received") });
const FIELDS = ["customer", "channel", "session_external_id", "sender", "sent_at", "external_id"] as const;

export const attachmentRoutes: Route[] = [
  {
    method: "post",
    path: "/v1/documents",
    access: { roles: FEEDERS },
    docs: {
      id: "uploadDocument",
      summary: "Hand in a document or picture; its text becomes messages of the customer's thread. The same document again changes nothing",
      body: { media: "multipart/form-data", schema: documentSchema },
      answers: { 202: { description: "Taken in, and on the disk", schema: receivedSchema } },
      problems: ["REQUEST_MALFORMED", "REQUEST_INVALID", "TOO_LARGE", "UNSUPPORTED_TYPE", "DISK_RESERVE", "SHUTTING_DOWN"],
    },
    async handle({ req, res, parts: { appliance } }) {
      const upload = await readUpload(req, { file: "file", fields: FIELDS, maxFileBytes: appliance.config.documents.max_mb * 1_048_576, limitSetting: "documents.max_mb" }, appliance);
      const message = await orDiscard(appliance, upload.file, () => messageOf(upload, appliance.config.site.country, appliance.clock.now()));
      try {
        sendJson(res, await appliance.receive(SOURCE, [{ kind: "message", message }]), 202);
      } catch (thrown) {
        // What nobody foresaw may have been thrown after the commit: then the file belongs to a message, or is swept from the vault at the next start.
        if (asAppError(thrown).code !== "INTERNAL") await appliance.discard(upload.file);
        throw thrown;
      }
    },
  },
  {
    method: "get",
    path: "/v1/attachments/:id",
    access: NARROWED_READERS,
    docs: {
      id: "readAttachment",
      summary: "The file of an attachment, to be saved; every read is audited. Whoever is bound to agents gets files of their contacts, a team's people those of customers whom the team has met",
      answers: { 200: { description: "The whole file", media: "application/octet-stream" }, 206: { description: "The requested range", media: "application/octet-stream" } },
      problems: ["NOT_FOUND", "RANGE_INVALID"],
    },
    async handle(exchange) {
      const attachmentId = pathPart(exchange.req, "id");
      const file = isId("att", attachmentId) ? exchange.parts.appliance.attachment(attachmentId) : undefined;
      if (file === undefined || !reachesFiles(exchange, file.sessionId)) throw new AppError("NOT_FOUND", "There is no such file: it has not come, was not looked at yet, or was not kept because of the card number in it");
      audited(exchange, attachmentId);
      // Whatever it is, it is saved and never shown: a page or a drawing of a stranger must not run at this address (nosniff is on every answer)
      await sendStored(exchange.res, file.path, { "Content-Type": "application/octet-stream", "Content-Disposition": contentDisposition("attachment", file.name ?? attachmentId) });
    },
  },
];

/** What comes with a key instead of a signature. */
const SOURCE = "api";

function messageOf({ file, mediaType, fields: texts }: Upload<(typeof FIELDS)[number]>, country: string, nowMs: number): InboundMessage {
  const { customer, ...rest } = texts;
  const fields = checked(fieldsSchema, { ...rest, ...(customer === undefined ? {} : { customer: readJson("customer", customer) }), ...(/^\d+$/.test(rest.sent_at ?? "") ? { sent_at: Number(rest.sent_at) } : {}) }, "fields");
  const { phone, email, crm_id: crmId, name } = fields.customer ?? {};
  const role = roleOf(mediaType);
  return {
    source: SOURCE,
    externalId: fields.external_id ?? file.sha256,
    channel: fields.channel,
    kind: role,
    speaker: fields.sender,
    text: "",
    atMs: Math.min(fields.sent_at ?? nowMs, nowMs),
    customer: claimOfCall({ callId: "", ...present({ customerPhone: phone, customerEmail: email, customerCrmId: crmId, customerName: name }) }, country),
    ...(fields.session_external_id === undefined ? {} : { sessionKey: fields.session_external_id }),
    attachments: [{ role, name: file.originalName, ...(mediaType === "" ? {} : { mediaType }), from: { staged: { file: file.file, sizeBytes: file.sizeBytes, sha256: file.sha256 } } }],
  };
}

/** Only decides what is tried; what the file is shows its content. */
function roleOf(mediaType: string): Extract<AttachmentRole, "image" | "audio" | "document"> {
  return mediaType.startsWith("image/") ? "image" : mediaType.startsWith("audio/") ? "audio" : "document";
}

function audited({ req, context, parts }: Exchange, attachmentId: string): void {
  parts.appliance.audit({
    actor: actorOf(context.principal, context.remoteIp), action: "attachment.read", object: { kind: "attachment", id: attachmentId }, outcome: "ok",
    ...(req.headers.range === undefined ? {} : { reason: `range ${req.headers.range.slice(0, 40)}` }), requestId: context.id,
  });
}
