// An event of FreeSWITCH's event socket, posted as JSON by a script: CHANNEL_CREATE says that a call begins. Pure.
import { callIdSchema, type CallNotification } from "../../domain/index.ts";
import { defined } from "../defined.ts";
import { withReferences } from "../facts.ts";
import { parseStamp } from "../local-time.ts";
import { invalid, shortOf, textOf, type Fields } from "./request.ts";

/**
 * Only the a leg of a call from outside starts anything: the b leg rings at an agent for a call that was announced already.
 * @throws AppError REQUEST_INVALID when it names no channel
 */
export function parseFreeswitchEvent(fields: Fields): CallNotification {
  const name = shortOf(fields, "Event-Name") ?? "";
  const id = callIdSchema.safeParse(shortOf(fields, "Unique-ID", "Channel-Call-UUID"));
  if (!id.success) throw invalid([{ path: "Unique-ID", message: "expected the uuid of the channel" }]);
  const callId = id.data;
  if (name !== "CHANNEL_CREATE") return { kind: "ignored", reason: `the event ${/^[A-Z_]{1,40}$/.test(name) ? name : "of this name"} does not start a call`, callId };
  const other = shortOf(fields, "Other-Leg-Unique-ID");
  if (other !== undefined) return { kind: "ignored", reason: "the b leg of a call; the a leg announces it", callId };
  return {
    kind: "call.started",
    facts: {
      callId,
      ...defined({
        startedAtMs: parseStamp(textOf(fields, "Caller-Channel-Created-Time", "Event-Date-Timestamp") ?? "", 0),
        direction: shortOf(fields, "Caller-Context")?.toLowerCase() === "public" ? ("inbound" as const) : undefined,
        from: shortOf(fields, "Caller-Caller-ID-Number", "Caller-ANI"),
        to: shortOf(fields, "Caller-Destination-Number"),
        linkedId: shortOf(fields, "Channel-Call-UUID"),
        references: withReferences([["uuid", callId], ["uuid", shortOf(fields, "Channel-Call-UUID")], ["sip_call_id", shortOf(fields, "variable_sip_call_id")]]),
      }),
    },
  };
}
