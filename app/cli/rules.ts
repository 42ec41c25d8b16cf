// rules: check the files of rules and scorecards, and apply them to sessions that are already there.
import { InvalidArgumentError, type Command } from "commander";
import type { Applied } from "../pipeline/index.ts";
import { loadConfig, systemClock } from "../platform/index.ts";
import { say, sayJson, tell } from "./output.ts";

export function addRuleVerbs(program: Command): void {
  const rules = program.command("rules").description("rules and scorecards of this site: config/rules.yaml, config/scorecards.yaml");
  rules.command("check").description("read both files and name every mistake; exit 78 if there is one").action(check);
  rules
    .command("apply")
    .description("judge finished sessions by the files as they are now, from what is stored; works beside a running Earshot, raises no alerts, keeps what people answered, and a second time changes nothing")
    .option("--since <time>", "only sessions that began then or later, e.g. 2026-11-01 or 2026-11-01T08:00:00Z", timeArgument, 0)
    .option("--json", "answer as JSON", false)
    .action((options: { since: number; json: boolean }) => apply(options));
}

async function check(): Promise<void> {
  const { loadQuality } = await import("../pipeline/index.ts");
  const { rules, scorecards } = loadQuality(loadConfig().rules);
  say(`${rules.rules.length} rules (${rules.hash}), ${scorecards.cards.length} scorecards (${scorecards.hash}): no mistakes`);
}

/** One audit event for the whole run. */
async function apply({ since, json }: { since: number; json: boolean }): Promise<void> {
  const [{ applyRules, loadQuality }, { openStore }] = await Promise.all([import("../pipeline/index.ts"), import("./open-store.ts")]);
  const config = loadConfig();
  const quality = loadQuality(config.rules);
  const { db, store, close } = await openStore(config, true);
  try {
    const answers: Applied[] = [];
    for await (const one of applyRules(since, { db, store, config, clock: systemClock, quality })) answers.push(one);
    const changed = answers.filter((one) => one.state === "changed");
    if (changed.length > 0) {
      store.audit.append({ actor: { kind: "system", id: "command line", ip: null }, action: "rules.applied", object: { kind: "rules", id: quality.rules.hash }, outcome: "ok", reason: `${changed.length} of ${answers.length} sessions` });
    }
    if (json) return sayJson(answers);
    for (const { session_id, call_id, now_matched, no_longer_matched } of changed) {
      const words = [...now_matched.map((rule) => `+${rule}`), ...no_longer_matched.map((rule) => `-${rule}`)];
      if (words.length > 0) say(`${call_id ?? session_id}  ${words.join(" ")}`);
    }
    const waiting = answers.filter((one) => one.state === "waiting").length;
    tell(`${changed.length} of ${answers.length} sessions were judged anew by rules ${quality.rules.hash} and scorecards ${quality.scorecards.hash}${waiting > 0 ? `; ${waiting} are in work and are judged when they are finished` : ""}`);
  } finally {
    close();
  }
}

function timeArgument(text: string): number {
  const ms = /^\d{4}-\d{2}-\d{2}(T[\d:.]+(Z|[+-]\d{2}:\d{2}))?$/.test(text) ? Date.parse(text) : NaN;
  if (Number.isNaN(ms)) throw new InvalidArgumentError("expected a date such as 2026-11-01, or a time such as 2026-11-01T08:00:00Z");
  return ms;
}
