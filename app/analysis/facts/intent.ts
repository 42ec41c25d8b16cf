// What the customer wants to achieve: the one sentence of theirs that says it best. Pure.
import type { Party, SummaryPoint } from "../../domain/index.ts";
import type { Sentence } from "../text/conversation.ts";
import { reportQuestion } from "../wording/questions.ts";
import { reportStatement } from "../wording/reported-speech.ts";
import { tidy } from "../wording/tidy.ts";
import type { Signals } from "./signals.ts";

/** How well a sentence of this kind says a goal. "I would like to move my appointment" says it; "my card was stolen" lets one guess it. */
const SAYS_IT: Readonly<Record<string, number>> = { wish: 3, calls_about: 2.5, problem: 1.6, manager_request: 1.2, complaint: 1.4, question: 1.2, history: 0.4 };
/** A goal is said early; what is wanted later is mostly a detail of it. */
const EARLY = 0.6;
/** "Can I have your name": wishes about the call itself. */
const NO_GOAL = /\b(?:want|need|like|love|wanted) (?:to )?(?:know (?:who|your name)|thank|say thank|wait|hold)\b|\b(?:speak|talk) to (?:someone|somebody|you|a person|a human|an? (?:real )?(?:agent|person|human))$|^can i (?:have|get) your name/;

/**
 * @param worth by index of the sentence: `scores` as the summary ranks them (ties between kinds go to what the call is about), or what a trained model thinks
 * @returns undefined when the customer says nothing that tells it. In outgoing calls the customer's own wish counts, whatever the agent called about.
 */
export function readIntent(sentences: readonly Sentence[], signals: readonly Signals[], worth: { scores: readonly number[] } | { learned: { intent: readonly number[] } }, proved: (text: string, evidence: readonly string[]) => boolean): SummaryPoint | null {
  const candidates = sentences
    .filter((sentence) => sentence.speaker === "customer" && sentence.position <= EARLY && sentence.plain.length >= 3 && !NO_GOAL.test(sentence.line))
    .map((sentence) => ({ sentence, points: worthOf(sentence, signals[sentence.index], "scores" in worth ? { score: worth.scores[sentence.index] ?? 0 } : { logOdds: worth.learned.intent[sentence.index] ?? 0 }) }))
    .filter(({ points }) => points > 0)
    .sort((a, b) => b.points - a.points || a.sentence.index - b.sentence.index);
  for (const { sentence } of candidates.slice(0, 3)) {
    const text = inWords(tidy(sentence.text), "customer");
    if (text !== undefined && proved(text, sentence.turnIds)) return { text, evidence: [...sentence.turnIds] };
  }
  return null;
}

/** A trained model that is less sure than this names no goal: one wish among ten sentences has log-odds of about -2. */
const LEAST_LOG_ODDS = -2.5;

function worthOf(sentence: Sentence, own: Signals | undefined, { score = 0, logOdds }: { score?: number; logOdds?: number }): number {
  if (own === undefined || own.has("instruction") || own.has("details") || own.has("backchannel")) return 0;
  if (logOdds !== undefined) return (logOdds - LEAST_LOG_ODDS + (1 - sentence.position)) * sentence.weight;
  const kind = Math.max(0, ...[...own].map((signal) => SAYS_IT[signal] ?? 0));
  return kind === 0 ? 0 : (kind + Math.max(0, Math.min(6, score)) * 0.5 + (1 - sentence.position)) * sentence.weight;
}

function inWords(essential: string, party: Party): string | undefined {
  if (essential === "") return undefined;
  const reported = reportQuestion(essential, party) ?? (essential.endsWith("?") ? undefined : reportStatement(essential, party));
  return reported ?? `The customer says: “${essential}”`;
}
