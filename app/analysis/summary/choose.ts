// Picks the sentences that make the summary: why the customer called, what the agent found, what was agreed, how it ended. Pure.
import type { Conversation, Sentence } from "../text/conversation.ts";
import type { Signals } from "../facts/signals.ts";

/** A point of the summary to be: one sentence, and the customer's answer when the sentence was an offer. */
export interface Choice {
  sentence: Sentence;
  part: "reason" | "finding" | "agreed" | "ending" | "other";
  answer?: { sentence: Sentence; accepts: boolean };
  /** too much for the paragraph, which people read in one breath: a point only */
  isDetail?: true;
}

/** Two sentences say the same when this share of the shorter one's content words is in the other. */
const SAME = 0.67;
const MIN_SCORE = 1.4;

/** @returns 0 to 5 choices in order of time; fewer for short calls */
export function chooseSentences(conversation: Conversation, signals: readonly Signals[], scores: readonly number[]): Choice[] {
  const chosen: Choice[] = [];
  const { sentences } = conversation;
  const has = (sentence: Sentence, ...names: string[]): boolean => names.some((name) => signals[sentence.index]?.has(name) ?? false);
  const score = (sentence: Sentence): number => scores[sentence.index] ?? 0;
  const take = (part: Choice["part"], count: number, min: number, candidates: readonly Sentence[]): void => {
    for (const sentence of [...candidates].sort((a, b) => score(b) - score(a))) {
      if (count === 0 || score(sentence) < min || chosen.length >= limit) return;
      if (chosen.some((other) => saysTheSame(other.sentence, sentence))) continue;
      chosen.push({ sentence, part });
      count--;
    }
  };
  const limit = sentences.length < 6 ? 3 : sentences.length < 14 ? 4 : 5;
  const customers = sentences.filter((sentence) => sentence.speaker === "customer");
  const agents = sentences.filter((sentence) => sentence.speaker === "agent" || sentence.speaker === "bot");
  // in outbound calls the agent says what the call is about
  const outbound = agents.filter((sentence) => sentence.position <= 0.3 && has(sentence, "calls_about"));
  take("reason", 1, 1, outbound);
  take("reason", 1, MIN_SCORE, customers.filter((sentence) => sentence.position <= 0.6 && has(sentence, "calls_about", "problem", "wish", "history", "question")));
  take("agreed", limit > 3 ? 2 : 1, 2, agents.filter((sentence) => has(sentence, "done", "promise", "contact", "needs_customer", "ticket", "transfer", "cannot")));
  const ending = findEnding(customers, has);
  if (ending !== undefined && has(ending, "threat", "manager_request", "complaint", "rejects", "angry") && chosen.length < limit && !chosen.some((other) => saysTheSame(other.sentence, ending))) {
    chosen.push({ sentence: ending, part: has(ending, "rejects") && !has(ending, "threat", "manager_request", "complaint") ? "ending" : "other" });
  }
  take("other", 1, 2.4, customers.filter((sentence) => has(sentence, "calls_about", "problem", "wish", "manager_request", "threat", "complaint", "still_broken")));
  take("finding", 1, 2, agents.filter((sentence) => has(sentence, "finding", "offer")));
  take("other", limit - chosen.length - (ending === undefined ? 0 : 1), 2.4, sentences.filter((sentence) => sentence.speaker !== "unknown"));
  if (!conversation.partiesKnown) take("other", limit, MIN_SCORE, sentences);
  const last = Math.max(-1, ...chosen.map((choice) => choice.sentence.index));
  if (ending !== undefined && chosen.length > 0 && chosen.length < limit && ending.index > last && has(ending, "accepts", "satisfied_close", "pleased", "works_now") && !chosen.some((other) => saysTheSame(other.sentence, ending))) {
    chosen.push({ sentence: ending, part: "ending" });
  }
  for (const choice of chosen) if (has(choice.sentence, "offer") && !has(choice.sentence, "needs_customer", "transfer")) Object.assign(choice, answerTo(choice.sentence, sentences, signals));
  const answers = new Set(chosen.map((choice) => choice.answer?.sentence.index));
  const inOrder = chosen.filter((choice) => !(choice.part === "ending" && answers.has(choice.sentence.index))).sort((a, b) => a.sentence.index - b.sentence.index);
  // "at the end" is said of the last point only
  return inOrder.map((choice, at) => (choice.part === "ending" && at < inOrder.length - 1 ? { ...choice, part: "other" } : choice));
}

