// Calls as readers see them: one call whole, lists of calls, the ledger.
import { formatDuration, madeByOf, speakerName, toRfc3339, type Analysis, type CallMetrics, type CallSummary, type CallView, type QualityView, type VoiceRoles, type VoiceSeparation } from "../domain/index.ts";
import type { Db } from "../platform/index.ts";
import type { Findings } from "./findings.ts";
import { correctedView } from "./message-view.ts";
import type { Messages } from "./messages.ts";
import type { Recordings } from "./recordings.ts";
import { audioOf, channelMapOf, pageOf, readCursor, separationOf, type LedgerRow, type SessionRow } from "./rows.ts";
import type { Sessions } from "./sessions.ts";
import type { StoreReads } from "./store.ts";
import type { LedgerLine } from "./views.ts";

interface Parts {
  sessions: Sessions;
  recordings: Recordings;
  messages: Messages;
  findings: Findings;
  quality(sessionId: string): QualityView;
}

type CallReads = Pick<StoreReads, "callView" | "agentOf" | "whereabouts" | "countUnfinished" | "listCalls" | "recordingOf" | "listLedger"> & { viewOfSession(id: string): CallView | undefined };

/** @param db an open, migrated database */
export function createCallReads(db: Db, parts: Parts): CallReads {
  const ledger = db.prepare<[string], LedgerRow>("SELECT * FROM ledger WHERE session_id = ? ORDER BY seq");
  const find = (callId: string, source?: string): SessionRow | undefined =>
    source === undefined ? parts.sessions.newestByCallId(callId) : parts.sessions.byCallId(source, callId);

  const unfinished = db.prepare<[number], number>("SELECT count(*) FROM (SELECT 1 FROM sessions WHERE channel = 'phone' AND status <> 'done' LIMIT ?)").pluck();
  const view = (session: SessionRow): CallView => {
    const recording = parts.recordings.ofSession(session.id);
    const audio = recording && audioOf(recording);
    const heard = parts.messages.transcriptOf(session.id);
    const turns = parts.messages.turnsOf(session.id);
    const found = parts.findings.analysisOf(session.id);
    const { not_measurable: rules_not_measurable, ...quality } = parts.quality(session.id);
    return {
      ...summaryOf(session, found?.analysis),
      language: session.language,
      audio:
        recording === undefined || audio === undefined
          ? null
          : {
              channels: audio.channels,
              layout: audio.layout,
              channel_map: channelMapOf(recording) ?? null,
              channel_map_reason: recording.channel_map_reason,
              truncated: audio.truncated,
              redacted_ms: recording.muted_ms,
              warnings: audio.warnings ?? [],
              speaker_source: heard?.speakerSource ?? null,
              ...separationView(separationOf(recording), heard?.roles),
            },
      speaker_source: heard?.speakerSource ?? null,
      turns: turns.map((turn) => ({
        id: turn.id, speaker: turn.speaker, ...(turn.voice === undefined ? {} : { voice: turn.voice + 1 }), start_ms: turn.startMs, end_ms: turn.endMs, text: turn.text, confidence: turn.confidence ?? null, sentiment: turn.sentiment, ...(turn.machine === undefined ? {} : correctedView(turn, turn.machine)),
      })),
      transcript: heard === undefined ? null : turns.map((turn) => `${speakerName({ speaker: turn.speaker, voice: turn.voice === undefined ? undefined : turn.voice + 1 })}: ${turn.text}`).join("\n"),
      ...findingsOf(found),
      ...quality,
      rules_not_measurable,
      engines: heard && {
        speech: { engine: heard.engine, model: heard.model, sha256: heard.modelSha256 ?? null, ...(heard.endpoint === undefined ? {} : { endpoint: heard.endpoint }) },
        analysis: found === undefined ? null : madeByOf(found.analysis),
      } || null,
      ...(found?.analysis.machine === undefined ? {} : { machine: found.analysis.machine }),
      revision: session.revision,
      ledger: ledger.all(session.id).map(ledgerView),
    };
  };

  return {
    callView(callId, source) {
      const session = find(callId, source);
      return session && view(session);
    },
    agentOf: (sessionId) => parts.sessions.byId(sessionId)?.agent_id ?? null,
    whereabouts(sessionId) {
      const session = parts.sessions.byId(sessionId);
      return session && { customerId: session.customer_id, conversationId: session.conversation_id };
    },
    viewOfSession(id) {
      const session = parts.sessions.byId(id);
      return session && view(session);
    },
    recordingOf(callId, source) {
      const session = find(callId, source);
      const row = session && parts.recordings.ofSession(session.id);
      if (row === undefined || row.file === null || row.sha256 === null) return undefined;
      return {
        id: row.id, sessionId: row.session_id, file: row.file, playbackFile: row.playback_file, redacted: row.redacted === 1,
        sha256: row.sha256, sizeBytes: row.size_bytes ?? 0, originalName: row.original_name,
      };
    },
    listCalls(filter, page) {
      const after = readCursor(page);
      const [at, id] = filter.rule === undefined ? ["s.received_at_ms", "s.id"] : ["h.received_at_ms", "h.session_id"]; // the same values, in an index of either
      const rows = db.prepare<Record<string, unknown>, SessionRow>(`SELECT s.* FROM ${filter.rule === undefined ? "sessions s WHERE" : "rule_hits h CROSS JOIN sessions s ON s.id = h.session_id WHERE h.rule = @rule AND h.state = 'matched' AND"} channel = 'phone'
        ${filter.status === undefined ? "" : "AND status = @status"} ${filter.source === undefined ? "" : "AND source = @source"}
        ${filter.customerId === undefined ? "" : "AND customer_id = @customerId"} ${filter.agentId === undefined ? "" : "AND agent_id = @agentId"} ${filter.agentIds === undefined ? "" : "AND agent_id IN (SELECT value FROM json_each(@agentIds))"}
        ${filter.fromMs === undefined ? "" : `AND ${at} >= @fromMs`} ${filter.toMs === undefined ? "" : `AND ${at} < @toMs`}
        ${after === undefined ? "" : `AND (${at}, ${id}) < (@at, @id)`} ORDER BY ${at} DESC, ${id} DESC LIMIT @limit`).all({ ...filter, agentIds: JSON.stringify(filter.agentIds ?? []), ...after, limit: page.limit + 1 });
      return pageOf(rows, page.limit, byArrival, (row) => summaryOf(row, parts.findings.analysisOf(row.id)?.analysis));
    },
    countUnfinished: (most) => unfinished.get(most) ?? 0,
    listLedger(filter, page) {
      const after = readCursor(page);
      const rows = db.prepare<Record<string, unknown>, SessionRow>(`SELECT * FROM sessions WHERE channel = 'phone' ${filter.unfinishedOnly ? "AND status <> 'done'" : ""}
        ${after === undefined ? "" : "AND (received_at_ms, id) < (@at, @id)"} ORDER BY received_at_ms DESC, id DESC LIMIT @limit`).all({ ...after, limit: page.limit + 1 });
      return pageOf(rows, page.limit, byArrival, (row) => lineOf(row, ledger.all(row.id)));
    },
  };
}

