// FreeSWITCH mod_json_cdr: one post a leg, values percent-encoded inside the JSON, the recording hidden among the channel's variables.
import { z } from "zod";
import { callIdSchema, type CallFacts, type CallNotification, type Direction } from "../../domain/index.ts";
import { defined } from "../defined.ts";
import { withReferences } from "../facts.ts";
import { parseStamp } from "../local-time.ts";
import { parseFreeswitchEvent } from "./freeswitch-event.ts";
import { addressReference, bodyText, durationMsOf, fieldsOf, fileReference, invalid, malformed, parseJsonObject, shortOf, textOf, type Fields, type SourceContext, type SourceRequest } from "./request.ts";

const loose = z.record(z.string(), z.unknown());
const cdrSchema = z.object({
  variables: loose,
  channel_data: loose.optional(),
  callflow: z.array(z.object({ caller_profile: loose.optional(), times: loose.optional() }).loose()).optional(),
  app_log: z.object({ applications: z.array(loose).optional() }).loose().optional(),
});

/**
 * Bodies: JSON; the form `cdr=` with JSON in it; the same in base64; an event of the event socket as JSON (CHANNEL_CREATE). The b leg of a bridged call is ignored, unless it was the one recorded:
 * then its recording is joined to the a leg.
 * @throws AppError REQUEST_MALFORMED (no JSON), REQUEST_INVALID (no variables, no uuid)
 */
export function parseFreeswitch(request: SourceRequest, context: SourceContext): CallNotification[] {
  const body = parseJsonObject(jsonText(request));
  if (typeof body["Event-Name"] === "string") return [parseFreeswitchEvent(fieldsOf(body))];
  const parsed = cdrSchema.safeParse(body);
  if (!parsed.success) throw invalid(parsed.error.issues.map((issue) => ({ path: issue.path.join(".") || "(body)", message: `${issue.message}, as mod_json_cdr sends it` })));
  const cdr = decodeCdr(parsed.data);
  const leg = legOf(cdr, request.query["uuid"]);
  const recording = recordingOf(cdr, context);
  if (leg.isSecond && recording === undefined) return [{ kind: "ignored", reason: "the b leg of a bridged call; the a leg carries the call", callId: leg.callId }];
  const answeredMs = durationMsOf(cdr.variables, "billsec");
  if (answeredMs === 0 && recording === undefined) return [{ kind: "ignored", reason: "the call was not answered", callId: leg.callId }];
  const facts = factsOf(cdr, leg, context);
  return [recording === undefined ? { kind: "call.ended", facts } : { kind: "recording.ready", facts, recording }];
}

interface Cdr {
  variables: Fields;
  /** the profile the call began with: later ones are made by transfers */
  profile: Fields;
  times: Fields;
  /** uuid of the other leg when this one was made by it */
  originatorUuid: string | undefined;
  applications: readonly Fields[];
}

interface Leg {
  /** uuid of the a leg */
  callId: string;
  isSecond: boolean;
}

function jsonText(request: SourceRequest): string {
  const text = bodyText(request).trim();
  if (text.startsWith("{")) return text;
  const value = text.startsWith("cdr=") ? text.slice(4) : text;
  const form = text.startsWith("cdr=") ? (new URLSearchParams(text).get("cdr") ?? "") : "";
  if (form.trim().startsWith("{")) return form;
  const decoded = Buffer.from(unescape(value), "base64").toString("utf8").trim(); // in base64 a + is a +
  if (!decoded.startsWith("{")) throw malformed("(body)", "expected JSON, cdr=JSON or cdr=base64 of mod_json_cdr");
  return decoded;
}

/**
 * `encode-values` is on by default: then every text is percent-encoded. It was on when no value holds a character that encoding would have
 * replaced (every call has one: `sip:` addresses, date stamps) and some value holds a %XX.
 */
