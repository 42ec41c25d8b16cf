// One invented call, whole, for tests of the API and of the pages.
import { measureCall } from "../../app/analysis/index.ts";
import type { CallView, TurnView } from "../../app/domain/index.ts";

export const CALL_ID = "abc123";

const said: [number, number, TurnView["speaker"], string, number, number | null][] = [
  [1000, 6000, "agent", "Good morning, thank you for calling Northgate Energy, this is Sarah speaking.", 0.95, 0.3],
  [7000, 14500, "customer", "Hi Sarah. I was charged twice for my gas in October and I want one of the two payments back.", 0.91, -0.35],
  [15000, 20000, "agent", "I am sorry to hear that. Can I take your account number, please?", 0.93, 0.1],
  [21000, 26000, "customer", "Yes, it is [account ••••5503].", 0.88, null],
  [27000, 29500, "agent", "Thank you. Let me look at that for you.", 0.96, 0.2],
  [41000, 47500, "agent", "I can see two payments of sixty four pounds on the second and the third of October.", 0.94, null],
  [47000, 53000, "customer", "Exactly. And nobody called me back last week, I am really frustrated.", 0.58, -0.62],
  [54000, 63000, "agent", "I understand how frustrating that must be. I will refund sixty four pounds to your card today, it takes three to five days.", 0.92, 0.35],
  [64000, 67000, "customer", "Okay, and can you send me a confirmation?", 0.9, 0.1],
  [68000, 74000, "agent", "Of course, I will email you the confirmation this afternoon. Is there anything else?", 0.94, 0.4],
  [75000, 79000, "customer", "No thank you, that is everything. You have been very helpful.", 0.93, 0.7],
  [80000, 82000, "agent", "Thank you for calling, goodbye.", 0.97, 0.5],
];

const speechOf = (party: TurnView["speaker"]) => said.filter((line) => line[2] === party).map(([startMs, endMs]) => ({ startMs, endMs }));

const id = (n: number): string => `msg_01JCX3M7Q2E8V6T4Z9K1R5N0${String(n).padStart(2, "0")}`;

