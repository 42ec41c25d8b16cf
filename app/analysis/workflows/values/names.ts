// Names of people and of the firms that they come from, introduced, answered, or signed with. Pure.
import { isFunctionWord } from "../../text/function-words.ts";
import { MONTHS } from "../../text/numbers.ts";
import { wordsAt, wordsOfText, type Line } from "../message.ts";
import { apart, type Reading, type ValueReader } from "./value.ts";

const TITLE = "(?:(?:[Mm]r|[Mm]rs|[Mm]s|[Mm]iss|[Mm]ister|[Dd]r|[Ee]ngr|[Pp]rof|Herr|Frau|[Ss]e[ñn]ora?)\\.? )";
const TITLES = new RegExp(`^${TITLE}+`, "u");
const CAPITAL = "\\p{Lu}[\\p{L}'’]*(?:-\\p{Lu}[\\p{L}'’]*)*";
const INITIAL = "(?:\\p{Lu}\\.? )";
const PARTICLE = "(?:(?:van|von|de|der|den|da|di|del|la|le|bin|al) )*";
const NAME = `(${TITLE}*${INITIAL}{0,2}${CAPITAL}(?: (?:and ${CAPITAL} )?${PARTICLE}${CAPITAL}){0,3})`;
/** At least a title with a surname, or two names: what may be a name without anything that introduces it. */
const FULL_NAME = `(${TITLE}+${INITIAL}{0,2}${CAPITAL}(?: ${PARTICLE}${CAPITAL}){0,2}|(?:${INITIAL}{1,2}|${CAPITAL} )${PARTICLE}${CAPITAL}(?: ${CAPITAL}){0,2})`;
const FIRM = "((?:[Tt]he )?\\p{Lu}[\\p{L}\\d'’&-]*(?:(?: (?:and|of|&|de|des|for) | ?& | )\\p{Lu}[\\p{L}\\d'’&-]*){0,4})";

