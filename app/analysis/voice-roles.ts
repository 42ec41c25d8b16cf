// Two voices and what they say: which of them is the agent? Signs that only one party gives, weighed against each other. Pure.
import type { Direction, Party, VoiceRoles } from "../domain/index.ts";
import { plain } from "./text/plain.ts";

/** What is known about a call whose two voices were told apart. */
export interface RoleClues {
  /** sorted by start; turns without a voice say nothing here */
  turns: readonly { voice?: 0 | 1; text: string }[];
  direction: Direction;
  /** names that agents greet with, as configured */
  companyNames: readonly string[];
  /** name of the agent, when the telephone system told it */
  agentName?: string;
}

/** Weights are logarithms of odds: 2 means that one in eight callers would give the agent's sign too. */
interface Sign {
  party: Party;
  weight: number;
  reason: string;
  pattern: RegExp;
  /** only in the first turns of a voice */
  isGreeting?: boolean;
}

const SIGNS: readonly Sign[] = [
  { party: "agent", weight: 3, reason: "thanks for the call", pattern: /\bthank(s| you)( very much| so much)? for (calling|holding|your call|waiting)\b/ },
  { party: "agent", weight: 3, reason: "offers help", pattern: /\b(how|what) (can|may|could|do) (i|we) (help|assist|do for)\b|\bhow may i direct\b/ },
  { party: "agent", weight: 2, reason: "greets for a firm", pattern: /\b(you are|you're) through to\b|\bwelcome to\b|\bmy name is \w+( \w+)? (from|at|with)\b|\bthis is \w+ (from|with|at) (the )?\w+|\b(customer (service|care)|support|billing|sales|reception)( department| team)?,? (this is|my name|\w+ speaking|how)/, isGreeting: true },
  { party: "agent", weight: 2.5, reason: "asks who is calling, or for proof of it", pattern: /\b(can|could|may|would) (i|you|we) (please )?(just )?(take|have|get|give me|confirm|verify|tell me|spell)( please)? (me )?(your|the) (full |first |last |card |account |customer |order |policy |reference |booking )*(name|account|number|date of birth|post ?code|zip|address|email|e mail|security|reference)\b|\bwhat('s| is) your (account|date of birth|post ?code|order number|reference|address|full name)\b|\bfor security\b/ },
  { party: "agent", weight: 2, reason: "asks whether there is anything else", pattern: /\b(is there )?anything else (that )?(i|we) can\b|\banything else (today|i can)\b/ },
  { party: "agent", weight: 2, reason: "holds or transfers the call", pattern: /\b(put|place|pop) you (on|through)\b|\b(i('ll| will)|let me) (transfer|connect) you\b|\bbear with me\b|\bhold the line\b/ },
  { party: "agent", weight: 1.5, reason: "looks into the account", pattern: /\b(i have|i've) (found|pulled up|located|opened|got) your\b|\b(let me|i('ll| will)) (just )?(check|look|pull) (that |this |it )?(up|into|for you|your)\b|\bi can see (here|that|your)\b/ },
  { party: "agent", weight: 1.5, reason: "promises for the firm", pattern: /\b(we|i) ('ll|will|can) (refund|replace|send you|offer you|arrange|credit)\b|\byou will (receive|get) (a|an|your|the)\b|\bour (policy|records|system|engineers?|team|opening)\b|\bi (can offer|have (changed|booked|cancelled|ordered|blocked)) (you )?/ },
  { party: "agent", weight: 1, reason: "apologises for the firm", pattern: /\b(i am|i'm|we are|we're) (very |so |really )?sorry (to hear|about|for (the|that|any))\b|\bapologi[sz]e\b/ },
  { party: "customer", weight: 3, reason: "says why they call", pattern: /\b(i am|i'm|i was|we are|we're) (just )?(calling|ringing|phoning) (about|because|to|regarding|in regard|for)\b/ },
  { party: "customer", weight: 2, reason: "gives their own number or date of birth", pattern: /\bmy (account|customer|order|policy|reference|booking|card) number (is|'s)\b|\bmy date of birth (is|'s)\b|\bmy (post ?code|address|security code) is\b/ },
  { party: "customer", weight: 2, reason: "speaks of what they bought or were charged", pattern: /\b(i was|i've been|i have been|you) (charged|billed|overcharged)( me)?\b|\bmy (order|parcel|package|delivery|internet|broadband|phone|line|bill|subscription|contract|card|plan|router|flight)\b.{0,40}\b(is|was|has|hasn't|has not|isn't|does|doesn't|never|keeps|arrived|stopped|stolen|lost)\b/ },
  { party: "customer", weight: 1.5, reason: "asks for something", pattern: /\bi('d| would) like (to|a|an|my)\b|\bi (want|need) (to|a|an|my)\b|\b(can|could) i (pay|speak|talk|change|cancel|return|order|get my)\b|\bwhen will (i|my)\b/ },
  { party: "customer", weight: 1, reason: "asks for a person", pattern: /\b(speak|talk) to (a|your|the|somebody|someone) ?(manager|supervisor|person|human|agent|representative)?\b/ },
];

const GREETING_TURNS = 3;
/** Who is called speaks first; callers of a queue often do, too. Callers from a dialler often speak before the "hello" is recorded. */
const SPEAKS_FIRST = { inbound: 1, outbound: 0.5, internal: 0, unknown: 0.5 } as const;
const AGENT_NAMED = 2.5;
const FIRM_NAMED = 2.5;
/** 0.86: one strong sign with nothing against it is enough, who speaks first alone is not. */
const ENOUGH = 1.8;

/** @returns which voice is whose, with the reasons; `map` is null when the signs are too few or speak against each other. Never throws. */
export function decideRoles(clues: RoleClues): VoiceRoles {
  const signs = [...spokenSigns(clues), ...firstSpeaker(clues)];
  // for voice 0 being the agent
  const balance = signs.reduce((sum, sign) => sum + (sign.isForFirst ? sign.weight : -sign.weight), 0);
  const isFirst = balance > 0;
  const confidence = Math.round((1 / (1 + Math.exp(-Math.abs(balance)))) * 100) / 100;
  const isKnown = Math.abs(balance) >= ENOUGH && signs.some((sign) => sign.isSpoken && sign.isForFirst === isFirst);
  const reasons = signs.filter((sign) => sign.isForFirst === isFirst).sort((a, b) => b.weight - a.weight).map((sign) => sign.reason);
  if (!isKnown) return { map: null, confidence, reasons: [] };
  return { map: isFirst ? { "0": "agent", "1": "customer" } : { "0": "customer", "1": "agent" }, confidence, reasons };
}

interface Found {
  weight: number;
  isForFirst: boolean;
  isSpoken: boolean;
  reason: string;
}

/** Each sign counts once per voice, however often it is given. */
function spokenSigns({ turns, companyNames, agentName }: RoleClues): Found[] {
  const found = new Map<string, Found>();
  const said = [0, 0];
  const named = agentName === undefined ? undefined : plain(agentName).trim().split(" ")[0];
  const firms = companyNames.map((name) => plain(name).trim()).filter((name) => name.length > 2);
  const add = (voice: 0 | 1, party: Party, weight: number, reason: string): void =>
    void found.set(`${voice} ${reason}`, { weight, isForFirst: (party === "agent") === (voice === 0), isSpoken: true, reason: `voice ${voice + 1} ${reason}` });
  for (const { voice, text } of turns) {
    if (voice === undefined) continue;
    const words = plain(text).trim();
    const isGreeting = (said[voice] ?? 0) < GREETING_TURNS;
    said[voice] = (said[voice] ?? 0) + 1;
    for (const sign of SIGNS) if ((isGreeting || sign.isGreeting !== true) && sign.pattern.test(words)) add(voice, sign.party, sign.weight, sign.reason);
    if (!isGreeting) continue;
    if (named !== undefined && named.length > 2 && new RegExp(`\\b(my name is|this is|i am|i'm|you're speaking (to|with)) ${named}\\b|^${named} speaking\\b`, "u").test(words)) add(voice, "agent", AGENT_NAMED, "gives the agent's name");
    if (firms.some((firm) => words.includes(firm)) && /\b(this is|speaking|welcome|hello|hi|good (morning|afternoon|evening)|thank|from)\b/.test(words)) add(voice, "agent", FIRM_NAMED, "greets with the firm's name");
  }
  return [...found.values()];
}

function firstSpeaker({ turns, direction }: RoleClues): Found[] {
  const voice = turns.find((turn) => turn.voice !== undefined)?.voice;
  const weight = SPEAKS_FIRST[direction];
  if (voice === undefined || weight === 0) return [];
  const party: Party = direction === "outbound" ? "customer" : "agent";
  return [{ weight, isForFirst: (party === "agent") === (voice === 0), isSpoken: false, reason: `voice ${voice + 1} speaks first` }];
}
