// All rules of a site against one session. Pure; it lets other work run in between.
import type { RuleResult } from "../../domain/index.ts";
import { createPacer } from "../pacer.ts";
import { judge, type SessionFacts } from "./judge.ts";
import type { RuleSet } from "./load-rules.ts";
import { isEnglish } from "../text/english.ts";
import { readSpoken, type Spoken } from "./spoken.ts";
import type { Verdict } from "./verdict.ts";

/** @param spoken what {@link spokenOf} made of the facts, when it was read already @returns one result per rule, in the order of the file; the same facts always give the same results. @throws the signal's reason when aborted */
export async function evaluateRules(rules: RuleSet, facts: SessionFacts, signal?: AbortSignal, spoken?: Spoken): Promise<RuleResult[]> {
  const pacer = createPacer(signal);
  const words = spoken ?? (await spokenOf(facts, signal));
  const results: RuleResult[] = [];
  for (const rule of rules.rules) {
    await pacer.breathe();
    results.push(resultOf(rule.name, judge(rule.when, facts, words)));
  }
  return results;
}

/** The words of a session, for rules and scorecards alike. "auto": nobody has told yet, and our speech model is English. */
export function spokenOf({ turns, language }: Pick<SessionFacts, "turns" | "language">, signal?: AbortSignal): Promise<Spoken> {
  return readSpoken(turns, isEnglish(language), createPacer(signal));
}

function resultOf(rule: string, { holds, evidence, searched, numbers, because }: Verdict): RuleResult {
  if (holds === true) return { rule, state: "matched", evidence, searched, numbers, because: [] };
  return { rule, state: holds === false ? "not_matched" : "not_measurable", evidence: [], searched: [], numbers: [], because };
}
