// Topic, outcome, risks and mood: chosen from lists that we wrote, and kept only where lines show them.
import { OUTCOMES, RISK_LEVELS, type Outcome, type Risk } from "../../domain/index.ts";
import { MOODS, NONE, verdicts1 } from "../prompts/verdicts-1.ts";
import type { Item } from "../reading/items.ts";
import type { Taxonomy } from "../taxonomy.ts";
import { createEvidence } from "./evidence.ts";
import type { Inquiry } from "./inquiry.ts";

export interface Verdicts {
  /** undefined: claimed and not proved. null: none of the list */
  topic: { topic: string; reason: string | null; evidence: string[] } | null | undefined;
  outcome: { outcome: Outcome; evidence: string[] } | undefined;
  /** undefined: claimed and not proved */
  risks: { escalation: Risk | undefined; churn: Risk | undefined };
  /** absent unless it was asked for */
  mood?: { start: number; end: number };
  dropped: number;
}

export interface VerdictGround {
  reading: { system: string; document: string };
  /** the lines of the reading */
  items: readonly Item[];
  taxonomy: Taxonomy;
  english: boolean;
  /** ask for the mood, too */
  moods: boolean;
}

/** @throws as the model does */
export async function findVerdicts({ reading, items, taxonomy, english, moods }: VerdictGround, inquiry: Inquiry): Promise<Verdicts> {
  const choices = verdicts1.choices(taxonomy, moods);
  const answers = await inquiry.choose(verdicts1.version, reading, choices);
  // a server may answer anything; what is not on the list was not chosen
  const chosen = new Map(choices.map(({ name, options }, at) => [name, options.find(({ value }) => value === answers[at]?.value)]));
  const claims = claimsOf(chosen);
  const proved = new Map<string, string[]>();
  if (Object.keys(claims).length > 0) {
    const [proofs] = await inquiry.ask(verdicts1.version, reading, [verdicts1.proofs(claims)]);
    const evidence = createEvidence(items, english);
    for (const [name, cited] of Object.entries(proofs)) {
      const ids = evidence.prove(cited);
      if (ids !== undefined) proved.set(name, ids);
    }
  }
  const risk = (name: "escalation" | "churn"): Risk | undefined => {
    const level = RISK_LEVELS.find((one) => one === chosen.get(name)?.value) ?? "none";
    const ids = proved.get(name);
    return level === "none" ? { level, evidence: [] } : ids && { level, evidence: ids };
  };
  const mood = moodOf(chosen.get("mood_start"), chosen.get("mood_end"));
  return {
    topic: topicOf(chosen.get("topic")?.value, proved.get("topic"), taxonomy),
    outcome: outcomeOf(chosen.get("outcome")?.value, proved.get("outcome")),
    risks: { escalation: risk("escalation"), churn: risk("churn") },
    ...(mood === undefined ? {} : { mood }),
    dropped: Object.keys(claims).length - proved.size,
  };
}

type Chosen = ReadonlyMap<string, { value: string; meaning: string } | undefined>;

/** Verdicts that say something, in words. */
function claimsOf(chosen: Chosen): Record<string, string> {
  const words: Record<string, string> = { topic: "the reason for the contact is", outcome: "the conversation ends like this:", escalation: "the customer may take it further:", churn: "the customer may leave:" };
  const claims: Record<string, string> = {};
  for (const [name, lead] of Object.entries(words)) {
    const option = chosen.get(name);
    if (option !== undefined && option.value !== NONE && option.value !== "unknown") claims[name] = `${lead} ${option.meaning}`;
  }
  return claims;
}

function topicOf(value: string | undefined, ids: string[] | undefined, { topics }: Taxonomy): Verdicts["topic"] {
  if (value === NONE) return null;
  const [id = "", reason] = (value ?? "").split(".");
  const topic = topics.get(id);
  if (topic === undefined || ids === undefined || (reason !== undefined && !topic.reasons.has(reason))) return undefined;
  return { topic: topic.label, reason: reason === undefined ? null : `${id}.${reason}`, evidence: ids };
}

function outcomeOf(value: string | undefined, ids: string[] | undefined): Verdicts["outcome"] {
  const outcome = OUTCOMES.find((one) => one === value);
  if (outcome === "unknown") return { outcome, evidence: [] };
  return outcome === undefined || ids === undefined ? undefined : { outcome, evidence: ids };
}

function moodOf(start: { value: string } | undefined, end: { value: string } | undefined): Verdicts["mood"] {
  const from = MOODS[start?.value ?? ""];
  const to = MOODS[end?.value ?? ""];
  return from === undefined || to === undefined ? undefined : { start: from, end: to };
}

/** For the plan of a reading: the questions that will be asked over it. */
export function verdictQuestions(taxonomy: Taxonomy): { questions: [ReturnType<typeof verdicts1.proofs>]; choices: ReturnType<typeof verdicts1.choices> } {
  const longest = Object.fromEntries(["topic", "outcome", "escalation", "churn"].map((name) => [name, "x ".repeat(25)]));
  return { questions: [verdicts1.proofs(longest)], choices: verdicts1.choices(taxonomy, true) };
}

