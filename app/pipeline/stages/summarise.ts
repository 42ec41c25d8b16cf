// summarise: what a session of messages was about, once it has settled. Calls have their own way there (analyse.ts).
import { madeByOf, madeByWords, type AnalysisInput } from "../../domain/index.ts";
import type { NewAlert, SessionRow } from "../../store/index.ts";
import type { Parts } from "../parts.ts";
import { judgeSession, keepJudgement, tellAlerts } from "../quality/judgement.ts";
import type { WrittenStage } from "../stage.ts";
import { keepFindings } from "../threads/keep-findings.ts";
import { encodeMessages, keepEncodings } from "../workflows/encode-messages.ts";
import { keepProposals, proposalWords, proposeSlots } from "../workflows/propose-slots.ts";

export const summarise: WrittenStage = {
  name: "summarise",
  subject: "written",
  lane: "cpu",
  next: null,
  waiting: "The messages are summed up when nothing more comes",
  async run(session, parts, signal) {
    const input = writtenInputOf(session, parts);
    const analysis = await parts.analysis.analyse(input, signal);
    const judgement = await judgeSession(session, undefined, input, { analysis, metrics: null }, parts, signal);
    const encodings = await encodeMessages(session, analysis, parts, signal);
    const proposals = await proposeSlots(session, analysis.reason, parts, signal);
    let alerts: NewAlert[] = [];
    return {
      save() {
        const { sessions, findings, messages } = parts.store.writes;
        const now = parts.clock.now();
        const revision = sessions.nextRevision(session.id);
        findings.saveAnalysis(session.id, revision, analysis, null, now);
        for (const turn of input.turns) messages.setSentiment(turn.id, analysis.turn_sentiment[turn.id] ?? null);
        sessions.setStatus(session.id, "done", null, now);
        keepEncodings(session.id, encodings, parts);
        keepProposals(session.id, proposals, parts);
        keepFindings(session.id, analysis, parts);
        alerts = keepJudgement(sessions.byId(session.id) ?? session, revision, judgement, parts);
      },
      detail: `${madeByWords(madeByOf(analysis))}: ${input.turns.length} messages, ${analysis.summary_points.length} points${analysis.dropped > 0 ? `, ${analysis.dropped} findings dropped without proof` : ""}${proposalWords(proposals)}`,
      afterCommit: async () => tellAlerts(alerts, parts),
    };
  },
};

/** Messages are turns whose times are their places in the session. */
export function writtenInputOf(session: SessionRow, parts: Pick<Parts, "store" | "config">): AnalysisInput {
  const startedAtMs = session.started_at_ms ?? session.received_at_ms;
  const turns = parts.store.writes.written.textsOf(session.id).map(({ id, speaker, text, atMs }) => ({ id, speaker, text, startMs: atMs - startedAtMs, endMs: atMs - startedAtMs, confidence: undefined }));
  return { turns, startedAtMs, timeZone: parts.config.site.timezone, language: session.language ?? "en", durationMs: (session.ended_at_ms ?? startedAtMs) - startedAtMs };
}
