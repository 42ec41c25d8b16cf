// The thread house behind the real web server: real store, desks and routes; only sound and models are away. Keys by role, some bound to agents.
import supertest from "supertest";
import { newId, type Analysis, type Role, type Speaker } from "../../app/domain/index.ts";
import { createHttpServer, type HttpServer } from "../../app/http/index.ts";
import type { Appliance } from "../../app/pipeline/index.ts";
import { consentReport } from "../../app/pipeline/consent-view.ts";
import { recordConsents } from "../../app/pipeline/consent-record.ts";
import { createSearchDesk } from "../../app/pipeline/knowledge/search-desk.ts";
import { createContextDesk } from "../../app/pipeline/threads/context.ts";
import { createWorkflowDesk } from "../../app/pipeline/workflows/desk.ts";
import { inTransaction } from "../../app/platform/index.ts";
import type { ApiKeyRecord, AuditEvent } from "../../app/store/index.ts";
import { config, fakeAppliance, type FakeAppliance } from "../http/fake-appliance.ts";
import { openThreadHouse, type ThreadHouse } from "./thread-house.ts";

/** Keys beside those of a whole role: `team` a supervisor of the agents 201 and 202, `ana` the agent 201. */
const BOUND: Record<string, { role: Role; agentIds: readonly string[] }> = { team: { role: "supervisor", agentIds: ["201", "202"] }, ana: { role: "agent", agentIds: ["201"] }, stranger: { role: "agent", agentIds: ["999"] } };

export interface Line { speaker: Speaker; text: string }

export interface ThreadSite extends ThreadHouse {
  server: HttpServer;
  agent: ReturnType<typeof supertest>;
  audited: AuditEvent[];
  /** asks as `admin`, `supervisor`, `analyst`, `agent`, or one of the bound keys */
  page(path: string, who?: string): supertest.Test;
  submit(path: string, form: Record<string, string | string[]>, who?: string): supertest.Test;
  /** a finished call: lines of five seconds each, found to be about what its first line says · @returns ids of the session and the lines */
  call(callId: string, facts: { atMs: number; from: string; agentId: string; agentName?: string; customerName?: string }, lines: readonly Line[], found?: Partial<Analysis>): { sessionId: string; turns: string[] };
  customerOf(kind: string, value: string): string;
  /** tells everybody who watches `/v1/events` */
  emit(event: Parameters<FakeAppliance["emit"]>[0]): void;
  /** for a browser */
  loginCode(role: Role): string;
  end(): Promise<void>;
}

/** @param settings as in config/earshot.yaml */
export function openThreadSite(settings: Record<string, unknown> = {}): ThreadSite {
  const house = openThreadHouse(settings);
  const fake = fakeAppliance(config(settings));
  const { parts, db } = house;
  const { store } = parts;
  const findKey = (presented: string): ApiKeyRecord | undefined => {
    const name = presented.replace(/^ek_/, "");
    const { role, agentIds } = BOUND[name] ?? { role: name as Role, agentIds: undefined };
    return { id: `key_${name}`, name, role, createdAtMs: 0, ...(agentIds === undefined ? {} : { agentIds }) };
  };
  const settled = <T>(work: () => T): T => inTransaction(db, work);
  const appliance: Appliance = {
    ...fake, config: parts.config, clock: house.clock, store: { ...store, access: { ...fake.store.access, findKey } }, threads: house.desk, context: createContextDesk(parts), workflows: createWorkflowDesk(parts), search: createSearchDesk(parts, undefined),
    consents: (customerId) => consentReport(customerId, parts),
    async setConsents(customerId, statements, by) {
      settled(() => recordConsents({ customerId, sessionId: null, ...by }, statements, parts));
      return consentReport(customerId, parts);
    },
  };
  const server = createHttpServer(appliance, { intake: { verify: () => ({ contentDigest: "none" }), parse: () => [] }, version: "0.0.0-test" });
  const agent = supertest(server.app);
  const as = (who: string): Record<string, string> => ({ Authorization: `Bearer ek_${who}`, Accept: "text/html" });
  return {
    ...house, server, agent, audited: fake.audited,
    page: (path, who = "admin") => agent.get(path).set(as(who)).redirects(0),
    submit: (path, form, who = "admin") => agent.post(path).set(as(who)).redirects(0).type("form").send(new URLSearchParams(Object.entries(form).flatMap(([name, value]) => [value].flat().map((one): [string, string] => [name, one]))).toString()),
    call(callId, { atMs, from, agentId, agentName, customerName }, lines, found = {}) {
      house.notify("pbx", { kind: "call.ended", facts: { callId, startedAtMs: atMs, endedAtMs: atMs + lines.length * 5_000, direction: "inbound", from, agentId, ...(agentName === undefined ? {} : { agentName }), ...(customerName === undefined ? {} : { customerName }) } });
      return settled(() => heard(callId, lines, found, house));
    },
    customerOf: (kind, value) => db.prepare<[string, string], { id: string }>("SELECT customer_id AS id FROM identities WHERE kind = ? AND value = ?").get(kind, value)?.id ?? "",
    emit: (event) => fake.emit(event),
    loginCode: (role) => fake.store.access.createLoginCode(role),
    async end() {
      await server.close();
      fake.cleanUp();
      house.close();
    },
  };
}

/** What hearing and analysing leave behind. */
function heard(callId: string, lines: readonly Line[], found: Partial<Analysis>, { parts }: ThreadHouse): { sessionId: string; turns: string[] } {
  const { sessions, messages, findings, recordings } = parts.store.writes;
  const session = sessions.byCallId("pbx", callId);
  if (session === undefined) throw new Error(`${callId} did not arrive`);
  const now = parts.clock.now();
  const turns = lines.map(({ speaker, text }, i) => ({ id: newId("msg", now), speaker, text, startMs: i * 5_000, endMs: i * 5_000 + 4_000, confidence: 0.9 }));
  messages.replaceTurns(session, turns, { engine: "whisper.cpp", model: "starter-en", modelSha256: "0".repeat(64), speakerSource: "channel", dropped: [], redactions: [] }, now);
  const first = turns[0];
  const evidence = first === undefined ? [] : [first.id];
  const analysis: Analysis = {
    engine: "extractive", model: null, summary: first?.text ?? "", summary_points: first === undefined ? [] : [{ text: first.text, evidence }], topic: "Billing", reason: "billing.refund", topic_evidence: evidence, outcome: "follow_up", outcome_evidence: evidence,
    intent: null, action_items: [], promises: [], risks: { escalation: { level: "none", evidence: [] }, churn: { level: "none", evidence: [] } }, entities: [], sentiment: { overall: 0.1, customer_start: -0.6, customer_end: 0.4, trend: "improving" },
    turn_sentiment: {}, coverage: { turns_read: turns.length, turns_total: turns.length }, dropped: 0, ...found,
  };
  findings.saveAnalysis(session.id, 1, analysis, null, now);
  const id = newId("rec", now);
  recordings.create({ id, sessionId: session.id });
  recordings.setFile(id, { file: `${id}.wav`, sha256: id, sizeBytes: 1 }, "a.wav", now);
  recordings.setRedacted(id, `${id}.wav`, null, 0);
  sessions.setDuration(session.id, lines.length * 5_000);
  sessions.setStatus(session.id, "done", null, now);
  return { sessionId: session.id, turns: turns.map((turn) => turn.id) };
}
