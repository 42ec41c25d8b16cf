// metrics recompute: the numbers of calls that are already there, brought to the current definitions.
import { AppError, type MetricName } from "../domain/index.ts";
import { metricDefinitions, METRICS_VERSION } from "../analysis/index.ts";
import { recomputeAllMetrics, recomputeMetrics, type Recomputed } from "../pipeline/index.ts";
import { loadConfig, systemClock } from "../platform/index.ts";
import { metricValue } from "../ui/index.ts";
import { openStore } from "./open-store.ts";
import { say, sayJson, table, tell } from "./output.ts";

/** What the verb was told. */
export interface RecomputeOptions {
  all: boolean;
  json: boolean;
  source?: string;
}

/** One audit event for the whole run; each call that changed has a line in its ledger. */
export async function recompute(callId: string | undefined, options: RecomputeOptions): Promise<void> {
  const config = loadConfig();
  const { db, store, close } = await openStore(config, true);
  try {
    const parts = { db, store, config, clock: systemClock };
    const answers = callId === undefined ? [...recomputeAllMetrics(parts)] : [oneCall(callId, options.source, parts)];
    const changed = answers.filter((one) => one.state === "changed");
    if (changed.length > 0) {
      store.audit.append({ actor: { kind: "system", id: "command line", ip: null }, action: "metrics.recomputed", object: { kind: "definitions", id: METRICS_VERSION }, outcome: "ok", reason: `${changed.length} of ${answers.length} calls` });
    }
    if (options.json) return sayJson(answers);
    for (const one of changed) say(callId === undefined ? `${one.call_id}  ${Object.keys(one.changes).length} numbers` : changeTable(one));
    const waiting = answers.filter((one) => one.state === "waiting").length;
    tell(`${changed.length} of ${answers.length} calls have other numbers by definitions ${METRICS_VERSION}${waiting > 0 ? `; ${waiting} are in work and get theirs when they are finished` : ""}`);
  } finally {
    close();
  }
}

function oneCall(callId: string, source: string | undefined, parts: Parameters<typeof recomputeMetrics>[1]): Recomputed {
  const { sessions } = parts.store.writes;
  const session = source === undefined ? sessions.newestByCallId(callId) : sessions.byCallId(source, callId);
  if (session === undefined) throw new AppError("NOT_FOUND", `There is no call ${callId}; look it up in the ledger of the dashboard`);
  const answer = recomputeMetrics(session.id, parts);
  if (answer === undefined) throw new AppError("CONFLICT", `The call ${callId} has no numbers yet: it is ${session.status}; earshot call ${callId} says why`);
  return answer;
}

function changeTable({ changes }: Recomputed): string {
  const rows = metricDefinitions().flatMap(({ name, unit, label, party }) => {
    const change = changes[name];
    const words = (value: number | null | undefined): string => (value === undefined ? "not defined" : value === null ? "not measurable" : metricValue(value, unit));
    return change === undefined ? [] : [[`${party === null ? "" : `${party}: `}${label}`, name satisfies MetricName, `${words(change.before)} → ${words(change.after)}`]];
  });
  return rows.length === 0 ? "only reasons changed" : table(rows);
}