const SURE = new RegExp(`(?:\\b(?:[Mm]y|[Tt]he|[Ff]ull|[Ll]ast|[Ff]irst)? ?\\b[Nn]ames?(?:'s| is| are|:)|\\b[Tt]his is|\\b[Ss]peaking (?:is|with)|\\b[Cc]all me|\\b[Ii]n the name of|\\b[Ii](?:'m|’m|m)|\\bI am|\\b[Nn]ame(?= \\p{Lu})) ${NAME}`, "gu");
const LIKELY = new RegExp(`(?:\\b[Ii]t(?:'s|’s| is)|\\b[Ii]ts) ${FULL_NAME}`, "gu");
const ASKED = new RegExp(`(?:\\b[Ii]t(?:'s|’s| is)|\\b[Ii]ts|\\b[Ii]s (?:it|that|this)|[Ss]peaking to) ${NAME}`, "gu");
/** "It's Wilf from the Coddenham band", "it's Shaz, I had the Corsa …", "Fintan here": one name alone needs what follows it. */
const INTRODUCED = new RegExp(`(?:^|[.,!?] )(?:[Hh]i |[Hh]ello |[Hh]iya )?(?:(?:[Ii]t(?:'s|’s| is)|[Ii]ts) (${TITLE}*${CAPITAL}(?: ${CAPITAL})?)(?:(?= (?:from|at|of|in) (?:the |\\p{Lu}))|(?=, (?:I|I've|I'm|we|my|the|with|number|\\p{Lu}\\p{L}+)\\b)|(?= again\\b)|(?=\\.?$))|(${TITLE}*${CAPITAL}(?: ${CAPITAL})?) here(?=[,.!]|$)|[Aa]sk for (${CAPITAL})(?=, (?:that's|that is|it's) me))`, "gu");
const SPOKEN = /\bname is ((?:(?:mr|mrs|ms|miss|dr) )?\p{L}[\p{L}'-]+(?: \p{L}[\p{L}'-]+){0,2})/gu;
/** "Kind regards, Anna Kiss", "Anna Kiss, Kiss & Co, anna@…": a line of its own, or the end of one after the greeting. */
const GREETING = "(?:(?:kind|best|warm|many)? ?(?:regards|thanks|wishes|thank you|cheers)|yours(?: faithfully| sincerely| truly)?|sincerely|mit freundlichen grüßen|cordialement|un saludo|saludos)";
const SIGNED = new RegExp(`(?:^|(?:^|[\\s(])(?:${GREETING.replace(/\p{Ll}/gu, (letter, at: number) => (GREETING[at - 1] === "?" ? letter : `[${letter.toUpperCase()}${letter}]`))})[,!.]? (?:/ )?)${FULL_NAME}(?: \\((?:Mrs|Mr|Miss|Ms|Dr)\\))?(?=\\.?$|, ?${FIRM}(?:[,.]|$)|,? (?:[\\w.]+@|Tel|\\d))`, "u");
const LEAD = /^(?:(?:yes|yeah|yep|sure|ok|okay|hi|hello|it's|it’s|its|it is|that's|that is|this is|of course|certainly|my name is|the name is|i'm|i am|name|well|er|erm|um|uh|oh)[,.:]? )+/iu;
const NOT_NAMES = new Set([...MONTHS, ..."calling looking having trying not so very sorry just still here interested afraid happy unhappy going waiting monday tuesday wednesday thursday friday saturday sunday today tomorrow thanks thank please yes no hello hi dear best kind regards sure order debit credit card number account same flat for from at in on with to my the a an i'm im ringing moving stood outside writing getting good morning afternoon evening english g'day british irish german french spanish new old customer agent team support service".split(" ")]);
/** Words that end an answer to "what is your name?". */
const AFTER_NAME = /[,.!?;\d(]|\b(?:and (?!\p{Lu})|but|my|from|at|thanks|thank|with|im|i'm|i've|ive|i was|here|card|that's|its|born|d o b|dob|date of)/u;

/** As it was written; spoken names that came without capitals get them. A title stays only with a surname alone. */
export const readNames: ValueReader = (line, _slot, _around, asked) => {
  const found: Reading[] = [];
  const add = (name: string, start: number): void => {
    const kept = trimmed(name);
    if (kept !== "") found.push({ value: bareName(kept), ...wordsOfText(line, start, start + kept.length) });
  };
  for (const pattern of asked ? [SURE, ASKED] : [SURE, LIKELY]) for (const match of line.text.matchAll(pattern)) if (pattern !== LIKELY || /\s/.test(trimmed(match[1] ?? ""))) add(match[1] ?? "", match.index + match[0].lastIndexOf(match[1] ?? ""));
  for (const match of line.text.matchAll(INTRODUCED)) {
    const name = match[1] ?? match[2] ?? match[3] ?? "";
    if (!found.some(({ value }) => value.includes(bareName(trimmed(name))))) add(name, match.index + match[0].lastIndexOf(name));
  }
  const longer = found.length === 1 && !/\s/.test(found[0]?.value ?? " ") ? new RegExp(`\\b${found[0]?.value}, ${FULL_NAME}(?=[.,!]|$)`, "u").exec(line.text) : null;
  if (longer?.[1] !== undefined && !found.some(({ value }) => value.includes(" "))) {
    const only = found.pop();
    add(longer[1], longer.index + longer[0].length - longer[1].length);
    if (found.length === 0 && only !== undefined) found.push(only);
  }
  const signed = SIGNED.exec(line.text);
  if (found.length === 0 && signed?.[1] !== undefined && /[\s.]/.test(trimmed(signed[1]))) add(signed[1], signed.index + signed[0].lastIndexOf(signed[1]));
  if (found.length === 0 && !/\p{Lu}\p{Ll}/u.test(line.text.slice(1))) {
    for (const match of line.line.matchAll(SPOKEN)) {
      const name = trimmed(match[1] ?? "");
      const start = match.index + match[0].length - (match[1] ?? "").length;
      if (name !== "") found.push({ value: titled(name), ...wordsAt(line, start, start + name.length) });
    }
  }
  if (found.length === 0 && asked) found.push(...answer(line));
  return apart(found);
};

/** Up to four words that can all be names, before whatever follows them in the sentence. */
function answer(line: Line): Reading[] {
  const lead = LEAD.exec(line.text)?.[0].length ?? 0;
  const title = TITLES.exec(line.text.slice(lead))?.[0].length ?? 0;
  const behind = line.text.slice(lead + title);
  const rest = (behind.slice(0, AFTER_NAME.exec(behind)?.index) ?? "").trim();
  const words = rest.split(/\s+/);
  const isName = rest.length > 1 && words.length <= 4 && words.every((word) => /^[\p{L}'’-]+$/u.test(word) && !NOT_NAMES.has(word.toLowerCase()) && !/^(?:and|his|her|him|the|our|we|they|he|she|well|why|what|because)$/i.test(words[0] ?? "") && (/^\p{Lu}/u.test(word) || word === "and" || !isFunctionWord(word.toLowerCase()))) && `${rest} `.replace(TITLES, "") !== "";
  if (!isName || (words.length === 1 && !/^\p{Lu}/u.test(rest) && behind.length > rest.length + 1)) return [];
  const start = line.text.indexOf(rest, lead + title);
  const value = /\p{Lu}/u.test(rest) ? rest : titled(rest);
  return [{ value: words.length === 1 ? line.text.slice(lead, lead + title) + value : value, ...wordsOfText(line, start, start + rest.length) }];
}

const ADDRESSED = new RegExp(`^(?:(?:[Oo]h )?[Dd]ear|[Hh]i|[Hh]iya|[Hh]ey|[Hh]ello|[Mm]orning|[Aa]fternoon|[Ee]vening|[Gg]ood (?:morning|afternoon|evening)|[Tt]hanks|[Tt]hank [Yy]ou|[Ss]orry|[Pp]erfect|[Ll]ovely|[Dd]one),? (${TITLE}*${CAPITAL}(?: ${CAPITAL}){0,2})(?=[,.!?]|$| -|’s| –)`, "u");
/** "See you Thursday, Tash.", "And what's your membership number, Mr Osgood?": at the end of a sentence, behind a comma. */
const VOCATIVE = new RegExp(`\\p{Ll}[\\p{L}\\d’']*, (${TITLE}${CAPITAL}|${CAPITAL})(?=[.!?]*$)`, "u");
const SEE_YOU = new RegExp(`\\b[Ss]ee (?:you|u)(?: (?:then|there|soon|at|on|\\p{Lu}\\p{L}*day|tomorrow|\\d{1,2}(?:[ap]m)?|today))*,? (${CAPITAL})(?=,|[.!?]*$)`, "u");
/** "Fraud line, Ken." is who answers; in longer sentences a name at the end is who is spoken to. */
const LEAST_SPOKEN_TO = 6;
const NO_CUSTOMER = /^(?:Customer|Sir|Madam|There|Again|All|Team|You|Sirs|So|No|Yes|Love|Darling|Mate|Dear|My|Honestly|Actually|January|February|March|April|May|June|July|August|September|October|November|December|God)\b/u;

/** "Dear Mr Crombie", "Thanks, Jacob", "see you Thursday, Tash": whom the house speaks to. */
export function readAddressed(line: Line): Reading | undefined {
  if (/^(?:hi|hello|hiya|(?:good )?(?:morning|afternoon|evening)), |\b(?:welcome|how (?:can|may)|you're through)\b/i.test(line.text)) return undefined;
  const match = ADDRESSED.exec(line.text) ?? SEE_YOU.exec(line.text) ?? (line.plain.length < LEAST_SPOKEN_TO || /\b(?:this is|here|speaking|it's)\b/i.test(line.text) ? null : VOCATIVE.exec(line.text));
  const name = trimmed(match?.[1] ?? "");
  if (match === null || name === "" || NO_CUSTOMER.test(name) || NOT_NAMES.has(name.toLowerCase())) return undefined;
  const end = match.index + match[0].length;
  return { value: bareName(name), ...wordsOfText(line, end - (match[1] ?? "").length, end) };
}

const FROM_FIRM = new RegExp(`(?:${NAME},? (?:calling |ringing |here )?(?:from|with|at)|\\b[Ww]e are|\\b(?:[Cc]ompany|[Ff]irm|[Ss]chool|[Bb]usiness|[Oo]rganisation|[Cc]ompany's name|[Cc]alled)(?:'s| is|:| name is)) ${FIRM}`, "gu");
const NAME_AND_FIRM = new RegExp(`(?:^|[.:] |\\b[Ii]t's |\\b[Ii]'m |${GREETING},? )${FULL_NAME}, (?:(?:\\p{Lu} )+\\p{Lu}, |(?:bursar|manager|director|owner|office manager), )?${FIRM}(?=[.,]|$)`, "gu");

const FIRM_ALONE = new RegExp(`^(?:${LEAD.source.slice(1)})?(?:we're |we are |it's called )?${FIRM}(?=[.,!]|$)`, "u");

/** Firms in capitals behind a name ("Priya Raman, with Northlake Surveyors", a signature), or named as one; asked for, a short answer. */
export const readOrganisations: ValueReader = (line, _slot, _around, asked) => {
  const found = [FROM_FIRM, NAME_AND_FIRM].flatMap((pattern) =>
    [...line.text.matchAll(pattern)].flatMap((match): Reading[] => {
      const firm = (match.at(-1) ?? "").replace(/[\s.,'’-]+$/u, "");
      const start = match.index + match[0].lastIndexOf(firm);
      return firm.length < 2 || /^(?:\p{L}\b ?)+$/u.test(firm) || NOT_NAMES.has(firm.toLowerCase().split(" ")[0] ?? "") ? [] : [{ value: firm, ...wordsOfText(line, start, start + firm.length) }];
    }),
  );
  if (found.length > 0 || !asked) return apart(found);
  const match = FIRM_ALONE.exec(line.text);
  const firm = match?.[1] ?? "";
  const start = line.text.indexOf(firm);
  return firm.length < 2 || NOT_NAMES.has(firm.toLowerCase()) ? [] : [{ value: firm, ...wordsOfText(line, start, start + firm.length) }];
};

function trimmed(name: string): string {
  const words = name.split(" ");
  const end = words.findIndex((word) => NOT_NAMES.has(word.toLowerCase()) || (isFunctionWord(word.toLowerCase()) && word.toLowerCase() !== "and"));
  return words.slice(0, end < 0 ? undefined : end).join(" ").replace(/(?: and)?[.'’-]*$/u, "");
}

/** "Trewin" and then "Margaret Trewin", "N. Eze" and "Ngozi Eze": the same person, called more fully. */
export function isFullerName(value: string, known: string): boolean {
  const [full, short] = [value, known].map((name) => name.replace(TITLES, "").toLowerCase().split(/[\s.]+/).filter(Boolean));
  if (full === undefined || short === undefined || full.length < 2 || full.join(" ") === short.join(" ")) return false;
  const isSame = (one: string, other: string): boolean => one === other || (other.length === 1 && one.startsWith(other));
  return short.every((word) => full.some((one) => isSame(one, word))) && full.join("").length > short.join("").length;
}

/** Without its title, unless nothing but a surname would be left. */
function bareName(name: string): string {
  const plain = name.replace(TITLES, "");
  return /\s/.test(plain) ? plain : name.replace(/^mister /i, "Mr ");
}

function titled(name: string): string {
  return name.replace(/(^|[\s'-])(\p{Ll})/gu, (_, before: string, letter: string) => before + letter.toUpperCase());
}
