// Values for slots that a language model proposed and the check let pass. Whoever folds a form checks them again.
import type { Db } from "../platform/index.ts";

export interface SlotProposal {
  workflow: string;
  slot: string;
  value: string;
  quote: string;
  /** id of the message that proves it */
  message: string;
}

export interface SlotProposals {
  /** The same again changes nothing; what a message that is gone would prove is left out. @param by who proposes, e.g. engine and model */
  save(proposals: readonly SlotProposal[], by: string, nowMs: number): void;
  /** in the order of their messages */
  of(conversationId: string): SlotProposal[];
}

/** @param db an open, migrated database */
export function createSlotProposals(db: Db): SlotProposals {
  const save = db.prepare(`INSERT INTO slot_proposals (message_id, workflow, slot, value, quote, proposed_by, at_ms) SELECT id, @workflow, @slot, @value, @quote, @by, @nowMs FROM messages WHERE id = @message
    ON CONFLICT (message_id, workflow, slot) DO UPDATE SET value = excluded.value, quote = excluded.quote, proposed_by = excluded.proposed_by, at_ms = excluded.at_ms`);
  // Sites without a model have none at all, and do not look for them message by message.
  const of = db.prepare<[string], SlotProposal>(`SELECT p.workflow, p.slot, p.value, p.quote, p.message_id AS message FROM messages m CROSS JOIN slot_proposals p ON p.message_id = m.id
    WHERE EXISTS (SELECT 1 FROM slot_proposals) AND m.conversation_id = ? ORDER BY m.at_ms, m.seq, p.workflow, p.slot`);
  return {
    save: (proposals, by, nowMs) => proposals.forEach((one) => save.run({ ...one, by, nowMs })),
    of: (conversationId) => of.all(conversationId),
  };
}
