// How customers say stop, as data: whole messages, and patterns over text as `plainText` of stop-words.ts leaves it.
import type { ConsentPurpose } from "../domain/index.ts";

/** `here`: the channel it was said on · `phone`, `email`: that one, wherever it was said · `any`: all of them */
export type StopReach = "here" | "phone" | "email" | "any";

/** Short commands, as carriers and mail programs know them: only as the whole message, because "cancel my order" is no withdrawal. */
export const STOP_COMMANDS: readonly string[] = [
  "stop", "unsubscribe", "cancel", "end", "quit", "opt out", "optout", "revoke", "remove me", "no more messages",
  "arret", "arretez", "stopp", "abmelden", "abbestellen", "baja", "darse de baja", "alto", "desabonner", "desinscrire", "stop messaging me",
];
export const STOP_ALL_COMMANDS: readonly string[] = ["stop all", "stopall", "unsubscribe all", "opt out all"];
export const START_COMMANDS: readonly string[] = ["start", "unstop", "opt in", "optin", "resubscribe", "anmelden", "alta"];

/** A request in a sentence. `asks`: it must stand where a request begins ("please …", "can you …", "I want you to …"); others say who wants it themselves. */
export interface StopPhrase {
  asks: boolean;
  pattern: string;
  purposes: readonly ConsentPurpose[];
  reach: StopReach;
}

const CONTACT: readonly ConsentPurpose[] = ["outbound_messaging", "marketing"];
const CALL = "(?:call|phone|conversation|conversations|calls)";
const RECORDED = `(?:me |us |this |that |it |(?:the|this|my|our) ${CALL} |anything )?(?:to be |being |getting |get )?(?:recorded|taped)`;
/** What may follow a short request, so that "do not call me until Monday" and "do not call me sir" are none. */
const FOR_GOOD = "(?: again| any ?more| ever| at all| please| thank you| thanks| in (?:the )?future| from now on| on this (?:number|phone)| at this number)";
const FINAL = `(?:${FOR_GOOD}+(?! (?:until|till|before|after|unless|if|when|back|about))|(?= ?[.;]|$))`;
const LIST = "(?:list|lists|database|system|records|call list|calling list|contact list|call lists)";
const MINE = "(?:me|us|my (?:phone |mobile |telephone )?(?:number|name|details|contact details))";
const MAILINGS = "(?:advertising|adverts|ads|marketing|promotions|promotional (?:e ?mails|messages|offers|material)|offers|special offers|newsletters|the newsletter|your newsletter|spam|junk)";

