// "I will send you a form" → "The agent will send the customer a form". Only where every word is sure; otherwise the caller quotes. Pure.
import { wordTable, type Party } from "../../domain/index.ts";
import { tagWords, type TaggedWord } from "../text/grammar.ts";
import { thirdPerson } from "./verb-forms.ts";

/** Who is being talked about, as far as the sentence was written. The customer becomes "they" once named; the agent and the company keep their names. */
interface Said {
  speaker: Party;
  customerNamed: boolean;
  /** subject of the clause being written */
  subject?: "customer" | "agent" | "company" | undefined;
  /** that subject was written as "they" */
  subjectPlural?: boolean;
  /** a verb came since that subject: "… and I" may drop its "I" */
  verbSeen: boolean;
  /** another subject took over since ("…, it is broken and I want …"): "I" must be written again */
  otherSubject?: boolean;
  /** the next verb belongs to this number; undefined when no verb of ours is due */
  agreement?: "singular" | "plural" | undefined;
  /** the finite verb was changed to singular: a verb joined with "and" changes too */
  joinSingular: boolean;
}

type Role = "customer" | "agent" | "company";
type Case = "subject" | "object" | "possessive" | "absolute" | "reflexive";

/**
 * A statement in reported form, standing on its own.
 * @param text      tidied sentence (or clause), ends with a full stop
 * @param continues the sentence before was about the customer too: "They want …" instead of "The customer wants …"
 * @returns undefined when a pronoun or verb is not sure
 */
export function reportStatement(text: string, speaker: Party, continues = false): string | undefined {
  const words = tagWords(openContractions(text, speaker));
  const first = words[0];
  if (first === undefined || words.length > 40 || NO_SUBJECT.test(first.lower)) return undefined;
  const named = /^(?:i|my|we|our)$/.test(first.lower) || (speaker === "agent" && /^(?:you|your)$/.test(first.lower));
  const said: Said = { speaker, customerNamed: (continues && (speaker === "customer" || /^(?:you|your)$/.test(first.lower))) || (speaker === "customer" && !named), verbSeen: false, joinSingular: false };
  const body = write(words, said);
  if (body === undefined || !words.some((word) => word.tags.has("Verb"))) return undefined;
  if (named) return smooth(sentence(body));
  return smooth(sentence(`${speaker === "customer" && continues ? "they say" : `the ${speaker} says`} ${/^(?:if|when|because|as|once|unless)$/.test(first.lower) ? "that " : ""}${lowerFirst(body, first)}`));
}

/** Two sentences run together with a comma get a joint; "the agent says there is nothing more the agent can do" needs the agent once. */
function smooth(text: string): string {
  const joined = text.replace(/^(The customer|They) (?!says? |asks? )([^,]+), (?=(?:it|this|that|there|nobody|no one) )/, (_, who: string, rest: string) => `${who} ${rest} and ${who === "They" ? "say" : "says"} `);
  const level = joined.replace(/^((?:The customer says|They say) (?!that (?:if|when|because|as|once|unless)\b)[^,]+), they /, "$1 and they ");
  if (level !== joined) return level;
  return /\b(?:customer|they|them|their)\b/i.test(joined) ? joined : joined.replace(/^(The agent says .*)\bthe agent (?=can|cannot|could|will|would|had|did)/, "$1they ");
}

/**
 * What somebody is to do, beginning with the verb: "Send the customer a form".
 * @param text from the verb on, e.g. `send you a form by email.`
 * @param speaker who said it; @param owner who will do it
 */
export function reportTask(text: string, speaker: Party, owner: Party): string | undefined {
  let words = tagWords(openContractions(text, speaker));
  const second = words[1];
  if (owner === "customer" && speaker === "agent" && second !== undefined && /^(?:us|me)$/.test(second.lower) && words.length > 2) words = words.filter((word) => word !== second);
  const body = write(words, { speaker, customerNamed: owner === "customer", verbSeen: true, joinSingular: false, subject: owner });
  return body === undefined ? undefined : sentence(body);
}

/**
 * The rest of a reported sentence whose beginning the caller wrote: "The customer asks whether" + "they can pay by card".
 * @param opening words already written; they name the customer when they contain the word
 */
export function reportRest(opening: string, rest: string, speaker: Party, agreementOf?: "singular"): string | undefined {
  const words = tagWords(openContractions(rest, speaker));
  const said: Said = { speaker, customerNamed: /\bcustomer\b/i.test(opening), subject: /^The agent\b/.test(opening) && !/\bcustomer\b/.test(opening) ? "agent" : undefined, verbSeen: false, joinSingular: false, agreement: agreementOf };
  const body = write(words, said);
  const first = words[0];
  return body === undefined || first === undefined ? undefined : sentence(`${opening} ${lowerFirst(body, first)}`);
}

