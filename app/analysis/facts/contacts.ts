// E-mail addresses, telephone numbers and references, typed or spoken ("jane dot doe at example dot com", "double five one…"). Pure.
import type { Sentence } from "../text/conversation.ts";
import type { Found } from "./found.ts";

/** What the agent last asked for: a bare number after it is the answer. */
export interface Asked {
  topic: "reference" | "phone" | "birth" | "email" | "name";
  index: number;
}

const LABEL = "order|account|customer|policy|reference|booking|claim|ticket|tracking|invoice|case|contract|meter|membership|confirmation|serial|flight|complaint|incident|request|application|parcel|reservation";
const CODE = "(?:(?!is |was |of |on |the |for |and |to |my |a |it )[a-z]{2,3} (?=\\d))?(?:(?:[a-z]|[a-z]{0,4}\\d[a-z\\d-]*) ){0,12}(?:[a-z]|[a-z]{0,4}\\d[a-z\\d-]*)";
const REFERENCE = new RegExp(`\\b(?:${LABEL})(?: (?:reference|number|id|code|no|ref))*(?: (?:number|is|was|for that is|ending in|ends in|ending|of|it is|that is|will be|for you|please))* (${CODE})(?= |$)`, "g");
const PHONE_CONTEXT = /\b(?:phone|mobile|cell|telephone|landline|contact|callback|call back) number\b|\b(?:call|ring|phone|reach|text|whatsapp) (?:me |us |him |her |you )?(?:back )?(?:on|at)\b|\bmy number is\b/;
const DIGIT_RUN = /(?:^|[ (])(\+?\d[\d -]{4,22}\d)(?= |$)/g;
const EMAIL_TYPED = /[\p{L}\p{N}_.+-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+/gu;
const EMAIL_SPOKEN = /\b((?:(?:[a-z]|\d{1,4}) ){0,12}(?:[\p{L}\d]{1,30} (?:dot|underscore|dash|hyphen) ){0,4}[\p{L}\d]{1,30}) at ((?:[\p{L}\d]{1,30} (?:dot|dash|hyphen) ){1,4}(?:com|org|net|co|uk|io|info|biz|edu|gov|eu|us|de|fr|es|it|nl|ie|ca|au|in|nz|za|ch|at|be|pl|se|no|dk|fi|pt))\b/gu;

/** @returns what a sentence of the agent asks the customer to say, if anything */
export function readQuestionTopic(line: string, index: number): Asked | undefined {
  if (!/\b(?:can|could|may|would|what|tell me|give me|confirm|have|take|please)\b/.test(line)) return undefined;
  if (/\bdate of birth\b/.test(line)) return { topic: "birth", index };
  if (/\be-?mail(?: address)?\b/.test(line) && !/\bby email\b/.test(line)) return { topic: "email", index };
  if (/\b(?:phone|mobile|telephone|contact|callback) number\b/.test(line)) return { topic: "phone", index };
  if (new RegExp(`\\b(?:${LABEL}) (?:number|reference|id|code)|reference\\b`).test(line)) return { topic: "reference", index };
  return /\b(?:your|the|full) name\b/.test(line) ? { topic: "name", index } : undefined;
}

/** @returns e-mail addresses, telephone numbers and references of a sentence, never overlapping */
export function findContacts(sentence: Sentence, asked: Asked | undefined): Found[] {
  const { line } = sentence;
  const found: Found[] = [];
  const add = (kind: Found["kind"], value: string, start: number, end: number): void => {
    if (!found.some((other) => start < other.end && end > other.start)) found.push({ kind, value, start, end });
  };
  for (const match of line.matchAll(EMAIL_TYPED)) add("email", match[0].replace(/\.$/, ""), match.index, match.index + match[0].length);
  for (const match of line.matchAll(EMAIL_SPOKEN)) {
    const local = trimLocal(match[1] ?? "");
    const start = match.index + (match[1] ?? "").length - local.length;
    add("email", `${writeAddress(local)}@${writeAddress(match[2] ?? "")}`, start, match.index + match[0].length);
  }
  for (const match of line.matchAll(REFERENCE)) {
    const code = trimCode(match[1] ?? "");
    const end = match.index + match[0].lastIndexOf(match[1] ?? "") + code.length;
    if (code.replace(/\D/g, "").length >= 3) add("reference", code.replace(/[ -]/g, "").toUpperCase(), match.index, end);
  }
  for (const match of line.matchAll(DIGIT_RUN)) {
    const run = match[1] ?? "";
    const digits = run.replace(/\D/g, "");
    const start = match.index + match[0].length - run.length;
    const before = line.slice(0, start);
    const isPhone = digits.length <= 15 && (PHONE_CONTEXT.test(before) || asked?.topic === "phone" || (digits.length >= 10 && digits.length <= 12 && /^(?:\+|0)/.test(run)));
    if (isPhone) add("phone", (run.startsWith("+") ? "+" : "") + digits, start, start + run.length);
  }
  if (asked?.topic === "reference" && sentence.speaker === "customer") {
    for (const match of line.matchAll(new RegExp(`(?:^| )(?:(?:yes|sure|it is|that is|of course|the number is|number) )*(${CODE})$`, "g"))) {
      const code = trimCode(match[1] ?? "");
      const start = match.index + match[0].lastIndexOf(match[1] ?? "");
      if (code.replace(/\D/g, "").length >= 3) add("reference", code.replace(/[ -]/g, "").toUpperCase(), start, start + code.length);
    }
  }
  return found;
}

/** "a" and "i" at the end of a code are words of the next clause. */
function trimCode(code: string): string {
  return code.replace(/(?: [a-z])+$/, (tail) => (/^(?: [ai])+$/.test(tail) ? "" : tail)).trim();
}

/** Words before the address that are not part of it ("my email is a n n a dot…" keeps "a n n a dot…"). */
function trimLocal(local: string): string {
  return local.replace(/^(?:(?:a|i|is|it|s) )(?=[\p{L}\d]{2,} (?:dot|underscore|dash|hyphen)|[\p{L}\d]{2,}$)/u, "");
}

function writeAddress(spoken: string): string {
  return spoken.replace(/ dot /g, ".").replace(/ underscore /g, "_").replace(/ (?:dash|hyphen) /g, "-").replaceAll(" ", "");
}
