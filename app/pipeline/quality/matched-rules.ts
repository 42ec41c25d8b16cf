// Which rules match, and how that differs from before. Pure.

/** Names of the rules that matched. */
export function matchedRules(hits: readonly { rule: string; state: string }[]): string[] {
  return hits.flatMap((hit) => (hit.state === "matched" ? [hit.rule] : []));
}

/** Rules that matched after and not before, and the other way round. */
export function changesOf(before: readonly string[], after: readonly string[]): { now_matched: string[]; no_longer_matched: string[] } {
  return { now_matched: after.filter((rule) => !before.includes(rule)), no_longer_matched: before.filter((rule) => !after.includes(rule)) };
}
