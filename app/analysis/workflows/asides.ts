// Days and hours that are nobody's wish: "I have to fetch the kids by five", "my train goes at four", "the 25th is too late", "I'll ring you tonight". Pure.
import type { SlotType } from "./definition.ts";
import type { Line } from "./message.ts";
import type { Reading } from "./values/value.ts";

const CLAUSE = /,|;|\bbut\b|\bso\b|\.\.\.| - /;
const ELSEWHERE = /\b(?:have (?:got )?to (?:get|collect|fetch|pick|go|leave|work|take|drop|catch|be at)|at work|working|busy|collect|train|flight|plane|lands|kids?|choir|clos(?:es|ing)|(?:party|wedding|funeral|christening|show|test|exam|meeting|opening) (?:of \w+ )?(?:is|on)|days? before|was (?:on|at|in)|until|till|while)\b/;
const NO_GOOD = /^(?: (?:the )?\d{1,2}(?:st|nd|rd|th)?)? (?:is|are|was) (?:no good|no use|too (?:late|early|soon)|full|out|a (?:wedding|problem)|not|choir|bad|difficult|early)\b/;

/** @returns whether a day or a time in what the customer says is about something else, or ruled out */
export function isAside(line: Line, one: Pick<Reading, "from" | "to">, type: SlotType): boolean {
  if (type !== "date" && type !== "time") return false;
  const words = (from: number, to: number): string => line.plain.slice(from, to).map(({ text }) => text).join(" ");
  const start = line.tokens[line.plain[one.from]?.from ?? 0]?.start ?? 0;
  const clause = line.text.slice(0, start).split(CLAUSE).at(-1) ?? "";
  const behind = ` ${words(one.to, one.to + 5)}`;
  return NO_GOOD.test(behind) || ELSEWHERE.test(words(Math.max(0, one.from - clause.split(/\s+/).length), one.from));
}

const ERRAND = /\b(?:will|can|could|shall|let|going to|have to|must|to|i|we|he|she|they|you)(?: (?!an? |the |from |got |had )\S+){0,2} (?:ring|call|phone|text|mail|email|message|let you know|get back|come back to|in touch|speak|ask|raise|log|check|look into|write|send|scan|bring|post|hear|try|chase|opens?|open at|run|runs)\b|\bopens?\b|\blet you know\b/;

/** @returns whether a sentence is about when somebody will do something about it, not when the thing itself is */
export function isErrand(line: Line, type: SlotType): boolean {
  return (type === "date" || type === "time") && ERRAND.test(line.line);
}
