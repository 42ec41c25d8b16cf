// The numbers of a stored call once more, by the current definitions: from stored speech, hold and turns, without its sound or any model.
import { isDeepStrictEqual } from "node:util";
import { METRIC_NAMES, type CallMetrics, type MetricName } from "../domain/index.ts";
import { measureCall } from "../analysis/index.ts";
import { inTransaction } from "../platform/index.ts";
import type { Parts } from "./parts.ts";
import { inputOf } from "./stages/analyse.ts";

type RecomputeParts = Pick<Parts, "db" | "store" | "config" | "clock">;

export interface Recomputed {
  call_id: string;
  source: string;
  /** `same`: nothing to write · `waiting`: it is not finished; its numbers are made anew when it is */
  state: "changed" | "same" | "waiting";
  definitions: { before: string; after: string };
  /** numbers that differ; `before` is absent where the old version did not define one */
  changes: Partial<Record<MetricName, { before?: number | null; after: number | null }>>;
}

/**
 * Reads, computes and writes in one transaction, so that it may run beside the appliance. The revision stays: nothing was heard or analysed anew,
 * and the CRM gets nothing. A second time changes nothing.
 * @returns undefined when the call has no numbers to compute again
 */
export function recomputeMetrics(sessionId: string, parts: RecomputeParts): Recomputed | undefined {
  const { sessions, recordings, findings } = parts.store.writes;
  return inTransaction(parts.db, () => {
    const session = sessions.byId(sessionId);
    const recording = recordings.ofSession(sessionId);
    const found = findings.analysisOf(sessionId);
    if (session === undefined || recording === undefined || found === undefined) return undefined;
    const before = found.metrics;
    const after = measureCall(inputOf(session, recording, parts));
    const answer = { call_id: session.call_id, source: session.source, definitions: { before: before.definitions, after: after.definitions } };
    // Speech may be newer than the findings while a call runs again; its own analysis is about to measure it.
    if (session.status !== "done") return { ...answer, state: "waiting", changes: {} };
    if (isDeepStrictEqual(before, after)) return { ...answer, state: "same", changes: {} };
    const changes = changesBetween(before, after);
    findings.setMetrics(sessionId, found.revision, after);
    findings.addLedger(sessionId, { stage: "analyse", status: "done", atMs: parts.clock.now(), ms: null, code: null, detail: detailOf(answer.definitions, changes) });
    return { ...answer, state: "changed", changes };
  });
}

/** Every call that has numbers, oldest first, each in a transaction of its own. */
export function* recomputeAllMetrics(parts: RecomputeParts): Generator<Recomputed> {
  for (let after = ""; ; ) {
    const ids = parts.store.writes.findings.analysedSessions(after, 100);
    for (const id of ids) {
      const recomputed = recomputeMetrics(id, parts);
      if (recomputed !== undefined) yield recomputed;
    }
    if (ids.length === 0) return;
    after = ids.at(-1) ?? "";
  }
}

function changesBetween(before: CallMetrics, after: CallMetrics): Recomputed["changes"] {
  const changed = METRIC_NAMES.filter((name) => after[name] !== before[name]);
  return Object.fromEntries(changed.map((name) => [name, { ...(before[name] === undefined ? {} : { before: before[name] }), after: after[name] ?? null }]));
}

function detailOf({ before, after }: Recomputed["definitions"], changes: Recomputed["changes"]): string {
  const all = Object.values(changes);
  const isNew = all.filter((change) => change.before === undefined).length;
  return `Numbers computed again by definitions ${after}${before === after ? "" : ` instead of ${before}`}: ${all.length - isNew} changed, ${isNew} new`;
}
