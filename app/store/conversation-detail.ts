// Everything that is known of one conversation: its sessions, who took part, who changed what, and its names elsewhere.
import { madeByOf, toRfc3339, type AlertView, type Analysis, type CategoryView } from "../domain/index.ts";
import type { Db } from "../platform/index.ts";
import type { ConversationDetail } from "./views.ts";

/** What rules found in a session. */
export type SessionQuality = (sessionId: string) => { categories: CategoryView[]; alerts: AlertView[] };

type Detail = Pick<ConversationDetail, "sessions" | "participants" | "activities" | "references">;

/** The newest of each list: a switchboard's conversation may have thousands. */
const AT_MOST = 200;

interface SessionLine {
  id: string; channel: string; startMs: number; endMs: number; status: string; agent: string | null; queue: string | null; reason: string | null; outcome: string | null; call_id: string | null; analysis: string | null;
}

/** @param db an open, migrated database · @param quality what rules found in a session */
export function createConversationDetail(db: Db, quality: SessionQuality): (conversationId: string) => Detail {
  const sessions = db.prepare<[string], SessionLine>(
    `SELECT id, channel, coalesce(started_at_ms, received_at_ms) AS startMs, coalesce(ended_at_ms, coalesce(started_at_ms, received_at_ms) + coalesce(duration_ms, 0)) AS endMs, status, coalesce(agent_name, agent_id) AS agent, queue, reason, outcome,
      CASE WHEN channel = 'phone' THEN call_id END AS call_id, (SELECT body FROM analyses WHERE session_id = sessions.id ORDER BY revision DESC LIMIT 1) AS analysis FROM sessions WHERE conversation_id = ? AND is_empty = 0 ORDER BY 3 DESC LIMIT ${AT_MOST}`,
  );
  const spoke = db.prepare<[string], { role: string; id: string | null; name: string | null; sessions: number }>(`SELECT role, id, name, count(DISTINCT session_id) AS sessions FROM (
      SELECT m.speaker AS role, m.session_id, CASE m.speaker WHEN 'agent' THEN coalesce(m.facts ->> '$.agent.id', s.agent_id) END AS id, CASE m.speaker WHEN 'agent' THEN coalesce(m.facts ->> '$.agent.name', s.agent_name) END AS name
      FROM messages m JOIN sessions s ON s.id = m.session_id WHERE s.conversation_id = ? AND m.speaker IN ('agent', 'bot', 'customer')
    ) GROUP BY role, id, name ORDER BY sessions DESC, role LIMIT ${AT_MOST}`);
  const activities = db.prepare<[string], { at: number; by: string; field: string; value: string | null; session_id: string }>(
    `SELECT a.at_ms AS at, a.actor AS by, a.field, a.value, a.session_id FROM activities a JOIN sessions s ON s.id = a.session_id WHERE s.conversation_id = ? ORDER BY a.seq DESC LIMIT ${AT_MOST}`,
  );
  const references = db.prepare<[string], { kind: string; value: string; session_id: string }>(`SELECT DISTINCT substr(r.kind, 1, instr(r.kind || '@', '@') - 1) AS kind, r.value, r.session_id FROM refs r JOIN sessions s ON s.id = r.session_id WHERE s.conversation_id = ? AND r.kind <> 'expected_call' ORDER BY 1, 2 LIMIT ${AT_MOST}`);
  return (id) => ({
    sessions: sessions.all(id).reverse().map(({ startMs, endMs, analysis, ...one }) => {
      const found = analysis === null ? undefined : (JSON.parse(analysis) as Analysis);
      const { categories, alerts } = quality(one.id);
      return { ...one, started_at: toRfc3339(startMs), ended_at: toRfc3339(endMs), summary: found?.summary ?? null, topic: found?.topic ?? null, analysis: found === undefined ? null : madeByOf(found), categories, alerts };
    }),
    participants: spoke.all(id),
    activities: activities.all(id).reverse().map((one) => ({ ...one, at: toRfc3339(one.at) })),
    references: references.all(id),
  });
}
