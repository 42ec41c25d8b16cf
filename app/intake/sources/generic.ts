// The generic body: for telephone systems with a script of one's own, and for everything that has no adapter.
import { z } from "zod";
import { genericCallSchema, type CallNotification } from "../../domain/index.ts";
import { factsOfGeneric } from "../facts.ts";
import { bodyText, fileReference, invalid, malformed, parseJsonObject, type Problem, type SourceContext, type SourceRequest } from "./request.ts";

/** `recording_path` names a file below the source's `recordings_folder`, where there is one. */
const bodySchema = genericCallSchema.extend({ recording_path: z.string().min(1).max(1024).optional() });

/** What people write wrong most often, said with the value that is right. */
const EXPECTED: Readonly<Record<string, string>> = {
  recording_url: "expected an address such as https://pbx.example.com/recordings/1.wav",
  started_at: "expected a time such as 2026-11-03T13:15:02Z, or milliseconds since 1970",
  ended_at: "expected a time such as 2026-11-03T13:20:02Z, or milliseconds since 1970",
  channel_map: 'expected {"0":"customer","1":"agent"} or {"0":"agent","1":"customer"}',
  event: "expected call.started, call.ended or recording.ready",
  consent: "expected true, false, granted, withdrawn or unknown",
};

/** @throws AppError REQUEST_MALFORMED (no JSON object), REQUEST_INVALID with every mistake and the expected value */
export function parseGeneric(request: SourceRequest, context: SourceContext): CallNotification[] {
  if (!isUtf8(request.body)) throw malformed("(body)", "expected UTF-8 text");
  const parsed = bodySchema.safeParse(parseJsonObject(bodyText(request)));
  if (!parsed.success) throw invalid(problemsOf(parsed.error));
  const facts = factsOfGeneric(parsed.data);
  const { event, recording_url: url, recording_path: path } = parsed.data;
  if (event === "call.started") return [{ kind: "call.started", facts }];
  const recording = url === undefined ? fileReference(path, "recording_path", context.source) : { url };
  return [recording === undefined ? { kind: "call.ended", facts } : { kind: "recording.ready", facts, recording }];
}

/** @returns one line a mistake; each says what would be right */
export function problemsOf(error: z.ZodError): Problem[] {
  return error.issues.map((issue) => {
    const message = EXPECTED[String(issue.path[0] ?? "")] ?? issue.message;
    return { path: issue.path.join(".") || "(body)", message: message.includes("expected") ? message : `expected another value (${message})` };
  });
}

function isUtf8(body: Buffer): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(body);
    return true;
  } catch {
    return false;
  }
}
