// The site's rules and scorecards, and where their alerts go: read once, at the start.
import { join } from "node:path";
import { loadRules, loadScorecards, type LanguageModel, type RuleSet, type ScorecardSet } from "../../analysis/index.ts";
import type { DestinationConfig } from "../../delivery/index.ts";
import { AppError } from "../../domain/index.ts";
import { installationRoot, type Config } from "../../platform/index.ts";

export interface QualityParts {
  rules: RuleSet;
  scorecards: ScorecardSet;
  /** answers questions of scorecards that are put to one; undefined without a language model */
  model: LanguageModel | undefined;
}

/** @throws AppError CONFIG_INVALID for mistakes in either file, and for rules that name a webhook which is not configured */
export function loadQuality(settings: Config["rules"], model?: LanguageModel): QualityParts {
  const folder = join(installationRoot(), "config");
  const rules = loadRules(settings.file ?? join(folder, "rules.yaml"));
  const scorecards = loadScorecards(settings.scorecards ?? join(folder, "scorecards.yaml"));
  const known = new Set(settings.webhooks.map((one) => one.name));
  const problems = rules.rules.flatMap(({ name, alert }) => (alert?.webhook === undefined || known.has(alert.webhook) ? [] : [{ path: `rules.${name}.alert.webhook`, message: `there is no webhook ${alert.webhook} in rules.webhooks` }]));
  if (problems.length > 0) throw new AppError("CONFIG_INVALID", `The rules must be mended:\n${problems.map((one) => `  ${one.path}: ${one.message}`).join("\n")}`, { details: { problems } });
  return { rules, scorecards, model };
}

/** Name in the outbox. Each rule has its own, so that a newer alert takes the place only of the same rule's older one. */
export const alertDestination = (rule: string): string => `alert:${rule}`;

/** Where the alerts of each rule go. */
export function alertDestinations(settings: Config["rules"], rules: RuleSet): DestinationConfig[] {
  return rules.rules.flatMap(({ name, alert }) => {
    const webhook = settings.webhooks.find((one) => one.name === alert?.webhook);
    return webhook === undefined ? [] : [{ name: alertDestination(name), kind: "generic", url: webhook.url, headers: webhook.headers, timeoutMs: webhook.timeout_seconds * 1000, called: `The receiver of alerts of the rule ${name}`, settings: `the webhook ${webhook.name} in rules.webhooks:`, ...(webhook.secret === undefined ? {} : { secret: webhook.secret }) }];
  });
}
