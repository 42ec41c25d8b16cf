// FreePBX (MIXMON_POST) and plain Asterisk (third argument of MixMonitor): a small script posts the variables of a finished recording.
import { posix } from "node:path";
import { callIdSchema, DIRECTIONS, type CallFacts, type CallNotification, type Direction } from "../../domain/index.ts";
import { defined } from "../defined.ts";
import { mergeFacts, withReferences } from "../facts.ts";
import { parseStamp } from "../local-time.ts";
import { parseRecordingName, type NameFacts } from "../name-templates.ts";
import { addressReference, durationMsOf, fileReference, invalid, isStart, readFields, shortOf, sourceZone, textOf, type Fields, type SourceContext, type SourceRequest } from "./request.ts";

/**
 * Form or JSON with any of CALLFILENAME, MIXMON_DIR, MIXMON_FORMAT, MIXMONITOR_FILENAME, recordingfile, uniqueid, linkedid, src, dst, did,
 * start, duration, disposition, direction, queue, agent, recording_url, sip_call_id; event=call.started while it rings. What the fields do not say, the file name says.
 * The script runs after the recorder has closed the file (MixMonitor's post process), so the recording is complete.
 * @throws AppError REQUEST_INVALID when neither an id nor a file is named
 */
export function parseFreepbx(request: SourceRequest, context: SourceContext): CallNotification[] {
  const fields = readFields(request);
  const file = fileOf(fields);
  const named = file === undefined ? undefined : parseRecordingName(context.templates, context.source.name_template ?? "any", file, sourceZone(context));
  const callId = idOf(fields, named);
  if (isStart(fields)) return [{ kind: "call.started", facts: factsOf(fields, callId, named, context) }];
  const disposition = textOf(fields, "disposition")?.toUpperCase();
  if (disposition !== undefined && ["NO ANSWER", "BUSY", "FAILED", "CANCEL", "CONGESTION"].includes(disposition)) {
    return [{ kind: "ignored", reason: `the call was not answered (${disposition.toLowerCase()})`, callId }];
  }
  const facts = factsOf(fields, callId, named, context);
  const address = addressReference(textOf(fields, "recording_url"), "recording_url");
  const recording = address ?? fileReference(datedPath(fields, file), "CALLFILENAME", context.source);
  return [recording === undefined ? { kind: "call.ended", facts } : { kind: "recording.ready", facts, recording }];
}

function idOf(fields: Fields, named: NameFacts | undefined): string {
  const id = shortOf(fields, "uniqueid", "call_id") ?? named?.facts.callId;
  const parsed = callIdSchema.safeParse(id);
  if (!parsed.success) {
    const expected = "expected Asterisk's unique id, such as 1793711702.417";
    throw invalid(id === undefined ? [{ path: "uniqueid", message: expected }, { path: "CALLFILENAME", message: "or expected the name of the recording" }] : [{ path: "uniqueid", message: expected }]);
  }
  return parsed.data;
}

function factsOf(fields: Fields, callId: string, named: NameFacts | undefined, context: SourceContext): CallFacts {
  const zone = sourceZone(context);
  const startedAtMs = epochOf(shortOf(fields, "uniqueid")) ?? parseStamp(textOf(fields, "start", "started_at", "calldate") ?? "", zone);
  const durationMs = durationMsOf(fields, "duration");
  const direction = shortOf(fields, "direction", "call_direction")?.toLowerCase();
  const said: CallFacts = {
    callId,
    ...defined({
      startedAtMs,
      endedAtMs: startedAtMs !== undefined && durationMs !== undefined ? startedAtMs + durationMs : parseStamp(textOf(fields, "end", "ended_at") ?? "", zone),
      direction: (DIRECTIONS as readonly string[]).includes(direction ?? "") && direction !== "unknown" ? (direction as Direction) : undefined,
      from: shortOf(fields, "src", "from", "callerid_num"),
      to: shortOf(fields, "did", "dst", "to", "exten"),
      agentId: shortOf(fields, "agent", "agent_id"),
      agentName: shortOf(fields, "agent_name"),
      queue: shortOf(fields, "queue", "queuename"),
      customerName: shortOf(fields, "cnam", "callerid_name"),
      linkedId: shortOf(fields, "linkedid"),
      references: withReferences([["uniqueid", callId], ["linkedid", shortOf(fields, "linkedid")], ["sip_call_id", shortOf(fields, "sip_call_id", "sipcallid")]]),
    }),
  };
  return named === undefined ? said : mergeFacts(said, named.facts);
}

/** The name of the recording with its extension. `wav49` is written as `.WAV`: on Asterisk the two differ in codec, not only in case. */
function fileOf(fields: Fields): string | undefined {
  const whole = textOf(fields, "MIXMONITOR_FILENAME", "recordingfile", "recording_path", "file", "path");
  const bare = textOf(fields, "CALLFILENAME");
  if (bare === undefined) return whole;
  const format = (textOf(fields, "MIXMON_FORMAT", "MON_FMT") ?? "wav").replace(/^\./, "").replace(/^wav49$/, "WAV");
  return bare.toLowerCase().endsWith(`.${format.toLowerCase()}`) ? bare : `${bare}.${format}`;
}

/**
 * CALLFILENAME has no folder: FreePBX records into MIXMON_DIR/YYYY/MM/DD, by the date in the name (local to the telephone system).
 */
function datedPath(fields: Fields, file: string | undefined): string | undefined {
  if (file === undefined || file.includes("/")) return file;
  const date = /(?:^|-)(\d{4})(\d{2})(\d{2})-\d{6}-/.exec(file);
  const relative = date ? posix.join(date[1] ?? "", date[2] ?? "", date[3] ?? "", file) : file;
  const folder = textOf(fields, "MIXMON_DIR");
  return folder === undefined ? relative : posix.join(folder, relative);
}

/** The epoch inside a unique id is UTC and was taken when the channel was made. */
function epochOf(uniqueId: string | undefined): number | undefined {
  const seconds = /(?:^|-)(\d{9,11})\.\d+$/.exec(uniqueId ?? "")?.[1];
  return seconds === undefined ? undefined : Number(seconds) * 1000;
}
