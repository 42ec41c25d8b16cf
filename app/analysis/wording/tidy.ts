// Cuts a sentence to its essential words: fillers, greetings, names called out and polite padding go. Nothing is added. Pure.
import { FILLERS } from "../text/function-words.ts";
import { readNumbers } from "../text/numbers.ts";
import { tokenise } from "../text/tokens.ts";

/** Padding at the beginning; tried again until none matches. */
const LEADING = [
  /^(?:and|so|but|well|now|then|no|nope|okay|ok|right|alright|all right|yes|yeah|yep|no worries|sure|of course|certainly|absolutely|great|perfect|lovely|wonderful|brilliant|excellent|fine|oh|look|listen|see|basically|actually|honestly|anyway|also|because|cause|cos|unfortunately)[,.!…]*\s+(?=\S)/i,
  /^(?:hi|hello|hey|morning|good (?:morning|afternoon|evening)) \p{L}+[,.!]+\s+/iu,
  /^(?:hi|hello|hey|good (?:morning|afternoon|evening))(?: there| again)?[,.!]*\s+/i,
  /^(?:thank you|thanks)(?: (?:so|very) much)?(?: for (?:that|holding|waiting|calling|your patience|confirming)| (?:indeed|again))?,?(?: (?:sir|madam|ma'am|\p{Lu}\p{L}+(?: \p{Lu}\p{L}+)?))?[,.!]+\s+/iu,
  /^(?:sir|madam|ma'am|mate|love|dear|(?:mr|mrs|ms|miss|dr)\.? \p{Lu}\p{L}+)[,.!]+\s+/iu,
  /^(?:you know|i mean|you see|to be honest|let me see|let's see|as i (?:said|say)|i'm afraid|i am afraid|it's just(?: that)?|the thing is|what it is is|i think|i guess|i believe|i suppose|no problem|not a problem|don't worry)[,.]*\s+/i,
  /^(?:my name is|my name's|this is|it's|i'm) \p{Lu}\p{L}+(?: \p{Lu}\p{L}+)?(?: (?:calling|here|speaking))?(?: from \p{Lu}\p{L}+)?(?:[,.]+| and)\s+(?=i\b|my\b|i'm\b|i've\b)/iu,
  /^(?:i'm|i am|we're|we are) (?:so |very |really |terribly )?sorry(?: (?:to hear (?:that|about (?:that|this|it))|about (?:that|this|it|the \w+)|for (?:that|this|the (?:\w+ )?(?:delay|inconvenience|trouble|mistake|confusion))))?(?:,| and| but)+\s+/i,
  /^what(?:'s| has)? happened (?:is|was)(?: that)?,?\s+/i,
  /^what (?:i|we)(?:'ve| have) done is\s+(?=(?:i|we)\b)/i,
  /^i (?:can )?(?:completely |totally |fully )?understand(?: (?:that|how|your) [^,]{0,40})?,\s+/i,
];
/** Padding at the end. */
const TRAILING = [
  /[,.]?\s+(?:please )?(?:stay on the line|hold the line|bear with me)(?: please)?[.!]*$/i,
  /,\s*(?:please|you know|thanks|thank you|thank you (?:so|very) much|if that's (?:okay|ok|all right)|if that is (?:okay|ok|all right)|sir|madam|ma'am)[.!?]*$/i,
  /,\s*\p{Lu}\p{L}+[.!?]+$/u,
  /\s+(?:please|right away|straight away)[.!?]*$/i,
  /\s+for you(?: (?:now|right now|today|right away|on the system))?[.!]*$/i,
];
/** A question hung on a statement: the statement stays. */
const TAGS = /,?\s+(?:okay|ok|all right|alright|right|yes|is that (?:right|okay|ok|correct|all right|fine)|does that (?:work|sound good|suit you|help)(?: for you)?|would that (?:work|be okay)(?: for you)?|isn't it|do you understand)\s*\?+$/i;
const INSIDE = [/,\s*(?:you know|i mean)\b,?(?=\s)/gi, /(?<=\b(?:and|but|so|because|like)) you know(?=\s)/gi, /,?\s*\b(?:basically|obviously|literally|i'm afraid|i am afraid)\b,?(?=[\s.])/gi, /\s+please(?=,)/gi, /\b(?:just|actually|really quickly)\s+(?=(?:want|wanted|need|needed|wondering|calling|checking|like)\b)/gi];
const DAY_NAMES = /\b(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday|january|february|april|june|july|august|september|october|november|december)\b/g;
const CAN_STUTTER = new Set("i we you it the a an my your is was to and of in on for that this he she they".split(" "));

/** @returns the sentence without padding, first letter large, with a full stop or question mark; numbers of several words as digits; "" when nothing is left */
export function tidy(sentence: string): string {
  let text = dropNoises(writeNumbers(sentence.replace(/\s+/g, " ").trim()));
  for (const padding of INSIDE) text = text.replace(padding, "");
  for (let before = ""; before !== text; ) {
    before = text;
    for (const padding of LEADING) text = text.replace(padding, "");
    text = text.replace(/^what (i|we) can do is (?:to )?/i, "$1 can ");
    const untagged = text.replace(TAGS, ".");
    if (untagged.split(" ").length >= 4) text = untagged;
    for (const padding of TRAILING) text = text.replace(padding, (found) => /\?\s*$/.exec(found)?.[0] ?? "");
    text = text.trim();
  }
  text = text.replace(/^[\s,.;:!?…–-]+|[\s,;:–-]+$/g, "").replace(/\s+([,.?!])/g, "$1");
  if (!/\p{L}|\p{N}/u.test(text)) return "";
  const ended = /[.!?…]["'”’)]*$/.test(text) ? text.replace(/(?:\.\.\.|…|!)+$/, ".") : `${text}.`;
  const spelled = ended.replace(/\bi\b(?=$|[\s,.?!'’])/g, "I").replace(DAY_NAMES, (name) => name.charAt(0).toUpperCase() + name.slice(1));
  return spelled.charAt(0).toUpperCase() + spelled.slice(1);
}

/** "um", "uh" and stuttered small words. */
function dropNoises(text: string): string {
  let out = "";
  let end = 0;
  let previous = "";
  for (const token of tokenise(text)) {
    const between = text.slice(end, token.start);
    const stutter = token.lower === previous && CAN_STUTTER.has(token.lower) && /^[\s,–-]*$/.test(between);
    if (FILLERS.has(token.lower) || stutter) out += out === "" ? "" : between.replace(/[,…]+/g, "").replace(/\s+$/, "");
    else {
      out += FILLERS.has(previous) ? between.replace(/^[,.…]+/, "") : between;
      out += text.slice(token.start, token.end);
    }
    end = token.end;
    previous = token.lower;
  }
  return out + text.slice(end);
}

/** "two hundred and thirty pounds" → "230 pounds"; single small words ("five", "twelve") stay, unless money or percent follows. */
function writeNumbers(text: string): string {
  const tokens = tokenise(text);
  let out = "";
  let end = 0;
  for (const span of readNumbers(tokens)) {
    const first = tokens[span.from];
    const last = tokens[span.to - 1];
    if (first === undefined || last === undefined || /\d/.test(first.text)) continue;
    const next = tokens[span.to]?.lower ?? "";
    const several = span.to - span.from > 1 && span.kind !== "ordinal";
    if (!several && !(span.kind === "cardinal" && /^(?:pounds?|dollars?|euros?|pence|cents?|percent|per|quid)$/.test(next))) continue;
    out += text.slice(end, first.start) + span.written;
    end = last.end;
  }
  return out + text.slice(end);
}