/** Writes all pronouns and the verbs that depend on them. */
function write(words: readonly TaggedWord[], said: Said): string | undefined {
  let out = "";
  for (const [at, word] of words.entries()) {
    const meaning = pronoun(word, words, at, said.speaker);
    if (meaning === "unsure") return undefined;
    let text = word.text;
    if (meaning !== undefined) {
      const previous = words[at - 1];
      const joins = previous !== undefined && /^(?:and|but|then|or)$/.test(previous.lower);
      if (meaning.case === "subject" && joins && said.subject === meaning.role && said.verbSeen && said.otherSubject !== true) {
        text = ""; // "… and I will call you" → "… and will call them"
        said.agreement = said.subjectPlural === true ? "plural" : "singular";
      } else {
        if (meaning.case === "subject" && joins && !said.verbSeen && at > 1) return undefined; // "my wife and I"
        const written = writeParty(meaning.role, meaning.case, said);
        text = written.text;
        if (meaning.case === "subject") {
          said.subject = meaning.role;
          said.agreement = written.plural ? "plural" : "singular";
          said.subjectPlural = written.plural;
          said.verbSeen = false;
          said.joinSingular = false;
          said.otherSubject = false;
        }
      }
    } else if (said.agreement !== undefined) {
      const verb = agree(word, said);
      if (verb === undefined) return undefined;
      text = verb;
    } else if (isJoinedVerb(words, at, said)) {
      text = thirdPerson(word.text);
    } else if (/^(?:it|he|she|they|there|this|that|nobody|somebody|someone|everyone|which)$/.test(word.lower) || startsOtherClause(words, at)) {
      said.otherSubject = true;
      said.verbSeen ||= word.tags.has("Verb");
    } else if (word.tags.has("Verb")) said.verbSeen = true;
    if (/^(?:to|will|would|can|could|should|must|may|might|shall|not)$/.test(word.lower)) said.joinSingular = false;
    out += text === "" ? word.post.trimStart() : word.pre + text + word.post;
  }
  const done = out.replace(/\s+/g, " ").trim();
  return said.agreement !== undefined || LEFT_OVER.test(done) ? undefined : done;
}

