// What rules and scorecards found in a session: categories, alerts, answers, each with what proves it.
import { z } from "zod";
import { SPEAKERS } from "./glossary.ts";
import { NOT_MEASURABLE } from "./metrics.ts";

/** `not_measurable`: what the rule asks about cannot be known for this session; never taken for a no. */
export const RULE_STATES = ["matched", "not_matched", "not_measurable"] as const;
export type RuleState = (typeof RULE_STATES)[number];

export const SEVERITIES = ["info", "warning", "critical"] as const;
export type Severity = (typeof SEVERITIES)[number];

/** Why a rule or a question could not be decided: the code is API, the words are for people. */
export const UNDECIDED = {
  ...NOT_MEASURABLE,
  heard_badly: "most of what was said there was heard badly",
  breaks_off: "the recording breaks off before its end",
  no_numbers: "this session has no such number",
  no_mood: "nothing was said that carries a mood",
  direction_unknown: "the direction is not known",
  queue_unknown: "the queue is not known",
  agent_unknown: "the agent is not known",
  duration_unknown: "the length is not known",
  outcome_unknown: "the outcome is not clear",
  reason_unknown: "the reason for the contact was not recognised",
  no_model: "a language model is asked, and none is installed",
  model_failed: "the language model did not answer",
  too_long: "the conversation is longer than the language model can read at once",
  no_quote: "the language model quoted no line that was said",
} as const;
export type Undecided = keyof typeof UNDECIDED;

/** Where words were looked for and not found. Milliseconds from the first word of the session; `turns` were searched, `heard_share` of their words was heard well. */
export const searchedSchema = z.object({
  by: z.array(z.enum(SPEAKERS)).nullable().describe("null: anybody"),
  from_ms: z.int(),
  to_ms: z.int(),
  turns: z.int(),
  heard_share: z.number().min(0).max(1).describe("share of the words there that were heard well"),
});
export type Searched = z.infer<typeof searchedSchema>;

/** What a rule stands on: messages, windows that were searched in vain, numbers. */
export interface Proof {
  evidence: string[];
  searched: Searched[];
  numbers: { name: string; value: number }[];
}

export interface RuleResult extends Proof {
  rule: string;
  state: RuleState;
  /** why it is not measurable; empty otherwise */
  because: Undecided[];
}

export const ANSWERS = ["yes", "no", "not_applicable", "1", "2", "3", "4", "5"] as const;
export type Answer = (typeof ANSWERS)[number];
export const QUESTION_KINDS = ["yes_no", "scale"] as const;
export type QuestionKind = (typeof QUESTION_KINDS)[number];

/** Words of one message: `from` and `to` (exclusive) are UTF-16 units of its text. */
export interface Quote {
  messageId: string;
  from: number;
  to: number;
}

/** One question of a scorecard as the machine answered it. */
export interface ScoreAnswer {
  question: string;
  text: string;
  kind: QuestionKind;
  weight: number;
  autoFail: boolean;
  /** null: not answered, `because` says why */
  answer: Answer | null;
  because: Undecided | null;
  quote: Quote | null;
  /** 0…1: how well the quoted words were heard, or how sure the model was; null when nobody can tell */
  confidence: number | null;
  /** `rule`, or engine and name of the model */
  by: string;
}

/** @returns whether the answer fits the kind of question */
export function answersKind(answer: Answer, kind: QuestionKind): boolean {
  return answer === "not_applicable" || (kind === "yes_no") === (answer === "yes" || answer === "no");
}

const evidence = z.array(z.string()).describe("ids of the messages that prove it");

/** A rule that matched, as views show it. */
export const categoryViewSchema = z.object({
  rule: z.string(),
  label: z.string(),
  evidence,
  searched: z.array(searchedSchema).describe("for words that were not said: where they were looked for"),
  numbers: z.array(z.object({ name: z.string(), value: z.number() })),
  rules: z.string().describe("hash of the rules that decided"),
});
export const alertViewSchema = z.object({ rule: z.string(), label: z.string(), severity: z.enum(SEVERITIES), revision: z.int(), at: z.iso.datetime(), holds: z.boolean().describe("whether its rule still matches; an alert that was raised is never deleted, what it stood on may have been corrected since") });
export const undecidedViewSchema = z.object({ rule: z.string(), label: z.string(), because: z.array(z.enum(Object.keys(UNDECIDED) as [Undecided, ...Undecided[]])) });

const quoteView = z.object({ message_id: z.string(), from: z.int(), to: z.int(), text: z.string() }).nullable().describe("`from` and `to`: UTF-16 units of the message's text");
const answer = z.enum(ANSWERS).nullable();
export const overrideViewSchema = z.object({ answer: z.enum(ANSWERS), comment: z.string().nullable(), by: z.string(), by_name: z.string().describe("who that is, in words"), at: z.iso.datetime() });
export const scorecardViewSchema = z.object({
  card: z.string(),
  label: z.string(),
  version: z.int(),
  score: z.number().min(0).max(1).nullable().describe("weighted share of what was answered; 0 when an auto-fail question failed; null when nothing was answered"),
  coverage: z.number().min(0).max(1).describe("share of the applicable weight that was answered"),
  auto_failed: z.array(z.string()).describe("questions that set the score to 0"),
  answers: z.array(
    z.object({
      question: z.string(), text: z.string(), kind: z.enum(QUESTION_KINDS), weight: z.number(), auto_fail: z.boolean(),
      answer: answer.describe("what counts: the person's answer where there is one, else the machine's; null: not answered"),
      machine: z.object({ answer, because: z.string().nullable(), quote: quoteView, confidence: z.number().nullable(), by: z.string() }).nullable().describe("null: the machine was never asked this"),
      override: overrideViewSchema.nullable(),
    }),
  ),
});
export type CategoryView = z.infer<typeof categoryViewSchema>;
export type AlertView = z.infer<typeof alertViewSchema>;
export type UndecidedView = z.infer<typeof undecidedViewSchema>;
export type ScorecardView = z.infer<typeof scorecardViewSchema>;

/** Categories, alerts and scores of one session, of whatever channel. */
export const qualityViewSchema = z.object({
  categories: z.array(categoryViewSchema),
  alerts: z.array(alertViewSchema),
  not_measurable: z.array(undecidedViewSchema).describe("rules that could not be decided for this session"),
  scorecards: z.array(scorecardViewSchema),
});
export type QualityView = z.infer<typeof qualityViewSchema>;
