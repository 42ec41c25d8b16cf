// Calls arrive, are heard and analysed while their customer agrees, withdraws and agrees again, in any order, also in the middle of a stage.
// An oracle of its own, with nothing but a list of what was said, decides after every step whether there may be words.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { newId, type AudioFacts, type ConsentPurpose, type Job, type Speaker } from "../../app/domain/index.ts";
import { configSchema, inTransaction, manualClock, silentLog, type ManualClock } from "../../app/platform/index.ts";
import { arriveFile } from "../../app/pipeline/accept.ts";
import { isHeldBack, releasePermitted } from "../../app/pipeline/consent-gate.ts";
import { recordConsents } from "../../app/pipeline/consent-record.ts";
import { assemble, type RunnableAppliance } from "../../app/pipeline/index.ts";
import type { Parts } from "../../app/pipeline/parts.ts";
import { enqueueStage, runStage } from "../../app/pipeline/run-stage.ts";
import { WINDOW_LIMITS, type Hearing } from "../../app/speech/index.ts";

const AUDIO: AudioFacts = { container: "wav", codec: "pcm_s16le", sampleRateHz: 8000, channels: 2, durationMs: 2000, truncated: false, layout: "stereo", silentChannels: [] };
const SPOKEN = [{ startMs: 0, endMs: 1800 }];

interface Statement { purpose: ConsentPurpose; state: "granted" | "withdrawn"; atMs: number; about: string | null }
/** `isElsewhere`: another process wrote it down, so that only the look inside the commit can notice */
interface Change { purpose: "recording" | "analysis"; state: "granted" | "withdrawn"; agoMs: number; isElsewhere?: boolean }
type Step = { kind: "arrive"; consent: "granted" | "withdrawn" | undefined } | { kind: "say"; change: Change } | { kind: "run"; meanwhile: Change | undefined };

const change = fc.record({ purpose: fc.constantFrom("recording" as const, "recording" as const, "analysis" as const), state: fc.constantFrom("granted" as const, "withdrawn" as const), agoMs: fc.constantFrom(0, 0, 0, 1500, 4500) });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("arrive" as const), consent: fc.constantFrom(undefined, undefined, "granted" as const, "withdrawn" as const) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("say" as const), change }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("run" as const), meanwhile: fc.option(fc.tuple(change, fc.boolean()).map(([one, isElsewhere]) => ({ ...one, isElsewhere: isElsewhere && one.state === "withdrawn" })), { nil: undefined, freq: 2 }) }) },
);

