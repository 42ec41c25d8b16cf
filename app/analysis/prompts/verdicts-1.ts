// verdicts, version 1: topic, outcome, risks and mood are chosen from lists, and then proved with lines.
import { z } from "zod";
import { OUTCOMES, type Outcome } from "../../domain/index.ts";
import type { Choice } from "../models/language-model.ts";
import type { Taxonomy } from "../taxonomy.ts";
import { ask, lines, quote, type TypedQuestion } from "./prompt.ts";

/** Stands for "nothing of the list". */
export const NONE = "none";

const OUTCOME_MEANINGS: Record<Outcome, string> = {
  resolved: "The matter is settled: nothing is left to be done about it",
  unresolved: "The matter is not settled, and nobody has agreed on what comes next",
  escalated: "It was handed to another person or department, and is not settled",
  follow_up: "Something was agreed that still has to happen: a call, a visit, a delivery, a refund, a reply",
  unknown: "It cannot be told",
};

const RISK_MEANINGS = {
  escalation: { none: "The customer is content or matter-of-fact", low: "The customer is annoyed, or complains", high: "The customer demands a manager, or threatens with a complaint, a lawyer or the public" },
  churn: { none: "Nothing points to the customer leaving", low: "The customer is disappointed, or compares with others", high: "The customer cancels, or says that they will leave" },
};

/** From bad to good, with what they count. */
export const MOODS: Readonly<Record<string, number>> = { very_bad: -0.8, bad: -0.4, neutral: 0, good: 0.4, very_good: 0.8 };
const MOOD_MEANINGS: Readonly<Record<string, string>> = { very_bad: "Furious or desperate", bad: "Annoyed, worried or disappointed", neutral: "Matter-of-fact", good: "Friendly or relieved", very_good: "Delighted" };

/** @param moods ask for the customer's mood too: languages that the lexicon does not know */
function choices(taxonomy: Taxonomy, moods: boolean): Choice[] {
  const reasons = [...taxonomy.topics].flatMap(([id, topic]) => [
    ...[...topic.reasons].map(([reason, { label }]) => ({ value: `${id}.${reason}`, meaning: `${topic.label}: ${label}` })),
    { value: id, meaning: topic.reasons.size === 0 ? topic.label : `${topic.label}: something else` },
  ]);
  const listed = (meanings: Readonly<Record<string, string>>): Choice["options"] => Object.entries(meanings).map(([value, meaning]) => ({ value, meaning }));
  return [
    { name: "topic", instruction: "What is the main reason for which the customer makes contact?", options: [...reasons, { value: NONE, meaning: "None of these" }] },
    { name: "outcome", instruction: "How does the conversation end?", options: OUTCOMES.map((value) => ({ value, meaning: OUTCOME_MEANINGS[value] })) },
    { name: "escalation", instruction: "How likely is it that the customer takes the matter further?", options: listed(RISK_MEANINGS.escalation) },
    { name: "churn", instruction: "How likely is it that the customer leaves the company?", options: listed(RISK_MEANINGS.churn) },
    ...(moods ? [{ name: "mood_start", instruction: "How does the customer feel at the beginning?", options: listed(MOOD_MEANINGS) }, { name: "mood_end", instruction: "How does the customer feel at the end?", options: listed(MOOD_MEANINGS) }] : []),
  ];
}

const proof = z.object({ turns: lines(4), quote });

/** @param claims what is to be proved, in words, by name */
function proofs(claims: Readonly<Record<string, string>>): TypedQuestion<z.ZodObject<Record<string, typeof proof>>> {
  const named = Object.entries(claims).map(([name, claim]) => `"${name}": ${claim}`);
  return ask("proofs", z.object(Object.fromEntries(Object.keys(claims).map((name) => [name, proof]))), 60 + named.length * 120, ["Which lines show that best? For each of these:", ...named, '"turns": one to four numbers of lines. "quote": at most 20 words copied from one of these lines; empty when nothing shows it.'].join("\n"));
}

export const verdicts1 = { version: "verdicts-1", choices, proofs } as const;
