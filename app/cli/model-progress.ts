// How far a download is: a bar for a person who watches, a quiet line now and then for a log.
import { SingleBar } from "cli-progress";
import type { FetchProgress } from "../platform/index.ts";
import { isWatched, tell } from "./output.ts";

/** A line for every tenth, so that a log of a night's download stays readable. */
const LINES = 10;

/** `show` takes every piece that arrives; `end` may be called more than once. */
export interface ProgressDisplay {
  show: (progress: FetchProgress) => void;
  end: () => void;
}

/** A bar when somebody watches, else lines on stderr. */
export function showProgress(): ProgressDisplay {
  return isWatched() ? drawBar() : writeLines();
}

function drawBar(): ProgressDisplay {
  const bar = new SingleBar({ format: "{name}  {bar}  {value} of {total} MB", stream: process.stderr, hideCursor: true });
  let isDrawn = false;
  return {
    show({ name, doneBytes, totalBytes }) {
      if (!isDrawn) bar.start(toMb(totalBytes ?? doneBytes), 0, { name });
      isDrawn = true;
      if (totalBytes === undefined) bar.setTotal(toMb(doneBytes)); // nobody says how much it will be
      bar.update(toMb(doneBytes));
    },
    end() {
      if (isDrawn) bar.stop();
      isDrawn = false;
    },
  };
}

function writeLines(): ProgressDisplay {
  let said = -1;
  return {
    show({ name, doneBytes, totalBytes }) {
      const step = totalBytes === undefined ? Math.floor(toMb(doneBytes) / 100) : Math.floor((doneBytes / totalBytes) * LINES);
      if (step <= said) return;
      said = step;
      tell(`${name}: ${toMb(doneBytes)}${totalBytes === undefined ? "" : ` of ${toMb(totalBytes)}`} MB`);
    },
    end() {
      said = -1;
    },
  };
}

function toMb(bytes: number): number {
  return Math.round(bytes / 1e6);
}
