// SIPREC recording metadata (RFC 7865) and its draft dialect, as session border controllers write them beside a recording. Pure.
import { callIdSchema, type CallFacts } from "../domain/index.ts";
import { defined } from "./defined.ts";

type Node = Record<string, unknown>;

/**
 * Two dialects are alive: ids as `participant_id` or `id`, streams sent by an association or inline. Names come without their prefix.
 * The caller is who the vendor marks as calling, else who sends the stream with label 1, `a_leg` or `inbound`, else the first participant.
 * @param recording content of the root element; attributes begin with `@`
 * @returns what it says; fields that it does not say are absent. Never throws
 */
export function readRecordingMetadata(recording: Node): Partial<CallFacts> {
  const [session] = children(recording, "session");
  const participants = children(recording, "participant").map((node) => ({ id: idOf(node, "participant"), node, address: addressOf(node) }));
  const caller = participants.find(({ node }) => /true/i.test(text(children(node, "extensiondata")[0]?.["callingParty"]) ?? "")) ?? participants.find(({ id, node }) => sendsFirstStream(recording, id, node)) ?? participants[0];
  const called = participants.find((participant) => participant !== caller);
  const callData = children(children(recording, "session")[0], "extensiondata").concat(children(recording, "extensiondata")).flatMap((node) => children(node, "callData"))[0];
  const callId = callIdSchema.safeParse(session && idOf(session, "session")?.replaceAll("/", "_")); // ids are base64 there;
  return defined({
    callId: callId.success ? callId.data : undefined,
    from: userOf(text(callData?.["fromhdr"])) ?? caller?.address,
    to: userOf(text(callData?.["tohdr"])) ?? called?.address,
    startedAtMs: timeOf(session?.["start-time"] ?? children(recording, "group")[0]?.["associate-time"] ?? children(recording, "sessionrecordingassoc")[0]?.["associate-time"]),
    endedAtMs: timeOf(session?.["stop-time"] ?? session?.["end-time"]),
    linkedId: text(session?.["sipSessionID"])?.split(";")[0]?.slice(0, 200),
  });
}

/** Label 1, 10, `a_leg` or `inbound` is the stream of the caller in every capture that was read. */
function sendsFirstStream(recording: Node, participantId: string | undefined, participant: Node): boolean {
  const associations = children(recording, "participantstreamassoc").filter((node) => idOf(node, "participant") === participantId);
  const sent = [...associations, participant].flatMap((node) => list(node["send"]).map(text));
  return children(recording, "stream").some((stream) => /^(1|10|a_leg|inbound)$/i.test(text(stream["label"]) ?? "") && sent.includes(idOf(stream, "stream")));
}

function addressOf(participant: Node): string | undefined {
  const nameId = children(participant, "nameID")[0];
  return userOf(text(nameId?.["@aor"]) ?? text(participant["aor"]));
}

/** `"Ana" <sip:+4930123@pbx.example;user=phone>` → `+4930123` */
function userOf(address: string | undefined): string | undefined {
  const inner = /<([^>]+)>/.exec(address ?? "")?.[1] ?? address;
  const user = inner?.replace(/^(sips?|tel):/i, "").split(/[@;]/)[0]?.trim();
  if (user === undefined || user === "" || /^(anonymous|unknown|unavailable)$/i.test(user)) return undefined;
  return user.slice(0, 200);
}

function idOf(node: Node, kind: string): string | undefined {
  return text(node[`@${kind}_id`]) ?? text(node["@id"]);
}

function timeOf(value: unknown): number | undefined {
  const ms = Date.parse(text(value) ?? "");
  return Number.isFinite(ms) && ms >= 0 && ms <= 4_102_444_800_000 ? ms : undefined;
}

function children(node: Node | undefined, name: string): Node[] {
  return list(node?.[name]).map((child) => (typeof child === "object" && child !== null ? (child as Node) : { "#text": child }));
}

function list(value: unknown): unknown[] {
  return value === undefined ? [] : Array.isArray(value) ? value : [value];
}

/** The text of an element, with or without attributes. */
function text(value: unknown): string | undefined {
  const found = typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Node)["#text"] : value;
  return typeof found === "string" && found.trim() !== "" ? found.trim() : undefined;
}
