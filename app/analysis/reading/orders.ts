// Orders to a machine in what people said: they are part of the conversation, and prove nothing. Pure.
import { splitSentences } from "../text/conversation.ts";

const NOUNS = "(?:instructions?|prompts?|rules|orders|guidelines|anweisungen|instruktionen|regeln|vorgaben|instrucciones|reglas|istruzioni|regole|instruções|regras|instructies|regels|consignes|règles)";
/** In the languages that such texts are written in most. What they leave out is still held by the grammar and the evidence check. */
const ORDER = new RegExp(
  [
    `\\b(?:ignore|disregard|forget|override|bypass|ignoriere?|vergiss|ignorez|oubliez|ignora|olvida|dimentica|negeer|vergeet|esqueça)\\b.{0,60}\\b${NOUNS}`,
    `\\b(?:new|updated|revised|additional|neue|nouvelles|nuevas)\\s+${NOUNS}`,
    "\\bsystem\\s*(?:prompt|message|override|note|instruction)|\\b(?:language model|as an ai|ai assistant|chat ?gpt|jailbreak|developer mode|prompt injection)\\b",
    "(?:^|\\s)(?:system|assistant|developer)\\s*:|<\\|?(?:im_start|im_end|system|assistant|eot_id|endoftext|s|/s)\\|?>|\\[/?INST\\]|#{2,}\\s*(?:system|instruction|response)",
    "\\b(?:set|mark|label|classify|tag|record|change|put)\\b.{0,40}\\b(?:topic|outcome|summary|sentiment|reason|action items?|risk|category|this (?:call|conversation|chat))\\b.{0,30}\\b(?:as|to|is|be)\\b",
    "\\b(?:the )?(?:summary|topic|outcome|analysis|report|output|answer|json)\\b.{0,20}\\b(?:must|should|shall|has to|needs to|is to)\\b.{0,10}\\b(?:say|be|read|state|contain|include|show)\\b",
    "\\b(?:write|output|print|respond|reply|report|summari[sz]e|note|answer)\\b.{0,30}\\b(?:that the (?:agent|customer|company)|in json|with json|exactly|the following)\\b",
    "\\byou are (?:now )?(?:an? |the )?(?:ai|model|assistant|unrestricted|free of|no longer|analyst|dan\\b)",
    "\\[\\d+\\]\\s*(?:agent|customer|bot|speaker|system)\\b",
    "</?\\s*(?:conversation|notes|terms|transcript|document)\\s*>",
  ].join("|"),
  "iu",
);

/** @returns true for a sentence that tells a machine what to do with the conversation */
export function isOrder(sentence: string): boolean {
  return ORDER.test(sentence.normalize("NFKC"));
}

/** @returns the text up to its first order to a machine: what follows in the same breath is what the order wants to be true */
export function withoutOrders(text: string): string {
  if (!isOrder(text)) return text;
  const kept: string[] = [];
  for (const sentence of splitSentences(text)) {
    if (isOrder(sentence)) break;
    kept.push(sentence);
  }
  const before = kept.join(" ");
  return isOrder(before) ? "" : before; // one that runs over the ends of sentences
}