function decodeCdr(cdr: z.infer<typeof cdrSchema>): Cdr {
  const texts = Object.values(cdr.variables).filter((value) => typeof value === "string");
  const isEncoded = texts.some((text) => /%[0-9A-Fa-f]{2}/.test(text)) && !texts.some((text) => /[ :;<>@"=?]/.test(text));
  const read = (object: Record<string, unknown> | undefined): Fields =>
    fieldsOf(Object.fromEntries(Object.entries(object ?? {}).map(([key, value]) => [key, isEncoded && typeof value === "string" ? unescape(value) : value])));
  const first = cdr.callflow?.at(-1);
  const originator = z.object({ originator: z.object({ originator_caller_profiles: z.array(loose).optional(), uuid: z.string().optional() }).loose() }).safeParse(first?.caller_profile);
  const { originator_caller_profiles: profiles, uuid } = originator.data?.originator ?? {};
  return {
    variables: read(cdr.variables),
    profile: read(first?.caller_profile),
    times: read(first?.times),
    originatorUuid: originator.success ? (uuid ?? textOf(read(profiles?.[0]), "uuid") ?? "") : undefined,
    applications: (cdr.app_log?.applications ?? []).map(read),
  };
}

function legOf(cdr: Cdr, queryUuid: string | undefined): Leg {
  const own = shortOf(cdr.variables, "uuid") ?? shortOf(cdr.profile, "uuid") ?? queryUuid?.replace(/^a_/, "");
  const parsed = callIdSchema.safeParse(own);
  if (!parsed.success) throw invalid([{ path: "variables.uuid", message: "expected the uuid of the call" }]);
  const other = shortOf(cdr.variables, "originating_leg_uuid", "originator") ?? cdr.originatorUuid;
  const isSecond = other !== undefined && other !== parsed.data;
  const aLeg = callIdSchema.safeParse(isSecond ? other || shortOf(cdr.variables, "call_uuid") || parsed.data : parsed.data);
  return { callId: aLeg.data ?? parsed.data, isSecond };
}

/** Where scripts and modules leave the recording; at last the application that was told to record. */
function recordingOf(cdr: Cdr, context: SourceContext): ReturnType<typeof fileReference> {
  const address = addressReference(textOf(cdr.variables, "recording_url"), "variables.recording_url");
  if (address !== undefined) return address;
  const [folder, name] = [textOf(cdr.variables, "record_path"), textOf(cdr.variables, "record_name")];
  const recorder = cdr.applications.find((application) => textOf(application, "app_name") === "record_session");
  const told = textOf(recorder ?? new Map(), "app_data")?.replace(/^\{[^}]*\}/, "").split(" +")[0];
  const file = textOf(cdr.variables, "record_file_path", "recording_file", "record_filename", "cc_record_filename") ?? (folder !== undefined && name !== undefined ? `${folder}/${name}` : undefined) ?? told;
  return fileReference(file, "variables.record_file_path", context.source);
}

function factsOf(cdr: Cdr, leg: Leg, context: SourceContext): CallFacts {
  const { variables, profile, times } = cdr;
  const from = shortOf(profile, "caller_id_number") ?? shortOf(variables, "caller_id_number", "sip_from_user");
  const to = shortOf(profile, "destination_number") ?? shortOf(variables, "destination_number", "sip_to_user");
  const direction = directionOf(cdr, from, to);
  const startedAtMs = momentOf(textOf(variables, "start_epoch", "start_uepoch")) ?? momentOf(textOf(times, "created_time"));
  const endedAtMs = momentOf(textOf(variables, "end_epoch", "end_uepoch")) ?? momentOf(textOf(times, "hangup_time"));
  const answeredBy = shortOf(variables, "cc_agent", "dialed_user", "agent_id");
  const known: CallFacts = {
    callId: leg.callId,
    ...defined({
      startedAtMs,
      endedAtMs,
      direction,
      from,
      to,
      agentId: (direction === "outbound" ? from : answeredBy)?.split("@")[0],
      queue: shortOf(variables, "cc_queue", "queue")?.split("@")[0],
      linkedId: shortOf(variables, "call_uuid") ?? leg.callId,
      references: referencesIn(cdr, leg),
    }),
  };
  // What the b leg says of itself would fill the call with the wrong side; only its recording and its channels are of use.
  if (!leg.isSecond) return known;
  return { callId: leg.callId, ...defined({ linkedId: known.linkedId, references: known.references, channelMap: context.source.channel_map === undefined ? channelsOfSecondLeg(direction) : undefined }) };
}

/**
 * FreeSWITCH's own `direction` is that of the leg, and the a leg is always inbound to the switch. The call's direction: as a script or FusionPBX says;
 * else from outside when it came by the context `public`; else by the number that was dialled: up to 6 digits stay in the house.
 */
function directionOf(cdr: Cdr, from: string | undefined, to: string | undefined): Direction | undefined {
  const said = shortOf(cdr.variables, "call_direction")?.toLowerCase();
  if (said === "inbound" || said === "outbound") return said;
  if (said === "local" || said === "internal") return "internal";
  if (shortOf(cdr.profile, "context")?.toLowerCase() === "public") return "inbound";
  if (from === undefined || to === undefined) return undefined;
  const isExtension = (number: string): boolean => /^\d{1,6}$/.test(number);
  if (isExtension(from)) return isExtension(to) ? "internal" : "outbound";
  return isExtension(to) ? "inbound" : undefined;
}

/** The uuids of both legs, however the variables came to name the other one, and the Call-ID of SIP. */
function referencesIn({ variables, profile, originatorUuid }: Cdr, leg: Leg): CallFacts["references"] {
  const legs = ["uuid", "call_uuid", "originating_leg_uuid", "originator", "bridge_uuid", "last_bridge_to", "signal_bond"].map((name) => shortOf(variables, name));
  const uuids = [leg.callId, ...legs, shortOf(profile, "uuid"), originatorUuid === "" ? undefined : originatorUuid];
  return withReferences([...uuids.map((uuid) => ["uuid", uuid] as const), ["sip_call_id", shortOf(variables, "sip_call_id")]]);
}

/** RECORD_STEREO puts the recorded leg's own party on the left: on the b leg of an inbound call that is the agent. */
function channelsOfSecondLeg(direction: Direction | undefined): CallFacts["channelMap"] {
  if (direction === "inbound") return { "0": "agent", "1": "customer" };
  return direction === "outbound" ? { "0": "customer", "1": "agent" } : undefined;
}

/** Seconds or microseconds since 1970; 0 means that it never happened. */
function momentOf(text: string | undefined): number | undefined {
  return text === undefined || /^0*$/.test(text) ? undefined : parseStamp(text, 0);
}

/** A stray % is no reason to lose a call. */
function unescape(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
