// issues: what is open now as the API answers it, and making what is derived of conversations once more.
import type { Command } from "commander";
import { loadConfig } from "../platform/index.ts";
import { sayJson, tell } from "./output.ts";

export function addIssueVerbs(program: Command): void {
  const issues = program.command("issues").description("open problems, grouped across all channels");
  issues
    .command("rebuild")
    .description("make the groups and the numbers over channels again from what is stored; works beside a running Earshot, and a second time changes nothing")
    .option("--fresh", "found the themes anew, in the order in which conversations were opened", false)
    .option("--json", "answer as JSON", false)
    .action((options: { fresh: boolean; json: boolean }) => rebuild(options));
}

async function rebuild({ fresh, json }: { fresh: boolean; json: boolean }): Promise<void> {
  const [{ rebuildDerived }, { openStore }] = await Promise.all([import("../pipeline/index.ts"), import("./open-store.ts")]);
  const { db, store, close } = await openStore(loadConfig(), true);
  try {
    const done = await rebuildDerived({ db, store }, fresh);
    store.audit.append({ actor: { kind: "system", id: "command line", ip: null }, action: "issues.rebuilt", object: { kind: "issues", id: null }, outcome: "ok", reason: `${done.mended} sums mended` });
    if (json) return sayJson(done);
    tell(`${done.conversations} conversations looked at, ${done.open} are open; ${done.mended} sums were wrong and are mended`);
  } finally {
    close();
  }
}