describe("pipeline: consent in any order", function () {
  this.timeout(60_000);
  const folder = mkdtempSync(join(tmpdir(), "earshot-consent-"));
  const clock: ManualClock = manualClock();
  let appliance: RunnableAppliance;
  let parts: Parts;
  let meanwhile: () => void = () => undefined;
  let n = 0;
  before(async () => {
    appliance = await assemble(configSchema.parse({ data_dir: folder, log_level: "silent", consent: { default: { recording: "hold" } } }), { clock, log: silentLog });
    appliance.parts.db.pragma("synchronous = OFF"); // no power is cut here
    const tokens = [{ text: " Hello", probability: 0.9, startMs: 100, endMs: 700 }];
    const hearing = {
      engine: { identity: { engine: "fake", model: "fake", sha256: undefined }, parallel: 1, transcribeWindow: async () => (meanwhile(), { language: "en", segments: [{ startMs: 0, endMs: 800, tokens }] }) },
      limits: WINDOW_LIMITS, release: () => undefined,
    } as unknown as Hearing;
    parts = { ...appliance.parts, speech: { lease: () => hearing } as unknown as Parts["speech"], checkpoint: (name) => void (name === "analyse.ran" && meanwhile()) };
  });
  after(async () => {
    await appliance.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** One customer of a run, and what the oracle knows of him. */
  function customer() {
    const phone = `+1415555${String(1000 + n++).slice(-4)}`;
    const customerId = parts.store.writes.customers.create(clock.now());
    parts.store.writes.customers.see(customerId, { kind: "e164", value: phone }, clock.now());
    const said: Statement[] = [];
    const calls: string[] = [];
    const heard = new Set<string>();
    const count = (table: string, id: string): number => (parts.db.prepare<[string], { n: number }>(`SELECT count(*) AS n FROM ${table} WHERE session_id = ?`).get(id)?.n ?? 0);

    const may = (id: string): boolean =>
      (["recording", "analysis"] as const).every((purpose) => {
        const all = said.filter((one) => one.purpose === purpose && one.atMs <= clock.now());
        const latest = (list: Statement[]): Statement[] => list.filter((one) => one.atMs === Math.max(...list.map((other) => other.atMs)));
        const isRefused = latest(all.filter((one) => one.about === id)).some((one) => one.state === "withdrawn");
        const deciding = latest(all.filter((one) => !(isRefused && one.state === "granted" && one.about !== null && one.about !== id)));
        return deciding.length === 0 ? purpose === "analysis" : deciding.every((one) => one.state === "granted");
      });
    let isTold = true;
    const say = ({ purpose, state, agoMs, isElsewhere = false }: Change): void => {
      const atMs = clock.now() - agoMs;
      said.push({ purpose, state, atMs, about: null });
      if (isElsewhere) {
        isTold = false;
        const record = { customerId, sessionId: null, channel: "any", purpose, state, source: "elsewhere", atMs, proof: "", policyId: "", expiresAtMs: null, recordedBy: "system:test" };
        return void inTransaction(parts.db, () => parts.store.writes.consents.add(record, clock.now()));
      }
      inTransaction(parts.db, () => {
        recordConsents({ customerId, sessionId: null, actor: { kind: "system", id: "test", ip: null } }, [{ channel: "any", purpose, state, source: "api", atMs }], parts);
        releasePermitted({ customerId, sessionId: null }, parts, enqueueStage);
      });
    };
    const arrive = (consent: "granted" | "withdrawn" | undefined): void => {
      const callId = `call-${n++}`;
      const staged = { file: `recordings/2026/11/${newId("rec", clock.now())}.wav`, sizeBytes: 1, sha256: callId, originalName: "a.wav" };
      const { sessionId = "" } = inTransaction(parts.db, () => arriveFile({ source: "upload", facts: { callId, from: phone, direction: "inbound", startedAtMs: clock.now(), ...(consent === undefined ? {} : { consent }) }, staged, priority: "upload" }, parts));
      calls.push(sessionId);
      if (consent !== undefined) said.push({ purpose: "recording", state: consent, atMs: clock.now(), about: sessionId });
    };
    const run = async (change?: Change): Promise<boolean> => {
      const job = parts.queue.claim("cpu", ["prepare", "analyse"]) ?? parts.queue.claim("model", ["transcribe"]);
      if (job === undefined) return false;
      meanwhile = () => void (change !== undefined && say(change));
      if (job.stage === "prepare") prepared(job, parts);
      else await runStage(job, parts, new AbortController().signal);
      meanwhile = () => undefined;
      return true;
    };
    /** Words that came into being in this step had to be permitted at its end; and nothing that is forbidden waits or runs. */
    const check = (): void => {
      for (const id of calls) {
        const found = ["messages", "transcripts", "analyses"].filter((table) => count(table, id) > 0);
        for (const table of found.filter((one) => !heard.has(`${one} ${id}`))) assert.ok(may(id), `${table} of a call that nobody agreed to`);
        for (const table of found) heard.add(`${table} ${id}`);
        if (!may(id) && isTold) assert.deepEqual(parts.queue.activeOf(id), [], "work that nobody agreed to is pending");
      }
    };
    const end = (): void => {
      for (const id of calls) {
        const status = parts.store.writes.sessions.byId(id)?.status;
        if (may(id)) assert.deepEqual([status, count("messages", id) > 0], ["done", true]);
        else assert.ok(status === "held" || (status === "done" && heard.has(`analyses ${id}`)), `${status}`);
      }
    };
    return { say, arrive, run, check, end };
  }

  it("words exist only if consent held when they were stored; in the end whoever agrees is heard and whoever does not is held", async () => {
    let [held, done] = [0, 0];
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 28 }), fc.boolean(), async (steps, isWelcome) => {
        const one = customer();
        if (isWelcome) one.say({ purpose: "recording", state: "granted", agoMs: 0 });
        for (const next of steps) {
          clock.advance(1000);
          if (next.kind === "arrive") one.arrive(next.consent);
          else if (next.kind === "say") one.say(next.change);
          else await one.run(next.meanwhile);
          one.check();
        }
        while (await one.run()) one.check();
        one.end();
        held = parts.db.prepare<[], { n: number }>("SELECT count(*) AS n FROM sessions WHERE status = 'held'").get()?.n ?? 0;
        done = parts.db.prepare<[], { n: number }>("SELECT count(*) AS n FROM sessions WHERE status = 'done'").get()?.n ?? 0;
      }),
      { numRuns: 50 },
    );
    assert.ok(held > 5 && done > 5, `the runs saw both ends: ${held} held, ${done} heard`);
    assert.equal(appliance.store.audit.verify(), undefined);
  });
});

/** What `prepare` leaves behind, without a decoder. */
function prepared(job: Job, parts: Parts): void {
  const spool = join(parts.spool, job.sessionId);
  mkdirSync(spool, { recursive: true });
  const sound = Buffer.alloc(2000 * 32);
  for (let i = 0; i < sound.length / 2; i++) sound.writeInt16LE(Math.round(8000 * Math.sin(i / 9) * Math.sin(i / 1500)), i * 2);
  for (const channel of [0, 1]) writeFileSync(join(spool, `channel-${channel}.pcm`), sound);
  inTransaction(parts.db, () => {
    const session = parts.store.writes.sessions.byId(job.sessionId);
    const recording = parts.store.writes.recordings.ofSession(job.sessionId);
    assert.ok(session && recording);
    if (isHeldBack(session.id, "prepare", parts) || !parts.queue.finish(job.id)) return;
    const map: Record<"0" | "1", Extract<Speaker, "agent" | "customer">> = { "0": "customer", "1": "agent" };
    parts.store.writes.recordings.setAudio(recording.id, AUDIO, { map, reason: "test", isDerived: false }, { "0": SPOKEN, "1": [] });
    enqueueStage(session, "transcribe", parts);
  });
}
