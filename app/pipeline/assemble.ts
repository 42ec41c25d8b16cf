// The appliance as one thing: takes in, answers, starts and stops. Its parts are made in gather-parts.ts.
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { AppError, newId, type CallFacts, type ChannelEvent, type GenericCall } from "../domain/index.ts";
import { factsOfGeneric, type WatchFolder } from "../intake/index.ts";
import { POISONED } from "../jobs/index.ts";
import { ensureFolder, inTransaction, programVersion, takeLock, type Config } from "../platform/index.ts";
import { sweepEngines } from "../speech/index.ts";
import { arriveFile, arriveNotification, refuseReplay, tellArrived } from "./accept.ts";
import type { Appliance, SpeechSwitch } from "./appliance.ts";
import { createBacklogDesk } from "./backlog.ts";
import { createBoardDesk } from "./board/desk.ts";
import { createCorrectionDesk } from "./corrections/desk.ts";
import { releasePermitted } from "./consent-gate.ts";
import { recordConsents } from "./consent-record.ts";
import { consentReport } from "./consent-view.ts";
import { Deliverer } from "./deliver.ts";
import { createDiskGuard } from "./disk-guard.ts";
import { createFolderWatchers } from "./folders.ts";
import { gatherParts, type AssembleOptions } from "./gather-parts.ts";
import { keepHouse } from "./housekeeping.ts";
import { createJourneyDesk } from "./issues/journeys.ts";
import { keepDerived } from "./issues/rebuild.ts";
import { createIssueDesk } from "./issues/unresolved.ts";
import { createListening } from "./listening.ts";
import { createMailboxes, describeMailbox } from "./mailboxes.ts";
import { Librarian } from "./knowledge/librarian.ts";
import { openSearch } from "./knowledge/open-knowledge.ts";
import { createAgain } from "./mending/again.ts";
import { createMendingDesk } from "./mending/desk.ts";
import type { Parts } from "./parts.ts";
import { createPeakMeter } from "./peak-meter.ts";
import { arriveEvents, type ArrivedEvent } from "./threads/accept-messages.ts";
import { createContextDesk } from "./threads/context.ts";
import { discardRepeats, fileOf } from "./attachments.ts";
import { createThreadDesk } from "./threads/desk.ts";
import { createQualityDesk } from "./quality/quality-desk.ts";
import { popScreen } from "./threads/screen-pop.ts";
import { enqueueStage, markFailed } from "./run-stage.ts";
import { enginesFolder } from "./open-speech.ts";
import { createWorkflowDesk } from "./workflows/desk.ts";
import { Runner } from "./runner.ts";
import { createSpeechSwitch, describeSpeech } from "./speech-switch.ts";
import { describeAnalysis } from "./stages/describe-analysis.ts";
import { sweepVault } from "./sweep-vault.ts";

/** Due work that nobody claims for this long means that the process is ill. */
const STANDSTILL_MS = 180_000;

/** An appliance that can be started and stopped. Before `start` it can already take things in and answer questions. */
export interface RunnableAppliance extends Appliance {
  /** @throws AppError DATA_DIR_LOCKED when another process works on the data folder */
  start(): Promise<void>;
  /** Begins to stop: nothing new is accepted or claimed. `stop` waits for the rest. */
  drain(): void;
  /** Takes nothing more, drains within `queue.drain_seconds`, closes everything. Safe to call without `start`. */
  stop(): Promise<void>;
  /** true when no stage of any call is queued or running */
  isIdle(): boolean;
  /** false when work is due and nobody has touched any for minutes: the service manager should start Earshot anew */
  isProgressing(): boolean;
  readonly speech: SpeechSwitch;
  readonly version: string;
  readonly parts: Parts;
}