const byArrival = (row: SessionRow): { at: number; id: string } => ({ at: row.received_at_ms, id: row.id });

function summaryOf(session: SessionRow, analysis: Analysis | undefined): CallSummary {
  return {
    call_id: session.call_id,
    source: session.source,
    status: session.status,
    error: session.error_code === null ? null : { code: session.error_code, message: session.error_message ?? "", retry: (session.error_retry ?? "never") as "never" | "later" | "after_fix" },
    direction: session.direction,
    started_at: session.started_at_ms === null ? null : toRfc3339(session.started_at_ms),
    duration_ms: session.duration_ms,
    duration: session.duration_ms === null ? null : formatDuration(session.duration_ms),
    customer_id: session.customer_id,
    conversation_id: session.conversation_id,
    session_id: session.id,
    agent: session.agent_id === null && session.agent_name === null ? null : { id: session.agent_id, name: session.agent_name },
    queue: session.queue,
    topic: analysis?.topic ?? null,
    outcome: analysis?.outcome ?? null,
    summary: analysis?.summary ?? null,
  };
}

function findingsOf(found: { analysis: Analysis; metrics: CallMetrics } | undefined): Pick<
  CallView,
  "summary_points" | "reason" | "topic_evidence" | "outcome_evidence" | "intent" | "action_items" | "promises" | "risks" | "entities" | "sentiment" | "coverage" | "metrics"
> {
  const analysis = found?.analysis;
  return {
    summary_points: analysis?.summary_points ?? [],
    reason: analysis?.reason ?? null,
    topic_evidence: analysis?.topic_evidence ?? [],
    outcome_evidence: analysis?.outcome_evidence ?? [],
    intent: analysis?.intent ?? null,
    action_items: analysis?.action_items ?? [],
    promises: analysis?.promises ?? [],
    risks: analysis?.risks ?? null,
    entities: analysis?.entities ?? [],
    sentiment: analysis?.sentiment ?? null,
    coverage: analysis?.coverage ?? null,
    metrics: found?.metrics ?? null,
  };
}

function separationView(separation: VoiceSeparation | undefined, roles: VoiceRoles | undefined): Pick<NonNullable<CallView["audio"]>, "separation"> {
  if (separation === undefined) return {};
  const map = roles?.map ?? null;
  return {
    separation: {
      method: separation.method,
      confidence: separation.confidence,
      reason: separation.reason,
      roles: map && { "1": map["0"], "2": map["1"] },
      role_confidence: roles?.confidence ?? null,
      role_reasons: roles?.reasons ?? [],
    },
  };
}

function ledgerView(row: LedgerRow): CallView["ledger"][number] {
  return { stage: row.stage, status: row.status, at: toRfc3339(row.at_ms), ms: row.ms, code: row.code, detail: row.detail };
}

function lineOf(session: SessionRow, rows: LedgerRow[]): LedgerLine {
  const newest = new Map<string, LedgerRow>();
  for (const row of rows) {
    newest.delete(row.stage); // so that the order is that of the newest entries
    newest.set(row.stage, row);
  }
  const last = rows.at(-1);
  return {
    call_id: session.call_id,
    source: session.source,
    session_id: session.id,
    status: session.status,
    received_at: toRfc3339(session.received_at_ms),
    stages: [...newest.values()].map(ledgerView),
    waiting_for: session.status === "done" ? null : (session.error_message ?? last?.detail ?? "The next stage is about to begin"),
  };
}
