// Writes the chosen sentences as points that stand alone and as one paragraph. Only words that were said, in reported form or quoted.
import type { Party, SummaryPoint } from "../../domain/index.ts";
import type { Conversation } from "../text/conversation.ts";
import { readSignals } from "../facts/signals.ts";
import { reportQuestion } from "../wording/questions.ts";
import { reportStatement } from "../wording/reported-speech.ts";
import { tidy } from "../wording/tidy.ts";
import type { Choice } from "./choose.ts";

/** A point, and how it reads after the point before it. */
export interface WrittenPoint extends SummaryPoint {
  inParagraph: string;
  isDetail?: true;
}

/** Longer sentences are cut to their telling clauses. */
const MAX_WORDS = 30;

/**
 * @param proved the evidence check
 * @returns one point per choice, without those of which nothing is left; `dropped` counts those that were not proved
 */
export function writePoints(choices: readonly Choice[], partiesKnown: boolean, proved: (text: string, evidence: readonly string[]) => boolean): { points: WrittenPoint[]; dropped: number } {
  const points: WrittenPoint[] = [];
  let dropped = 0;
  let previous: Party | undefined;
  for (const choice of choices) {
    const essential = shorten(tidy(choice.sentence.text));
    if (essential === "") continue;
    const party: Party | undefined = !partiesKnown || choice.sentence.speaker === "unknown" ? undefined : choice.sentence.speaker === "customer" ? "customer" : "agent";
    const evidence = [...new Set([...choice.sentence.turnIds, ...(choice.answer?.sentence.turnIds ?? [])])];
    if (party === undefined) {
      points.push({ text: quoted(essential), inParagraph: quoted(essential), evidence });
      continue;
    }
    const continues = previous === "customer" && choice.isDetail === undefined;
    const answer = choice.answer === undefined ? "" : choice.answer.accepts ? ", and the customer accepts" : ", and the customer declines";
    const point = { text: withAnswer(write(essential, party, choice.part, false), answer), inParagraph: withAnswer(write(essential, party, choice.part, continues), answer), evidence, ...(choice.isDetail && { isDetail: choice.isDetail }) };
    if (!proved(point.text, evidence) || !proved(point.inParagraph, evidence)) {
      dropped++;
      continue;
    }
    points.push(point);
    if (choice.isDetail === undefined) previous = answer !== "" || (/^(?:The customer|They|Their)\b/.test(point.text) && choice.part !== "ending") ? "customer" : "agent";
  }
  return { points, dropped };
}

/** The paragraph for people: the points in one piece, and a word about how far it can be trusted. */
export function writeParagraph(points: readonly WrittenPoint[], conversation: Pick<Conversation, "partiesKnown" | "weakShare">): string {
  const parts: string[] = [];
  for (const [at, point] of points.entries()) {
    const before = points[at - 1]?.inParagraph ?? "";
    const same = /^The agent (will|has|can|is) /.exec(point.inParagraph)?.[1];
    parts.push(same !== undefined && before.startsWith(`The agent ${same} `) && !/ also /.test(point.inParagraph) ? point.inParagraph.replace(`The agent ${same} `, `The agent ${same} also `) : point.inParagraph);
  }
  const body = parts.join(" ");
  const lead = conversation.partiesKnown ? "" : "The recording does not tell the two parties apart. Said on the call: ";
  return `${lead}${body}${conversation.weakShare > 0.5 ? " Much of this call was hard to make out, so check the recording." : ""}`;
}

function write(essential: string, party: Party, part: Choice["part"], continues: boolean): string {
  if (part === "ending") return `At the end the ${party} says: ${quoted(essential)}`;
  const both = party === "customer" ? stateAndAsk(essential, continues) : undefined;
  if (both !== undefined) return both;
  const asked = reportQuestion(essential, party);
  if (asked !== undefined) return continues && party === "customer" ? asked.replace(/^The customer asks/, "They ask") : asked;
  const stated = /\?$/.test(essential) ? undefined : reportStatement(essential, party, continues);
  if (stated !== undefined) return stated.replace(/^(The customer|They|The agent) (?:is|are|was) (?:just )?(?:calling|phoning|ringing|contacting the company|getting in touch)\b/, "$1 called").replace(/\b(and) (?:is|are|they are) (?:calling|phoning|ringing) (?=about|because|to|for)/, "$1 called ");
  const verb = /\?$/.test(essential) ? "ask" : "say";
  return `${continues && party === "customer" ? `They ${verb}` : `The ${party} ${verb}s`}: ${quoted(essential)}`;
}

/** "I would like to buy a desk, do you have it in stock?": a statement with its question. */
function stateAndAsk(essential: string, continues: boolean): string | undefined {
  const parts = /^(.+?),\s*((?:do|does|is|are|can|could|what|when|how|where|will|would)\b.+\?)$/i.exec(essential);
  const stated = parts === null ? undefined : reportStatement(`${parts[1] ?? ""}.`, "customer", continues);
  const asked = parts === null ? undefined : reportQuestion(parts[2] ?? "", "customer");
  if (stated === undefined || asked === undefined || !/^(?:The customer|They) /.test(stated)) return undefined;
  return stated.replace(/\.$/, asked.replace(/^The customer asks/, stated.startsWith("They") ? " and ask" : " and asks"));
}

function withAnswer(text: string, answer: string): string {
  return answer === "" ? text : `${text.replace(/[.”]+$/, (end) => (end.includes("”") ? "”" : ""))}${answer}.`;
}

function quoted(text: string): string {
  return `“${text}”`;
}

/** Keeps the clauses that do something (promise, complain, ask …) when a sentence is long; cuts off the rest. */
function shorten(text: string): string {
  const words = text.split(" ");
  if (words.length <= MAX_WORDS) return text;
  const clauses = text.split(/(?<=[,;])\s+|\s+(?=(?:and|but|so|because)\s+(?:i|we|you|it|they|he|she|the|my|your|there)\b)/i);
  const kept: string[] = [];
  let length = 0;
  for (const clause of clauses) {
    const size = clause.split(" ").length;
    const telling = readSignals({ line: clause.toLowerCase().replace(/[^\p{L}\p{N} ']/gu, ""), speaker: "unknown" }).size > 0;
    if (kept.length === 0 && !telling && clauses.length > 1 && clause !== clauses.at(-1)) continue;
    if (length + size > MAX_WORDS) break;
    kept.push(clause);
    length += size;
  }
  const cut = kept.join(" ").replace(/[,;\s]+(?:and|but|so|because)?[,;\s]*$/i, "");
  return tidy(cut === "" ? `${words.slice(0, MAX_WORDS).join(" ")}…` : cut) || `${words.slice(0, MAX_WORDS).join(" ")}…`;
}
