// chokidar as a hint: "look here soon". Nothing depends on it; where no events come (NFS, SMB, no watches left) the sweep finds everything.
import { basename, dirname, join } from "node:path";
import { watch, type FSWatcher } from "chokidar";

export interface Hints {
  close(): Promise<void>;
}

/**
 * Watches one folder, not what lies below it, and not its files: one inotify watch, however many recordings there are. chokidar's own `add` and
 * `change` would need one watch a file and keep it for ever, so its `raw` events are read; a test fails should they change their shape.
 * @param onHint  path of something that changed, may be gone already; the folder itself once it is watched, for what came just before
 * @param onError ENOSPC or EMFILE (no watches left), EACCES …; the caller closes and sweeps on
 */
export function watchHints(folder: string, onHint: (path: string) => void, onError: (error: Error) => void): Hints {
  const watcher: FSWatcher = watch(folder, {
    ignored: (path, stats) => path !== folder && (dirname(path) !== folder || basename(path).startsWith(".") || stats !== undefined),
    ignoreInitial: true,
    followSymlinks: false,
    persistent: true,
    usePolling: false,
    ignorePermissionErrors: true,
    depth: 0,
  });
  watcher.on("raw", (_event, path, details: unknown) => {
    const watched = (details as { watchedPath?: unknown } | null)?.watchedPath;
    if (typeof path === "string" && typeof watched === "string") onHint(join(watched, path));
  });
  watcher.on("ready", () => onHint(folder));
  watcher.on("error", (error) => onError(error instanceof Error ? error : new Error("The watcher failed")));
  return { close: () => watcher.close() };
}
