// The verb `metrics` and its help; the work is in recompute.ts.
import type { Command } from "commander";
import type { RecomputeOptions } from "./recompute.ts";

export function addMetricVerbs(program: Command): void {
  const metrics = program.command("metrics").description("the numbers of calls; METRICS.md says what each means");
  const verb = metrics
    .command("recompute [call_id]")
    .description("compute numbers again by the current definitions, from what is stored; works beside a running Earshot, and a second time changes nothing")
    .option("--all", "every call", false)
    .option("--json", "answer as JSON", false)
    .option("--source <name>", "when two sources use the same id");
  verb.action(async (callId: string | undefined, options: RecomputeOptions) => {
    if ((callId === undefined) !== options.all) verb.error("earshot: name one call, or give --all", { exitCode: 2 });
    await (await import("./recompute.ts")).recompute(callId, options);
  });
}
