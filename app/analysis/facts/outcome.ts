// How the call ended: a table of rules over the signals, tried from top to bottom; the first that holds decides and names its evidence. Pure.
import type { Outcome } from "../../domain/index.ts";
import type { Sentence } from "../text/conversation.ts";
import type { Signals } from "./signals.ts";

export interface OutcomeFinding {
  outcome: Outcome;
  /** ids of the turns that decided; empty for `unknown` */
  evidence: string[];
  /** name of the rule that held, for people who ask why */
  rule: string;
}

/** What the rules look at. All are sentences in order of time. */
interface Course {
  transfers: Sentence[];
  managerRequests: Sentence[];
  done: Sentence[];
  promises: Sentence[];
  /** further contact, visit, ticket, or something the customer must send */
  open: Sentence[];
  accepts: Sentence[];
  satisfied: Sentence[];
  /** rejections, threats, complaints and anger that no acceptance followed */
  unhappyEnd: Sentence[];
  stillBroken: Sentence[];
  worksNow: Sentence[];
  cannot: Sentence[];
  waits: Sentence[];
  /** what the agent explained to a customer who asked */
  findings: Sentence[];
  questions: Sentence[];
}

interface Rule {
  name: string;
  outcome: Outcome;
  /** @returns the sentences that prove it, or undefined when the rule does not hold */
  holds(course: Course): Sentence[] | undefined;
}

const all = (...lists: Sentence[][]): Sentence[] | undefined => (lists.every((list) => list.length > 0) ? lists.flatMap((list) => list.slice(-1)) : undefined);
const after = (list: Sentence[], than: Sentence[]): Sentence[] => list.filter((one) => one.index > (than.at(-1)?.index ?? -1));

/** After the hand-over the call went on and came to something: done, working, or promised and accepted. */
const takenUpAgain = (c: Course): boolean =>
  after([...c.done, ...c.worksNow], c.transfers).length > 0 || (after([...c.open, ...c.promises], c.transfers).length > 0 && after(c.accepts, c.transfers).length > 0);

/** First match wins. */
const RULES: readonly Rule[] = [
  { name: "handed on and not taken up again", outcome: "escalated", holds: (c) => (takenUpAgain(c) ? undefined : all(c.transfers)) },
  { name: "works again, says the customer", outcome: "resolved", holds: (c) => (after(c.stillBroken, c.worksNow).length === 0 && c.unhappyEnd.length === 0 ? all(c.worksNow) : undefined) },
  { name: "the customer leaves unhappy", outcome: "unresolved", holds: (c) => all(c.unhappyEnd) },
  { name: "further contact agreed", outcome: "follow_up", holds: (c) => (after(c.worksNow, c.open).length === 0 ? all(c.open) : undefined) },
  { name: "still not working at the end", outcome: "unresolved", holds: (c) => (after([...c.done, ...c.promises, ...c.accepts, ...c.worksNow], c.stillBroken).length === 0 ? all(c.stillBroken) : undefined) },
  { name: "done by the agent and accepted", outcome: "resolved", holds: (c) => all(c.done, after([...c.accepts, ...c.satisfied].sort(byTime), c.done.slice(0, 1))) },
  { name: "done by the agent", outcome: "resolved", holds: (c) => all(c.done) },
  { name: "promised and accepted", outcome: "resolved", holds: (c) => all(c.promises, after([...c.accepts, ...c.satisfied].sort(byTime), c.promises.slice(0, 1))) },
  { name: "promised, not confirmed by the customer", outcome: "follow_up", holds: (c) => all(c.promises) },
  { name: "the agent could not help", outcome: "unresolved", holds: (c) => (c.accepts.length === 0 ? all(c.cannot) : undefined) },
  { name: "a manager was asked for and did not come", outcome: "unresolved", holds: (c) => all(c.managerRequests) },
  { name: "the customer waits", outcome: "follow_up", holds: (c) => all(c.waits) },
  { name: "answered, and the customer needs no more", outcome: "resolved", holds: (c) => (c.findings.length > 0 ? all(c.findings, after(c.satisfied.concat(c.accepts).sort(byTime), c.findings.slice(0, 1))) : undefined) },
];

/**
 * @param sentences all sentences of the call, in order
 * @param signals   signals of each sentence, by its index
 */
export function decideOutcome(sentences: readonly Sentence[], signals: readonly Signals[]): OutcomeFinding {
  if (isOneSided(sentences)) return { outcome: "unknown", evidence: [], rule: ONE_SIDED };
  const course = readCourse(sentences, signals);
  for (const rule of RULES) {
    const proof = rule.holds(course);
    if (proof !== undefined && proof.length > 0) {
      return { outcome: rule.outcome, evidence: [...new Set(proof.sort(byTime).flatMap((sentence) => sentence.turnIds))], rule: rule.name };
    }
  }
  return { outcome: "unknown", evidence: [], rule: "nothing decided" };
}

/** Nothing can be settled where nobody answered. */
export const ONE_SIDED = "only one side was there";

/** A letter that waits, a message on a machine: only one party spoke, or a machine took the call. */
function isOneSided(sentences: readonly Sentence[]): boolean {
  const parties = new Set(sentences.map(({ speaker }) => (speaker === "bot" ? "agent" : speaker)));
  const isMachine = sentences.slice(0, 4).some(({ line }) => /\b(?:leave (?:a|your) message|after the (?:tone|beep)|(?:is|are) not available (?:right now|at the moment|to take)|reached the voicemail)\b/.test(line));
  return isMachine || (parties.size === 1 && !parties.has("unknown"));
}

function readCourse(sentences: readonly Sentence[], signals: readonly Signals[]): Course {
  // badly heard sentences decide only when nothing else speaks
  const clear = sentences.filter((sentence) => sentence.weight === 1);
  const heard = clear.length >= 4 ? clear : sentences;
  const having = (...names: string[]): Sentence[] => heard.filter((sentence) => names.some((name) => signals[sentence.index]?.has(name) ?? false));
  const done = having("done").filter((sentence) => !(signals[sentence.index]?.has("ticket") ?? false));
  const worksNow = having("works_now");
  const accepts = having("accepts").filter((sentence) => !(signals[sentence.index]?.has("rejects") ?? false));
  const satisfied = having("satisfied_close");
  const consent = [...accepts, ...satisfied.filter((sentence) => !/^no(?: |$)/.test(sentence.line) || sentence.line.length > 12), ...having("pleased"), ...worksNow].sort(byTime);
  const unhappy = having("rejects", "threat", "complaint", "angry").filter((sentence) => sentence.position >= 0.5);
  return {
    transfers: having("transfer"),
    managerRequests: having("manager_request"),
    done,
    promises: having("promise"),
    // "bring your card on Monday" needs no further contact; "send us the form" does
    open: having("contact", "ticket", "needs_customer").filter((sentence) => !/\b(?:bring|keep|wait|show)\b/.test(sentence.line) || /\b(?:send|call|visit|contact|post)\b/.test(sentence.line)),
    accepts,
    satisfied,
    unhappyEnd: after(unhappy, consent).filter((sentence) => after(done, [sentence]).length === 0 && (after([...having("promise", "contact")], [sentence]).length === 0 || after(having("threat", "rejects"), having("promise", "contact")).length > 0)),
    stillBroken: having("still_broken").filter((sentence) => sentence.position >= 0.5),
    worksNow,
    cannot: having("cannot"),
    waits: having("waits"),
    findings: having("finding", "done"),
    questions: having("question"),
  };
}

function byTime(a: Sentence, b: Sentence): number {
  return a.index - b.index;
}
