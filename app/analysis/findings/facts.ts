// What the parts of a conversation say: points, tasks and names, each proved by the turns it cites or dropped and counted.
import type { ActionItem, Entity, Promised, Speaker, SummaryPoint } from "../../domain/index.ts";
import { findDates, type IsoDate } from "../facts/calendar.ts";
import { facts1 } from "../prompts/facts-1.ts";
import type { Chunk } from "../reading/chunks.ts";
import { documentOf, type Item } from "../reading/items.ts";
import { lineFor } from "../reading/plan-reading.ts";
import { readPlain } from "../text/conversation.ts";
import { createEvidence, type Evidence } from "./evidence.ts";
import type { Inquiry } from "./inquiry.ts";
import { withTerms, type Terms } from "./terms.ts";

/** Everything that was found and proved, in the order of the conversation. */
export interface Facts {
  points: SummaryPoint[];
  intent: SummaryPoint | null;
  tasks: (ActionItem & { promised: boolean })[];
  names: Entity[];
  /** what was said without proof */
  dropped: number;
  /** of which so many were tasks, and what the customer wants */
  unproved: { tasks: number; intent: number };
}

export interface FactsGround {
  items: readonly Item[];
  /** who said what, by id of the message */
  speakers: ReadonlyMap<string, Speaker>;
  language: string;
  english: boolean;
  /** day of the conversation */
  today: IsoDate;
  /** what is shown before every part; no line of it can be cited */
  terms?: Terms | undefined;
}

type Answers = { [Name in keyof typeof facts1.questions]: ReturnType<(typeof facts1.questions)[Name]["parse"]> };

/** @returns what a model is told and given of one chunk; the same words for every question, so that it reads them once */
export function readingOf(chunk: Chunk, chunks: number, { items, language, terms }: FactsGround): { system: string; document: string } {
  const reading = { system: facts1.system(language, chunks === 1 ? "one conversation" : "a part of one conversation"), document: documentOf("conversation", chunk.pieces.map((piece) => lineFor(items, piece))) };
  return withTerms(reading, terms);
}

/** Asks for the facts of every chunk. @throws as the model does */
export async function findFacts(chunks: readonly Chunk[], ground: FactsGround, inquiry: Inquiry): Promise<Facts> {
  const facts: Facts = { points: [], intent: null, tasks: [], names: [], dropped: 0, unproved: { tasks: 0, intent: 0 } };
  for (const chunk of chunks) {
    const { points: asked, tasks, names } = facts1.questions;
    const [points, todo, named] = await inquiry.ask(facts1.version, readingOf(chunk, chunks.length, ground), [asked, tasks, names]);
    addProved({ points, tasks: todo, names: named }, chunk, ground, facts);
  }
  return facts;
}

function addProved(answers: Answers, chunk: Chunk, ground: FactsGround, facts: Facts): void {
  const shown = new Set(chunk.pieces.map((piece) => piece.item));
  const evidence = createEvidence(ground.items.filter((_, at) => shown.has(at)), ground.english);
  for (const { text, ...cited } of answers.points.points) keep(facts, evidence.proveFinding(cited, text), (ids) => addOnce(facts.points, { text: sentence(text), evidence: ids }));
  const { text, ...cited } = answers.points.intent;
  if (text.trim() !== "" && facts.intent === null && !keep(facts, evidence.proveFinding(cited, text), (ids) => (facts.intent = { text: sentence(text), evidence: ids }))) facts.unproved.intent++;
  for (const task of answers.tasks.tasks) {
    const isKept = keep(facts, evidence.proveFinding(task, task.text), (ids) => {
      const promised = task.promised && ids.some((id) => mayBe(ground.speakers.get(id), task.by));
      addOnce(facts.tasks, { text: title(task.text), owner: task.by, due: dueOf(task, evidence, ground), evidence: ids, promised });
    });
    if (!isKept) facts.unproved.tasks++;
  }
  for (const name of answers.names.names) keep(facts, evidence.proveWords(name.turn, name.text), (ids) => addName(facts.names, { kind: name.kind, text: name.text.trim(), value: valueOf(name, ground.today), evidence: ids }));
}

/** @returns whether it was proved */
function keep(facts: Facts, ids: string[] | undefined, add: (ids: string[]) => void): boolean {
  if (ids === undefined) facts.dropped++;
  else add(ids);
  return ids !== undefined;
}

/** Turns that two chunks share are read twice: the same words about the same turns are one finding. */
function addOnce<Finding extends SummaryPoint>(list: Finding[], finding: Finding): void {
  const stems = wordsOf(finding.text);
  const isSame = (other: Finding): boolean => other.text === finding.text || (other.evidence.some((id) => finding.evidence.includes(id)) && shareOf(stems, wordsOf(other.text)) >= 0.7);
  if (!list.some(isSame)) list.push(finding);
}

function addName(names: Entity[], name: Entity): void {
  const known = names.find((other) => other.kind === name.kind && other.text.toLowerCase() === name.text.toLowerCase());
  if (known === undefined) names.push(name);
  else known.evidence = [...new Set([...known.evidence, ...name.evidence])].slice(0, 5);
}

/** The day is worked out by the calendar from the words, never by the model; words that nobody said count for nothing. */
function dueOf(task: Answers["tasks"]["tasks"][number], evidence: Evidence, { english, today }: FactsGround): IsoDate | null {
  const when = plain(task.when, english);
  const isSaid = when !== "" && evidence.itemsOf(task).some((item) => plain(item.proof, english).includes(when));
  const lines = [...(isSaid ? [when] : []), plain(task.quote, english)];
  return lines.flatMap((line) => findDates(line, today, "future")).find(({ date }) => date !== null && date >= today)?.date ?? null;
}

function valueOf({ kind, text }: { kind: Entity["kind"]; text: string }, today: IsoDate): string | null {
  if (kind === "date") return findDates(plain(text), today, "open")[0]?.date ?? null;
  if (kind === "reference" || kind === "number") return text.replace(/[^\p{L}\p{N}-]/gu, "") || null;
  return kind === "email" ? text.trim().toLowerCase() : null;
}

function mayBe(speaker: Speaker | undefined, party: "agent" | "customer"): boolean {
  return speaker === "unknown" || (speaker === "bot" ? "agent" : speaker) === party;
}

function plain(text: string, english = true): string {
  return readPlain(text, english).plain.map((word) => word.text).join(" ");
}

function wordsOf(text: string): Set<string> {
  return new Set(readPlain(text).plain.map((word) => word.text));
}

function shareOf(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  return [...a].filter((word) => b.has(word)).length / Math.max(1, Math.min(a.size, b.size));
}

function sentence(text: string): string {
  const whole = title(text);
  return /[.!?…。！？]["”’)]?$/.test(whole) ? whole : `${whole}.`;
}

function title(text: string): string {
  const trimmed = text.replace(/\s+/g, " ").trim();
  return trimmed.charAt(0).toUpperCase() + trimmed.slice(1);
}

/** @returns promises among the tasks */
export function promisesOf(tasks: Facts["tasks"]): Promised[] {
  return tasks.filter((task) => task.promised).map(({ text, owner, due, evidence }) => ({ text, by: owner, due, evidence }));
}
