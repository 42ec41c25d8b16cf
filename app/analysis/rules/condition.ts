// What a rule may ask about a session: one object, each key one condition; several keys hold together. Pure.
import { z } from "zod";
import { DIRECTIONS, METRIC_NAMES, OUTCOMES } from "../../domain/index.ts";
import { readPhrase, type PhraseWords } from "../text/phrase.ts";

/** Words to look for. English text is matched by `english`; any other by `asIs`. */
export interface RulePhrase {
  text: string;
  english: PhraseWords;
  asIs: PhraseWords;
}

/** Whoever reads a file of 200 phrases a condition has made a taxonomy. */
const MOST_PHRASES = 200;
const DEEPEST = 6;

const asList = (value: unknown): unknown => (Array.isArray(value) ? value : [value]);
/** One thing or several; a preprocessing step, because a union would not say which of them is wrong. */
const oneOrMore = <T extends z.ZodType>(item: T, most = 50) => z.preprocess(asList, z.array(item).min(1).max(most));
const phrase = z
  .string("expected words")
  .trim()
  .min(1, "expected words")
  .max(120)
  .transform((text): RulePhrase => ({ text, english: readPhrase(text), asIs: readPhrase(text, false) }))
  .refine((one) => one.english.length > 0 && one.asIs.length > 0, "expected at least one word");
const words = oneOrMore(phrase, MOST_PHRASES);
const by = oneOrMore(z.enum(["agent", "customer", "bot"])).optional().describe("who says it; anybody when absent");
const seconds = z.number("expected seconds").min(0.1).max(86_400);
const anchor = z.object({ words, by, seconds: seconds.describe("how long after these words") }).strict();

/** At most one of them; the whole session when absent. */
const place = { first_seconds: seconds.optional(), last_seconds: seconds.optional(), after: anchor.optional() };
const onePlace = (said: { first_seconds?: unknown; last_seconds?: unknown; after?: unknown }): boolean => [said.first_seconds, said.last_seconds, said.after].filter((one) => one !== undefined).length <= 1;
const ONE_PLACE = "expected one of first_seconds, last_seconds and after";

const saidSchema = z.object({ words, by, times: z.number().int().min(1).max(100).default(1), ...place }).strict().refine(onePlace, ONE_PLACE);
const notSaidSchema = z.object({ words, by, ...place }).strict().refine(onePlace, ONE_PLACE);

const bounds = { above: z.number().optional(), below: z.number().optional() };
const bounded = (one: { above?: number | undefined; below?: number | undefined }): boolean => one.above !== undefined || one.below !== undefined;
const BOUNDED = "expected above or below";

const sentimentSchema = z
  .object({ of: z.enum(["overall", "customer_start", "customer_end", "turn"]).default("overall").describe("turn: any turn"), by, ...bounds })
  .strict()
  .refine(bounded, BOUNDED)
  .refine((one) => one.by === undefined || one.of === "turn", "expected by only where `of` is turn");

const NAMES = z.enum(METRIC_NAMES, "expected the name of a metric, see METRICS.md");
const text = z.string().trim().min(1).max(200);

const leaves = {
  said: saidSchema.optional(),
  not_said: notSaidSchema.optional(),
  sentiment: sentimentSchema.optional(),
  trend: oneOrMore(z.enum(["improving", "worsening", "steady"])).optional(),
  metric: z.object({ name: NAMES, ...bounds }).strict().refine(bounded, BOUNDED).optional(),
  duration_seconds: z.object(bounds).strict().refine(bounded, BOUNDED).optional(),
  coverage: z.object(bounds).strict().refine(bounded, BOUNDED).optional().describe("share of the turns that the analysis read"),
  channel: oneOrMore(z.string().regex(/^[a-z][a-z0-9_]{0,39}$/, "expected a channel such as phone")).optional(),
  direction: oneOrMore(z.enum(DIRECTIONS).exclude(["unknown"])).optional(),
  queue: oneOrMore(text).optional(),
  agent: oneOrMore(text).optional().describe("id or name"),
  outcome: oneOrMore(z.enum(OUTCOMES)).optional(),
  reason: oneOrMore(text).optional().describe("a reason of the taxonomy, or a topic for all of its reasons"),
  risk: z.object({ of: z.enum(["escalation", "churn"]), at_least: z.enum(["low", "high"]).default("high") }).strict().optional(),
};

/** All of its keys hold. */
export interface Condition extends z.output<z.ZodObject<typeof leaves>> {
  all?: Condition[] | undefined;
  any?: Condition[] | undefined;
  none?: Condition[] | undefined;
}

function conditionOf(deeper: number): z.ZodType<Condition> {
  const list = deeper === 0 ? z.never("expected fewer levels of all, any and none").optional() : z.array(conditionOf(deeper - 1)).min(1).max(50).optional();
  return z
    .object({ ...leaves, all: list, any: list, none: list })
    .strict()
    .refine((one) => Object.values(one).some((value) => value !== undefined), "expected at least one condition");
}

/** The schema of a condition, up to 6 levels deep. */
export const conditionSchema = conditionOf(DEEPEST);

export type Said = z.output<typeof saidSchema>;
export type NotSaid = z.output<typeof notSaidSchema>;
export type Anchor = z.output<typeof anchor>;
