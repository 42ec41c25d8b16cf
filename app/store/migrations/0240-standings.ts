// Where every contact stands on its way: one row a call, and one for each other contact while something of it is pending. What the ledger lists and
// counts would otherwise be pieced together from five tables for every row. Triggers keep it, so no way of writing can forget it.
export const version = 240;

const PENDING = "state IN ('queued', 'running')";

/** The row of one session is made again. A contact by message has one only while there is something to say. */
const again = (id: string): string => `
  DELETE FROM standings WHERE session_id = ${id} AND channel <> 'phone' AND NOT EXISTS (SELECT 1 FROM standing_now WHERE session_id = ${id});
  INSERT INTO standings SELECT * FROM standing_now WHERE session_id = ${id}
    ON CONFLICT (session_id) DO UPDATE SET place = excluded.place, stage = excluded.stage, code = excluded.code, since_ms = excluded.since_ms, reached = excluded.reached
    WHERE (place, stage, code, since_ms, reached) IS NOT (excluded.place, excluded.stage, excluded.code, excluded.since_ms, excluded.reached);`;

const trigger = (name: string, event: string, id: string, when = "true"): string => `CREATE TRIGGER standings_${name} AFTER ${event} WHEN ${when} BEGIN ${again(id)} END;`;

export const sql = `
CREATE TABLE standings (
  session_id TEXT PRIMARY KEY,
  channel TEXT NOT NULL,
  source TEXT NOT NULL,
  received_at_ms INTEGER NOT NULL,
  -- done | work | announced (the recording never came) | failed | held
  place TEXT NOT NULL,
  stage TEXT,
  code TEXT,
  -- since when it waits there
  since_ms INTEGER NOT NULL,
  -- 0 announced, 1 recorded, 2 heard, 3 sent to the CRM
  reached INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE VIEW standing_now AS SELECT * FROM (
  SELECT s.id AS session_id, s.channel, s.source, s.received_at_ms,
    CASE
      WHEN s.status = 'held' THEN 'held'
      WHEN j.id IS NOT NULL THEN 'work'
      WHEN s.channel = 'phone' AND r.id IS NULL AND s.status IN ('received', 'failed') THEN 'announced'
      WHEN s.status = 'failed' OR p.id IS NOT NULL OR o.state = 'parked' THEN 'failed'
      WHEN o.id IS NOT NULL OR (s.channel = 'phone' AND s.status <> 'done') THEN 'work'
      WHEN s.channel = 'phone' THEN 'done'
    END AS place,
    CASE WHEN s.status = 'held' THEN NULL WHEN j.id IS NOT NULL THEN j.stage WHEN s.status = 'failed' OR p.id IS NOT NULL THEN coalesce(p.stage, 'notify') WHEN o.id IS NOT NULL THEN 'deliver' WHEN s.status <> 'done' THEN 'notify' END AS stage,
    CASE WHEN s.status = 'held' THEN 'CONSENT_MISSING' WHEN j.id IS NOT NULL THEN j.error_code ELSE coalesce(s.error_code, p.error_code, o.error_code) END AS code,
    CASE WHEN s.status = 'held' OR s.status = 'done' AND j.id IS NULL AND p.id IS NULL AND o.id IS NULL THEN s.received_at_ms
      -- a job that fails and is tried again waits since it came into being; one that has not begun, since it may begin
      WHEN j.id IS NOT NULL THEN iif(j.error_code IS NULL, max(j.created_at_ms, j.run_after_ms), j.created_at_ms)
      WHEN s.status = 'failed' OR p.id IS NOT NULL THEN coalesce(p.finished_at_ms, s.received_at_ms) ELSE coalesce(o.created_at_ms, s.received_at_ms) END AS since_ms,
    CASE WHEN EXISTS (SELECT 1 FROM outbox WHERE session_id = s.id AND destination = 'crm' AND state = 'delivered') THEN 3
      WHEN EXISTS (SELECT 1 FROM transcripts WHERE session_id = s.id) THEN 2 WHEN r.arrived_at_ms IS NOT NULL THEN 1 ELSE 0 END AS reached
  FROM sessions s
  LEFT JOIN recordings r ON r.session_id = s.id
  LEFT JOIN jobs j ON j.id = (SELECT id FROM jobs WHERE session_id = s.id AND ${PENDING} ORDER BY id LIMIT 1)
  -- what stopped: a session's newest job, or an attachment that nobody has read since
  LEFT JOIN jobs p ON p.id = (SELECT q.id FROM jobs q WHERE q.session_id = s.id AND (CASE WHEN s.status = 'failed' THEN q.state IN ('failed', 'parked') AND q.attachment_id IS NULL
    ELSE q.state = 'parked' AND (SELECT state FROM attachments WHERE id = q.attachment_id) = 'failed' END) ORDER BY q.id DESC LIMIT 1)
  LEFT JOIN outbox o ON o.id = (SELECT id FROM outbox WHERE session_id = s.id AND state IN ('waiting', 'parked') ORDER BY state, created_at_ms, id LIMIT 1)
) WHERE place IS NOT NULL;

${trigger("session", "INSERT ON sessions", "new.id")}
${trigger("session_status", "UPDATE OF status, error_code ON sessions", "new.id", "(new.status, new.error_code) IS NOT (old.status, old.error_code)")}
CREATE TRIGGER standings_session_gone AFTER DELETE ON sessions BEGIN DELETE FROM standings WHERE session_id = old.id; END;
${trigger("job", "INSERT ON jobs", "new.session_id")}
${trigger("job_state", "UPDATE OF state, run_after_ms, error_code, session_id ON jobs", "new.session_id", "NOT (old.state = 'queued' AND new.state = 'running')")}
${trigger("job_gone", "DELETE ON jobs", "old.session_id")}
${trigger("attachment", "UPDATE OF state ON attachments", "new.session_id", "new.state IS NOT old.state")}
${trigger("recording", "INSERT ON recordings", "new.session_id")}
${trigger("recording_file", "UPDATE OF arrived_at_ms ON recordings", "new.session_id")}
${trigger("recording_gone", "DELETE ON recordings", "old.session_id")}
${trigger("transcript", "INSERT ON transcripts", "new.session_id")}
${trigger("transcript_gone", "DELETE ON transcripts", "old.session_id")}
${trigger("outbox", "INSERT ON outbox", "new.session_id")}
${trigger("outbox_state", "UPDATE OF state, error_code ON outbox", "new.session_id", "(new.state, new.error_code) IS NOT (old.state, old.error_code)")}

CREATE INDEX standings_received ON standings(received_at_ms, session_id, channel, reached);
CREATE INDEX standings_source ON standings(source, received_at_ms, session_id, channel, reached);
CREATE INDEX standings_place ON standings(place, received_at_ms, session_id, source, code, channel) WHERE place <> 'done';
CREATE INDEX standings_stage ON standings(stage, since_ms, session_id, source, received_at_ms) WHERE place IN ('work', 'announced');
INSERT INTO standings SELECT * FROM standing_now;

-- how long stages take, what the queue holds, what the other sides said
CREATE INDEX jobs_finished ON jobs(stage, finished_at_ms, created_at_ms) WHERE state = 'done';
CREATE INDEX jobs_unfinished ON jobs(state, created_at_ms, id, lane, stage) WHERE state <> 'done';
CREATE INDEX outbox_unsent ON outbox(state, created_at_ms, id, destination) WHERE state IN ('waiting', 'parked');
CREATE INDEX outbox_delivered ON outbox(destination, finished_at_ms, created_at_ms) WHERE state = 'delivered';
CREATE INDEX sessions_source ON sessions(source, received_at_ms);
`;
