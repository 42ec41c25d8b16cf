// Questions, requests and offers in reported form: "Can I pay by card?" → "The customer asks whether they can pay by card." Pure.
import type { Party } from "../../domain/index.ts";
import { tagWords } from "../text/grammar.ts";
import { reportRest } from "./reported-speech.ts";
import { thirdPerson } from "./verb-forms.ts";

const AUXILIARY = "(will|would|can|could|should|may|is|are|was|were|has|have|do|does|did)";
const ASK_FOR = "(?:please )?(?:tell me|check|explain(?: to me)?|find out|let me know|see|confirm|look up|say)(?: for me)?(?: please)?";
const WH = "(when|where|why|how|what|who|which|whether|if|how much|how many|how long|what time|which \\w+|what \\w+)";

interface Rule {
  who: Party;
  words: RegExp;
  write(match: RegExpExecArray): string | undefined;
}

const RULES: readonly Rule[] = [
  { who: "agent", words: /^(?:would|do) you (?:like|want|prefer) me to (.+)$/i, write: (m) => reportRest("The agent offers to", text(m[1]), "agent") },
  { who: "agent", words: /^(?:would|do) you (?:like|prefer) to (.+)$/i, write: (m) => reportRest("The agent asks whether the customer would like to", text(m[1]), "agent") },
  { who: "agent", words: /^(?:would|do) you (?:like|prefer) ((?:a|an|the|some|another|your|our) .+)$/i, write: (m) => reportRest("The agent offers", text(m[1]), "agent") },
  { who: "agent", words: /^let me (?:just )?(.+)$/i, write: (m) => reportRest("The agent wants to", text(m[1]), "agent") },
  { who: "agent", words: /^shall i (.+)$/i, write: (m) => reportRest("The agent offers to", text(m[1]), "agent") },
  { who: "agent", words: /^(?:can|could|would|will) you (?:please |just |also )*((?!see|hear|tell|remember|still|access|use)\p{L}+ .+)$/iu, write: (m) => reportRest("The agent asks the customer to", text(m[1]), "agent") },
  { who: "agent", words: /^please (?:also |just )?(\p{L}+ .+)$/iu, write: (m) => reportRest("The agent asks the customer to", text(m[1]), "agent") },
  { who: "customer", words: new RegExp(`^(?:can|could|would|will) you ${ASK_FOR} ${WH} (.+)$`, "i"), write: (m) => reportRest(`The customer asks ${text(m[1]).toLowerCase()}`, text(m[2]), "customer") },
  { who: "customer", words: /^(?:can|could|would|will) you (?:please |just |also )*(\p{L}+ .+)$/iu, write: (m) => reportRest("The customer asks the agent to", text(m[1]), "customer") },
  { who: "customer", words: /^(?:can|could|may) i (?:please )?((?:speak|talk|change|cancel|return|book|move|have|get|upgrade|order|make) .+)$/i, write: (m) => reportRest("The customer asks to", text(m[1]), "customer") },
  { who: "customer", words: new RegExp(`^${WH.replace("how|", "how|how (?!much|many|long)\\w+|")} ${AUXILIARY} (.+)$`, "i"), write: (m) => straighten("customer", `asks ${text(m[1]).toLowerCase()}`, text(m[2]).toLowerCase(), text(m[3])) },
  { who: "customer", words: new RegExp(`^how (much|many|long|soon|often)( \\w+)? ${AUXILIARY} (.+)$`, "i"), write: (m) => straighten("customer", `asks how ${text(m[1]).toLowerCase()}${m[2] ?? ""}`, text(m[3]).toLowerCase(), text(m[4])) },
  { who: "customer", words: new RegExp(`^${AUXILIARY} (.+)$`, "i"), write: (m) => straighten("customer", "asks whether", text(m[1]).toLowerCase(), text(m[2])) },
  { who: "agent", words: new RegExp(`^${AUXILIARY} (you .+)$`, "i"), write: (m) => straighten("agent", "asks whether", text(m[1]).toLowerCase(), text(m[2])) },
];

/**
 * @param sentence tidied; with or without question mark (speech recognition often leaves it out)
 * @returns undefined when it is no question, request or offer that can be reported surely
 */
export function reportQuestion(sentence: string, speaker: Party): string | undefined {
  const body = sentence.replace(/[.?!\s]+$/, "");
  for (const rule of RULES) {
    const match = rule.who === speaker ? rule.words.exec(body) : null;
    if (match !== null) return rule.write(match);
  }
  return undefined;
}

/** Question order becomes statement order: "will" + "I get my refund" → "I will get my refund", then the pronouns are written. */
function straighten(speaker: Party, opening: string, auxiliary: string, rest: string): string | undefined {
  const words = tagWords(rest);
  const first = words[0];
  if (first === undefined || auxiliary === "did") return undefined;
  const isPronoun = /^(?:i|you|we|it|they|he|she|this|that|there|anyone|somebody|someone)$/.test(first.lower);
  let end = 1;
  if (!isPronoun) {
    end = words.findIndex((word, at) => at > 0 && word.tags.has("Verb"));
    if (end < 0) end = words.length; // "where is my order"
    if (end > 6) return undefined;
  }
  const join = (from: number, to?: number): string => words.slice(from, to).map((word) => word.pre + word.text + word.post).join("").trim();
  // "how much is the gas in total": the verb stands before the amount of time
  const subject = join(0, end).replace(isPronoun ? /$^/ : / (?=(?:(?:on|in|at|with|from|under|for|by|still|already) |(?:a month|per month|a year|per year|now|today|ready|available|correct|included|covered|possible|due|open|free|there|here)\b))/, ` ${auxiliary} `);
  if (subject.includes(` ${auxiliary} `) && end === words.length) return reportRest(`The ${speaker} ${opening}`, subject, speaker);
  const tail = join(end);
  const verb = words[end];
  if (auxiliary === "do" || auxiliary === "does") {
    if (verb === undefined || !verb.tags.has("Verb")) return undefined;
    const third = auxiliary === "does" && !/^(?:i|you|we|they)$/.test(first.lower);
    return reportRest(`The ${speaker} ${opening}`, `${subject} ${third ? thirdPerson(verb.text) + verb.post : verb.text + verb.post}${join(end + 1)}`, speaker);
  }
  return reportRest(`The ${speaker} ${opening}`, `${subject} ${auxiliary} ${tail}`.trim(), speaker);
}

function text(group: string | undefined): string {
  return group ?? "";
}
