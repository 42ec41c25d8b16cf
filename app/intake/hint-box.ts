// Gathers the hints of a watched folder for a moment, and lives without them where no watches are left.
import type { Clock, FolderConfig, Log } from "../platform/index.ts";
import { watchHints, type Hints } from "./watch-hints.ts";

export interface HintBoxOptions {
  folder: FolderConfig;
  clock: Clock;
  log: Log;
  /** some hints lie in the box */
  onHints: () => void;
  openHints?: typeof watchHints;
}

/** Hints come by the hundred while somebody records; they are handed on together. */
const GATHER_MS = 100;
/** Beyond it the sweep is enough. */
const MAX_HINTS = 10_000;
/**
 * chokidar reads every entry of a folder that it watches and keeps them: an archive of 30,000 files cost 120 MB and stalls of 200 ms. So only folders
 * where something happened lately are watched: today's, yesterday's, and the ones above where tomorrow's will appear.
 */
const RECENT_MS = 48 * 3_600_000;
const MAX_FOLDERS = 200;
const MAX_FOLDER_ENTRIES = 10_000;

/** The watches of one watched folder. `start` and `stop` may be called again and again: a share that was mounted anew needs new watches. */
export class HintBox {
  readonly #options: HintBoxOptions;
  readonly #hinted = new Set<string>();
  readonly #open = new Map<string, Hints>();
  #stop = new AbortController();
  #hasNoWatchesLeft = false;
  #isGathering = false;

  constructor(options: HintBoxOptions) {
    this.#options = options;
    this.#stop.abort();
  }

  get isOpen(): boolean {
    return this.#open.size > 0;
  }

  isWatched(folder: string): boolean {
    return this.#open.has(folder);
  }

  start(): void {
    if (!this.#hasNoWatchesLeft && this.#stop.signal.aborted) this.#stop = new AbortController();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    this.#isGathering = false;
    const open = [...this.#open.values()];
    this.#open.clear();
    await Promise.all(open.map((hints) => hints.close().catch(() => undefined)));
  }

  /** A folder was read: it is watched from now on while it is lively and not too large; the watched folder itself whatever its age. */
  consider(folder: string, mtimeMs: number, entries: number): void {
    const isLively = folder === this.#options.folder.path || this.#options.clock.now() - mtimeMs < RECENT_MS;
    if (!isLively || entries > MAX_FOLDER_ENTRIES) return this.#close(folder);
    if (this.#stop.signal.aborted || this.#open.has(folder) || this.#open.size >= MAX_FOLDERS) return;
    const { openHints = watchHints } = this.#options;
    this.#open.set(folder, openHints(folder, (path) => this.#put(path), (error) => this.#onError(error)));
  }

  /** After a whole sweep: folders that were deleted are let go. */
  keepOnly(folders: ReadonlySet<string>): void {
    for (const folder of [...this.#open.keys()]) if (!folders.has(folder)) this.#close(folder);
  }

  /** @returns the paths that changed since the last call; the box is empty then */
  take(): string[] {
    const paths = [...this.#hinted];
    this.#hinted.clear();
    return paths;
  }

  #close(folder: string): void {
    const hints = this.#open.get(folder);
    this.#open.delete(folder);
    void hints?.close().catch(() => undefined);
  }

  #put(path: string): void {
    if (this.#stop.signal.aborted || this.#hinted.size >= MAX_HINTS) return;
    this.#hinted.add(path);
    if (this.#isGathering) return;
    this.#isGathering = true;
    this.#options.clock.sleep(GATHER_MS, this.#stop.signal).then(
      () => {
        this.#isGathering = false;
        this.#options.onHints();
      },
      () => undefined, // stopped
    );
  }

  #onError(error: Error): void {
    const code = (error as { code?: unknown }).code;
    if (this.#hasNoWatchesLeft || typeof code !== "string" || !["ENOSPC", "EMFILE", "ENFILE"].includes(code)) return;
    this.#hasNoWatchesLeft = true;
    this.#options.log.warn({ event: "folder.no_watches", source: this.#options.folder.source, code }, "no watches are left (raise fs.inotify.max_user_watches); new recordings are found by the sweep");
    void this.stop();
  }
}
