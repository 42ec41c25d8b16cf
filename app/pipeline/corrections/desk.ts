// People correct what the machine heard and found. Each word of a person is one commit, audited, kept beside the machine's, and can be taken back.
import { checkedWords } from "../../analysis/index.ts";
import { AppError, CALL_FIELDS, partyOf, toRfc3339, TURN_FIELDS, type Analysis, type CallField, type CorrectionReport, type Job, type TurnField } from "../../domain/index.ts";
import { redactTexts } from "../../privacy/index.ts";
import type { HeardTurn, SessionRow } from "../../store/index.ts";
import type { Parts } from "../parts.ts";
import { postResult } from "../post-result.ts";
import type { By } from "../threads/desk-types.ts";
import { keepFindings } from "../threads/keep-findings.ts";
import { foldLater } from "../workflows/fold-forms.ts";
import { isCorrectable, judgeLater, SETTLED_MS } from "./judge-later.ts";
import type { CorrectionDesk } from "./desk-types.ts";

const LISTED = 500;
/** Turns before and after that the redactor reads with a text: a question for the card is asked there. */
const AROUND = 3;

/** @param takeIn runs a piece of work in one transaction and resolves when it is on the disk */
export function createCorrectionDesk(parts: Parts, takeIn: <T>(work: () => T) => Promise<T>): CorrectionDesk {
  const { sessions, messages, findings, corrections } = parts.store.writes;
  const actorOf = ({ actor }: By): string => `${actor.kind}:${actor.id ?? ""}`;
  const finished = (id: string): SessionRow => {
    const row = sessions.byId(id);
    if (row === undefined || row.channel !== "phone") throw new AppError("NOT_FOUND", "There is no call with this id; /v1/calls lists the calls");
    if (!isCorrectable(row)) throw new AppError("CONFLICT", "This call is being worked on; correct it when it is finished");
    return row;
  };
  const turnOf = (sessionId: string, turnId: string): HeardTurn => {
    const found = messages.turnsOf(finished(sessionId).id).find((turn) => turn.id === turnId);
    if (found === undefined) throw new AppError("NOT_FOUND", "This call has no such turn; read the call for its turns as they are now");
    return found;
  };
  const found = (sessionId: string): { revision: number; analysis: Analysis } => {
    const known = findings.analysisOf(finished(sessionId).id);
    if (known === undefined) throw new AppError("CONFLICT", "Nothing was found in this call, so there is nothing to correct");
    return known;
  };

  /** `value` counts for a field of a turn from now on; undefined: what the machine heard. */
  const settleTurn = (sessionId: string, turn: HeardTurn, field: TurnField, value: string | undefined): HeardTurn => {
    const heard = turn.machine?.[field] ?? turn[field];
    const { [field]: _replaced, ...machine } = turn.machine ?? {};
    const settled = { ...turn, [field]: value ?? heard, machine: value === undefined ? machine : { ...machine, [field]: heard } };
    messages.setTurn(turn.id, settled);
    foldLater(sessionId, parts); // forms are filled from words
    return settled;
  };
  const settleCall = (sessionId: string, changes: Partial<Record<CallField, { value: string | null } | undefined>>): void => {
    const { revision, analysis } = found(sessionId);
    const settled = Object.entries(changes).reduce((now, [field, said]) => withWord(now, field as CallField, said), analysis);
    findings.setAnalysis(sessionId, revision, settled);
    keepFindings(sessionId, settled, parts);
    foldLater(sessionId, parts); // a reason may begin a form
  };
  const audit = (sessionId: string, action: string, what: string, by: By): void => parts.audit({ ...by, action, object: { kind: "session", id: sessionId }, outcome: "ok", reason: what });
  /** A person's word makes the result another one. Inside the transaction of it. */
  const tell = (sessionId: string, action: string, what: string, by: By): void => {
    const now = parts.clock.now();
    postResult(sessionId, sessions.nextRevision(sessionId), parts, now + SETTLED_MS);
    judgeLater(sessionId, parts);
    audit(sessionId, action, what, by);
    parts.events.emit("call.done", { session_id: sessionId, call_id: sessions.byId(sessionId)?.call_id ?? null, stage: "correct" });
  };

  return {
    turn: (sessionId, turnId, change, by) =>
      takeIn(() => {
        let turn = turnOf(sessionId, turnId);
        const clean = change.text === undefined ? undefined : redacted(change.text, turn, messages.turnsOf(sessionId), parts);
        const values = { text: clean, speaker: change.speaker };
        const changed = TURN_FIELDS.filter((field) => values[field] !== undefined && values[field] !== turn[field]);
        const isConfirmed = changed.length === 0 && clean !== undefined && turn.machine?.text === undefined;
        for (const field of isConfirmed ? (["text"] as const) : changed) {
          const value = values[field] as string;
          const heard = turn.machine?.[field] ?? turn[field];
          const place = { party: partyOf({ ...turn, speaker: turn.machine?.speaker ?? turn.speaker }), startMs: turn.startMs, endMs: turn.endMs };
          corrections.add({ sessionId, field, messageId: turnId, place, machine: heard, replaced: turn[field], value, model: messages.transcriptOf(sessionId)?.model ?? null, actor: actorOf(by), atMs: parts.clock.now() });
          turn = settleTurn(sessionId, turn, field, value);
        }
        if (changed.length > 0) tell(sessionId, "call.corrected", `${changed.join(", ")} of ${turnId}`, by);
        else if (isConfirmed) audit(sessionId, "call.confirmed", `text of ${turnId}`, by);
      }),
    takeTurnBack: (sessionId, turnId, wanted, by) =>
      takeIn(() => {
        const turn = turnOf(sessionId, turnId);
        const field = wanted ?? corrections.newestField(sessionId, turnId);
        if (field === undefined || !corrections.withdraw(sessionId, turnId, field, { actor: actorOf(by), atMs: parts.clock.now() })) throw nothingSaid();
        settleTurn(sessionId, turn, field, corrections.standing(sessionId, turnId, field)?.value ?? undefined);
        tell(sessionId, "call.correction_withdrawn", `${field} of ${turnId}`, by);
      }),
    call: (sessionId, change, by) =>
      takeIn(() => {
        const { analysis } = found(sessionId);
        const changes: Partial<Record<CallField, { value: string | null }>> = {};
        for (const field of CALL_FIELDS) {
          const asked = change[field];
          if (asked === undefined) continue;
          const value = field === "topic" && asked !== null ? redactTexts([asked], { detect: parts.config.privacy.redact }).texts[0] ?? null : asked;
          if (value === analysis[field]) continue;
          const machine = analysis.machine?.[field] === undefined ? analysis[field] : analysis.machine[field];
          corrections.add({ sessionId, field, messageId: null, place: null, machine, replaced: analysis[field], value, model: analysis.model ?? analysis.engine, actor: actorOf(by), atMs: parts.clock.now() });
          changes[field] = { value };
        }
        if (Object.keys(changes).length === 0) return;
        settleCall(sessionId, changes);
        tell(sessionId, "call.corrected", Object.keys(changes).join(", "), by);
      }),
    takeCallBack: (sessionId, field, by) =>
      takeIn(() => {
        found(sessionId);
        if (!corrections.withdraw(sessionId, null, field, { actor: actorOf(by), atMs: parts.clock.now() })) throw nothingSaid();
        settleCall(sessionId, { [field]: corrections.standing(sessionId, null, field) });
        tell(sessionId, "call.correction_withdrawn", field, by);
      }),
    of(sessionId) {
      const lines = messages.turnsOf(sessionId).flatMap(({ text, machine }) => (machine?.text === undefined ? [] : [{ truth: text, heard: machine.text }]));
      return { items: corrections.list(sessionId, LISTED), next: null, word_errors: checkedWords(lines), ...judgingOf(parts.queue.lastOf(sessionId, "judge")) };
    },
  };
}

