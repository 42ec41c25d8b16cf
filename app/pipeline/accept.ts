// Arrivals: what the telephone system says and the files that come, made durable before anybody is told "accepted".
import { AppError, newId, type CallFacts, type CallNotification } from "../domain/index.ts";
import type { FileVersion, RecordingRow, SessionRow } from "../store/index.ts";
import type { Accepted, StagedFile, WebhookProof } from "./appliance.ts";
import { holdForbidden, releasePermitted } from "./consent-gate.ts";
import { recordCallConsent } from "./consent-record.ts";
import type { Parts } from "./parts.ts";
import { enqueueStage, failSession } from "./run-stage.ts";
import { fileCall } from "./threads/file-call.ts";

/** People wait for what they hand in themselves; the telephone system comes next; old archives last. */
const PRIORITY = { upload: 0, webhook: 50, folder: 50, import: 100 } as const;

/** A file in the vault that is to become the recording of a call. */
export interface FileArrival {
  source: string;
  facts: CallFacts;
  staged: StagedFile;
  priority: keyof typeof PRIORITY;
  rawFormat?: string;
  /** the watched file it was copied from */
  origin?: FileVersion;
  /** what is worth knowing about the file, for the ledger */
  notes?: readonly string[];
}

/** What became of an arrival. `unused` is true when the staged file was not needed: the recording was known. */
interface Arrived {
  accepted: Accepted;
  sessionId: string | undefined;
  outcome: "accepted" | "repeated" | "ignored";
  unused: boolean;
}

/** The answer is the same for the first notification and all its repeats, whatever became of the call meanwhile. */
const answer = (callId: string): Accepted => ({ call_id: callId, status: "received" });

/**
 * Stores one notification. Inside a transaction.
 * `call.ended` and `recording.ready` join on source + call id in either order; what is known stays, gaps are filled.
 */
export function arriveNotification(source: string, notification: CallNotification, parts: Parts): Arrived {
  if (notification.kind === "ignored") return { accepted: answer(notification.callId ?? ""), sessionId: undefined, outcome: "ignored", unused: false };
  if (notification.kind === "call.started") return { accepted: answer(notification.facts.callId), sessionId: undefined, outcome: "ignored", unused: false }; // becomes a call when it has ended
  const { sessions, recordings } = parts.store.writes;
  const { facts } = notification;
  const known = sessions.byCallId(source, facts.callId);
  const found = known ?? createSession(source, facts, PRIORITY.webhook, parts);
  const learned = known !== undefined && sessions.addFacts(known, facts, parts.clock.now());
  const session = settleConsent(found, source, facts, parts);
  const isNewRecording = notification.kind === "recording.ready" && recordings.ofSession(session.id) === undefined;
  if (isNewRecording) {
    const { recording } = notification;
    const rawFormat = parts.config.intake.sources.find((one) => one.name === source)?.raw_format;
    recordings.create({
      id: newId("rec", parts.clock.now()),
      sessionId: session.id,
      ...("url" in recording ? { url: recording.url } : { sourcePath: recording.path }),
      ...(rawFormat === undefined ? {} : { rawFormat }),
    });
    if (session.status === "failed") sessions.setStatus(session.id, "received", null, parts.clock.now());
    note(session.id, "done", "The telephone system announced the recording", parts);
    enqueueStage(session, "fetch", parts);
  } else if (known === undefined) note(session.id, "waiting", "The call has ended; its recording has not been announced yet", parts);
  return { accepted: answer(facts.callId), sessionId: session.id, outcome: known === undefined || isNewRecording || learned ? "accepted" : "repeated", unused: false };
}

/** Tells whoever counts and watches, after the commit. */
export function tellArrived(source: string, { outcome, sessionId }: Arrived, parts: Parts): void {
  parts.meters.arrived(source, outcome);
  if (outcome === "accepted" && sessionId !== undefined) parts.events.emit("call.received", { source, session_id: sessionId });
}

/** Remembers a signed message for ever. Inside a transaction. @throws AppError SIGNATURE_REPLAYED when its id came before with other content */
export function refuseReplay(source: string, { replayKey, contentDigest }: WebhookProof, parts: Parts): void {
  const seen = parts.store.writes.arrivals.noteWebhook(source, replayKey, contentDigest, parts.clock.now());
  if (seen === "different") throw new AppError("SIGNATURE_REPLAYED", "This webhook id was used before with other content; give every message an id of its own");
}

/**
 * Makes a call of a file in the vault, or finds the call that it belongs to. Inside a transaction.
 * The same content is the same recording, for ever; a second name for it is remembered.
 */
