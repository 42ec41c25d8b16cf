// Reads the site's rules from YAML and makes them ready for use.
import { createHash } from "node:crypto";
import { z } from "zod";
import { SEVERITIES, type Severity } from "../../domain/index.ts";
import { parseSiteFile, readSiteFile, type SiteFile } from "../site-file.ts";
import { conditionSchema, type Condition } from "./condition.ts";

const FILE: SiteFile = { what: "rules file", setting: "rules.file" };

/** Names of rules, cards and questions: they stand in addresses and in tables, so they stay when labels change. */
export const ruleName = z.string().regex(/^[a-z][a-z0-9_]{0,49}$/, "expected lower-case letters, digits and _");
const alertSchema = z.object({ severity: z.enum(SEVERITIES).default("warning"), webhook: z.string().min(1).max(63).optional() }).strict();
const ruleSchema = z
  .object({
    label: z.string().trim().min(1).max(80),
    enabled: z.boolean().default(true),
    category: z.boolean().default(true),
    alert: alertSchema.optional(),
    when: conditionSchema,
  })
  .strict();
const rulesSchema = z.object({ version: z.literal(1), rules: z.record(ruleName, ruleSchema).default({}).refine((rules) => Object.keys(rules).length <= 500, "expected at most 500 rules") }).strict();

export interface Rule {
  name: string;
  label: string;
  /** shown on the session, and calls can be listed by it */
  category: boolean;
  alert?: { severity: Severity; webhook?: string | undefined };
  when: Condition;
}

export interface RuleSet {
  /** changes with anything that can change a result or what is shown */
  hash: string;
  rules: readonly Rule[];
}

/** @param path YAML file, see config/rules.yaml @throws AppError CONFIG_INVALID whose `details.problems` names every mistake with its path */
export function loadRules(path: string): RuleSet {
  return parseRules(readSiteFile(path, FILE), path);
}

/** The same for text already read; `name` is how messages call it. */
export function parseRules(text: string, name: string): RuleSet {
  const { rules } = parseSiteFile(rulesSchema, text, name, FILE);
  const standing = Object.entries(rules).flatMap(([id, { enabled, alert, ...rule }]) => (enabled ? [{ name: id, ...rule, ...(alert === undefined ? {} : { alert }) }] : []));
  return { hash: hashOf(standing), rules: standing };
}

/** Twelve hex digits are enough to tell the versions of one site's file apart. */
export function hashOf(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 12);
}