/** What is to be said of judging anew. @param job the last one that was to do it */
function judgingOf(job: Job | undefined): Pick<CorrectionReport, "judged_anew_at" | "judging_stopped"> {
  const isOnTheWay = job?.state === "queued" || job?.state === "running";
  // a job that ended without a fault was called off: the call is heard again, which judges it too
  const fault = job?.state === "failed" || job?.state === "parked" ? job.error : null;
  return { judged_anew_at: isOnTheWay ? toRfc3339(job.runAfterMs) : null, judging_stopped: fault === null ? null : { code: fault.code, message: fault.message } };
}

/**
 * An analysis with what a person says instead of one of its findings. Pure.
 * @param said undefined: the machine's finding counts again
 */
export function withWord(analysis: Analysis, field: CallField, said: { value: string | null } | undefined): Analysis {
  const machine = analysis.machine?.[field] === undefined ? analysis[field] : analysis.machine[field];
  const { [field]: _replaced, ...others } = analysis.machine ?? {};
  const { machine: _before, ...rest } = analysis;
  const left = said === undefined ? others : { ...others, [field]: machine };
  return { ...rest, [field]: said === undefined ? machine : said.value, ...(Object.keys(left).length === 0 ? {} : { machine: left }) };
}

/** A person may type the number of a card like a customer may say it. */
function redacted(text: string, turn: HeardTurn, turns: readonly HeardTurn[], { config }: Parts): string {
  const at = turns.findIndex((one) => one.id === turn.id);
  const around = turns.slice(Math.max(0, at - AROUND), at + AROUND + 1).map((one) => (one.id === turn.id ? text : one.text));
  return redactTexts(around, { detect: config.privacy.redact }).texts[Math.min(at, AROUND)] ?? "";
}

function nothingSaid(): AppError {
  return new AppError("CONFLICT", "No person has corrected this, so there is nothing to take back");
}
