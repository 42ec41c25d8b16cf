// Risks that somebody should look at: that the matter goes over the agent's head, and that the customer leaves. Pure.
import type { Analysis, Outcome, Risk } from "../../domain/index.ts";
import type { Sentence } from "../text/conversation.ts";
import type { Signals } from "./signals.ts";

/** What a customer says, how much it weighs, and which risk it is a sign of. Matched on the plain line. From {@link HIGH} points on the risk is high. */
interface Sign {
  risk: keyof Analysis["risks"];
  points: number;
  words: RegExp;
}

const HIGH = 3;
const LOW = 1;

const COMPETITOR = "(?:another|a different|a new|some ?one else|somebody else|elsewhere|other) ?(?:company|provider|bank|supplier|insurer|shop|store|place|firm|network|one)?";

const SIGNS: readonly Sign[] = [
  { risk: "escalation", points: 3, words: /\b(?:ombudsman|trading standards|solicitor|lawyer|attorney|small claims|sue you|suing|take you to court|legal (?:action|advice|proceedings)|regulator|ofcom|financial conduct|better business bureau|consumer (?:rights|protection|advice)|go to the (?:press|papers|media|police)|watchdog)\b/ },
  { risk: "escalation", points: 3, words: /\b(?:make|making|file|filing|raise|raising|lodge|put in|register) (?:an? )?(?:\w+ )?complaint\b|\b(?:formal|official) complaint\b|\bcomplain (?:to|about you|formally|officially)\b/ },
  { risk: "escalation", points: 3, words: /\b(?:speak|talk|put me through|get me|transfer me|connect me|pass me)(?: \w+){0,3} (?:to )?(?:a|your|the|an?other)? ?(?:manager|supervisor|team leader|boss|someone (?:senior|higher|else|in charge|above you))\b|\b(?:manager|supervisor) (?:please|now|right now)\b|\bescalat\w+ (?:this|it|my)\b/ },
  { risk: "escalation", points: 3, words: /\b(?:post|put|share|write) (?:this|it|about (?:this|it|you)|a (?:bad )?review)(?: \w+){0,3} (?:on|to|all over) (?:twitter|facebook|social media|trustpilot|google|the internet|everywhere|line)\b|\b(?:bad|one star|1 star|terrible) review\b/ },
  { risk: "escalation", points: 1.5, words: /\b(?:third|fourth|fifth|sixth|3rd|4th|5th|6th|umpteenth) time\b|\b(?:called|rung|phoned|written|emailed|contacted|messaged|complained|asked)(?: \w+){0,3} (?:\d+|three|four|five|six|several|many|so many|countless) times\b|\bnobody (?:has |ever )?(?:called|rang|answered|replied|got back|responds?)\b|\b(?:still|for) (?:\w+ )?(?:weeks|months)\b/ },
  { risk: "escalation", points: 1.5, words: /\b(?:furious|livid|disgust\w+|appalled|unacceptable|outrageous|disgrace\w*|ridiculous|fed up|sick (?:of|and tired)|a joke|had enough|absolute shambles)\b/ },
  { risk: "churn", points: 3, words: new RegExp(`\\b(?:go|going|switch|switching|move|moving|change|changing|leave|leaving|take (?:it|my \\w+)) (?:over )?(?:to|for|with) ${COMPETITOR}\\b|\\b(?:take|taking) my (?:business|money|custom|account)\\b|\\b(?:leave|leaving|quit|ditch) (?:you|your (?:company|bank|service)|the company)\\b|\\bclose (?:my|the|our|all my) accounts?\\b`) },
  { risk: "churn", points: 3, words: /\b(?:want|like|need|going|have decided|will|wish|calling|asking|writing) (?:to|\w+ to)? ?(?:cancel|end|terminate|stop) (?:my|the|our|this) (?:\w+ ){0,2}(?:contract|subscription|membership|service|account|plan|policy|broadband|internet|package|line|everything|insurance|cover)\b|\bcancel (?:everything|it all|the whole thing)\b|\bnot (?:renew|renewing|going to renew|want to renew)\b/ },
  { risk: "churn", points: 3, words: /\bnever (?:use|buy|order|shop|book|bank|come|deal)(?: \w+){0,4} again\b|\blost (?:me|us) as a customer\b|\b(?:last time|the last) (?:i|we) (?:use|order|buy|deal)\b/ },
  { risk: "churn", points: 1.5, words: /\b(?:thinking|think|considering|tempted|might) (?:of|about|to)? ?(?:leav\w+|switch\w*|cancel\w*|mov\w+ (?:to|away)|go\w* elsewhere)\b|\bwhy should i stay\b|\bshop(?:ping)? around\b/ },
  { risk: "churn", points: 1.5, words: /\b(?:cheaper|better (?:deal|price|offer|rate|quote)) (?:elsewhere|from|with|at|online|somewhere|over at)\b|\b(?:other|another|different|new) (?:company|provider|bank|supplier|insurer|firm) (?:offers?|offered|is|has|gives?|gave|charges|quoted|will)\b|\bcompetitors?\b/ },
  { risk: "churn", points: 1, words: /\b(?:too expensive|price (?:has )?(?:gone up|went up|increase|rise|hike)|cannot afford|can not afford|not worth (?:it|the money))\b|\b(?:how (?:do|can) i|can i) cancel\b/ },
];

/** "I do not want to cancel my contract" threatens nothing. */
const DENIED = /\b(?:not|never|rather not|without having to|instead of|before i|if i ever)(?: \w+){0,3} (?:cancel\w*|leav\w+|switch\w*|complain\w*|complaint|close|mov\w+|speak to|escalat\w*)\b/;

/**
 * @param outcome how the session ended, with the trend of the mood: what ended well is a lower risk than what was said in the middle
 * @returns per risk its level and the turns that prove it; only what customers say counts (or anybody, where the parties are not known)
 */
export function readRisks(sentences: readonly Sentence[], signals: readonly Signals[], outcome: Outcome): Analysis["risks"] {
  const said = sentences.filter((sentence) => (sentence.speaker === "customer" || sentence.speaker === "unknown") && !(signals[sentence.index]?.has("instruction") ?? false));
  return { escalation: riskOf("escalation", said, signals, outcome), churn: riskOf("churn", said, signals, outcome) };
}

function riskOf(risk: Sign["risk"], said: readonly Sentence[], signals: readonly Signals[], outcome: Outcome): Risk {
  const found = said.flatMap((sentence) => {
    if (DENIED.test(sentence.line)) return [];
    const points = SIGNS.filter((sign) => sign.risk === risk && sign.words.test(sentence.line)).reduce((most, sign) => Math.max(most, sign.points), 0);
    return points === 0 ? [] : [{ sentence, points: points * sentence.weight }];
  });
  const total = found.reduce((sum, one) => sum + one.points, 0);
  const last = found.at(-1)?.sentence.index ?? -1;
  // the customer is content after the last sign: settled for now, still worth knowing
  const isSettled = outcome !== "unresolved" && said.some((one) => one.index > last && ["pleased", "accepts", "works_now"].some((signal) => signals[one.index]?.has(signal) ?? false));
  const level = total >= HIGH ? (isSettled ? "low" : "high") : total >= LOW ? "low" : "none";
  return level === "none" ? { level, evidence: [] } : { level, evidence: [...new Set(found.flatMap((one) => one.sentence.turnIds))] };
}
