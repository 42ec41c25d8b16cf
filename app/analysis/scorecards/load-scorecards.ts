// Reads the site's scorecards from YAML and makes them ready for use.
import { z } from "zod";
import { QUESTION_KINDS } from "../../domain/index.ts";
import { conditionSchema } from "../rules/condition.ts";
import { hashOf, ruleName } from "../rules/load-rules.ts";
import { parseSiteFile, readSiteFile, type SiteFile } from "../site-file.ts";

const FILE: SiteFile = { what: "scorecards file", setting: "rules.scorecards" };

const level = z.number().int().min(1).max(5);
const questionSchema = z
  .object({
    text: z.string().trim().min(1).max(200),
    kind: z.enum(QUESTION_KINDS).default("yes_no"),
    weight: z.number("expected a weight such as 2").min(0).max(100).default(1),
    auto_fail: z.boolean().default(false),
    not_applicable_when: conditionSchema.optional(),
    yes_when: conditionSchema.optional(),
    levels: z.array(z.object({ answer: level, when: conditionSchema }).strict()).min(1).max(5).optional(),
    otherwise: level.default(1),
    ask: z.string().trim().min(1).max(1000).optional(),
  })
  .strict()
  .refine((one) => one.kind === "scale" || one.levels === undefined, "expected kind: scale beside levels")
  .refine((one) => one.kind === "yes_no" || one.yes_when === undefined, "expected levels instead of yes_when, because kind is scale")
  .refine((one) => one.yes_when !== undefined || one.levels !== undefined || one.ask !== undefined, "expected what answers the question: yes_when, levels or ask");

const cardSchema = z
  .object({
    label: z.string().trim().min(1).max(80),
    version: z.number().int().min(1).max(1_000_000),
    enabled: z.boolean().default(true),
    applies: conditionSchema.optional(),
    questions: z.record(ruleName, questionSchema).refine((all) => Object.keys(all).length > 0 && Object.keys(all).length <= 100, "expected 1 to 100 questions"),
  })
  .strict()
  .refine((card) => Object.values(card.questions).some((one) => one.weight > 0), "expected at least one question with a weight above 0");
const scorecardsSchema = z.object({ version: z.literal(1), scorecards: z.record(ruleName, cardSchema).default({}).refine((cards) => Object.keys(cards).length <= 50, "expected at most 50 scorecards") }).strict();

/** A question as it is asked: by conditions, by a language model (`ask`), or by the model and, where there is none, by conditions. */
export type Question = Omit<z.output<typeof questionSchema>, "auto_fail"> & { name: string; autoFail: boolean };

export interface Scorecard {
  name: string;
  label: string;
  /** of the site: agreement is counted within one version, so a question that means something else is a new version */
  version: number;
  /** every session when absent */
  applies?: z.output<typeof conditionSchema> | undefined;
  questions: readonly Question[];
}

export interface ScorecardSet {
  hash: string;
  cards: readonly Scorecard[];
}

/** @param path YAML file, see config/scorecards.yaml @throws AppError CONFIG_INVALID whose `details.problems` names every mistake with its path */
export function loadScorecards(path: string): ScorecardSet {
  return parseScorecards(readSiteFile(path, FILE), path);
}

/** The same for text already read; `name` is how messages call it. */
export function parseScorecards(text: string, name: string): ScorecardSet {
  const { scorecards } = parseSiteFile(scorecardsSchema, text, name, FILE);
  const cards = Object.entries(scorecards).flatMap(([id, { enabled, questions, ...card }]) =>
    enabled ? [{ name: id, ...card, questions: Object.entries(questions).map(([question, { auto_fail, ...rest }]) => ({ name: question, ...rest, autoFail: auto_fail })) }] : [],
  );
  return { hash: hashOf(cards), cards };
}