/** A sentence of which a trained model is this unsure is left out, however short the summary is. */
const LEAST_LOG_ODDS = -1.6;
const [FEWEST, MOST] = [3, 8];
/** Sentences of the paragraph; further ones are points only. */
const IN_PARAGRAPH = 5;

/**
 * The same by a trained model: the sentences that it finds most important, one for everything that is said, a third of a short conversation and up to 8 of a long one.
 * @param importance log-odds by index of the sentence
 */
export function chooseByImportance(conversation: Conversation, signals: readonly Signals[], importance: readonly number[]): Choice[] {
  const worth = (sentence: Sentence): number => importance[sentence.index] ?? LEAST_LOG_ODDS;
  const limit = Math.max(FEWEST, Math.min(MOST, Math.ceil(conversation.sentences.length * 0.35)));
  const chosen: Choice[] = [];
  for (const sentence of [...conversation.sentences].sort((a, b) => worth(b) - worth(a) || a.index - b.index)) {
    if (chosen.length >= limit || worth(sentence) < LEAST_LOG_ODDS) break;
    if (signals[sentence.index]?.has("instruction") === true || chosen.some((other) => saysTheSame(other.sentence, sentence))) continue;
    chosen.push({ sentence, part: "other", ...(chosen.length < IN_PARAGRAPH ? {} : { isDetail: true }) });
  }
  for (const choice of chosen) if (signals[choice.sentence.index]?.has("offer") === true) Object.assign(choice, answerTo(choice.sentence, conversation.sentences, signals));
  const answers = new Set(chosen.map((choice) => choice.answer?.sentence.index));
  return chosen.filter((choice) => !answers.has(choice.sentence.index)).sort((a, b) => a.sentence.index - b.sentence.index);
}

/** The last thing the customer says that shows how the call left them. */
function findEnding(customers: readonly Sentence[], has: (sentence: Sentence, ...names: string[]) => boolean): Sentence | undefined {
  const last = customers.filter((sentence) => sentence.position >= 0.6 && sentence.weight > 0.5);
  const stance = last.filter((sentence) => has(sentence, "works_now", "threat", "manager_request", "complaint", "rejects", "angry", "pleased", "accepts", "satisfied_close") && sentence.plain.length >= 3);
  const final = stance.at(-1);
  // "You have been very helpful. No thank you, that is everything": the telling one of the two
  return final !== undefined && has(final, "satisfied_close") ? (stance.slice(-3).findLast((sentence) => has(sentence, "pleased", "works_now", "threat", "manager_request")) ?? final) : final;
}

function answerTo(offer: Sentence, sentences: readonly Sentence[], signals: readonly Signals[]): Pick<Choice, "answer"> {
  for (const next of sentences.slice(offer.index + 1, offer.index + 4)) {
    if (next.speaker !== "customer") continue;
    if (/^(?:no|not)\b/.test(next.line) && !(signals[next.index]?.has("accepts") ?? false)) return { answer: { sentence: next, accepts: false } };
    const accepts = (signals[next.index]?.has("accepts") ?? false) || /^(?:yes|yeah|ok|sure|please|great|perfect|fine|all right|alright|of course|lovely)\b/.test(next.line);
    return accepts && !(signals[next.index]?.has("rejects") ?? false) ? { answer: { sentence: next, accepts: true } } : {};
  }
  return {};
}

function saysTheSame(a: Sentence, b: Sentence): boolean {
  if (a.index === b.index) return true;
  if (a.speaker !== b.speaker) return false; // "I want to renew it" and "I have renewed it" are two facts
  const left = new Set(a.stems);
  const right = new Set(b.stems);
  const common = [...left].filter((stem) => right.has(stem)).length;
  return common / Math.max(1, Math.min(left.size, right.size)) >= SAME;
}
