// Numbers over all channels, from stored contacts alone: counted slice by slice, with a breath in between, so that a year holds nothing up.
import { setImmediate as breathe } from "node:timers/promises";
import { codeOf, reasonOf, slicesOf, summarise, type CountedRow, type JourneyGroup } from "../../analysis/index.ts";
import type { JourneyQuestion, JourneyRow } from "../../store/index.ts";
import type { Parts } from "../parts.ts";
import type { JourneyDesk } from "./desk-types.ts";

/** As many groups as people compare; a year of days fits. */
const GROUPS_MAX = 1000;
/** Slices are counted until this much time has gone; then others get their turn. */
const AT_A_TIME_MS = 10;

export function createJourneyDesk({ store, clock, config }: Pick<Parts, "store" | "clock" | "config">): JourneyDesk {
  return {
    async measure(metric, { by, fromMs, toMs }, signal) {
      const unsettled = codeOf("window_open");
      const split: JourneyQuestion["split"] = metric.kind === "agreement" ? "reason and queue" : metric.kind === "mix" ? "channel" : "nothing";
      const settledMs = clock.now() - metric.settledMs;
      const counted = new Map<string, CountedRow>();
      let began = performance.now();
      for (const slice of slicesOf(fromMs, toMs, config.site.timezone)) {
        const own = by === "day" ? slice.day : by === "week" ? slice.week : undefined;
        for (const row of store.reads.journeys.count({ metric: metric.name, by, split, fromMs: slice.fromMs, toMs: slice.toMs, settledMs }, unsettled)) addTo(counted, row, own);
        if (performance.now() - began < AT_A_TIME_MS) continue;
        await breathe();
        signal?.throwIfAborted();
        began = performance.now();
      }
      const groups = summarise([...counted.values()], metric, by === "channel");
      const byKey = (a: JourneyGroup, b: JourneyGroup): number => ((a.key ?? "") < (b.key ?? "") ? -1 : 1);
      return groups.sort(by === "day" || by === "week" ? byKey : (a, b) => b.n - a.n || byKey(a, b)).slice(0, GROUPS_MAX);
    },
  };
}

/** @param own key of the slice, where slices are what is compared */
function addTo(counted: Map<string, CountedRow>, [itsKey, split, code, n, total]: JourneyRow, own: string | undefined): void {
  const key = own ?? itsKey;
  const name = `${code}\0${key === null ? "" : `=${key}`}\0${split}`;
  const known = counted.get(name);
  if (known === undefined) counted.set(name, { key, split, why: code < 0 ? reasonOf(code) : null, n, total });
  else {
    known.n += n;
    known.total += total;
  }
}
