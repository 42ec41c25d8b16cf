// Whether agent and customer are on each other's channel: what only one of them says, who greets, whose extension it is. Pure.
import type { Direction, Party, Speaker } from "../domain/index.ts";
import { plain } from "./text/plain.ts";

/** What is known about a call whose channels were given to the two parties. */
export interface LegClues {
  /** sorted by start; speakers as the channel map says */
  turns: readonly { speaker: Speaker; startMs: number; text: string }[];
  direction: Direction;
  /** as configured; agents greet with them */
  companyNames: readonly string[];
  /** as whom the map has the channel on which the agent's own extension is, when the numbers tell */
  agentIsMappedAs?: Party;
}

export interface LegVerdict {
  isSwapped: boolean;
  /** 0…1, of the verdict "swapped"; 0 when nothing speaks for it */
  confidence: number;
  /** for people, the weightiest first; nothing that was said is in them */
  reasons: string[];
}

/** From here on a map that was only derived is corrected without asking. */
export const OVERWHELMING = 0.95;
/** Swapped is worth reporting from here; one strong sign with nothing against it reaches 0.7. */
const REPORT = 0.65;
/** Each point of weight leaves 1/e^0.4 of the doubt. */
const PER_POINT = 0.4;

interface Sign {
  party: Party;
  weight: number;
  words: string;
  pattern: RegExp;
  /** only counts this early in the call */
  untilMs?: number;
  /** whoever begins a call says why: in outgoing calls that is the agent */
  notWhen?: Direction;
}

const GREETING_MS = 45_000;
/** Said by one party only. Weights: 3 settles most calls, 1 is a hint. */
const SIGNS: readonly Sign[] = [
  { party: "agent", weight: 3, words: "thanks for calling", pattern: /\bthank(s| you)( very much| so much)? for calling\b/, untilMs: GREETING_MS, notWhen: "outbound" },
  { party: "agent", weight: 3, words: "offers help", pattern: /\b(how (can|may|could) (i|we) (help|assist)|what can i do for you|how may i direct)\b/ },
  { party: "agent", weight: 3, words: "asks whether there is anything else", pattern: /\banything else (i|we) can (help|do|assist)\b/ },
  { party: "agent", weight: 2, words: "asks for an account number or proof of identity", pattern: /\b(can|could|may) (i|you|we) (please )?(take|have|get|give me|confirm|verify|tell me) (your|the) (account|customer|order|policy|reference|booking|card|date of birth|post ?code|zip|full name)\b/ },
  { party: "agent", weight: 2, words: "tells what it did for the other", pattern: /\b(i have|i've|i have just|i just) (found|changed|cancelled|refunded|updated|blocked|unlocked) your\b/ },
  { party: "agent", weight: 2, words: "puts on hold or through", pattern: /\b(put you (on hold|through)|transfer you|bear with me|place you on (a brief )?hold)\b/ },
  { party: "customer", weight: 3, words: "says why it calls", pattern: /\b(i am|i'm|i was|we are|we're) (calling|ringing|phoning) (about|because|to|regarding|in regard)\b/, notWhen: "outbound" },
  { party: "customer", weight: 2, words: "gives an account number", pattern: /\bmy (account|customer|order|policy|reference|booking) number is\b/ },
  { party: "customer", weight: 1, words: "asks for a manager or an agent", pattern: /\b(speak|talk) to (a|your|the) (manager|supervisor|person|human|agent|representative)\b/ },
  { party: "customer", weight: 1, words: "complains of what was charged or delivered", pattern: /\b(i was|i've been|i have been) (charged|billed)|\bmy (order|parcel|internet|bill|payment) (is|was|has|never)\b/ },
];

/**
 * @returns the verdict, never throws. It takes a sign of weight 2 or more to call legs swapped: who speaks first only tips the balance, because
 *   callers who hear "hello" from a queue often speak first.
 */
export function judgeLegs(clues: LegClues): LegVerdict {
  const found = [...spokenSigns(clues), ...greetingOrder(clues), ...extensionSign(clues)];
  const weigh = (isFor: boolean): number => found.filter((one) => one.isForSwap === isFor).reduce((sum, one) => sum + one.weight, 0);
  const balance = weigh(true) - weigh(false);
  const confidence = balance <= 0 ? 0 : Math.round((1 - Math.exp(-PER_POINT * balance)) * 100) / 100;
  const isSwapped = confidence >= REPORT && found.some((one) => one.isForSwap && one.weight >= 2);
  const reasons = found.filter((one) => one.isForSwap).sort((a, b) => b.weight - a.weight).map((one) => one.reason);
  return isSwapped ? { isSwapped, confidence, reasons } : { isSwapped, confidence, reasons: [] };
}

interface Found {
  isForSwap: boolean;
  weight: number;
  reason: string;
}

/** Each sign counts once per party, however often it is said. */
function spokenSigns({ turns, companyNames, direction }: LegClues): Found[] {
  const names = companyNames.map((name) => plain(name)).filter((name) => name.length > 2);
  const found = new Map<string, Found>();
  for (const turn of turns) {
    if (turn.speaker !== "agent" && turn.speaker !== "customer") continue;
    const text = plain(turn.text);
    for (const sign of SIGNS) {
      if (sign.notWhen === direction || turn.startMs > (sign.untilMs ?? Infinity) || !sign.pattern.test(text)) continue;
      found.set(`${turn.speaker} ${sign.words}`, { isForSwap: turn.speaker !== sign.party, weight: sign.weight, reason: `the ${turn.speaker}'s channel ${sign.words}` });
    }
    if (turn.startMs <= GREETING_MS / 2 && names.some((name) => text.includes(name)) && /\b(this is|speaking|welcome|hello|good (morning|afternoon|evening))\b/.test(text)) {
      found.set(`${turn.speaker} company`, { isForSwap: turn.speaker === "customer", weight: 2, reason: `the ${turn.speaker}'s channel greets with the company's name` });
    }
  }
  return [...found.values()];
}

/** Whoever is called speaks first. */
function greetingOrder({ turns, direction }: LegClues): Found[] {
  const first = turns.find((turn) => turn.speaker === "agent" || turn.speaker === "customer");
  if (first === undefined || (direction !== "inbound" && direction !== "outbound")) return [];
  const called = direction === "inbound" ? "agent" : "customer";
  return [{ isForSwap: first.speaker !== called, weight: 1, reason: `the ${first.speaker}'s channel speaks first although the ${called} was called` }];
}

function extensionSign({ agentIsMappedAs }: LegClues): Found[] {
  if (agentIsMappedAs === undefined) return [];
  return [{ isForSwap: agentIsMappedAs === "customer", weight: 3, reason: "the agent's extension is on the customer's channel" }];
}
