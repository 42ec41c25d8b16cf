// An appliance made of plain data: what the web server sees of the house, without the house.
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AppError, lateRules, newId, type CallNotification, type CallView, type ChannelEvent, type ConsentReport, type ConsentStatement, type GenericCall, type Role } from "../../app/domain/index.ts";
import { configSchema, manualClock, silentLog, type Config, type ManualClock } from "../../app/platform/index.ts";
import type { Appliance, IssueQuestion, LiveEvent, MessageHit, StagedFile, UnresolvedIssues, WebhookProof } from "../../app/pipeline/index.ts";
import type { AuditEvent, ConversationDetail, CustomerView, JobView, LedgerLine, MessageView, KnowledgeDocumentView, MetricQuestion, PageOf, SearchFilter } from "../../app/store/index.ts";
import { fakeCorrections } from "./fake-corrections.ts";
import { fakeBoard, type FakeBoard } from "./fake-board.ts";
import { fakeQuality } from "./fake-quality.ts";
import { CALL_ID, finishedCall } from "./sample-call.ts";

export const CUSTOMER_ID = "cus_01JCX3M7Q2E8V6T4Z9K1R5N0PA";
export const CONVERSATION_ID = "cnv_01JCX3M7Q2E8V6T4Z9K1R5N0PA";
export const ATTACHMENT_ID = "att_01JCX3M7Q2E8V6T4Z9K1R5N0PA";
export const JOB_ID = "job_01JCX3M7Q2E8V6T4Z9K1R5N0PA";

/** Keys, one per role, as a machine presents them. */
export const KEYS: Record<Role, string> = { admin: "ek_admin", supervisor: "ek_supervisor", analyst: "ek_analyst", agent: "ek_agent", intake: "ek_intake" };

export interface FakeAppliance extends Appliance {
  board: FakeBoard;
  clock: ManualClock;
  calls: CallView[];
  ledger: LedgerLine[];
  customers: CustomerView[];
  messages: MessageView[];
  audited: AuditEvent[];
  asked: MetricQuestion[];
  searched: SearchFilter[];
  askedIssues: IssueQuestion[];
  askedJourneys: { metric: string; by: string; fromMs: number; toMs: number }[];
  notified: { source: string; notification: CallNotification; proof: WebhookProof | undefined }[];
  received: { source: string; events: readonly ChannelEvent[]; proof: WebhookProof | undefined }[];
  consented: { customerId: string; statements: readonly ConsentStatement[]; by: { actor: AuditEvent["actor"]; requestId?: string } }[];
  staged: Map<string, Buffer>;
  discarded: string[];
  accepted: { source: string; file: StagedFile; metadata: Partial<GenericCall> }[];
  reprocessed: string[];
  /** answers of people, and what was taken back */
  answered: string[];
  /** what people corrected, and what was taken back */
  corrected: string[];
  retried: string[];
  codes: Map<string, Role>;
  logins: Map<string, { id: string; role: Role }>;
  /** thrown by everything that takes something in */
  trouble: Error | undefined;
  notReady: boolean;
  emit(event: LiveEvent): void;
  soundPath: string;
  cleanUp(): void;
}

export function config(settings: Record<string, unknown> = {}): Config {
  return configSchema.parse({
    intake: {
      sources: [
        { name: "pbx", auth: { type: "bearer", tokens: ["0123456789abcdef"] } },
        { name: "signed", auth: { type: "standard_webhooks", secrets: ["whsec_MDEyMzQ1Njc4OWFiY2RlZg=="] } },
      ],
    },
    ...settings,
  });
}