export const STOP_PHRASES: readonly StopPhrase[] = [
  // recording
  { asks: true, pattern: `(?:stop|quit|end|turn off|switch off|shut off) (?:recording|taping|the (?:recording|recorder|tape)|this recording|that recording|your recording|your recorder)(?! (?:studio|session|device|equipment|number|contract))`, purposes: ["recording"], reach: "phone" },
  { asks: true, pattern: "(?:turn|switch|shut) (?:the|that|this|your) (?:recording|recorder) off", purposes: ["recording"], reach: "phone" },
  { asks: true, pattern: `do not (?:record|tape) (?:me|us|this(?: ${CALL})?|(?:the|my|our) ${CALL})(?! (?:as|on|in|against|under|twice|number|payment|complaint|order))`, purposes: ["recording"], reach: "phone" },
  { asks: false, pattern: `i (?:do|did|would|really do|certainly do) not (?:want|wish|like|want for) (?:for )?(?:to have )?(?:you |anyone |anybody )?${RECORDED}(?! (?:as|on|in|against|under))`, purposes: ["recording"], reach: "phone" },
  { asks: false, pattern: `i (?:do|would) not (?:want|like) (?:you|anyone|anybody|your company) (?:to (?:be )?(?:record|recording|tape)|recording|taping)(?: (?:me|us|this|the|my|our))?(?: ${CALL})?(?! (?:as|on|in|against|under|twice))`, purposes: ["recording"], reach: "phone" },
  { asks: false, pattern: `i (?:would|will) (?:rather|prefer|prefer it) (?:this ${CALL} |it )?(?:was )?not (?:to )?(?:be |have )?${RECORDED}`, purposes: ["recording"], reach: "phone" },
  { asks: false, pattern: `i (?:do|will|can) not (?:consent|agree|give (?:you )?(?:my |any )?(?:consent|permission)|authori[sz]e you|allow you|permit you) (?:to|for) (?:you )?(?:any |this |the |be |being |my |having |me |us )*(?:${CALL} )?(?:to be |being )?(?:recorded|recording|record|taped)`, purposes: ["recording"], reach: "phone" },
  { asks: false, pattern: `i (?:refuse|object) to (?:be|being|this|the|this ${CALL} being|having this ${CALL}) ?(?:recorded|recording|taped)`, purposes: ["recording"], reach: "phone" },
  { asks: false, pattern: `(?:you do not have|there is no) (?:my )?(?:consent|permission) to record`, purposes: ["recording"], reach: "phone" },
  { asks: false, pattern: "i (?:hereby )?(?:withdraw|revoke|am withdrawing) my consent to (?:the |this |be |being |any )*(?:recorded|recording|recordings)", purposes: ["recording"], reach: "phone" },
  // analysis
  { asks: false, pattern: "i (?:do|would) not (?:want|consent to|agree to|wish) (?:my |this |the |our )?(?:call|calls|conversation|conversations|messages|data|words) (?:to be |being )?(?:analy[sz]ed|transcribed|processed by (?:an? )?(?:ai|machine|computer))", purposes: ["analysis"], reach: "any" },
  { asks: true, pattern: "do not (?:analy[sz]e|transcribe) (?:my |this |the |our )?(?:call|calls|conversation|conversations|messages|words|voice)", purposes: ["analysis"], reach: "any" },
  // being called, written to, advertised at
  { asks: true, pattern: `(?:do not|never)(?: ever| you)? (?:call|phone|ring|telephone) (?:me|us|here|this number|my (?:phone|house|home|number))${FINAL}`, purposes: CONTACT, reach: "phone" },
  { asks: true, pattern: `(?:stop|quit) (?:calling|phoning|ringing) (?:me|us|here|this number|my (?:phone|house|home|number))(?! (?:sir|madam|by|a|names|at (?:work|night|home)|before|after|during|on my))`, purposes: CONTACT, reach: "phone" },
  { asks: true, pattern: `(?:do not|never)(?: ever)? (?:contact|bother|write to|get in touch with) (?:me|us)${FINAL}`, purposes: CONTACT, reach: "any" },
  { asks: true, pattern: "(?:stop|quit) (?:contacting|bothering|harassing|writing to) (?:me|us)(?! (?:at work|before|after|during|about))", purposes: CONTACT, reach: "any" },
  { asks: true, pattern: `(?:do not|never)(?: ever)? (?:text|message) (?:me|us)${FINAL}`, purposes: CONTACT, reach: "here" },
  { asks: true, pattern: "(?:stop|quit) (?:texting|messaging) (?:me|us)(?! (?:at work|before|after|during|about))", purposes: CONTACT, reach: "here" },
  { asks: true, pattern: `(?:do not|never)(?: ever)? e ?mail (?:me|us)${FINAL}`, purposes: CONTACT, reach: "email" },
  { asks: true, pattern: "(?:stop|quit) e ?mailing (?:me|us)(?! (?:at work|before|after|during|about|the))", purposes: CONTACT, reach: "email" },
  { asks: true, pattern: `(?:take|get|strike) ${MINE} off (?:of )?(?:your|the|this|that|all your|all) (?:[a-z]+ )?${LIST}`, purposes: CONTACT, reach: "any" },
  { asks: true, pattern: `(?:remove|delete) ${MINE} from (?:your|the|this|that|all your|all) (?:(?!mailing|e ?mail|newsletter|marketing)[a-z]+ )?${LIST}`, purposes: CONTACT, reach: "any" },
  { asks: false, pattern: `i (?:want|would like|need|wish) to be (?:taken off|removed from|deleted from) (?:of )?(?:your|the|this|that) (?:(?!mailing|e ?mail|newsletter|marketing)[a-z]+ )?${LIST}`, purposes: CONTACT, reach: "any" },
  { asks: true, pattern: "(?:put|add|place) (?:me|us|my number) (?:on|to) (?:your|the) do not (?:call|contact) list", purposes: CONTACT, reach: "any" },
  // advertising alone
  { asks: true, pattern: "(?:remove|delete|take|get) (?:me|us|my (?:name|e ?mail|e ?mail address|address|number)) (?:from|off|off of|out of) (?:your|the|this|that|all your) (?:mailing list|e ?mail list|mailing lists|newsletter|newsletter list|marketing list|marketing|distribution list)", purposes: ["marketing"], reach: "any" },
  { asks: false, pattern: "i (?:want|would like|need|wish) to be (?:taken off|removed from) (?:your|the|this|that) (?:mailing list|e ?mail list|newsletter|marketing list)", purposes: ["marketing"], reach: "any" },
  { asks: true, pattern: `(?:stop|quit) sending (?:me|us) (?:any |any more |all |these |your |so much |so many )?${MAILINGS}`, purposes: ["marketing"], reach: "any" },
  { asks: true, pattern: `do not send (?:me|us) (?:any |any more |more |these |your )?${MAILINGS}`, purposes: ["marketing"], reach: "any" },
  { asks: false, pattern: `i do not want (?:to (?:get|receive) )?(?:any |more |your )+${MAILINGS}`, purposes: ["marketing"], reach: "any" },
  { asks: true, pattern: "(?:unsubscribe me|opt me out)", purposes: CONTACT, reach: "here" },
  { asks: false, pattern: "i (?:want|would like|wish|need) to (?:unsubscribe|opt out)", purposes: CONTACT, reach: "here" },
  // German, French, Spanish: the sentences that lawyers recommend
  { asks: false, pattern: "(?:ich|wir) (?:mochte|mochten|will|wollen|wunsche) (?:(?:ja|auch|aber) )?nicht (?:dass (?:das|dieses) gesprach )?aufgezeichnet (?:werden|wird)", purposes: ["recording"], reach: "phone" },
  { asks: false, pattern: "(?:ich|wir) (?:stimme|stimmen) der aufzeichnung nicht zu|(?:ich|wir) (?:widerspreche|widersprechen) der aufzeichnung|zeichnen sie (?:das|dieses) gesprach (?:bitte )?nicht auf", purposes: ["recording"], reach: "phone" },
  { asks: false, pattern: "rufen sie (?:mich|uns|hier) (?:bitte )?(?:nicht mehr|nie wieder|nie mehr) an", purposes: CONTACT, reach: "phone" },
  { asks: false, pattern: "je ne (?:veux|souhaite) pas etre enregistree?|je refuse (?:l enregistrement|d etre enregistree?)|n enregistrez pas (?:cet appel|cette conversation)", purposes: ["recording"], reach: "phone" },
  { asks: false, pattern: "ne m appelez plus", purposes: CONTACT, reach: "phone" },
  { asks: false, pattern: "no quiero que (?:graben|grabe|me graben|se grabe)|no autorizo la grabacion|no doy mi consentimiento para (?:la grabacion|grabar)", purposes: ["recording"], reach: "phone" },
  { asks: false, pattern: "no me (?:llamen|llame) (?:mas|nunca mas)", purposes: CONTACT, reach: "phone" },
];
