// Who will do what by when: promises of the agent and the customer, and what the customer was asked to send.
import type { ActionItem, Party, Promised } from "../../domain/index.ts";
import type { Pacer } from "../pacer.ts";
import { reportStatement, reportTask } from "../wording/reported-speech.ts";
import { tidy } from "../wording/tidy.ts";
import type { Sentence } from "../text/conversation.ts";
import { partyOf } from "../text/party.ts";
import { contentStems, readPlain } from "../text/conversation.ts";
import { findDates, type IsoDate } from "./calendar.ts";
import { readSignals, type Signals } from "./signals.ts";

/** What a clause must look like, and how the task is cut from it. `task` is the part that starts with the verb. */
interface Rule {
  speaker: Party;
  owner: Party;
  words: RegExp;
  /** `task`: group 1 begins with the verb · `statement`: the clause has another subject and is reported whole */
  form: "task" | "statement";
  unless?: RegExp;
}

const WILL = "(?:will|'ll|shall|am going to|'m going to|are going to|'re going to)";
const NOW = "(?:also |then |just |now |personally |certainly |gladly |definitely |of course )*";
/** Done during the call, or only said. */
const IN_CALL = /^(?:(?:check|look|see|have|take|be|need|put you|transfer you|pass you|hold|wait|explain|ask you|read|go (?:ahead|through)|try|start|stay|leave|talk you|walk you|help|tell|say|let me|just|do (?:that|it|this|my best)|quickly|open your|pull|find your|get (?:that|this|your)|bring up|stop)\b(?! (?:you (?:know|a )|in touch|with the (?:warehouse|team|manager|bank)|the (?:warehouse|team)|into))|confirm your|connect you|put (?:me|you|the call) (?:through|on))/;
const STAFF = "(?:technician|engineer|manager|specialist|colleague|supervisor|team leader|driver|courier|adviser|advisor|doctor|nurse|surveyor|someone|somebody|plumber|electrician|case handler|representative)";
const CUSTOMER_DOES = "send|email|mail|upload|return|bring|post|complete|fill|sign|pay|provide|forward|submit|reply|scan|attach|show|contact|visit|call|report|keep|wait|download|register|go|take|drop|transfer|text|check|speak|let you know|order|book|come|give|pick|make|update|apply|confirm|cancel|restart|reset|try";

