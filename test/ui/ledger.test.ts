// The ledger's pages as pure functions: each place says why and what to do, and text from outside stays text.
import assert from "node:assert/strict";
import { JOB_TABS, LEDGER_TABS, renderJobs, renderLedger, type Frame, type JobsView, type LedgerRow, type LedgerTab, type LedgerView } from "../../app/ui/index.ts";
import { waited } from "../../app/ui/ledger/ledger-words.ts";

const frame: Frame = { siteName: "Earshot", timeZone: "Europe/Berlin", nowMs: Date.UTC(2026, 10, 3, 14), here: "ledger", role: "supervisor", person: "Sam Supervisor", seesAll: true, staysOn: "this machine", speechModel: "base.en", unfinished: 2, asset: (name) => `/assets/${name}`, canMend: true };
const row = (changes: Partial<LedgerRow> = {}): LedgerRow => ({
  session_id: "ses_1", call_id: "call-1", channel: "phone", source: "pbx", customer_id: "cus_1", place: "failed", stage: "fetch", code: "FETCH_REFUSED", received_at: "2026-11-03T13:00:00.000Z", since: "2026-11-03T13:01:00.000Z", waitingMs: 3_540_000, isLate: false, hasRecording: false, held_until: null,
  error: { code: "FETCH_REFUSED", message: "pbx.example does not hand the recording out (403); check the token, then retry", retry: "after_fix" },
  stages: [{ stage: "notify", status: "done", at: "2026-11-03T13:00:00.000Z", ms: null, code: null, detail: "Announced" }, { stage: "fetch", status: "failed", at: "2026-11-03T13:01:00.000Z", ms: 340, code: "FETCH_REFUSED", detail: "403" }],
  ...changes,
});
const none = Object.fromEntries(LEDGER_TABS.map((tab) => [tab, 0])) as Record<LedgerTab, number>;
const view = (changes: Partial<LedgerView> = {}): LedgerView => ({
  frame, tab: "failed", counts: { ...none, all: 12_345, failed: 1 }, rows: [row()], filter: { source: null, from: null, to: null, code: null }, query: "tab=failed", sources: ["pbx", "folder"], reasons: [{ code: "FETCH_REFUSED", count: 1, href: "/ledger?tab=failed&code=FETCH_REFUSED" }],
  rules: [{ stage: "transcribe", count: 200, medianMs: 21_000, lateAfterMs: 600_000 }], completeness: null, result: null, refusing: null, next: null, tabAddress: (tab) => `/ledger?tab=${tab}`, parked: 0, ...changes,
});
const words = (page: string): string => page.replace(/<[^>]*>/g, " ").replace(/&#39;/g, "'").replace(/\s+/g, " ");

describe("ui: the ledger", () => {
  it("a failed call says what happened in words, its code, what to do, and what trying again does; every step has its time and how long it took", () => {
    const text = words(renderLedger(view()));
    assert.match(text, /call-1 failed/);
    assert.match(text, /✓ Announcement 14:00 ✕ Recording failed · 14:01 · 340 ms ○ Sound not yet/);
    assert.match(text, /pbx\.example does not hand the recording out \(403\); check the token, then retry/);
    assert.match(text, /stopped at Recording · What to do: Mend the cause first, then try again · FETCH_REFUSED/);
    assert.match(text, /Try again The file is fetched again from where it was announced/);
  });

  it("what was judged anew after a correction stands after the findings, and nowhere while nobody corrected anything", () => {
    const judged = { stage: "judge", status: "done", at: "2026-11-03T13:09:00.000Z", ms: 20, code: null, detail: "judged" };
    assert.match(words(renderLedger(view({ rows: [row({ stages: [judged] })] }))), /○ Findings not yet ✓ Judged anew 14:09 · 20 ms ○ CRM/);
    assert.doesNotMatch(words(renderLedger(view())), /Judged anew/);
  });

  it("only who may mend gets buttons", () => {
    assert.doesNotMatch(renderLedger(view({ frame: { ...frame, canMend: false, role: "analyst" }, filter: { source: null, from: null, to: null, code: "FETCH_REFUSED" } })), /<form[^>]*method="post" action="\/ledger/);
  });

  it("all shown ones of one reason can be tried again at once, and of no reason none", () => {
    const both = [row(), row({ session_id: "ses_2", call_id: "call-2" })];
    const chosen = renderLedger(view({ rows: both, filter: { source: null, from: null, to: null, code: "FETCH_REFUSED" } }));
    const form = /<form class="ledger-again"[^>]*>(?:<input[^>]*>)+<button>Try these 2 again<\/button>/.exec(chosen)?.[0] ?? "";
    assert.deepEqual([...form.matchAll(/name="session" value="(\w+)"/g)].map(([, id]) => id), ["ses_1", "ses_2"]);
    assert.doesNotMatch(renderLedger(view({ rows: both })), /Try these/);
  });

  it("held says why, what to do and until when; announced says since when and from where; late is a word", () => {
    const held = words(renderLedger(view({ tab: "held", rows: [row({ place: "held", stage: null, code: "CONSENT_MISSING", error: null, held_until: "2026-12-03T13:00:00.000Z", stages: [{ stage: "prepare", status: "held", at: "2026-11-03T13:00:00.000Z", ms: null, code: "CONSENT_MISSING", detail: "Held: nobody has agreed to the recording" }] })] })));
    assert.match(held, /Held: nobody has agreed to the recording What to do: record the customer's consent.* · its sound is removed 3 Dec, 14:00 · CONSENT_MISSING/);
    const announced = words(renderLedger(view({ tab: "announced", rows: [row({ place: "announced", stage: "notify", code: null, error: null, isLate: true, stages: [] })] })));
    assert.match(announced, /recording missing late .*The recording has not come\. announced by pbx 3 Nov, 14:01 , 59 min ago · What to do: look in the telephone system/);
  });

  it("completeness shows each step of how many, and the gap as links; without a CRM nothing is said to be sent", () => {
    const complete = { period: "the last 7 days", announced: 1204, recorded: 1203, heard: 1200, sent: 1190, hasCrm: true, gaps: [{ place: "failed", code: "FETCH_REFUSED", count: 3, href: "/ledger?tab=failed&code=FETCH_REFUSED" }] };
    const page = renderLedger(view({ tab: "all", completeness: complete }));
    assert.match(words(page), /Announced 1,204 calls Recorded 1,203 99\.9 % of 1,204 Heard 1,200 99\.7 % of 1,204 Sent 1,190 98\.8 % of 1,204 Not through: 3 failed The server refused to hand out the recording/);
    assert.match(page, /href="\/ledger\?tab=failed&amp;code=FETCH_REFUSED"/);
    assert.doesNotMatch(words(renderLedger(view({ tab: "all", completeness: { ...complete, hasCrm: false } }))), /Sent 1,190/);
    assert.match(words(renderLedger(view({ tab: "all", completeness: { ...complete, announced: 0, recorded: 0, heard: 0, sent: 0, gaps: [] } }))), /No call arrived in this period/);
  });

  it("the rule of what is late stands where late contacts are listed", () => {
    assert.match(words(renderLedger(view({ tab: "late" }))), /more than four times as long as that stage usually takes.*Words 21 s 200 10 min/);
  });

  it("what is wrong with the machine and what a press came to is said at the top", () => {
    assert.match(words(renderLedger(view({ refusing: "3 MB free, reserve 1024 MB", result: { again: 2, refused: 1, why: "CONSENT_MISSING" } }))), /Nothing new is accepted : 3 MB free.*2 contacts were set going again\. 1 could not be \( Nobody agreed to this/);
  });

  for (const tab of LEDGER_TABS) {
    it(`an empty list says so in words: ${tab}`, () => {
      assert.match(renderLedger(view({ tab, rows: [], reasons: [] })), /<p class="card in quiet">[A-Z][^<]{10,}/);
    });
  }

  it("text from outside stays text, in every field of both pages", () => {
    for (const evil of ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "javascript:alert(1)", "'; DROP TABLE sessions; --"]) {
      const error = { code: evil, message: evil, retry: evil };
      const poisoned = row({ call_id: evil, channel: evil, source: evil, customer_id: evil, place: evil, stage: evil, code: evil, error, stages: [{ stage: evil, status: evil, at: "2026-11-03T13:00:00.000Z", ms: 1, code: evil, detail: evil }] });
      const contact = { channel: evil, callId: evil, source: evil, customerId: evil, sessionId: evil };
      const jobs = jobsView({ jobs: [{ ...contact, id: evil, stage: evil, lane: evil, attempts: 1, createdAt: "2026-11-03T13:00:00.000Z", runAfter: "2026-11-03T13:00:00.000Z", isDue: true, error }], receivers: [{ destination: evil, waiting: 1, parked: 0, oldestMs: 1, nextAt: null, disabled: evil }], undelivered: [{ ...contact, id: evil, destination: evil, state: "parked", attempts: 1, nextAttemptAt: "2026-11-03T13:00:00.000Z", createdAt: "2026-11-03T13:00:00.000Z", httpStatus: 404, error }] });
      for (const page of [renderLedger(view({ rows: [poisoned], sources: [evil], filter: { source: evil, from: evil, to: evil, code: evil }, reasons: [{ code: evil, count: 1, href: "/ledger" }], refusing: evil, result: { again: 0, refused: 1, why: evil } })), renderJobs(jobs)]) {
        assert.ok(!page.includes("<script>alert") && !page.includes("<img src=x") && !/(href|action)="javascript:/.test(page));
      }
    }
  });

  it("waits are said as people say them", () => {
    assert.deepEqual([0, 59_000, 720_000, 11_400_000, 7_200_000, 187_200_000].map(waited), ["under a minute", "under a minute", "12 min", "3 h 10 min", "2 h", "2 days 4 h"]);
  });
});

const jobsView = (changes: Partial<JobsView> = {}): JobsView => ({
  frame, tabAddress: (tab) => `/ledger?tab=${tab}`, counts: none, parked: 0, lanes: [{ lane: "model", queued: 3, running: 1, parked: 0, oldestMs: 720_000, stages: "transcribe" }], lastHour: [{ stage: "transcribe", count: 12 }, { stage: "deliver", count: 0 }], state: "parked", jobs: [], next: null, receivers: [], undelivered: [], ...changes,
});

describe("ui: jobs and outbox", () => {
  it("shows each lane with its oldest wait, what was done, and that everything has left when it has", () => {
    const text = words(renderJobs(jobsView()));
    assert.match(text, /Speech model transcribe 3 12 min 1 0/);
    assert.match(text, /Done in the last hour Words 12 Results on their way/);
    assert.match(text, /Every result has reached its receiver/);
    assert.equal(JOB_TABS.length, 4);
  });

  it("an undelivered result shows what the other side answered, and how to send it again", () => {
    const text = words(renderJobs(jobsView({ receivers: [{ destination: "crm", waiting: 0, parked: 1, oldestMs: 7_200_000, nextAt: null, disabled: null }], undelivered: [{ channel: "phone", callId: "call-1", source: "pbx", customerId: null, sessionId: "ses_1", id: "out_1", destination: "crm", state: "parked", attempts: 2, nextAttemptAt: "2026-11-03T13:00:00.000Z", createdAt: "2026-11-03T12:00:00.000Z", httpStatus: 404, error: { code: "DELIVERY_REFUSED", message: "Nothing takes results there (404); check crm.url, then retry" } }] })));
    assert.match(text, /the CRM 0 1 2 h – call-1 → the CRM refused since 3 Nov, 13:00 · 2 attempts Nothing takes results there \(404\); check crm\.url, then retry answered 404 DELIVERY_REFUSED Send again/);
  });
});
