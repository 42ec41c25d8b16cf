// A watched folder: every recording that has settled is handed over, once a version, however it got there. Files are read, never changed.
import { lstat, stat } from "node:fs/promises";
import { basename, extname } from "node:path";
import { toAppError, type CallFacts } from "../domain/index.ts";
import type { Clock, FolderConfig, Log } from "../platform/index.ts";
import { inspectRecording, type SettledNote } from "./inspect-recording.ts";
import type { NameTemplates } from "./name-templates.ts";
import { lookAt, scanFolder } from "./scan-folder.ts";
import { isSameVersion, isSettled, observe, settlesAtMs, type FileSample, type Settling } from "./settle.ts";
import { isAudioName } from "./sniff.ts";
import { HintBox } from "./hint-box.ts";
import type { watchHints } from "./watch-hints.ts";

/** A recording that stands still: `path` below the watched folder, and its version. */
export interface SettledFile extends FileSample {
  /** from the sidecar, then from the name */
  facts: CallFacts;
  notes: SettledNote[];
}

export interface WatchFolderOptions {
  folder: FolderConfig;
  templates: NameTemplates;
  /** IANA name, for local times in names */
  timeZone: string;
  clock: Clock;
  log: Log;
  /** true when this version was handed over before, in this life of the process or an earlier one */
  isKnown(file: FileSample): boolean;
  /** Resolves when the recording is safe elsewhere. When it rejects, the file is offered again, later and later, for ever. */
  onSettled(file: SettledFile): Promise<void>;
  /** a header without sizes, an empty file or a missing sidecar that stands still this long is handed over as it is; default 1 hour */
  abandonedAfterMs?: number;
  /** replaces chokidar (tests of running out of watches) */
  openHints?: typeof watchHints;
}

export type WaitReason = "settling" | "empty" | "recording" | "sidecar" | "queued" | "retrying";

/** For the dashboard and `doctor`. */
export interface WatchFolderStatus {
  path: string;
  isReadable: boolean;
  /** false: no events, only the sweep (a network share, or no watches left) */
  hasHints: boolean;
  /** files that are not handed over yet */
  waiting: Record<WaitReason, number>;
  lastSweepAtMs: number | undefined;
}

interface Entry {
  settling: Settling;
  nextLookMs: number;
  reason: WaitReason;
  failures: number;
}

/** Bounds the memory of the first sweep over an old archive: the sweep waits until there is room again. */
const MAX_ENTRIES = 20_000;
const HANDED_OVER_AT_ONCE = 2;
const MAX_REMEMBERED = 20_000;
const MAX_REPORTED = 1000;
const LONGEST_RETRY_MS = 5 * 60_000;

/** One watched folder. `start` returns at once; `stop` waits for what is being handed over. */
export class WatchFolder {
  readonly #options: WatchFolderOptions;
  readonly #settleMs: number;
  readonly #entries = new Map<string, Entry>();
  /** handed over by this process; asked before `isKnown` */
  readonly #handedOver = new Map<string, FileSample>();
  readonly #hints: HintBox;
  readonly #reported = new Set<string>();
  readonly #ready: SettledFile[] = [];
  readonly #running = new Set<Promise<void>>();
  readonly #stop = new AbortController();
  #nap = new AbortController();
  #napUntilMs = 0;
  #loops: Promise<unknown> = Promise.resolve();
  #isReadable = true;
  #lastSweepAtMs: number | undefined;

  constructor(options: WatchFolderOptions) {
    this.#options = options;
    this.#settleMs = options.folder.settle_seconds * 1000;
    this.#hints = new HintBox({ ...options, onHints: () => this.#nap.abort() });
  }

