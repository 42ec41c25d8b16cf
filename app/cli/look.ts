// call, status: what there is.
import { AppError } from "../domain/index.ts";
import { freeBytes, loadConfig, programVersion, type Config } from "../platform/index.ts";
import { readChoice } from "../pipeline/index.ts";
import { openStore } from "./open-store.ts";
import { say, sayJson, table } from "./output.ts";
import { renderCall } from "./render-call.ts";

/** One call as the API shows it. */
export async function showCall(callId: string, options: { json: boolean; source?: string }): Promise<void> {
  const { store, close } = await openStore(loadConfig(), true);
  try {
    const call = store.reads.callView(callId, options.source);
    if (call === undefined) throw new AppError("NOT_FOUND", `There is no call ${callId}; look it up with: earshot status, or in the ledger of the dashboard`);
    if (options.json) sayJson(call);
    else say(renderCall(call));
  } finally {
    close();
  }
}

/** Model, and where it runs. */
async function speechOf({ speech, data_dir }: Config): Promise<string> {
  if (speech.engine === "openai") return `openai: ${speech.endpoints.map((one) => `${one.model} at ${new URL(one.url).host}`).join(", ")}`;
  const chosen = await readChoice(data_dir);
  return chosen === undefined ? speech.model : `${chosen} (chosen with models use)`;
}

/** Queue, disk, versions and what needs a person. */
export async function showStatus(options: { json: boolean }): Promise<void> {
  const config = loadConfig();
  const { db, store, close } = await openStore(config, true);
  try {
    const counts = (sql: string): Record<string, number> => Object.fromEntries((db.prepare(sql).all() as { name: string; n: number }[]).map((row) => [row.name, row.n]));
    const status = {
      version: programVersion(),
      data_dir: config.data_dir,
      calls: counts("SELECT status AS name, count(*) AS n FROM sessions GROUP BY status"),
      jobs: counts("SELECT state AS name, count(*) AS n FROM jobs WHERE state <> 'done' GROUP BY state"),
      outbox: counts("SELECT state AS name, count(*) AS n FROM outbox GROUP BY state"),
      disk_free_bytes: await freeBytes(config.data_dir),
      speech_model: await speechOf(config),
      needs_a_person: store.reads.listLedger({ unfinishedOnly: true }, { limit: 20 }).items.filter((line) => line.status === "failed").map((line) => ({ call_id: line.call_id, why: line.waiting_for })),
    };
    if (options.json) return sayJson(status);
    const list = (values: Record<string, number>): string => Object.entries(values).map(([name, n]) => `${n} ${name}`).join(", ") || "none";
    say(table([
      ["Earshot", status.version], ["Data", status.data_dir], ["Calls", list(status.calls)], ["Jobs", list(status.jobs)], ["For the CRM", list(status.outbox)],
      ["Free space", `${Math.floor(status.disk_free_bytes / 1_048_576)} MB (reserve ${config.intake.disk_reserve_mb} MB)`], ["Speech", status.speech_model],
    ]));
    if (status.needs_a_person.length > 0) say(`\nFailed, waiting for a person:\n${table(status.needs_a_person.map((one) => [`  ${one.call_id}`, one.why ?? ""]))}`);
  } finally {
    close();
  }
}
