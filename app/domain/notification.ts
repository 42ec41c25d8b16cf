// What a telephone system says about a call, in the one shape that every adapter produces.
import { z } from "zod";
import { DIRECTIONS } from "./glossary.ts";
import { referenceSchema, type Reference } from "./reference.ts";

/** A call id of a caller: printable, no slashes, no control characters, 1–200 characters. It is data: never a path, never an option. */
export const callIdSchema = z
  .string()
  .min(1)
  .max(200)
  // eslint-disable-next-line no-control-regex
  .refine((text) => !/[\u0000-\u001f\u007f-\u009f/\\]/.test(text) && text.trim() === text && text !== "." && text !== "..", {
    message: "expected 1 to 200 printable characters without slashes",
  });

export const channelMapSchema = z.union([
  z.object({ "0": z.literal("agent"), "1": z.literal("customer") }).strict(),
  z.object({ "0": z.literal("customer"), "1": z.literal("agent") }).strict(),
]);

const shortText = z.string().trim().max(200);

/** RFC 3339 text with offset, or integer milliseconds since 1970 UTC → integer milliseconds UTC. */
export const timeSchema = z.union([
  z.number().int().min(0).max(4_102_444_800_000),
  z.iso.datetime({ offset: true }).transform((text) => Date.parse(text)),
], { error: "expected a time such as 2026-11-03T13:15:02Z, or milliseconds since 1970" });

/**
 * The generic body of `POST /v1/webhooks/calls/{source}` and the `metadata` of `POST /v1/calls`.
 * Unknown fields are ignored; known fields of the wrong shape are refused with their path.
 */
export const genericCallSchema = z.object({
  call_id: callIdSchema,
  event: z.enum(["call.started", "call.ended", "recording.ready"]).optional().describe("call.started while it rings: who calls is shown before anybody answers; the others follow from whether a recording is named"),
  recording_url: z.url({ protocol: /^https?$/ }).max(2048).optional(),
  started_at: timeSchema.optional(),
  ended_at: timeSchema.optional(),
  duration_ms: z.number().int().min(0).max(7 * 86_400_000).optional(),
  direction: z.enum(DIRECTIONS).optional(),
  from: shortText.optional(),
  to: shortText.optional(),
  agent: z.object({ id: shortText.optional(), name: shortText.optional() }).optional(),
  queue: shortText.optional(),
  language: z.string().regex(/^[a-z]{2,3}$/, "expected a language code such as en").optional(),
  channel_map: channelMapSchema.optional(),
  customer: z
    .object({ phone: shortText.optional(), email: shortText.optional(), crm_id: shortText.optional(), name: shortText.optional() })
    .optional(),
  consent: z.union([z.boolean(), z.enum(["granted", "withdrawn", "unknown"])]).optional(),
  linked_id: shortText.optional(),
  references: z.array(referenceSchema).max(20).optional().describe("other systems' names for this call or its matter; equal ones are one conversation"),
});

export type GenericCall = z.infer<typeof genericCallSchema>;

/**
 * What is known of a call so far. Every field but the id may be missing: `call.ended` and `recording.ready` come in either order and are
 * merged (the first value of a field stays; a later notification only fills gaps).
 */
export interface CallFacts {
  callId: string;
  startedAtMs?: number;
  endedAtMs?: number;
  direction?: (typeof DIRECTIONS)[number];
  /** numbers as the telephone system wrote them; normalised when the customer is looked up */
  from?: string;
  to?: string;
  agentId?: string;
  agentName?: string;
  queue?: string;
  language?: string;
  channelMap?: { "0": "agent" | "customer"; "1": "agent" | "customer" };
  /** which party's telephone line was recorded, when the source knows: it decides the derived channel map */
  customerPhone?: string;
  customerEmail?: string;
  customerCrmId?: string;
  customerName?: string;
  consent?: "granted" | "withdrawn" | "unknown";
  /** id that groups the legs of one call (Asterisk `linkedid`) */
  linkedId?: string;
  /** ids of the legs and of the matter that the source named; the call's own `callId` is not repeated when only this source knows it */
  references?: readonly Reference[];
}

/** What the adapter of a source made of one webhook request. */
export type CallNotification =
  /** it rings or has just been answered: facts for whoever takes the call; nothing is recorded yet */
  | { kind: "call.started"; facts: CallFacts }
  | { kind: "call.ended"; facts: CallFacts }
  | { kind: "recording.ready"; facts: CallFacts; recording: RecordingReference }
  /** understood and of no interest (the b leg of a bridged call, an unanswered call): acknowledged, audited, not stored */
  | { kind: "ignored"; reason: string; callId?: string };

/** Where a recording is: at an address to download, or in a folder that this machine sees. */
export type RecordingReference = { url: string } | { path: string };