/** A finished call of 84 s, two parties on two channels. */
export function finishedCall(changes: Partial<CallView> = {}): CallView {
  const turns = said.map(([start_ms, end_ms, speaker, text, confidence, sentiment], i): TurnView => ({ id: id(i), speaker, start_ms, end_ms, text, confidence, sentiment }));
  return {
    call_id: CALL_ID,
    source: "pbx",
    status: "done",
    error: null,
    direction: "inbound",
    started_at: "2026-11-03T13:12:02.000Z",
    duration_ms: 84_000,
    duration: "1m24s",
    customer_id: "cus_01JCX3M7Q2E8V6T4Z9K1R5N0PA",
    conversation_id: "cnv_01JCX3M7Q2E8V6T4Z9K1R5N0PA",
    session_id: "ses_01JCX3M7Q2E8V6T4Z9K1R5N0PA",
    agent: { id: "204", name: "Sarah" },
    queue: "billing",
    topic: "Charged twice",
    outcome: "resolved",
    summary: "The customer was charged twice for gas in October. The agent refunds £64.00 today and confirms it by e-mail.",
    language: "en",
    audio: { channels: 2, layout: "stereo", channel_map: { "0": "customer", "1": "agent" }, channel_map_reason: "direction=inbound, recorded leg=trunk", truncated: false, redacted_ms: 1840, warnings: [] },
    speaker_source: "channel",
    turns,
    transcript: turns.map((turn) => `${turn.speaker === "agent" ? "Agent" : "Customer"}: ${turn.text}`).join("\n"),
    summary_points: [
      { text: "The customer was charged twice for gas in October and asks for one payment back.", evidence: [id(1)] },
      { text: "The agent finds two payments of £64 on 2 and 3 October.", evidence: [id(5)] },
      { text: "£64 are refunded to the card today; it takes three to five days.", evidence: [id(7)] },
    ],
    reason: "billing.double_charge",
    topic_evidence: [id(1), id(5)],
    outcome_evidence: [id(10)],
    intent: { text: "get one of two payments back", evidence: [id(1)] },
    promises: [{ text: "E-mail the confirmation", by: "agent", due: "2026-11-03", evidence: [id(9)] }],
    risks: { escalation: { level: "none", evidence: [] }, churn: { level: "none", evidence: [] } },
    action_items: [
      { text: "Refund £64.00 to the card", owner: "agent", due: "2026-11-03", evidence: [id(7)] },
      { text: "E-mail the confirmation", owner: "agent", due: "2026-11-03", evidence: [id(9)] },
    ],
    entities: [
      { kind: "person", text: "Sarah", value: null, evidence: [id(0), id(1)] },
      { kind: "amount", text: "sixty four pounds", value: "64 GBP", evidence: [id(5), id(7)] },
      { kind: "date", text: "October", value: "2026-10", evidence: [id(1)] },
    ],
    sentiment: { overall: 0.12, customer_start: -0.35, customer_end: 0.7, trend: "improving" },
    coverage: { turns_read: 12, turns_total: 12 },
    metrics: measureCall({ durationMs: 84_000, speech: { agent: speechOf("agent"), customer: speechOf("customer") }, hold: [], turns: turns.map(({ voice: _none, ...turn }) => ({ ...turn, startMs: turn.start_ms, endMs: turn.end_ms, confidence: turn.confidence ?? undefined })) }),
    categories: [{ rule: "supervisor_asked_for", label: "Supervisor asked for", evidence: [id(6)], searched: [], numbers: [], rules: "0123456789ab" }],
    alerts: [{ rule: "supervisor_asked_for", label: "Supervisor asked for", severity: "warning", revision: 1, at: "2026-11-03T13:13:38.600Z", holds: true }],
    rules_not_measurable: [{ rule: "long_hold", label: "Long hold", because: ["hold_unknown"] }],
    scorecards: [
      {
        card: "standard", label: "Conversation quality", version: 1, score: 0.667, coverage: 1, auto_failed: [],
        answers: [
          { question: "greeting", text: "Does the agent greet the customer?", kind: "yes_no", weight: 2, auto_fail: false, answer: "yes", machine: { answer: "yes", because: null, quote: { message_id: id(0), from: 0, to: 12, text: "Good morning" }, confidence: 0.95, by: "rule" }, override: null },
          { question: "closing", text: "Does the agent close the conversation politely?", kind: "yes_no", weight: 1, auto_fail: false, answer: "no", machine: { answer: "yes", because: null, quote: { message_id: id(11), from: 0, to: 9, text: "Thank you" }, confidence: 0.97, by: "rule" }, override: { answer: "no", comment: "Too short", by: "user:per_1", by_name: "Paula Lang", at: "2026-11-03T15:00:00.000Z" } },
        ],
      },
    ],
    engines: { speech: { engine: "whisper.cpp", model: "starter-en", sha256: "9f3b0c7a1d2e4f5061728394a5b6c7d8e9f00112233445566778899aabbccdde" }, analysis: { engine: "extractive", model: null } },
    revision: 1,
    ledger: [
      { stage: "notify", status: "done", at: "2026-11-03T13:13:30.100Z", ms: null, code: null, detail: "The telephone system announced the recording" },
      { stage: "fetch", status: "done", at: "2026-11-03T13:13:30.400Z", ms: 280, code: null, detail: null },
      { stage: "prepare", status: "done", at: "2026-11-03T13:13:30.900Z", ms: 412, code: null, detail: "stereo, 0m42s of speech" },
      { stage: "transcribe", status: "done", at: "2026-11-03T13:13:38.200Z", ms: 7120, code: null, detail: null },
      { stage: "redact", status: "done", at: "2026-11-03T13:13:38.500Z", ms: 240, code: null, detail: null },
      { stage: "analyse", status: "done", at: "2026-11-03T13:13:38.600Z", ms: 61, code: null, detail: null },
      { stage: "deliver", status: "retrying", at: "2026-11-03T13:13:39.000Z", ms: 15_000, code: "DELIVERY_UNREACHABLE", detail: "The CRM did not answer within 15 s; next attempt in 5 s" },
    ],
    ...changes,
  };
}

/** A call that could not be heard. */
export function failedCall(changes: Partial<CallView> = {}): CallView {
  return finishedCall({
    call_id: "failed-1", session_id: "ses_01JCX3M7Q2E8V6T4Z9K1R5N0PB", status: "failed", error: { code: "MEDIA_HEADER_ONLY", message: "The recording has a header and no sound; check the disk of the telephone system, then try again", retry: "after_fix" },
    turns: [], transcript: null, topic: null, reason: null, outcome: null, summary: null, summary_points: [], topic_evidence: [], outcome_evidence: [], intent: null, action_items: [], promises: [], risks: null, entities: [], categories: [], alerts: [], rules_not_measurable: [], scorecards: [], sentiment: null, coverage: null, metrics: null, engines: null, audio: null, speaker_source: null,
    duration: null, duration_ms: null, customer_id: null, ledger: [
      { stage: "notify", status: "done", at: "2026-11-03T13:10:30.100Z", ms: null, code: null, detail: null },
      { stage: "fetch", status: "done", at: "2026-11-03T13:10:30.400Z", ms: 40, code: null, detail: null },
      { stage: "prepare", status: "failed", at: "2026-11-03T13:10:30.900Z", ms: 12, code: "MEDIA_HEADER_ONLY", detail: "The recording has a header and no sound" },
    ],
    ...changes,
  });
}
