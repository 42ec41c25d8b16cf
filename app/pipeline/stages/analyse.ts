// analyse: what the call was about, with the turns that prove it; the result enters the outbox in the same transaction.
import { madeByOf, madeByWords, type AnalysisInput } from "../../domain/index.ts";
import { measureCall } from "../../analysis/index.ts";
import { audioOf, channelMapOf, separationOf, speechOf, type NewAlert, type RecordingRow, type SessionRow } from "../../store/index.ts";
import { keepCallWords } from "../corrections/keep-corrections.ts";
import type { Parts } from "../parts.ts";
import { postResult } from "../post-result.ts";
import { judgeSession, keepJudgement, tellAlerts } from "../quality/judgement.ts";
import type { CallStage, StageInput } from "../stage.ts";
import { keepFindings } from "../threads/keep-findings.ts";
import { encodeMessages, keepEncodings } from "../workflows/encode-messages.ts";
import { keepProposals, proposalWords, proposeSlots } from "../workflows/propose-slots.ts";

export const analyse: CallStage = {
  name: "analyse",
  subject: "call",
  lane: "cpu",
  next: null,
  waiting: "The words are about to be analysed",
  async run(input, parts, signal) {
    const found = await analyseCall(input, parts, signal);
    let alerts: NewAlert[] = [];
    return {
      save() {
        parts.store.writes.sessions.setStatus(input.session.id, "done", null, parts.clock.now());
        const kept = found.keep();
        alerts = kept.alerts;
        postResult(input.session.id, kept.revision, parts);
      },
      detail: found.detail,
      afterCommit: async () => tellAlerts(alerts, parts),
    };
  },
};

/** What was found in a call, and how to keep it. */
export interface AnalysedCall {
  /** A new revision of findings, numbers and judgement, in which people's words stand. Inside a transaction, before the result is posted. @param mayAlert which rules may raise one; all when absent */
  keep(mayAlert?: (rule: string) => boolean): { revision: number; alerts: NewAlert[] };
  /** for the ledger */
  detail: string;
}

/** Findings, numbers, verdicts and values for forms, from the words of a call as they count now. @throws the signal's reason */
export async function analyseCall({ session, recording }: StageInput, parts: Parts, signal: AbortSignal): Promise<AnalysedCall> {
  const input = inputOf(session, recording, parts);
  const analysis = keepCallWords(session.id, await parts.analysis.analyse(input, signal), parts); // whoever keeps it sees to it that nobody has corrected anything since
  const metrics = measureCall(input);
  const judgement = await judgeSession(session, recording, input, { analysis, metrics }, parts, signal);
  const encodings = await encodeMessages(session, analysis, parts, signal);
  const proposals = await proposeSlots(session, analysis.reason, parts, signal);
  return {
    keep(mayAlert) {
      const { sessions, messages, findings } = parts.store.writes;
      const revision = sessions.nextRevision(session.id);
      findings.saveAnalysis(session.id, revision, analysis, metrics, parts.clock.now());
      for (const turn of input.turns) messages.setSentiment(turn.id, analysis.turn_sentiment[turn.id] ?? null);
      keepEncodings(session.id, encodings, parts);
      keepProposals(session.id, proposals, parts);
      keepFindings(session.id, analysis, parts);
      return { revision, alerts: keepJudgement(sessions.byId(session.id) ?? session, revision, judgement, parts, mayAlert) };
    },
    detail: `${madeByWords(madeByOf(analysis))}: ${many(analysis.summary_points.length, "point")}, ${many(analysis.action_items.length, "action item")}, ${many(analysis.promises.length, "promise")}${analysis.dropped > 0 ? `, ${analysis.dropped} findings dropped without proof` : ""}${proposalWords(proposals)}`,
  };
}

/** `1 promise`, `3 points` */
const many = (n: number, one: string): string => `${n} ${one}${n === 1 ? "" : "s"}`;

/** Everything here is stored, so the numbers of a call can be computed again at any time. */
export function inputOf(session: SessionRow, recording: RecordingRow, parts: Pick<Parts, "store" | "config">): AnalysisInput {
  const audio = audioOf(recording);
  const heard = parts.store.writes.messages.transcriptOf(session.id);
  const map = channelMapOf(recording);
  const speech = speechOf(recording);
  const voices = separationOf(recording)?.voices;
  const roles = heard?.speakerSource === "diarised" ? heard.roles?.map : undefined;
  const agentChannel = map?.["0"] === "agent" ? "0" : "1";
  return {
    turns: parts.store.writes.messages.turnsOf(session.id).filter((turn) => turn.text !== "").map(({ sentiment: _unused, machine, ...turn }) => (machine?.text === undefined ? turn : { ...turn, confidence: 1 })),
    startedAtMs: session.started_at_ms ?? session.received_at_ms,
    timeZone: parts.config.site.timezone,
    language: session.language ?? "en",
    ...(map === undefined ? {} : { speech: { agent: speech[agentChannel] ?? [], customer: speech[agentChannel === "0" ? "1" : "0"] ?? [] } }),
    ...(audio === undefined ? {} : { layout: audio.layout }),
    ...(audio?.hold === undefined ? {} : { hold: audio.hold }),
    ...(heard === undefined ? {} : { speakerSource: heard.speakerSource }),
    ...(voices === undefined || !roles ? {} : { separatedSpeech: roles["0"] === "agent" ? { agent: voices[0], customer: voices[1] } : { agent: voices[1], customer: voices[0] } }),
    durationMs: audio?.durationMs ?? 0,
  };
}