export function arriveFile(arrival: FileArrival, parts: Parts): Arrived {
  const { sessions, recordings, arrivals, join } = parts.store.writes;
  const { source, staged, origin } = arrival;
  const now = parts.clock.now();
  const facts = { ...arrival.facts, callId: freeCallId(arrival, parts) };
  const done = (session: SessionRow, outcome: "accepted" | "repeated", unused: boolean): Arrived => {
    if (origin !== undefined) arrivals.noteFile(origin, session.id, now);
    return { accepted: answer(facts.callId), sessionId: session.id, outcome, unused };
  };

  const sameContent = recordings.byContent(staged.sha256);
  if (sameContent !== undefined) {
    join.addName(source, facts.callId, sameContent.session_id);
    const session = sessions.byId(sameContent.session_id);
    if (session === undefined) throw new AppError("INTERNAL", "A recording without a session was found; run earshot verify");
    sessions.addFacts(session, facts, now);
    settleConsent(session, source, facts, parts);
    return done(session, "repeated", true);
  }

  const known = sessions.byCallId(source, facts.callId);
  const recording = known && recordings.ofSession(known.id);
  if (known !== undefined && hasFile(recording)) {
    // Same id, other content: a watched file that its recorder went on writing is a new version; an upload repeats a call that is known.
    if (origin === undefined) return done(known, "repeated", true);
    recordings.replaceFile(recording.id, { file: staged.file, sha256: staged.sha256, sizeBytes: staged.sizeBytes }, now);
    return done(restart(known, parts, "The recording has grown since it was read; it is read again"), "accepted", false);
  }

  const session = known ?? createSession(source, facts, PRIORITY[arrival.priority], parts);
  if (known !== undefined) sessions.addFacts(known, facts, now);
  settleConsent(session, source, facts, parts);
  const id = recording?.id ?? newId("rec", now);
  if (recording === undefined) {
    recordings.create({
      id,
      sessionId: session.id,
      originalName: staged.originalName,
      ...(origin === undefined ? {} : { sourcePath: origin.path }),
      ...(arrival.rawFormat === undefined ? {} : { rawFormat: arrival.rawFormat }),
    });
  }
  recordings.setFile(id, { file: staged.file, sha256: staged.sha256, sizeBytes: staged.sizeBytes }, staged.originalName, now);
  return done(restart(session, parts, ["The recording arrived as a file", ...(arrival.notes ?? [])].join("; ")), "accepted", false);
}

/**
 * Ids that were read from file names may be equal for two legs of one call, or for equal names in two folders: then the content makes the
 * id of the later one different, because a recording must never be dropped for its name. Ids that a sender chose mean what they say.
 */
function freeCallId({ source, facts, staged, priority, origin }: FileArrival, parts: Parts): string {
  const { sessions, recordings } = parts.store.writes;
  const known = sessions.byCallId(source, facts.callId);
  const recording = known && recordings.ofSession(known.id);
  const isSameFile = origin !== undefined && recording?.source_path === origin.path;
  const isOther = hasFile(recording) && recording.sha256 !== staged.sha256 && !isSameFile;
  const isNamedByFile = priority === "folder" || priority === "import";
  return isOther && isNamedByFile ? `${facts.callId.slice(0, 180)}~${staged.sha256.slice(0, 12)}` : facts.callId;
}

function hasFile(recording: RecordingRow | undefined): recording is RecordingRow & { file: string } {
  return recording !== undefined && recording.file !== null;
}

/** Puts a session at the beginning of the work on its stored file. Inside a transaction. */
export function restart(session: SessionRow, parts: Parts, detail: string): SessionRow {
  parts.queue.cancelQueued(session.id);
  parts.store.writes.sessions.setStatus(session.id, "received", null, parts.clock.now());
  note(session.id, "done", detail, parts);
  enqueueStage(session, "prepare", parts);
  return session;
}

/** Calls that ended long ago and whose recording never came: reported, and still taken in should it come after all. Inside a transaction. */
export function reportMissing(parts: Parts): number {
  const waitMs = parts.config.intake.recording_wait_hours * 3_600_000;
  const late = parts.store.writes.sessions.waitingForRecording(parts.clock.now() - waitMs, 500);
  const message = "The telephone system announced this call and its recording never came; check the recording settings of the extension or queue";
  for (const session of late) failSession(session.id, "fetch", "RECORDING_MISSING", message, parts);
  return late.length;
}

/** What came may tell who the customer is, and what he agreed to: pending work is stopped or set going accordingly. @returns the session as it is now */
function settleConsent(session: SessionRow, source: string, facts: CallFacts, parts: Parts): SessionRow {
  const filed = fileCall(session.id, parts, facts) ?? session;
  const isNew = recordCallConsent(filed, source, facts, parts);
  const subject = { customerId: isNew ? filed.customer_id : null, sessionId: filed.id };
  holdForbidden(subject, parts);
  releasePermitted(subject, parts, enqueueStage);
  return filed;
}

function createSession(source: string, facts: CallFacts, priority: number, parts: Parts): SessionRow {
  const now = parts.clock.now();
  const id = newId("ses", now);
  parts.store.writes.sessions.create({ id, source, facts, priority, nowMs: now });
  const row = parts.store.writes.sessions.byId(id);
  if (row === undefined) throw new AppError("INTERNAL", "A session that was just written cannot be read");
  return row;
}

function note(sessionId: string, status: "done" | "waiting", detail: string, parts: Parts): void {
  parts.store.writes.findings.addLedger(sessionId, { stage: "notify", status, atMs: parts.clock.now(), ms: null, code: null, detail });
}

