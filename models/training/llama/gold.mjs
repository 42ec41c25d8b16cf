// From what a person labelled, by stems of words, to the words themselves: which part of which turn says it.
import { says, splitSentences } from "./product.mjs";

const MOST_CHARACTERS = 180;
const MOST_TASK = 150;
const WINDOW = 26;
const LEAD = /^.*?\b(?:(?:I|we)(?:['’]ll| will| shall|['’]m going to|['’]re going to| am going to)|what I['’]ll do is|let me|let us|I can|we can|could you|can you|would you|if you could|you['’]ll (?:need|have) to|you (?:need|have) to|you must|you['’]d have to|please)\s+(?:just |then |also |please )?/i;
const WHEN = /\b(?:(?:by|before|on|until|within|in|this|next|from|after|till)\s+)?(?:the\s+)?(?:end of (?:the |this |next )?(?:day|week|month)|today|tonight|tomorrow(?: (?:morning|afternoon|evening|night))?|(?:(?:this|next) )?(?:mon|tues|wednes|thurs|fri|satur|sun)day(?: (?:morning|afternoon|evening))?|(?:this|next) (?:week|month|morning|afternoon|evening)|\d{1,2}(?:st|nd|rd|th)(?: of)?(?: (?:january|february|march|april|may|june|july|august|september|october|november|december))?|(?:\d+|one|two|three|four|five|six|seven|ten|fourteen|twenty[ -]four|forty[ -]eight)(?: to \w+)? (?:working |business )?(?:days?|hours?|weeks?))\b/i;

/** @returns the part of a text, at most `most` characters, that says most of the stems, the shortest of these; and which ones */
export function windowOf(text, stems, most = MOST_CHARACTERS) {
  const sentences = [...splitSentences(text)].map((one) => one.trim()).filter((one) => one !== "");
  const candidates = [];
  for (let from = 0; from < sentences.length; from++) {
    for (let to = from + 1; to <= Math.min(sentences.length, from + 3); to++) {
      const part = sentences.slice(from, to).join(" ");
      if (part.length <= most) candidates.push(part);
      else if (to === from + 1) {
        const words = part.split(" ");
        for (let at = 0; at < words.length; at += 4) candidates.push(words.slice(at, at + WINDOW).join(" ").slice(0, most).replace(/\s\S*$/, ""));
      }
    }
  }
  const scored = candidates.filter((part) => text.includes(part)).map((part) => ({ part, hits: stems.filter((stem) => says(part, stem)) }));
  return scored.sort((a, b) => b.hits.length - a.hits.length || a.part.length - b.part.length)[0];
}

/** @returns windows by turn that together say all stems, of as few turns as will do */
function windowsOf(turns, stems) {
  const found = turns.flatMap((turn) => {
    const best = windowOf(turn.text, stems);
    return best === undefined || best.hits.length === 0 ? [] : [{ turn: turn.id, text: best.part, hits: best.hits }];
  }).sort((a, b) => b.hits.length - a.hits.length);
  const chosen = [];
  const missing = new Set(stems);
  for (const one of found) {
    if (chosen.length === 3 || !one.hits.some((stem) => missing.has(stem))) continue;
    one.hits.forEach((stem) => missing.delete(stem));
    chosen.push(one);
  }
  const place = new Map(turns.map((turn, at) => [turn.id, at]));
  return chosen.sort((a, b) => place.get(a.turn) - place.get(b.turn)).map(({ turn, text }) => ({ turn, text }));
}

/** "I'll send you a new card by Friday." → "send you a new card by Friday" */
export function taskOf(sentence, stems = []) {
  const rest = sentence.replace(LEAD, "").replace(/[.?!]+$/, "");
  const text = rest.length > 3 && stems.filter((stem) => says(rest, stem)).length === stems.filter((stem) => says(sentence, stem)).length ? rest : sentence;
  return text.slice(0, MOST_TASK);
}

export const whenOf = (sentence) => WHEN.exec(sentence)?.[0] ?? "";

/** @param one labelled conversation (test/eval/analysis/set.ts). @returns what is true of it, in its own words */
export function goldOf({ turns, labels }) {
  const byId = new Map(turns.map((turn) => [turn.id, turn]));
  const points = labels.key_facts.map((fact) => ({ windows: windowsOf(fact.turns.map((id) => byId.get(id)), fact.all_of) })).filter((point) => point.windows.length > 0);
  const best = (stems, weigh) => turns.map((turn, at) => ({ turn, found: windowOf(turn.text, stems, MOST_TASK), at })).filter(({ found }) => found !== undefined && found.hits.length > 0)
    .sort((a, b) => b.found.hits.length + weigh(b) - a.found.hits.length - weigh(a))[0];
  const wanted = labels.intent === null ? undefined : best(labels.intent.about, ({ turn, at }) => (turn.speaker === "customer" ? 0.9 : 0) - at / 100);
  const isPromised = (task) => labels.promises.some((promise) => promise.by === task.owner && promise.about.some((stem) => task.about.includes(stem)));
  const tasks = labels.action_items.flatMap((task) => {
    const found = best(task.about, ({ turn, at }) => (turn.speaker === task.owner ? 0.6 : 0) + at / 100);
    return found === undefined ? [] : [{ turn: found.turn.id, quote: found.found.part, text: taskOf(found.found.part, task.about), by: task.owner, promised: isPromised(task), when: task.due === null ? "" : whenOf(found.found.part) }];
  });
  return {
    points, tasks,
    intent: wanted === undefined ? null : { turn: wanted.turn.id, text: wanted.found.part },
    reason: labels.reason, outcome: labels.outcome, escalation: labels.escalation_risk, churn: labels.churn_risk,
  };
}