/** First match of a clause wins. */
const RULES: readonly Rule[] = [
  { speaker: "agent", owner: "agent", form: "task", words: new RegExp(`\\b(?:i|we) ?${WILL} ${NOW}(.+)$`, "i"), unless: IN_CALL },
  { speaker: "agent", owner: "customer", form: "task", words: new RegExp(`\\byou(?: will|'ll| would| do)? (?:need|have|are required) to (?:just |also |please )*((?:${CUSTOMER_DOES})\\b.+)$`, "i"), unless: /^(?:wait \d|restart|reset|try|hold|confirm|speak up|keep (?:holding|the line))/ },
  { speaker: "agent", owner: "customer", form: "task", words: new RegExp(`\\byou (?:must|should) (?:also )?((?:${CUSTOMER_DOES})\\b.+)$`, "i"), unless: /^(?:get|receive|see|have)/ },
  { speaker: "agent", owner: "customer", form: "task", words: /^(?:so |and |then |or )*(?:(?:can|could|would) you )?please (?:also |just )?((?:send|email|upload|return|bring|post|complete|fill|sign|pay|provide|forward|submit|scan|attach|call us|contact|report|reply)\b.+)$/i },
  { speaker: "agent", owner: "customer", form: "task", words: /\b(?:can|could|would) you (?:please |also )*((?:send|email|upload|return|post|forward|submit|scan|attach|complete|fill in|sign)\b.+)$/i },
  { speaker: "agent", owner: "agent", form: "statement", words: new RegExp(`^(?:an?|the|our|my|one of our)? ?(?:\\w+ ){0,3}${STAFF}(?: \\w+){0,4}? (?:will|is going to) (?:call|ring|phone|visit|contact|come|be|attend|get back|look|reach|arrive).*$`, "i") },
  { speaker: "agent", owner: "agent", form: "statement", words: /^you(?: will|'ll| should) (?:also |then )?(?:receive|get|have (?:it|your|the|a)) .+$/i },
  { speaker: "agent", owner: "agent", form: "statement", words: /^(?:your|the|a|an) (?:[\w']+ ){1,5}will (?:be (?:sent|refunded|credited|delivered|emailed|dispatched|posted|removed|replaced|paid|processed))\b.*$/i },
  { speaker: "customer", owner: "customer", form: "task", words: new RegExp(`\\bi ?${WILL} ${NOW}((?:${CUSTOMER_DOES})\\b.+)$`, "i"), unless: /^(?:wait|leave|cancel|go to (?:another|a different)|take my (?:business|money)|try to|contact (?:the ombudsman|my lawyer))/ },
];

const MAX_ITEMS = 12;

/** A task, and whether its owner said it: what the customer is told to send nobody has promised. */
type Task = ActionItem & { isPromised: boolean };

/**
 * @param today day of the call in the site's time zone; relative days count from it
 * @param learned sentences that a trained model takes for somebody's task; they are reported whole where no rule cuts the task out of them
 * @returns tasks in the order they were spoken of, the same task once. A speaker that is not known ("mono") counts where the words fit one party only.
 */
export async function readActionItems(sentences: readonly Sentence[], signals: readonly Signals[], today: IsoDate, pacer: Pacer, learned: ReadonlyMap<number, { owner: Party; isPromised: boolean }> = new Map()): Promise<Task[]> {
  const items: (Task & { stems: Set<string> })[] = [];
  for (const sentence of sentences) {
    await pacer.breathe();
    const told = signals[sentence.index]?.has("instruction") ?? false ? undefined : learned.get(sentence.index);
    const byRule = mayPromise(sentence, signals) ? readSentence(sentence, today) : [];
    for (const item of byRule.length === 0 && told !== undefined ? wholeOf(sentence, told, today) : byRule) {
      const stems = new Set(contentStems(readPlain(item.text).plain));
      const same = items.find((other) => other.owner === item.owner && overlap(other.stems, stems) >= 0.6);
      if (same === undefined) items.push({ ...item, stems });
      else {
        same.evidence = [...new Set([...same.evidence, ...item.evidence])];
        same.due ??= item.due;
        same.isPromised ||= item.isPromised;
        if (stems.size > same.stems.size) Object.assign(same, { text: item.text, stems, due: item.due ?? same.due });
      }
      if (items.length >= MAX_ITEMS) return items.map(({ stems: _, ...rest }) => rest);
    }
  }
  await pacer.breathe();
  for (const item of acceptedRequests(sentences, signals, today)) if (items.length < MAX_ITEMS && !items.some((other) => overlap(other.stems, new Set(contentStems(readPlain(item.text).plain))) >= 0.6)) items.push({ ...item, stems: new Set() });
  return items.map(({ stems: _, ...rest }) => rest);
}

/** @returns what the parties said they would do themselves */
export function promisesOf(tasks: readonly Task[]): Promised[] {
  return tasks.filter((task) => task.isPromised).map(({ text, owner, due, evidence }) => ({ text, by: owner, due, evidence: [...evidence] }));
}

/** The sentence as it would be told; in quotes where its pronouns are not sure. */
function wholeOf(sentence: Sentence, { owner, isPromised }: { owner: Party; isPromised: boolean }, today: IsoDate): Task[] {
  const essential = tidy(sentence.text);
  if (contentStems(readPlain(essential).plain).length < 2) return [];
  const text = essential.endsWith("?") ? undefined : reportStatement(essential, partyOf(sentence) === "customer" ? "customer" : "agent")?.replace(/^The (?:agent|customer) says (?:that )?(\w)/, (_, letter: string) => letter.toUpperCase());
  return [{ text: text === undefined ? `“${essential}”` : finish(text), owner, due: dueOf(sentence.line, today), evidence: [...sentence.turnIds], isPromised }];
}

function dueOf(line: string, today: IsoDate): IsoDate | null {
  return findDates(line, today, "future").find((date) => date.date !== null && date.date >= today)?.date ?? null;
}

function mayPromise(sentence: Sentence, signals: readonly Signals[]): boolean {
  if (!/\b(?:will|shall|going to|need to|have to|must|should|please|can you|could you|would you|required)\b/.test(sentence.line)) return false;
  const own = signals[sentence.index];
  return own === undefined || !own.has("threat");
}

function readSentence(sentence: Sentence, today: IsoDate): Task[] {
  const items: Task[] = [];
  for (const clause of clausesOf(sentence.text)) {
    if (/\?\s*$/.test(clause) && !/\b(?:can|could|would) you\b/i.test(clause)) continue;
    if (/\bif (?!you (?:have|need|want|like|could|can)|possible)/i.test(clause) && sentence.speaker === "customer") continue;
    for (const rule of RULES) {
      if (!speaks(sentence, rule.speaker, clause)) continue;
      const match = rule.words.exec(clause.replace(/[.?!\s]+$/, ""));
      if (match === null) continue;
      const task = match[1] ?? match[0];
      if (rule.unless?.test(task.toLowerCase()) ?? false) break;
      const text = rule.form === "task" ? reportTask(task, rule.speaker, rule.owner) : reportStatement(`${task}.`, rule.speaker);
      const plain = rule.form === "statement" ? (text ?? task).replace(/^The agent says (\w)/, (_, letter: string) => letter.toUpperCase()) : (text ?? task);
      const line = readPlain(clause).plain.map((word) => word.text).join(" ");
      items.push({ text: finish(plain), owner: rule.owner, due: dueOf(line, today), evidence: [...sentence.turnIds], isPromised: rule.speaker === rule.owner });
      break;
    }
  }
  return items.filter((item) => contentStems(readPlain(item.text).plain).length >= 1 && item.text.length >= 8);
}

/** An unknown speaker is taken for the agent when the clause speaks to "you", for nobody otherwise. */
function speaks(sentence: Sentence, speaker: Party, clause: string): boolean {
  if (sentence.speaker === "unknown") return speaker === "agent" && /\byou(?:r|'ll)?\b/i.test(clause);
  return (sentence.speaker === "bot" ? "agent" : sentence.speaker) === speaker;
}

/** "… and I will …", "…, you need to …": each promise is a clause of its own. */
function clausesOf(text: string): string[] {
  const cut = text.replace(new RegExp(`(?:,? (?:and|so|but|then)|[,;]|,? and then)(?: then| also)* (?=(?:I|we|you|he|she|they|it|(?:your|the|an?|our|my) [\\w ]{2,30}?)(?:'ll| will|'m going| am going| are going| need| have to| must| should)\\b|please\\b)`, "gi"), "\n");
  return cut.split("\n").map((clause) => tidy(clause)).filter((clause) => clause !== "").flatMap((clause) => clause.replace(/,? (?:is that|does that|if that|all right|okay)\b.{0,30}$/i, "."));
}

/** "Can you send me a confirmation?" — "Yes, of course": the agent agreed to do it. */
function* acceptedRequests(sentences: readonly Sentence[], signals: readonly Signals[], today: IsoDate): Generator<Task> {
  for (const sentence of sentences) {
    if (sentence.speaker !== "customer" || !/\b(?:can|could|would|will) you\b/.test(sentence.line)) continue;
    const match = /\b(?:can|could|would|will) you (?:please |also |just )*((?:send|email|text|call|post|arrange|book|cancel|change|update|let)\b.+)$/i.exec(tidy(sentence.text).replace(/[.?!\s]+$/, ""));
    const answer = sentences[sentence.index + 1];
    if (match?.[1] === undefined || answer === undefined || answer.speaker !== "agent") continue;
    const agrees = /^(?:(?:yes|yeah|ok|of course|sure|certainly|absolutely|no problem|not a problem|will do|definitely)\b)/.test(answer.line) && !readSignals(answer).has("cannot");
    if (!agrees || (signals[answer.index]?.has("done") ?? false)) continue;
    const line = sentence.line;
    yield { text: finish(reportTask(match[1], "customer", "agent") ?? match[1]), owner: "agent", due: dueOf(line, today), evidence: [...sentence.turnIds, ...answer.turnIds], isPromised: true };
  }
}

function finish(text: string): string {
  const cut = text.trim().replace(/[.?!\s]+$/, "");
  return cut.charAt(0).toUpperCase() + cut.slice(1);
}

function overlap(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const common = [...a].filter((stem) => b.has(stem)).length;
  return common / Math.max(1, Math.min(a.size, b.size));
}