export function fakeAppliance(settings: Config = config()): FakeAppliance {
  const clock = manualClock();
  const folder = mkdtempSync(join(tmpdir(), "earshot-http-"));
  const soundPath = join(folder, "sound.wav");
  writeFileSync(soundPath, Buffer.from(Array.from({ length: 1000 }, (_, i) => i % 256)));
  const calls: CallView[] = [finishedCall()];
  const watchers = new Set<(event: LiveEvent) => void>();
  const page = <T>(items: T[], { limit, cursor }: { limit: number; cursor?: string }): PageOf<T> => {
    const from = cursor === undefined ? 0 : Number(cursor);
    if (!Number.isInteger(from)) throw new AppError("REQUEST_INVALID", "cursor: expected a cursor of an earlier page", { details: { problems: [{ path: "cursor", message: "expected a cursor of an earlier page" }] } });
    return { items: items.slice(from, from + limit), next: from + limit < items.length ? String(from + limit) : null };
  };
  const fail = (): void => {
    if (fake.trouble !== undefined) throw fake.trouble;
  };
  const callOf = (callId: string, source?: string): CallView | undefined => fake.calls.find((call) => call.call_id === callId && (source === undefined || call.source === source));
  const fake: FakeAppliance = {
    config: settings, clock, log: silentLog,
    calls,
    ledger: [{ call_id: CALL_ID, source: "pbx", session_id: finishedCall().session_id, status: "done", received_at: "2026-11-03T13:15:00.000Z", stages: finishedCall().ledger, waiting_for: null }],
    customers: [{ id: CUSTOMER_ID, name: "Maria Keller", identities: [{ kind: "e164", value: "+442079460018" }], created_at: "2026-11-01T09:00:00.000Z", last_contact_at: null }],
    messages: [{ id: "msg_1", channel: "phone", session_id: "ses_1", conversation_id: null, speaker: "customer", kind: "turn", text: "I was charged twice", at: "2026-11-03T13:15:07.000Z", start_ms: 7000, end_ms: 9000, confidence: 0.9 }],
    audited: [], asked: [], searched: [], askedIssues: [], askedJourneys: [], notified: [], received: [], consented: [], staged: new Map(), discarded: [], accepted: [], reprocessed: [], answered: [], corrected: [], retried: [],
    codes: new Map(), logins: new Map(), trouble: undefined, notReady: false, soundPath,
    store: {
      reads: {
        context: nobodyKnown<FakeAppliance["store"]["reads"]["context"]>(),
        contacts: { step: () => ({ found: [], next: undefined }), rows: () => [], offers: () => [] },
        ledger: emptyLedger,
        queue: { groups: () => [], doneSince: () => [], jobs: (_state, request) => page([], request), outbox: () => [], undelivered: () => [] },
        forms: { ofConversation: () => [], counts: () => [], listPayloads: (_workflow, request) => page([], request) },
        issues: nobodyKnown<FakeAppliance["store"]["reads"]["issues"]>(),
        journeys: nobodyKnown<FakeAppliance["store"]["reads"]["journeys"]>(),
        board: nobodyKnown<FakeAppliance["store"]["reads"]["board"]>(),
        callView: callOf, actorName: (actor) => actor,
        agentOf: (sessionId) => fake.calls.find((call) => call.session_id === sessionId)?.agent?.id ?? null,
        whereabouts: (sessionId) => fake.calls.filter((call) => call.session_id === sessionId).map((call) => ({ customerId: call.customer_id, conversationId: call.conversation_id }))[0],
        listCalls: (filter, request) => page(fake.calls.filter((call) => (filter.status === undefined || call.status === filter.status) && (filter.source === undefined || call.source === filter.source) && (filter.agentId === undefined || call.agent?.id === filter.agentId) && (filter.rule === undefined || call.categories.some((one) => one.rule === filter.rule))), request),
        recordingOf: (callId, source) => {
          const call = callOf(callId, source);
          return call?.status !== "done" ? undefined : { id: "rec_1", sessionId: call.session_id, file: "a.wav", playbackFile: "b.wav", redacted: true, sha256: "0".repeat(64), sizeBytes: 1000, originalName: null };
        },
        countUnfinished: (most) => Math.min(most, fake.ledger.filter((line) => line.status !== "done").length),
        listLedger: ({ unfinishedOnly }, request) => page(fake.ledger.filter((line) => !unfinishedOnly || line.status !== "done"), request),
        listJobs: ({ state }, request) => page(JOBS.filter((job) => state === undefined || job.state === state), request),
        listCustomers: (query, request) => page(fake.customers.filter((customer) => query === undefined || (customer.name ?? "").includes(query)), request),
        customer: (id) => fake.customers.find((customer) => customer.id === id),
        thread: (_id, request) => page(fake.messages, request),
        listConversations: (_filter, request) => page(CONVERSATIONS, request),
        conversation: (id) => CONVERSATIONS.find((one) => one.id === id),
        metricGroups: (question) => {
          fake.asked.push(question);
          return [{ key: "2026-11-03", count: 2, mean: 0.5, median: 0.5, p90: 0.6, estimated: 0, not_measurable: 1, other_definitions: 3 }];
        },
        quality: () => ({ categories: [], alerts: [], not_measurable: [], scorecards: [] }),
        ruleCounts: () => [],
        soundOf: () => undefined,
        besides: () => ({ before: null, after: null }),
        timeline: nobodyKnown<FakeAppliance["store"]["reads"]["timeline"]>(),
        people: nobodyKnown<FakeAppliance["store"]["reads"]["people"]>(),
        search: nobodyKnown<FakeAppliance["store"]["reads"]["search"]>(),
        knowledge: { ...nobodyKnown<FakeAppliance["store"]["reads"]["knowledge"]>(), list: (request) => page(DOCUMENTS, request) },
      },
      people: nobodyKnown<FakeAppliance["store"]["people"]>({ count: () => 1 }),
      teams: nobodyKnown<FakeAppliance["store"]["teams"]>(),
      access: nobodyKnown<FakeAppliance["store"]["access"]>({
        createKey: () => "",
        findKey: (presented) => {
          const role = (Object.keys(KEYS) as Role[]).find((one) => KEYS[one] === presented);
          return role && { id: `key_${role}`, name: role, role, createdAtMs: 0 };
        },
        createLoginCode: (role) => {
          const code = `code-${fake.codes.size}-${role}`;
          fake.codes.set(code, role);
          return code;
        },
        redeemLoginCode: (code) => {
          const role = fake.codes.get(code);
          if (role === undefined) return undefined;
          fake.codes.delete(code);
          const token = createHash("sha256").update(code).digest("base64url");
          fake.logins.set(token, { id: `lgn_${role}`, role });
          return token;
        },
        findLogin: (token) => fake.logins.get(token),
        endLogin: (token) => void fake.logins.delete(token),
        invited: () => undefined,
      }),
      savedViews: { of: () => [], keep: (_owner, name, query) => ({ id: "vue_1", name, query }), rename: () => undefined, drop: () => false },
      audit: { append: (event) => void fake.audited.push(event), verify: () => undefined },
    },
    async notify(source, notification, proof) {
      fail();
      fake.notified.push({ source, notification, proof });
      return { call_id: notification.kind === "ignored" ? "" : notification.facts.callId, status: "received" };
    },
    context: nobodyKnown<FakeAppliance["context"]>(),
    workflows: { list: () => [], knows: (name) => name === "returns", questions: () => ({}), ofConversation: () => [] },
    knowledge: { find: async () => ({ by: "words", passages: [] }), search: async () => ({ by: "words", hits: [{ passage: PASSAGE, snippet: { text: PASSAGE.text, marks: [[0, 7]] } }] }), status: () => ({ scanned_at: null, error: null }) },
    search: {
      async messages(text, filter, request) {
        fake.searched.push(filter);
        const hits = fake.messages.filter((message) => message.text.includes(text)).map((message): MessageHit => ({ message, call_id: CALL_ID, customer_id: CUSTOMER_ID, snippet: { text: message.text, marks: [[message.text.indexOf(text), message.text.indexOf(text) + text.length]] } }));
        return { ...page(hits, request), by: "words", coverage: { all: true, back_to: null } };
      },
    },
    threads: nobodyKnown<FakeAppliance["threads"]>(),
    quality: fakeQuality(() => fake),
    corrections: fakeCorrections(() => fake),
    peaks: async (callId, source) => (callOf(callId, source)?.status === "done" ? [[0, 128, 255], [64, 0, 0]] : undefined),
    mending: {
      lateRules: () => lateRules([], 3_600_000),
      mend: async (ids) => ({ again: ids.length, refused: [] }),
      sendTest: async () => ({ receipt: { outcome: "delivered", httpStatus: 200 }, messageId: "out_1", ms: 12 }),
    },
    issues: {
      async unresolved(question) {
        fake.askedIssues.push(question);
        return UNRESOLVED;
      },
    },
    board: fakeBoard(() => clock.now(), settings.site.timezone),
    journeys: {
      async measure(metric, period) {
        fake.askedJourneys.push({ metric: metric.name, ...period });
        return [{ key: "phone", value: 0.5, reason: null, n: 40, excluded: { window_open: 3 }, interval: [0.35, 0.65] }];
      },
    },
    async receive(source, events, proof) {
      fail();
      fake.received.push({ source, events, proof });
      return { message_ids: events.flatMap((event) => (event.kind === "message" ? [newId("msg", clock.now())] : [])), status: "received" };
    },
    async stage(stream, originalName) {
      fail();
      const chunks: Uint8Array[] = [];
      for await (const chunk of stream) chunks.push(chunk);
      const bytes = Buffer.concat(chunks);
      const file = `staged-${fake.staged.size}`;
      fake.staged.set(file, bytes);
      return { file, sizeBytes: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex"), originalName };
    },
    async discard({ file }) {
      fake.discarded.push(file);
      fake.staged.delete(file);
    },
    async acceptFile(source, file, metadata) {
      fail();
      fake.accepted.push({ source, file, metadata });
      return { call_id: metadata.call_id ?? newId("ses", clock.now()), status: "received" };
    },
    async reprocess(callId) {
      if (callOf(callId)?.status === "processing") throw new AppError("CONFLICT", "This call is being worked on; try again when it is finished");
      fake.reprocessed.push(callId);
      return { call_id: callId, status: "received" };
    },
    async retryJob(id) {
      if (id !== JOB_ID) throw new AppError("NOT_FOUND", "No job has this id");
      fake.retried.push(id);
    },
    consents: (customer_id): ConsentReport => ({ customer_id, policy_id: "policy-1", decisions: [{ channel: "phone", purpose: "recording", state: "unknown", since: null, source: "policy", allowed: true, because: "default" }], records: [] }),
    async setConsents(customerId, statements, by) {
      fail();
      fake.consented.push({ customerId, statements, by });
      return fake.consents(customerId);
    },
    speech: {
      identity: { engine: "whisper.cpp", model: "starter-en", sha256: "0".repeat(64) },
      view: async () => ({ engine: "whisper.cpp", model: fake.speech.identity.model, sha256: "0".repeat(64), because: "setting", state: "ready", endpoints: [] }),
      use: async (model) => {
        if (model === "deaf") throw new AppError("SPEECH_SWITCH_FAILED", "The speech model deaf was not taken, starter-en goes on: it does not hear");
        return { ...(await fake.speech.view()), model: model ?? "starter-en" };
      },
    },
    attachment: (id) => (id === ATTACHMENT_ID ? { path: soundPath, sessionId: "ses_1", name: "Rechnung <März>.html" } : undefined),
    playback: async (callId, source) => (callOf(callId, source)?.status === "done" ? soundPath : undefined),
    async readiness() {
      return { ready: !fake.notReady, checks: [{ name: "database", ok: true, detail: "The database answers" }, { name: "disk", ok: !fake.notReady, detail: "10 MB free, reserve 1024 MB" }] };
    },
    metrics: async () => "# HELP earshot_up 1 when running\n# TYPE earshot_up gauge\nearshot_up 1\n",
    audit: (event) => void fake.audited.push(event),
    events: (lastId, signal) => liveEvents(lastId, signal, watchers),
    emit: (event) => watchers.forEach((watch) => watch(event)),
    cleanUp: () => rmSync(folder, { recursive: true, force: true }),
  };
  return fake;
}

async function* liveEvents(lastId: number | undefined, signal: AbortSignal, watchers: Set<(event: LiveEvent) => void>): AsyncGenerator<LiveEvent> {
  const waiting: LiveEvent[] = lastId === undefined ? [] : [{ id: lastId + 1, type: "call.done", at: "2026-11-03T13:15:00.000Z", data: { missed: true } }];
  let wake = (): void => undefined;
  const watch = (event: LiveEvent): void => {
    waiting.push(event);
    wake();
  };
  watchers.add(watch);
  const onAbort = (): void => wake();
  signal.addEventListener("abort", onAbort);
  try {
    while (!signal.aborted) {
      const next = waiting.shift();
      if (next !== undefined) yield next;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    watchers.delete(watch);
    signal.removeEventListener("abort", onAbort);
  }
}

const PASSAGE = { text: "Refunds are paid within a week.", document: "terms.pdf", document_id: "doc_1", page: 1, title: "Terms", score: 0.0164 };
const DOCUMENTS: KnowledgeDocumentView[] = [{ id: "doc_1", path: "terms.pdf", state: "ready", title: "Terms", kind: "pdf", size_bytes: 900, pages: 1, chunks: 1, vectors: 0, truncated: null, error: null, indexedAtMs: 0 }];

const JOBS: JobView[] = [{ id: JOB_ID, stage: "transcribe", lane: "model", state: "parked", call_id: CALL_ID, attempts: 3, run_after: "2026-11-03T13:15:00.000Z", created_at: "2026-11-03T13:15:00.000Z", error: { code: "JOB_POISONED", message: "The job ended the process three times", retry: "after_fix" } }];

/** Whatever else is asked, nobody is known: what these answer is tested with the real ones. */
function nobodyKnown<T extends object>(known: Partial<T> = {}): T {
  return new Proxy(known as T, {
    get: (target, name) => Reflect.get(target, name) ?? (() => {
      throw new AppError("NOT_FOUND", "Nobody is known");
    }),
  });
}

const CONVERSATIONS: ConversationDetail[] = [{ owner: null, queue: null, crm_link: null, resolved_at: null, summary_points: [], findings: null, sessions: [], participants: [], activities: [], references: [], id: CONVERSATION_ID, customer_id: CUSTOMER_ID, status: "open", reason: null, topic: "Billing", summary: null, opened_at: "2026-11-03T13:15:00.000Z", updated_at: "2026-11-03T13:15:00.000Z", session_ids: ["ses_1"] }];

const UNRESOLVED: UnresolvedIssues = {
  at: "2026-11-03T13:15:00.000Z", definition: { name: "unresolved_issues", version: "2026-1", formula: "customers" }, total: { customers: 2, conversations: 3 }, other: { customers: 0, conversations: 0 },
  items: [{
    id: "reason:billing.refund", label: "Billing: Refund", reason: "billing.refund", customers: 2, conversations: 3, priority: 4.5, by_channel: [{ channel: "phone", customers: 2, conversations: 3 }],
    oldest: { conversation_id: CONVERSATION_ID, opened_at: "2026-11-03T13:15:00.000Z" }, newest: null, mean_age_ms: 60_000, sentiment: -0.4, trend: { direction: "rising", last_7_days: 3, previous_7_days: 0, counts: "all" },
    themes: [{ id: 1, label: "The customer was charged twice", customers: 2, conversations: 2 }],
    quotes: [{ text: "I was charged twice", message_id: "msg_1", conversation_id: CONVERSATION_ID, customer_id: CUSTOMER_ID, channel: "phone", at: "2026-11-03T13:15:07.000Z" }],
  }],
};

/** A house in which nothing has arrived. */
const emptyLedger: FakeAppliance["store"]["reads"]["ledger"] = {
  list: () => ({ items: [], next: null }), counts: () => ({ all: 0, done: 0, work: 0, announced: 0, failed: 0, held: 0, late: 0 }), reasons: () => [], sources: () => [],
  completeness: () => ({ announced: 0, recorded: 0, heard: 0, sent: 0, gaps: [] }), callsBefore: () => 0, paces: () => [],
};
