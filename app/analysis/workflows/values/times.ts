// Times of day in a sentence, as HH:MM. Pure.
import { wordsAt } from "../message.ts";
import { apart, type Reading, type ValueReader } from "./value.ts";

const HALF = "(am|pm|a m|p m|in the morning|in the afternoon|in the evening|at night)";
const DAY = "(?:january|february|march|april|may|june|july|august|september|october|november|december)|(?:mon|tues|wednes|thurs|fri|satur|sun)day|tomorrow|today|(?:the )?\\d{1,2}(?:st|nd|rd|th)";
const MINUTES = "00|05|10|15|20|25|30|35|40|45|50|55";
/** What a bare number counts beside: it is an hour only where nothing says that it counts something else. */
const NOT_COUNTED = "(?! (?:\\p{L}+ )?(?:days?|weeks?|months?|years?|hours?|times?|pounds?|quid|euros?|dollars?|per|percent|minutes?|people|of|or|to|january|february|march|april|may|june|july|august|september|october|november|december|\\d)\\b)";
type Clock = [number, number, string | undefined];
const TIMES: readonly { words: RegExp; read: (match: RegExpExecArray) => Clock | undefined }[] = [
  { words: new RegExp(`\\b(\\d{1,2})[:.](\\d{2})(?: ?h| o'clock)?(?: ?${HALF})?(?![\\d.:])`, "g"), read: (m) => [Number(m[1]), Number(m[2]), m[3]] },
  { words: new RegExp(`\\b(half|quarter|\\d{1,2}) (past|to) (\\d{1,2})(?: ${HALF})?\\b(?! (?:people|days?|weeks?))`, "g"), read: (m) => partOfHour(m[1] ?? "", m[2] ?? "", Number(m[3]), m[4]) },
  { words: new RegExp(`\\bhalf (\\d{1,2})(?: ${HALF})?\\b`, "g"), read: (m) => [Number(m[1]), 30, m[2]] },
  { words: new RegExp(`\\b(\\d{1,2}) (\\d{2}) ?${HALF}\\b`, "g"), read: (m) => [Number(m[1]), Number(m[2]), m[3]] },
  { words: /\b([1-9]|1[0-2]) (?:to )?([1-9]|1[0-2]) ?(am|pm)\b/g, read: (m) => [Number(m[1]), 0, Number(m[1]) < Number(m[2]) ? m[3] : undefined] },
  { words: new RegExp(`\\b(\\d{1,2})(?: o'clock)? ?${HALF}\\b`, "g"), read: (m) => [Number(m[1]), 0, m[2]] },
  { words: /\b(\d{1,2}) ?o'clock\b/g, read: (m) => [Number(m[1]), 0, undefined] },
  { words: /\b(\d{1,2})(?: 12)? (?:noon|midday)\b/g, read: () => [12, 0, "pm"] },
  { words: /\b(?:noon|midday)\b/g, read: () => [12, 0, "pm"] },
  { words: new RegExp(`\\b(?:at|around|about|before|after|by|${DAY}) (?:about )?(1?\\d) (${MINUTES})\\b(?! \\d)`, "g"), read: (m) => [Number(m[1]), Number(m[2]), undefined] },
  { words: new RegExp(`(?:^|\\b(?:at|is|or|for|say|make it|on|the) )([1-9]|1[0-2]) (${MINUTES})(?= (?:start|please|keep|on|in|at|is|then|with)\\b|$)`, "g"), read: (m) => [Number(m[1]), Number(m[2]), undefined] },
  { words: new RegExp(`\\b([1-9]|1[0-2]) (?:till|until) (?:[1-9]|1[0-2])\\b${NOT_COUNTED}`, "gu"), read: (m) => [Number(m[1]), 0, undefined] },
  { words: new RegExp(`\\b(?:at|around|about|before|after|by|say|till|until) (\\d{1,2})\\b${NOT_COUNTED}`, "gu"), read: (m) => [Number(m[1]), 0, undefined] },
  { words: new RegExp(`(?<!\\d )\\b([1-9]|1[0-2])(?= (?:on|this|next) (?:the )?(?:${DAY}))`, "g"), read: (m) => [Number(m[1]), 0, undefined] },
  { words: new RegExp(`\\b(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|tomorrow|(?:week|today) at) ([1-9]|1[0-2])\\b(?!st|nd|rd|th)${NOT_COUNTED}`, "gu"), read: (m) => [Number(m[1]), 0, undefined] },
];

/** Times as `HH:MM`. Without "am" or "pm" an hour from one to six is in the afternoon, as in business hours; "half four" is half past. */
export const readTimes: ValueReader = (line, _slot, _around, asked) => {
  const found: Reading[] = [];
  for (const { words, read } of TIMES) {
    for (const match of line.line.matchAll(words)) {
      const parts = read(match);
      const value = parts && clock(...parts);
      // "before", "at" and the day are not words of the time
      const lead = /^(?:at|around|about|before|after|by|say|till|until|is|or|for|make it|on|the|(?:[a-z]+day|tomorrow|week)(?: at)?) (?:about )?/.exec(match[0])?.[0].length ?? 0;
      // "I have been ringing since eight o'clock"
      if (value !== undefined && !/\bsince $/.test(line.line.slice(0, match.index))) found.push({ value, ...wordsAt(line, match.index + lead, match.index + match[0].length) });
    }
  }
  if (found.length === 0 && asked) {
    const alone = /^(?:\D* )?(\d{1,2})(?: (00|15|30|45))?(?: \D*)?$/.exec(line.line);
    const value = alone === null ? undefined : clock(Number(alone[1]), Number(alone[2] ?? 0), undefined);
    const start = line.line.indexOf(alone?.[1] ?? "");
    if (value !== undefined) found.push({ value, ...wordsAt(line, start, start + (alone?.[1] ?? "").length) });
  }
  return apart(found);
};

function partOfHour(part: string, side: string, hour: number, half: string | undefined): Clock | undefined {
  const minutes = part === "half" ? 30 : part === "quarter" ? 15 : Number(part);
  // "nine to five" is a span; "ten to five" is a time
  if (minutes > 30 || hour > 12 || hour === 0 || (side === "to" && part !== "quarter" && minutes % 5 !== 0)) return undefined;
  return side === "past" ? [hour, minutes, half] : [hour === 1 ? 12 : hour - 1, 60 - minutes, half ?? (hour === 1 ? "pm" : undefined)];
}

function clock(hour: number, minute: number, half: string | undefined): string | undefined {
  if (hour > 24 || minute > 59) return undefined;
  const isMorning = half !== undefined && /^(?:a ?m|in the morning)/.test(half);
  const isLater = half !== undefined ? !isMorning : hour >= 1 && hour <= 6;
  const at = isMorning && hour === 12 ? 0 : isLater && hour < 12 ? hour + 12 : hour;
  return at > 23 ? undefined : `${String(at).padStart(2, "0")}:${String(minute).padStart(2, "0")}`;
}