  async start(): Promise<void> {
    this.#loops = Promise.all([this.#sweepForEver(), this.#lookForEver()]);
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    this.#nap.abort();
    await this.#loops;
    await this.#hints.stop();
    await Promise.all(this.#running);
  }

  status(): WatchFolderStatus {
    const waiting: WatchFolderStatus["waiting"] = { settling: 0, empty: 0, recording: 0, sidecar: 0, queued: 0, retrying: 0 };
    for (const entry of this.#entries.values()) waiting[entry.reason]++;
    return { path: this.#options.folder.path, isReadable: this.#isReadable, hasHints: this.#hints.isOpen, waiting, lastSweepAtMs: this.#lastSweepAtMs };
  }

  /** The whole folder, again and again: this alone finds every file. Hints only make it quicker. */
  async #sweepForEver(): Promise<void> {
    const { clock, folder, log } = this.#options;
    while (!this.#stop.signal.aborted) {
      try {
        await stat(folder.path);
        if (!this.#stop.signal.aborted) this.#hints.start();
        this.#hints.keepOnly(await this.#scan(folder.path, folder.recursive, "wait"));
        this.#lastSweepAtMs = clock.now();
        if (!this.#isReadable) log.info({ event: "folder.back", source: folder.source }, "the watched folder can be read again");
        this.#isReadable = true;
      } catch (error) {
        if (this.#isReadable) log.warn({ event: "folder.unreadable", source: folder.source, code: codeOf(error) }, "a watched folder cannot be read; it is tried again with every sweep");
        this.#isReadable = false;
        await this.#hints.stop(); // a share that was mounted anew needs new watches
      }
      await clock.sleep(folder.sweep_seconds * 1000, this.#stop.signal).catch(() => undefined);
    }
  }

  /**
   * @param whenFull the sweep waits for room; a hint leaves the rest to the sweep, for it runs in the loop that makes the room
   * @returns the folders that were read
   */
  async #scan(root: string, recursive: boolean, whenFull: "wait" | "leave"): Promise<Set<string>> {
    const { folder, clock, log } = this.#options;
    const onError = (path: string, error: unknown): void => {
      if (this.#reported.has(path) || this.#reported.size >= MAX_REPORTED) return;
      this.#reported.add(path); // once a path: names are not logged, they may hold numbers
      log.warn({ event: "folder.part_unreadable", source: folder.source, code: codeOf(error) }, "something below a watched folder cannot be read; check its permissions and that its name is UTF-8");
    };
    const folders = new Set<string>();
    const onFolder = (path: string, mtimeMs: number, entries: number): void => {
      folders.add(path);
      this.#hints.consider(path, mtimeMs, entries);
    };
    for await (const sample of scanFolder(root, { recursive, isWanted: isAudioName, onError, onFolder, signal: this.#stop.signal })) {
      this.#notice(sample);
      if (this.#entries.size >= MAX_ENTRIES && whenFull === "leave") break;
      while (this.#entries.size >= MAX_ENTRIES && !this.#stop.signal.aborted) await clock.sleep(1000, this.#stop.signal).catch(() => undefined);
    }
    return folders;
  }

  /** A file was seen: begins to watch it, unless this version is known. */
  #notice(sample: FileSample): void {
    if (this.#entries.has(sample.path)) return; // has its own next look
    const before = this.#handedOver.get(sample.path);
    if ((before !== undefined && isSameVersion(before, sample)) || this.#options.isKnown(sample)) return;
    const settling = observe(undefined, sample, this.#options.clock.now());
    const nextLookMs = settlesAtMs(settling, this.#settleMs);
    this.#entries.set(sample.path, { settling, nextLookMs, reason: "settling", failures: 0 });
    if (nextLookMs < this.#napUntilMs) this.#nap.abort();
  }

  /** Looks at each waiting file when its time has come, and follows hints. */
  async #lookForEver(): Promise<void> {
    const { clock, log, folder } = this.#options;
    while (!this.#stop.signal.aborted) {
      this.#nap = new AbortController();
      try {
        await this.#followHints();
        const nowMs = clock.now();
        for (const [path, entry] of this.#entries) {
          if (this.#stop.signal.aborted) break;
          if (entry.reason !== "queued" && entry.nextLookMs <= nowMs) await this.#look(path, entry);
        }
      } catch (error) {
        log.error({ event: "folder.error", source: folder.source, err: error }, "looking at waiting files failed; it goes on");
      }
      this.#napUntilMs = Math.max(this.#nextLookMs(), clock.now() + 20);
      if (!this.#stop.signal.aborted) await clock.sleep(this.#napUntilMs - clock.now(), this.#nap.signal).catch(() => undefined);
    }
  }

  #nextLookMs(): number {
    let next = this.#options.clock.now() + 60_000;
    for (const entry of this.#entries.values()) if (entry.reason !== "queued" && entry.nextLookMs < next) next = entry.nextLookMs;
    return next;
  }

  async #look(path: string, entry: Entry): Promise<void> {
    const { clock, folder, templates, timeZone, abandonedAfterMs = 3_600_000 } = this.#options;
    const sample = await lookAt(path);
    if (sample === undefined) return void this.#entries.delete(path); // moved or deleted; should it come back, the sweep sees it
    const nowMs = clock.now();
    entry.settling = observe(entry.settling, sample, nowMs);
    if (!isSettled(entry.settling, nowMs, this.#settleMs)) {
      entry.reason = "settling";
      entry.nextLookMs = Math.max(settlesAtMs(entry.settling, this.#settleMs), nowMs + 20);
      return;
    }
    const inspection = await inspectRecording(entry.settling, { folder, templates, timeZone, abandonedAfterMs }, nowMs).catch(() => undefined);
    if (inspection?.state !== "finished") {
      entry.reason = inspection?.reason ?? "retrying"; // cannot be read just now: permissions, or a share that went away
      entry.nextLookMs = nowMs + Math.min(60_000, Math.max(this.#settleMs, (nowMs - entry.settling.stableSinceMs) / 4));
      return;
    }
    entry.reason = "queued";
    this.#ready.push({ ...sample, facts: inspection.facts, notes: inspection.notes });
    this.#handOverNext();
  }

  #handOverNext(): void {
    while (this.#running.size < HANDED_OVER_AT_ONCE && !this.#stop.signal.aborted) {
      const file = this.#ready.shift();
      if (file === undefined) return;
      const work: Promise<void> = this.#handOver(file).finally(() => {
        this.#running.delete(work);
        this.#handOverNext();
      });
      this.#running.add(work);
    }
  }

  /** Never rejects: what fails is offered again. */
  async #handOver(file: SettledFile): Promise<void> {
    const { log, folder } = this.#options;
    const entry = this.#entries.get(file.path);
    if (entry === undefined) return;
    const sample = await lookAt(file.path); // it may have waited in the queue
    if (sample === undefined || !isSameVersion(sample, file)) {
      entry.reason = "settling";
      return this.#lookAgainIn(entry, 0);
    }
    try {
      await this.#options.onSettled(file);
      this.#entries.delete(file.path);
      this.#remember(file);
    } catch (error) {
      entry.failures++;
      entry.reason = "retrying";
      const waitMs = Math.min(LONGEST_RETRY_MS, 1000 * 2 ** Math.min(entry.failures - 1, 20)) * (0.8 + Math.random() * 0.4);
      log.warn({ event: "folder.retry", source: folder.source, code: codeOf(error), failures: entry.failures, waitMs: Math.round(waitMs) }, "a recording of a watched folder could not be taken in; it is tried again");
      this.#lookAgainIn(entry, waitMs);
    }
  }

  #lookAgainIn(entry: Entry, waitMs: number): void {
    entry.nextLookMs = this.#options.clock.now() + waitMs;
    if (entry.nextLookMs < this.#napUntilMs) this.#nap.abort();
  }

  #remember({ path, dev, ino, sizeBytes, mtimeMs }: FileSample): void {
    this.#handedOver.delete(path);
    this.#handedOver.set(path, { path, dev, ino, sizeBytes, mtimeMs });
    const [oldest] = this.#handedOver.keys();
    if (this.#handedOver.size > MAX_REMEMBERED && oldest !== undefined) this.#handedOver.delete(oldest);
  }

  async #followHints(): Promise<void> {
    for (const path of this.#hints.take()) {
      if (isAudioName(basename(path))) {
        const sample = this.#entries.has(path) ? undefined : await lookAt(path);
        if (sample !== undefined) this.#notice(sample);
      } else if (extname(path).toLowerCase() === `.${this.#options.folder.sidecar}`) this.#lookAtOwnersOf(path);
      else if (this.#hints.isWatched(path)) await this.#scan(path, false, "leave").catch(() => undefined); // just begun to be watched
      else if (this.#options.folder.recursive && (await isFolder(path))) await this.#scan(path, true, "leave").catch(() => undefined); // gone again
    }
  }

  /** A sidecar came: the recordings that wait for one of that name are looked at as soon as it may have settled. */
  #lookAtOwnersOf(sidecarPath: string): void {
    const stem = sidecarPath.slice(0, -extname(sidecarPath).length);
    for (const [path, entry] of this.#entries) {
      if (entry.reason === "sidecar" && (path === stem || path.slice(0, -extname(path).length) === stem)) this.#lookAgainIn(entry, this.#settleMs);
    }
  }
}

async function isFolder(path: string): Promise<boolean> {
  return !basename(path).startsWith(".") && ((await lstat(path).catch(() => undefined))?.isDirectory() ?? false);
}

function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === "string" ? code : toAppError(error).code;
}