/** @throws AppError CONFIG_INVALID, SETUP_INCOMPLETE, SPEECH_MODEL_MISSING, STORE_… when the ground is not there */
export async function assemble(config: Config, options: AssembleOptions = {}): Promise<RunnableAppliance> {
  const parts = await gatherParts(config, options);
  const speech = createSpeechSwitch(parts);
  const disk = createDiskGuard(config.data_dir, config.intake.disk_reserve_mb * 1_048_576, parts.clock);
  const runner = new Runner(parts);
  const deliverer = new Deliverer(parts);
  const librarian = new Librarian(parts);
  const wake = (): void => {
    runner.wake();
    deliverer.wake();
  };
  const stopping = new AbortController();
  let watchers: WatchFolder[] = [];
  let house: Promise<void> = Promise.resolve();
  let release: (() => void) | undefined;

  let drained: Promise<unknown> | undefined;
  let isStopped = false;
  const drain = (): void => {
    if (drained !== undefined) return;
    stopping.abort();
    const drainMs = config.queue.drain_seconds * 1000;
    drained = Promise.all([...watchers.map((watcher) => watcher.stop()), ...mailboxes.map((mailbox) => mailbox.stop()), runner.stop(drainMs), deliverer.stop(drainMs), librarian.stop(), house]);
  };

  const takeIn = async <T>(work: () => T): Promise<T> => {
    if (stopping.signal.aborted) throw new AppError("SHUTTING_DOWN", "Earshot is stopping; send again in a minute, nothing was stored");
    await disk.check();
    const result = await parts.commits.run(work);
    wake();
    return result;
  };

  /** Messages of a channel, and what must be kept in the same commit. */
  const takeMessages = async (source: string, events: readonly ChannelEvent[], alsoSave: () => void): Promise<ArrivedEvent[]> => {
    const arrived = await takeIn(() => {
      alsoSave();
      return arriveEvents(events, parts);
    });
    for (const { outcome, messageId, sessionId } of arrived) {
      parts.meters.arrived(source, outcome);
      if (outcome === "accepted" && messageId !== undefined) parts.events.emit("message.received", { source, message_id: messageId, session_id: sessionId ?? null });
    }
    await discardRepeats(events, arrived, parts);
    return arrived;
  };

  const stage: Appliance["stage"] = async (stream, originalName) => {
    if (stopping.signal.aborted) throw new AppError("SHUTTING_DOWN", "Earshot is stopping; send again in a minute, nothing was stored");
    await disk.check();
    return { ...(await parts.vault.adoptStream(stream, originalName, config.http.max_upload_mb * 1_048_576)), originalName };
  };
  const discard: Appliance["discard"] = (staged) => parts.vault.remove(staged.file);
  const mailboxes = createMailboxes(parts, { stage, discard, take: async (source, events, alsoSave) => void (await takeMessages(source, events, alsoSave)) });

  const again = createAgain(parts, takeIn);
  const board = createBoardDesk(parts, disk);
  const backlog = createBacklogDesk(parts, wake);
  return {
    parts,
    config,
    clock: parts.clock,
    log: parts.log,
    store: parts.store,

    async notify(source, notification, proof) {
      const mayWait = notification.kind === "call.ended" || notification.kind === "recording.ready";
      if (mayWait && backlog.isWanted()) {
        await takeIn(() => {
          if (proof !== undefined) refuseReplay(source, proof, parts);
          backlog.put(source, notification);
        });
        return { call_id: notification.facts.callId, status: "received" };
      }
      const arrived = await takeIn(() => {
        if (proof !== undefined) refuseReplay(source, proof, parts);
        return arriveNotification(source, notification, parts);
      });
      if (notification.kind === "call.started") popScreen(source, notification.facts, parts);
      tellArrived(source, arrived, parts);
      return arrived.accepted;
    },
    stage,
    discard,
    async acceptFile(source, staged, metadata) {
      const facts = uploadFacts(metadata, parts.clock.now());
      const { accepted, unused, outcome, sessionId } = await takeIn(() => arriveFile({ source, facts, staged, priority: source === "import" ? "import" : "upload" }, parts));
      if (unused) await parts.vault.remove(staged.file);
      parts.meters.arrived(source, outcome);
      if (sessionId !== undefined) parts.events.emit("call.received", { source, session_id: sessionId });
      return accepted;
    },
    async receive(source, events, proof) {
      const arrived = await takeMessages(source, events, () => {
        if (proof !== undefined) refuseReplay(source, proof, parts);
      });
      return { message_ids: arrived.flatMap((one) => one.messageId ?? []), status: "received" };
    },
    ...again,
    mending: createMendingDesk(parts, again, takeIn),
    threads: createThreadDesk(parts, takeIn),
    context: createContextDesk(parts),
    quality: createQualityDesk(parts, takeIn),
    corrections: createCorrectionDesk(parts, takeIn),
    peaks: createPeakMeter(parts),
    workflows: createWorkflowDesk(parts),
    knowledge: { ...parts.knowledge, status: () => librarian.status() },
    search: openSearch(parts),
    issues: createIssueDesk(parts),
    journeys: createJourneyDesk(parts),
    board,
    attachment: (id) => fileOf(id, parts),
    consents: (customerId) => consentReport(customerId, parts),
    async setConsents(customerId, statements, by) {
      if (stopping.signal.aborted) throw new AppError("SHUTTING_DOWN", "Earshot is stopping; send again in a minute, nothing was stored");
      // not refused for want of disk space: a withdrawal must be taken at any time
      await parts.commits.run(() => {
        recordConsents({ customerId, sessionId: null, ...by }, statements, parts);
        releasePermitted({ customerId, sessionId: null }, parts, enqueueStage);
      });
      wake();
      return consentReport(customerId, parts);
    },
    playback: createListening(parts),
    speech,
    async readiness() {
      const free = await disk.free();
      const checks = [
        { name: "database" as const, ok: parts.db.open, detail: parts.db.open ? "The database answers" : "The database is closed" },
        { name: "disk" as const, ok: free >= config.intake.disk_reserve_mb * 1_048_576, detail: `${Math.floor(free / 1_048_576)} MB free, reserve ${config.intake.disk_reserve_mb} MB` },
        { name: "shutdown" as const, ok: !stopping.signal.aborted, detail: stopping.signal.aborted ? "Earshot is stopping" : "Running" },
        { name: "speech" as const, ok: true, detail: describeSpeech(parts) }, // a model that loads or restarts delays work, it does not lose any
        { name: "analysis" as const, ok: true, detail: describeAnalysis(parts.analysis) },
        { name: "queue" as const, ok: true, detail: `${parts.queue.count("queued")} jobs wait, ${parts.queue.count("running")} run, ${parts.queue.count("parked")} are parked` },
        ...mailboxes.map((mailbox) => ({ name: "mail" as const, ok: true, detail: describeMailbox(mailbox.status()) })), // a mail server that is away delays mail, it does not lose any
      ];
      return { ready: checks.every((check) => check.ok), checks };
    },
    async metrics() {
      const { gauges, registry } = parts.meters;
      for (const state of ["queued", "running", "parked", "failed"] as const) gauges.jobs.set({ state }, parts.queue.count(state));
      gauges.diskFree.set(await disk.free());
      const outbox = parts.store.writes.findings.outboxLoad();
      gauges.outboxWaiting.set(outbox.waiting);
      gauges.outboxOldest.set((outbox.oldestMs ?? 0) / 1000);
      parts.meters.speech(parts.speech.identity, parts.speech.status(), parts.speech.canHear());
      return registry.metrics();
    },
    audit: (event) => parts.audit(event),
    events: (lastId, signal) => parts.events.watch(lastId, signal),
    version: programVersion(),
    isProgressing: () => runner.busy > 0 || !parts.speech.canHear() || parts.queue.oldestDueMs() > parts.clock.now() - STANDSTILL_MS,
    isIdle: () => parts.store.writes.backlog.isEmpty() && parts.queue.count("queued") === 0 && parts.queue.count("running") === 0,

    async start() {
      release = takeLock(join(config.data_dir, "earshot.lock"));
      if (release === undefined) throw new AppError("DATA_DIR_LOCKED", `Another Earshot works on ${config.data_dir}; stop it first or choose another data_dir`);
      reclaim(parts);
      inTransaction(parts.db, () => ["crm", ...(parts.delivery?.destinations ?? [])].forEach((name) => parts.store.writes.findings.enable(name, parts.clock.now()))); // a restart is how a person says "try again"
      await rm(parts.spool, { recursive: true, force: true });
      await ensureFolder(parts.spool);
      const sweepLeft = await sweepVault(parts);
      const left = await sweepEngines(await ensureFolder(enginesFolder(config)));
      if (left.length > 0) parts.log.warn({ event: "speech.orphan_ended", pids: left.join(", ") }, "speech engines of an earlier run were ended");
      void parts.speech.start().catch((error: unknown) => parts.log.error({ code: error instanceof AppError ? error.code : "INTERNAL" }, "the speech engine does not start; it is tried again with the next call"));
      runner.start();
      deliverer.start();
      watchers = createFolderWatchers(parts, disk, wake);
      await Promise.all(watchers.map((watcher) => watcher.start()));
      for (const mailbox of mailboxes) mailbox.start();
      librarian.start();
      house = Promise.all([keepHouse(parts, sweepLeft, stopping.signal), keepDerived(parts, stopping.signal), board.warm(stopping.signal), backlog.keep(stopping.signal)]).then(() => undefined);
    },
    drain,
    async stop() {
      if (isStopped) return;
      isStopped = true;
      drain();
      await drained;
      await parts.speech.stop();
      await parts.pictures.stop();
      await parts.analysis.stop?.();
      await parts.embedder?.stop?.();
      await parts.net.close();
      parts.db.pragma("wal_checkpoint(TRUNCATE)");
      parts.db.close();
      release?.();
    },
  };
}

/** Every running row belongs to a process that died: put back at once; what killed the process three times waits for a person. */
function reclaim(parts: Parts): void {
  for (const { job, parked } of parts.queue.reclaim()) {
    parts.log.warn({ sessionId: job.sessionId, stage: job.stage, deaths: job.deaths, parked }, "work of a dead process reclaimed");
    if (!parked) continue;
    inTransaction(parts.db, () => {
      markFailed(job, POISONED, parts);
      parts.store.writes.findings.addLedger(job.sessionId, { stage: job.stage, status: "failed", atMs: parts.clock.now(), ms: null, code: POISONED.code, detail: POISONED.message });
    });
  }
}

function uploadFacts(metadata: Partial<GenericCall>, nowMs: number): CallFacts {
  return factsOfGeneric({ ...metadata, call_id: metadata.call_id ?? newId("rec", nowMs).replace("rec_", "call-") });
}
