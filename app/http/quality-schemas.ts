// The shapes of answers about rules and scorecards.
import { z } from "zod";
import { ANSWERS, qualityViewSchema, QUESTION_KINDS, SEVERITIES } from "../domain/index.ts";
import type { CardAgreement, RuleView, ScorecardDefinition, SessionQuality } from "../pipeline/index.ts";

const hash = z.string().describe("changes with the file; stored with everything that it decided");

export const ruleViewSchema: z.ZodType<RuleView> = z.object({
  rule: z.string(), label: z.string(), category: z.boolean().describe("shown on the session, and calls can be listed by it"),
  alert: z.object({ severity: z.enum(SEVERITIES), webhook: z.string().nullable() }).nullable(),
  matched: z.int().describe("sessions of the period"), not_measurable: z.int().describe("sessions in which it could not be decided"), alerts: z.int(),
});
export const rulesViewSchema = z.object({ hash, from: z.iso.datetime(), to: z.iso.datetime(), items: z.array(ruleViewSchema), next: z.null() });

export const scorecardDefinitionSchema: z.ZodType<ScorecardDefinition> = z.object({
  card: z.string(), label: z.string(), version: z.int(),
  questions: z.array(z.object({ question: z.string(), text: z.string(), kind: z.enum(QUESTION_KINDS), weight: z.number(), auto_fail: z.boolean(), asks_model: z.boolean().describe("put to a language model, where there is one") })),
});
export const scorecardsViewSchema = z.object({ hash, items: z.array(scorecardDefinitionSchema), next: z.null() });

export const sessionQualitySchema: z.ZodType<SessionQuality> = qualityViewSchema.extend({
  session_id: z.string(), channel: z.string(), call_id: z.string().nullable(), agent: z.object({ id: z.string().nullable(), name: z.string().nullable() }),
});

export const agreementSchema: z.ZodType<CardAgreement> = z.object({
  card: z.string(), version: z.int(),
  items: z.array(z.object({
    question: z.string(), text: z.string(), n: z.int().describe("sessions that a person and the machine both answered"), agreed: z.int(), share: z.number().nullable(),
    kappa: z.number().nullable().describe("Cohen's kappa: agreement beyond chance, -1 … 1; null where both always say the same one thing"), unanswered: z.int().describe("answered by a person and not by the machine: in no other figure"),
  })),
});

export const answerBodySchema = z.object({
  answer: z.union([z.enum(ANSWERS), z.int().min(1).max(5).transform((n) => String(n) as (typeof ANSWERS)[number])]).describe("yes, no or not_applicable; 1 to 5 for questions of kind scale"),
  comment: z.string().trim().min(1).max(2000).nullable().default(null),
});
