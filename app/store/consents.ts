// Consent records: added, never changed. Reads bring the few rows that can decide, however many a customer has.
import { ANY_CHANNEL, CONSENT_PURPOSES, CONSENT_STATES, newId, type ConsentPurpose, type ConsentRecord } from "../domain/index.ts";
import type { Db } from "../platform/index.ts";

/** What is to be kept of one statement. */
export type NewConsent = Omit<ConsentRecord, "id" | "recordedAtMs">;

export interface ConsentLookup {
  /** null: only what was said in the call itself counts */
  customerId: string | null;
  sessionId?: string;
  channel: string;
  purpose: ConsentPurpose;
  atMs: number;
}

export interface Consents {
  /** @returns the new record; undefined when exactly this was recorded before */
  add(consent: NewConsent, nowMs: number): ConsentRecord | undefined;
  exists(id: string): boolean;
  /**
   * Enough to decide like all records of the customer and the call would: of every kind of statement the newest. Twelve look-ups in one index,
   * so it takes as long for a customer with ten thousand calls as for one with two.
   */
  deciding(lookup: ConsentLookup): ConsentRecord[];
  /** the last thing said about the purpose that touches this channel; `any` is touched by all */
  newest(customerId: string, purpose: ConsentPurpose, channel: string): ConsentRecord | undefined;
  ofSession(sessionId: string): ConsentRecord[];
  /** newest first; @param limit at most this many */
  ofCustomer(customerId: string, limit: number): ConsentRecord[];
  /** channels that a customer has used or said something about, in the order of the alphabet, without `any` */
  channelsOf(customerId: string): string[];
  /** the caller is known now: what was said in the call counts for the customer from here on */
  adopt(sessionId: string, customerId: string): void;
}

/** Equal in all of these, two statements are one that was sent twice. */
const SAYS = ["channel", "purpose", "state", "source", "atMs", "proof", "expiresAtMs"] as const;

interface Row {
  id: string; customer_id: string | null; session_id: string | null; channel: string; purpose: ConsentPurpose; state: ConsentRecord["state"]; source: string; at_ms: number;
  proof: string; policy_id: string; expires_at_ms: number | null; recorded_at_ms: number; recorded_by: string;
}

/** @param db an open, migrated database */
export function createConsents(db: Db): Consents {
  const insert = db.prepare(`INSERT INTO consents (id, customer_id, origin_id, session_id, channel, purpose, state, source, at_ms, proof, policy_id, expires_at_ms, recorded_at_ms, recorded_by)
    VALUES (@id, @customerId, @customerId, @sessionId, @channel, @purpose, @state, @source, @atMs, @proof, @policyId, @expiresAtMs, @recordedAtMs, @recordedBy)`);
  const general = db.prepare<NewConsent, Row>("SELECT * FROM consents WHERE customer_id = @customerId AND purpose = @purpose AND channel = @channel AND state = @state AND (session_id IS NULL) = 1 AND at_ms = @atMs");
  const byId = db.prepare<[string], Row>("SELECT * FROM consents WHERE id = ?");
  const newest = db.prepare<Record<string, unknown>, Row>(`SELECT * FROM consents WHERE customer_id = @customerId AND purpose = @purpose AND channel = @channel AND state = @state
    AND (session_id IS NULL) = @isGeneral AND at_ms <= @atMs AND (expires_at_ms IS NULL OR expires_at_ms > @atMs) ORDER BY at_ms DESC LIMIT 1`);
  const any = db.prepare<[string, string]>("SELECT 1 FROM consents WHERE customer_id = ? AND purpose = ? LIMIT 1");
  const last = db.prepare<Record<string, unknown>, Row>("SELECT * FROM consents WHERE customer_id = @customerId AND purpose = @purpose AND (@channel = 'any' OR channel IN (@channel, 'any')) ORDER BY at_ms DESC, seq DESC LIMIT 1");
  const ofSession = db.prepare<[string], Row>("SELECT * FROM consents WHERE session_id = ? ORDER BY seq");
  const ofCustomer = db.prepare<[string, number], Row>("SELECT * FROM consents WHERE customer_id = ? ORDER BY at_ms DESC, seq DESC LIMIT ?");
  const channels = db.prepare<Record<string, unknown>, { channel: string }>("SELECT channel FROM sessions WHERE customer_id = @id UNION SELECT channel FROM consents WHERE customer_id = @id AND purpose IN (SELECT value FROM json_each(@purposes)) ORDER BY 1");
  const adopt = db.prepare("UPDATE consents SET customer_id = @customerId, origin_id = @customerId WHERE session_id = @sessionId AND origin_id IS NULL");
  const ofCall = (sessionId: string): ConsentRecord[] => ofSession.all(sessionId).map(recordOf);

  return {
    add(consent, nowMs) {
      const before = consent.sessionId === null ? general.all(consent).map(recordOf) : ofCall(consent.sessionId);
      if (before.some((one) => SAYS.every((part) => one[part] === consent[part]))) return undefined;
      const record = { ...consent, id: newId("cns", nowMs), recordedAtMs: nowMs };
      insert.run(record);
      return record;
    },
    exists: (id) => byId.get(id) !== undefined,
    deciding({ customerId, sessionId, channel, purpose, atMs }) {
      const found = sessionId === undefined ? [] : ofCall(sessionId);
      if (customerId === null || any.get(customerId, purpose) === undefined) return found; // most have never said anything
      for (const one of new Set([channel, ANY_CHANNEL])) {
        for (const state of CONSENT_STATES) {
          for (const isGeneral of [0, 1]) {
            const row = newest.get({ customerId, purpose, channel: one, state, isGeneral, atMs });
            if (row !== undefined && row.session_id !== (sessionId ?? "")) found.push(recordOf(row));
          }
        }
      }
      return found;
    },
    newest(customerId, purpose, channel) {
      const row = last.get({ customerId, purpose, channel });
      return row && recordOf(row);
    },
    ofSession: ofCall,
    ofCustomer: (customerId, limit) => ofCustomer.all(customerId, limit).map(recordOf),
    channelsOf: (id) => channels.all({ id, purposes: JSON.stringify(CONSENT_PURPOSES) }).map((row) => row.channel).filter((channel) => channel !== ANY_CHANNEL),
    adopt: (sessionId, customerId) => void adopt.run({ sessionId, customerId }),
  };
}

function recordOf(row: Row): ConsentRecord {
  return {
    id: row.id, customerId: row.customer_id, sessionId: row.session_id, channel: row.channel, purpose: row.purpose, state: row.state, source: row.source, atMs: row.at_ms,
    proof: row.proof, policyId: row.policy_id, expiresAtMs: row.expires_at_ms, recordedAtMs: row.recorded_at_ms, recordedBy: row.recorded_by,
  };
}
