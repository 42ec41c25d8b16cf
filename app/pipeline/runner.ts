// Claims jobs, lane by lane, as long as there is work; sleeps until something is due; drains when told to stop.
import type { Job, Lane, Stage } from "../domain/index.ts";
import type { Parts } from "./parts.ts";
import { runStage } from "./run-stage.ts";
import { stagesOf } from "./stages.ts";

/** Decoded recordings that may lie in the spool before the model has time for them. Bounds the disk that a burst takes. */
const PREPARED_AHEAD = 3;
/** Stages that ask the analysis engine. One with a language model takes minutes, and would keep recordings from being prepared for speech. */
const READING: ReadonlySet<Stage> = new Set<Stage>(["analyse", "judge", "summarise"]);
/** Another process (an import) may enqueue too; its jobs are seen after at most this long. */
const POLL_MS = 1000;

export class Runner {
  private readonly parts: Parts;
  private readonly workers: Record<Lane, number>;
  private readonly stopping = new AbortController();
  private readonly killing = new AbortController();
  private readonly wakers: Record<Lane, Set<() => void>> = { cpu: new Set(), model: new Set(), net: new Set() };
  private loops: Promise<void>[] = [];
  /** sessions that the analysis engine reads beside the other work of the processor; 0: it is quick, and such work itself */
  private readonly readers: number;
  private readonly running = new Map<Stage, number>();
  private runningJobs = 0;
  private runsAlone = false;
  private isWaking = false;

  constructor(parts: Parts) {
    this.parts = parts;
    this.readers = parts.analysis.parallel ?? 0;
    this.workers = { cpu: parts.config.queue.cpu_lanes + this.readers, model: parts.config.queue.model_lanes, net: parts.config.queue.net_lanes };
  }

  /** Begins claiming. What a dead process left running was reclaimed before. */
  start(): void {
    for (const lane of ["cpu", "model", "net"] as const) {
      for (let i = 0; i < this.workers[lane]; i++) this.loops.push(this.work(lane));
    }
  }

  /** Something may be due now: every sleeping worker looks, once for all that arrived within this turn of the event loop. */
  wake(): void {
    if (this.isWaking) return;
    this.isWaking = true;
    setImmediate(() => {
      this.isWaking = false;
      for (const lane of Object.values(this.wakers)) for (const wake of lane) wake();
    });
  }

  /** @returns jobs that run at this moment */
  get busy(): number {
    return this.runningJobs;
  }

  /**
   * Claims nothing more, lets running jobs finish for `drainMs`, then aborts them; aborted claims are given back unspent.
   * Resolves when no job runs.
   */
  async stop(drainMs: number): Promise<void> {
    this.stopping.abort();
    this.wake();
    const timer = setTimeout(() => this.killing.abort(new Error("Earshot is stopping")), drainMs);
    await Promise.all(this.loops);
    clearTimeout(timer);
    this.loops = [];
  }

  private async work(lane: Lane): Promise<void> {
    while (!this.stopping.signal.aborted) {
      const job = this.claim(lane);
      if (job === undefined) await this.idle(lane);
      else await this.run(job);
    }
  }

  private claim(lane: Lane): Job | undefined {
    try {
      // After a crash with several jobs running, each of them runs alone once: the next death then names the guilty one.
      if (this.runsAlone) return undefined;
      if (this.parts.queue.hasSuspect()) return this.runningJobs === 0 ? this.parts.queue.claimSuspect(lane) : undefined;
      const stages = this.claimable(lane);
      return stages.length === 0 ? undefined : this.parts.queue.claim(lane, stages);
    } catch (error) {
      // A full disk or a busy database: nothing was claimed, the next look tries again.
      this.parts.log.error({ lane, err: error instanceof Error ? error.name : "unknown" }, "claim failed");
      return undefined;
    }
  }

  private claimable(lane: Lane): Stage[] {
    if (lane === "model" && !this.parts.speech.canHear()) return []; // calls wait where they are, and are looked at again every second
    const stages = stagesOf(lane);
    if (lane !== "cpu") return stages;
    const isAhead = this.parts.queue.hasWaiting("model", PREPARED_AHEAD);
    return stages.filter((stage) => this.hasRoom(stage, stages) && !(isAhead && stage === "prepare"));
  }

  /** What the language model reads and what the processor does otherwise never wait for each other. */
  private hasRoom(stage: Stage, stages: readonly Stage[]): boolean {
    if (this.readers === 0) return true;
    const isReading = READING.has(stage);
    const busy = stages.filter((one) => READING.has(one) === isReading).reduce((sum, one) => sum + (this.running.get(one) ?? 0), 0);
    return busy < (isReading ? this.readers : this.parts.config.queue.cpu_lanes);
  }

  private async run(job: Job): Promise<void> {
    this.runningJobs++;
    this.running.set(job.stage, (this.running.get(job.stage) ?? 0) + 1);
    this.runsAlone = job.isSuspect;
    try {
      this.parts.meters.jobStarted(this.parts.clock.now() - Math.max(job.createdAtMs, job.runAfterMs));
      await runStage(job, this.parts, this.killing.signal);
    } catch (error) {
      // Only the bookkeeping itself can fail here (disk full): the row stays "running" and is reclaimed at the next start, or:
      this.parts.log.fatal({ sessionId: job.sessionId, stage: job.stage, err: error instanceof Error ? error.name : "unknown" }, "job could not be recorded");
      await this.parts.clock.sleep(POLL_MS, this.stopping.signal).catch(() => undefined);
      this.giveBack(job);
    } finally {
      this.runningJobs--;
      this.running.set(job.stage, (this.running.get(job.stage) ?? 1) - 1);
      this.runsAlone = false;
      this.wake();
    }
  }

  private giveBack(job: Job): void {
    try {
      this.parts.queue.release(job.id);
    } catch {
      // still no room to write: reclaimed at the next start
    }
  }

  private async idle(lane: Lane): Promise<void> {
    const due = this.parts.queue.nextDueMs(lane);
    const untilDueMs = (due ?? Infinity) - this.parts.clock.now();
    const waitMs = untilDueMs > 0 ? Math.min(POLL_MS, untilDueMs) : POLL_MS; // due but not claimable: a finished job wakes us
    const rest = new AbortController();
    const wake = (): void => rest.abort();
    this.wakers[lane].add(wake);
    if (this.stopping.signal.aborted) rest.abort();
    await this.parts.clock.sleep(waitMs, rest.signal).catch(() => undefined);
    this.wakers[lane].delete(wake);
  }
}
