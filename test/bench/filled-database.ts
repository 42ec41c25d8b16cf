// A database of many messages for the benches, always the same.
import { newId } from "../../app/domain/index.ts";
import { inTransaction, type Db } from "../../app/platform/index.ts";

const MESSAGES_PER_SESSION = 12;
const SESSIONS_PER_CUSTOMER = 8;
const WORDS = "the invoice was charged twice refund address order delivery late card blocked appointment change number please help account password router broken cancelled contract renewal".split(" ");

/** A generator of its own, so that both databases are of one kind whatever their size. */
export function dice(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/**
 * Customers with sessions on four channels; one of fifty has ten times as many. Rows as the pipeline writes them.
 * @param isRare one message of ten also has a word that 20 of a million have
 */
export function fill(db: Db, messages: number, isRare = false): string[] {
  const random = dice(7);
  const customer = db.prepare("INSERT INTO customers (id, root_id, name, created_at_ms) VALUES (?, ?, ?, ?)");
  const identity = db.prepare("INSERT INTO identities (id, customer_id, origin_id, kind, value, first_seen_ms, last_seen_ms) VALUES (?, ?, ?, ?, ?, ?, ?)");
  const conversation = db.prepare("INSERT INTO conversations (id, customer_id, founder_id, status, topic, reason, summary, opened_at_ms, updated_at_ms) VALUES (?, ?, NULL, ?, 'Billing', 'billing.refund', 'The customer was charged twice.', ?, ?)");
  const session = db.prepare("INSERT INTO sessions (id, channel, source, call_id, customer_id, origin_id, conversation_id, status, started_at_ms, ended_at_ms, reason, series, received_at_ms, updated_at_ms) VALUES (?, ?, 'bench', ?, ?, ?, ?, 'done', ?, ?, 'billing.refund', ?, ?, ?)");
  const message = db.prepare("INSERT INTO messages (id, session_id, conversation_id, customer_id, source, channel, external_id, speaker, kind, text, at_ms, sentiment, facts) VALUES (?, ?, ?, ?, 'bench', ?, ?, ?, 'text', ?, ?, ?, ?)");
  const ids: string[] = [];
  for (let written = 0; written < messages; ) {
    inTransaction(db, () => {
      for (let batch = 0; batch < 50 && written < messages; batch++) {
        const id = newId("cus", ids.length);
        ids.push(id);
        customer.run(id, id, `Person ${ids.length}`, 1);
        identity.run(newId("idn", 1), id, id, "e164", `+1${ids.length}`, 1, 1);
        const sessions = SESSIONS_PER_CUSTOMER * (ids.length % 50 === 0 ? 10 : 1);
        for (let s = 0, at = Date.UTC(2025, 0, 1) + random(1e9); s < sessions && written < messages; s++, at += 4 * 86_400_000) {
          const [sessionId, conversationId, channel] = [newId("ses", at), newId("cnv", at), ["web_chat", "whatsapp", "email", "sms"][random(4)] ?? "sms"];
          conversation.run(conversationId, id, s % 3 === 0 ? "open" : "resolved", at, at);
          session.run(sessionId, channel, sessionId, id, id, conversationId, at, at + 600_000, `${channel}|bench|${id}`, at, at);
          for (let m = 0; m < MESSAGES_PER_SESSION && written < messages; m++, written++) {
            const text = Array.from({ length: 4 + random(16) }, () => WORDS[random(WORDS.length)]).join(" ");
            const rare = isRare && random(10) === 0 ? ` case${random(5000)}` : "";
            message.run(newId("msg", at), sessionId, conversationId, id, channel, `x${written}`, m % 2 === 0 ? "customer" : "bot", text + rare, at + m * 30_000, random(200) / 100 - 1, m === 1 ? '{"intent":"refund","slots":{"order":"1","amount":null}}' : null);
          }
        }
      }
    });
  }
  db.pragma("wal_checkpoint(TRUNCATE)");
  return ids;
}