/** A cut-off sentence: its subject was lost. */
const NO_SUBJECT = /^(?:is|are|was|were|has|have|does|do|did|not|will|would|be|been|of)$/;
const LEFT_OVER = /\b(?:i|me|my|mine|myself|we|us|our|ours|you|your|yours|yourself|am|i'\w+)\b/i;

const PRONOUNS = wordTable<{ person: "first" | "plural" | "second"; case: Case }>({
  i: { person: "first", case: "subject" },
  me: { person: "first", case: "object" },
  my: { person: "first", case: "possessive" },
  mine: { person: "first", case: "absolute" },
  myself: { person: "first", case: "reflexive" },
  we: { person: "plural", case: "subject" },
  us: { person: "plural", case: "object" },
  our: { person: "plural", case: "possessive" },
  ours: { person: "plural", case: "absolute" },
  you: { person: "second", case: "subject" },
  your: { person: "second", case: "possessive" },
  yours: { person: "second", case: "absolute" },
  yourself: { person: "second", case: "reflexive" },
});

function pronoun(word: TaggedWord, words: readonly TaggedWord[], at: number, speaker: Party): { role: Role; case: Case } | "unsure" | undefined {
  const found = PRONOUNS[word.lower];
  if (found === undefined || word.text === "US") return undefined;
  const role: Role = found.person === "second" ? (speaker === "agent" ? "customer" : "company") : found.person === "plural" && speaker === "agent" ? "company" : speaker;
  if (word.lower !== "you") return { role, case: found.case };
  // "you" is a subject or an object: what stands around it tells
  const before = words[at - 1];
  const next = nextBeyondAdverbs(words, at);
  if (before !== undefined && /^(?:thank|know)$/.test(before.lower)) return "unsure";
  const takesObject = before !== undefined && (before.tags.has("Preposition") || (before.tags.has("Verb") && !before.tags.has("Auxiliary") && !before.tags.has("Modal"))) && !/^(?:that|if|when|because|see|hope|think|know|and|as)$/.test(before.lower);
  const startsClause = next !== undefined && (next.tags.has("Verb") || next.tags.has("Modal") || next.tags.has("Auxiliary"));
  if (takesObject || !startsClause) return { role, case: "object" };
  return { role, case: "subject" };
}

function nextBeyondAdverbs(words: readonly TaggedWord[], at: number): TaggedWord | undefined {
  let next = at + 1;
  while (words[next]?.tags.has("Adverb") === true && !words[next]?.tags.has("Verb")) next++;
  return words[next];
}

function writeParty(role: Role, kind: Case, said: Said): { text: string; plural: boolean } {
  const named = role === "customer" && said.customerNamed;
  if (role === "customer") said.customerNamed = true;
  switch (kind) {
    case "subject":
      return named ? { text: "they", plural: true } : { text: `the ${role}`, plural: false };
    case "object":
      return { text: named ? "them" : `the ${role}`, plural: false };
    case "possessive":
      return { text: named || (role === "agent" && !said.customerNamed && said.subject === "agent") ? "their" : `the ${role}'s`, plural: false };
    case "absolute":
      return { text: named ? "theirs" : `the ${role}'s`, plural: false };
    case "reflexive":
      return { text: role === "customer" ? "themselves" : role === "company" ? "itself" : "themselves", plural: false };
  }
}

const SINGULAR = wordTable<string>({ am: "is", are: "is", were: "was", have: "has", do: "does" });
const PLURAL = wordTable<string>({ am: "are", was: "were" });
const UNCHANGED = new Set("will would can cannot could should shall must may might had did was is has does were put read cut set hit shut let cost".split(" "));
const ADVERBS = new Set("still also just really already never always only then now even actually certainly definitely personally not therefore both all both currently".split(" "));

/** @returns the word, changed when it is the verb of our subject; undefined when that is not sure */
function agree(word: TaggedWord, said: Said): string | undefined {
  const number = said.agreement;
  if (ADVERBS.has(word.lower) || (word.tags.has("Adverb") && !word.tags.has("Verb"))) return word.text;
  said.agreement = undefined;
  said.verbSeen = true;
  const changed = (number === "singular" ? SINGULAR : PLURAL)[word.lower];
  if (changed !== undefined) return changed;
  if (UNCHANGED.has(word.lower)) return word.text;
  if (!word.tags.has("Verb") || word.tags.has("Gerund")) return undefined;
  if (word.tags.has("PastTense") || word.tags.has("Participle")) return word.text;
  if (number === "plural") return word.text;
  said.joinSingular = true;
  return thirdPerson(word.text);
}

/** A finite verb that is not ours: "the screen is", "the one I bought was", "my wife wants". */
function startsOtherClause(words: readonly TaggedWord[], at: number): boolean {
  const word = words[at];
  const before = words[at - 1];
  if (word !== undefined && before !== undefined && /^(?:is|are|was|were|has|does|did|will|would|can|could|should|keeps)$/.test(word.lower)) return !/^(?:and|or|but|to)$/.test(before.lower);
  return word !== undefined && before !== undefined && word.tags.has("Verb") && !word.tags.has("Gerund") && !word.tags.has("Infinitive") && before.tags.has("Noun") && !before.tags.has("Pronoun");
}

/** "wants a refund and needs it soon": the second verb of one subject. */
function isJoinedVerb(words: readonly TaggedWord[], at: number, said: Said): boolean {
  const word = words[at];
  const before = words[at - 1];
  return said.joinSingular && word !== undefined && before !== undefined && /^(?:and|or|but)$/.test(before.lower) && word.tags.has("Verb") && (word.tags.has("Infinitive") || word.tags.has("PresentTense")) && !word.tags.has("Gerund") && !word.tags.has("PastTense") && !/s$/.test(word.lower);
}

/** Full forms, so that each pronoun and verb is a word of its own. "'d" before a past participle is "had". */
function openContractions(text: string, speaker: Party): string {
  return (speaker === "customer" ? text.replace(/\byour (company|firm|organi[sz]ation)\b/gi, "the $1") : text)
    .replaceAll("’", "'")
    .replace(/\bill (?=(?:get|send|call|have|be|do|check|make|let|give|arrange|put|try|just|also|take|ask|wait|order|book|email|ring)\b)/gi, "I will ")
    .replace(/\b(do|did|does|is|was|have|has|could|would)nt\b/gi, "$1 not")
    .replace(/\bive\b/gi, "I have")
    .replace(/\bI'?m\b/gi, "I am")
    .replace(/\b(I|you|we|they|he|she|it|that|there)'d(?= (?:already |just |never )?(?:\w+ed|been|had|sent|paid|bought|told|said|got|made|spoken|taken|gone)\b)/gi, "$1 had")
    .replace(/\b(I|you|we|they|he|she|it|that|there)'d\b/gi, "$1 would")
    .replace(/\b(\w+)'ll\b/gi, "$1 will")
    .replace(/\b(I|you|we|they)'ve\b/gi, "$1 have")
    .replace(/\b(you|we|they)'re\b/gi, "$1 are")
    .replace(/\bwon't\b/gi, "will not")
    .replace(/\bcan't\b/gi, "cannot")
    .replace(/\blet's\b/gi, "let us")
    .replace(/\b(\w+?)n't\b/gi, "$1 not")
    .replace(/\b(it|that|there|what|he|she|here|who|where)'s\b(?= (?:been|got|had|gone|come|happened|stopped|started|arrived|changed|crashed|taken|become)\b)/gi, "$1 has")
    .replace(/\b(it|that|there|what|he|she|here|who|where)'s\b/gi, "$1 is");
}

function lowerFirst(text: string, first: TaggedWord): string {
  const keeps = first.tags.has("ProperNoun") || /^\p{Lu}{2}|^\p{Lu}\d/u.test(first.text);
  return keeps ? text : text.charAt(0).toLowerCase() + text.slice(1);
}

function sentence(text: string): string {
  const ended = /[.!?]["'”’)]*$/.test(text) ? text.replace(/[!?]+$/, ".") : `${text}.`;
  return ended.charAt(0).toUpperCase() + ended.slice(1);
}
