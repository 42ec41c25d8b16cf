// A CRM on loopback that misbehaves on demand, and outbox items for it.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { CallView, OutboxItem } from "../../app/domain/index.ts";

/** One POST as it came. */
export interface Received {
  headers: IncomingMessage["headers"];
  body: string;
  path: string;
}

export interface Crm {
  url: string;
  received: Received[];
  /** what is left in the CRM after looking at the idempotency key */
  effects: Map<string, string>;
  close(): Promise<void>;
}

/** @param answer decides about each POST; `commit` makes it take effect, as a real CRM does before it answers */
export async function startCrm(answer: (response: ServerResponse, attempt: number, commit: () => void) => void): Promise<Crm> {
  const received: Received[] = [];
  const effects = new Map<string, string>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const one = { headers: request.headers, body: Buffer.concat(chunks).toString("utf8"), path: `${request.method} ${request.url}` };
      received.push(one);
      const key = String(request.headers["idempotency-key"]);
      answer(response, received.length, () => void (effects.has(key) || effects.set(key, one.body)));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/hook`, received, effects, close: () => closed(server) };
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.closeAllConnections();
    server.close(() => resolve());
  });
}

export function outboxItem(more: Partial<OutboxItem> = {}): OutboxItem {
  return {
    id: "out_1", sessionId: "ses_1", destination: "crm", messageId: "out_01JCX3M7Q2E8V6T4Z9K1R5N0PA", revision: 1,
    body: '{"call_id":"abc123","summary":"Ünïcode — ok"}', attempts: 0, nextAttemptMs: 0, state: "waiting", ...more,
  };
}

export function callView(more: Partial<CallView> = {}): CallView {
  return {
    call_id: "abc123", source: "pbx", status: "done", error: null, direction: "inbound", started_at: "2026-11-03T13:15:00.000Z",
    duration_ms: 492_000, duration: "8m12s", customer_id: "cus_1", conversation_id: "cnv_1", session_id: "ses_1",
    agent: { id: "201", name: "Ana" }, queue: "billing", topic: "Billing", outcome: "resolved", summary: "Charged twice.", language: "en",
    audio: null, speaker_source: "channel",
    turns: [{ id: "msg_1", speaker: "customer", start_ms: 0, end_ms: 900, text: "I was charged twice.", confidence: 0.9, sentiment: -0.4 }],
    transcript: "Customer: I was charged twice.", summary_points: [], reason: "billing.double_charge", topic_evidence: [], outcome_evidence: [],
    intent: null, promises: [], risks: null,
    action_items: [{ text: "Refund 20 euros", owner: "agent", due: "2026-11-05", evidence: ["msg_1"] }], entities: [],
    sentiment: { overall: -0.2, customer_start: -0.6, customer_end: 0.3, trend: "improving" }, coverage: { turns_read: 1, turns_total: 1 },
    metrics: null, categories: [], alerts: [], rules_not_measurable: [], scorecards: [], engines: null, revision: 1, ledger: [], ...more,
  };
}
