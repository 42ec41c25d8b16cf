// A house of so many contacts for the bench of the board and for looking at it: two months, always the same. Rows as the pipeline and its triggers leave them.
import { METRICS_VERSION } from "../../app/analysis/index.ts";
import { newId } from "../../app/domain/index.ts";
import { inTransaction, type Db } from "../../app/platform/index.ts";
import { dice } from "./filled-database.ts";

const DAY_MS = 86_400_000;
const CHANNELS = ["phone", "phone", "phone", "phone", "whatsapp", "email", "web_chat"];
const AGENTS = ["Ana Silva", "Ben Okoye", "Cem Yildiz", "Dana Novak", "Eva Lindqvist", "Farid Haddad", "Grace Chen", "Hugo Martin"];
const QUEUES = ["billing", "support", "sales"];
const REASONS = [["Billing", "billing.double_charge"], ["Billing", "billing.refund"], ["Delivery", "delivery.late"], ["Delivery", "delivery.damaged"], ["Account", "account.login"], ["Technical", "technical.no_internet"], ["Contract", "contract.cancel"], ["Appointment", "appointment.change"], [null, null]] as const;
const SAID = ["I was charged twice for the same month", "my parcel has still not arrived", "I cannot log in since the update", "the internet is down again", "I want to cancel my contract", "can we move the appointment to Tuesday", "the screen is broken", "where is my refund"];
const OUTCOMES = ["resolved", "resolved", "resolved", "unresolved", "follow_up", "escalated", "unknown"];

/** @param days that they are spread over, the last one ending now @param agents how many people answer @param bodyBytes of an analysis */
export function fillBoard(db: Db, contacts: number, nowMs: number, { days = 60, agents = 40, bodyBytes = 3000 } = {}): void {
  const random = dice(7);
  const customer = db.prepare("INSERT INTO customers (id, root_id, created_at_ms) VALUES (?, ?, ?)");
  const conversation = db.prepare("INSERT INTO conversations (id, customer_id, founder_id, status, topic, reason, opened_at_ms, updated_at_ms, resolved_at_ms) VALUES (?, ?, NULL, ?, ?, ?, ?, ?, ?)");
  const session = db.prepare("INSERT INTO sessions (id, channel, source, call_id, customer_id, origin_id, conversation_id, status, direction, started_at_ms, ended_at_ms, duration_ms, agent_id, agent_name, queue, reason, outcome, received_at_ms, updated_at_ms) VALUES (?, ?, 'bench', ?, ?, ?, ?, 'done', 'inbound', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  const message = db.prepare("INSERT INTO messages (id, session_id, conversation_id, customer_id, source, channel, external_id, speaker, kind, text, at_ms) VALUES (?, ?, ?, ?, 'bench', ?, ?, 'customer', 'text', ?, ?)");
  const analysis = db.prepare("INSERT INTO analyses (id, session_id, revision, body, metrics, created_at_ms) VALUES (?, ?, 1, ?, ?, ?)");
  const journey = db.prepare("INSERT INTO journey_contacts (conversation_id, session_id, at_ms, ended_at_ms, channel, queue, agent, topic, reason, handle_time_ms, first_contact_resolution, repeat_contact, channel_mix) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)");
  const job = db.prepare("INSERT INTO jobs (id, stage, lane, session_id, state, priority, run_after_ms, created_at_ms) VALUES (?, ?, 'cpu', ?, 'done', 50, ?, ?)");
  const padding = "x".repeat(bodyBytes);
  for (let written = 0; written < contacts; ) {
    inTransaction(db, () => {
      for (let batch = 0; batch < 1000 && written < contacts; batch++, written++) {
        const when = nowMs - Math.floor(((contacts - written) / contacts) * days * DAY_MS);
        // mornings and afternoons, hardly anybody at night
        const at = random(10) > 0 ? Math.floor(when / DAY_MS) * DAY_MS + Math.min((7 + random(5) + random(6)) * 3_600_000 + random(3_600_000), DAY_MS - 1) : when;
        if (at >= nowMs) continue;
        const [ses, cnv, cus, msg] = [newId("ses", at), newId("cnv", at), newId("cus", at), newId("msg", at)];
        const [channel, which, agent] = [CHANNELS[random(CHANNELS.length)] ?? "phone", random(REASONS.length), random(agents)];
        const [topic, reason] = REASONS[which] ?? [null, null];
        const [outcome, length] = [OUTCOMES[Math.max(0, random(OUTCOMES.length) - (agent % 3))] ?? "unknown", 60_000 + random(600_000)];
        const mood = (random(140) - 70 + (which - 4) * 6) / 100;
        customer.run(cus, cus, at);
        conversation.run(cnv, cus, outcome === "resolved" ? "resolved" : "open", topic, reason, at, at, outcome === "resolved" ? at + length : null);
        session.run(ses, channel, ses, cus, cus, cnv, at, at + length, channel === "phone" ? length : null, `${201 + agent}`, `${AGENTS[agent % AGENTS.length]}${agent < AGENTS.length ? "" : ` ${Math.floor(agent / AGENTS.length) + 1}`}`, QUEUES[random(3)], reason, outcome, at, at);
        message.run(msg, ses, cnv, cus, channel, `x${written}`, SAID[which % SAID.length] ?? "hello", at);
        analysis.run(newId("ana", at), ses, JSON.stringify({ summary: "The customer had a question.", topic, outcome, intent: { text: "A question", evidence: [msg] }, sentiment: { overall: mood, customer_start: mood - 0.2, customer_end: mood + (random(5) - 1) / 10 }, padding }),
          JSON.stringify(channel === "phone" ? { definitions: METRICS_VERSION, agent_talk_ratio: 0.35 + random(30) / 100 + (agent % 5) / 50, silence_over_3s_share: random(20) / 100, agent_interruptions: random(4) } : null), at);
        journey.run(cnv, ses, at, at + length, channel, QUEUES[random(3)], `${201 + agent}`, topic, reason, channel === "phone" ? length : -2, outcome === "resolved" ? Number(random(4) > 0) : -4, Number(random(8) === 0));
        for (const stage of ["prepare", "transcribe", "analyse"]) job.run(newId("job", at), stage, ses, at, at);
      }
      db.exec("DELETE FROM changed_conversations");
    });
  }
  db.pragma("wal_checkpoint(TRUNCATE)");
}
