// What moods sound like in service calls: phrases that a general lexicon does not know, and courtesies that it mistakes for joy.

/** Words and their valence on VADER's scale, −4 (very bad) … 4 (very good). */
export interface MoodPhrase {
  words: RegExp;
  valence: number;
}

/** Matched on the plain line; the words are taken out before the general lexicon reads the rest. Longer readings first. */
export const MOOD_PHRASES: readonly MoodPhrase[] = [
  { words: /\b(?:still|yet)? ?(?:has|have|is|are|does|do|did|will|can|was|were) (?:still )?not (?:yet |even |been )*(?:working|work|arrived|arrive|delivered|received|receive|come|turned up|here|here yet|loading|open|start|turn on|switch on|charge|connect|refunded|answered|help)\b/g, valence: -1.8 },
  { words: /\b(?:not (?:very |really |at all |that )?good enough|not acceptable|not on)\b/g, valence: -2.4 },
  { words: /\b(?:that|this|which) is not (?:right|correct|fair|true|what i \w+)\b/g, valence: -1.4 },
  { words: /\bno help(?: at all)?\b|\bnot helpful\b/g, valence: -2 },
  { words: /\b(?:charged|billed|debited|paid) (?:me )?(?:twice|double|too much|the wrong amount|for nothing)\b|\bovercharged\b|\bdouble charge\b/g, valence: -1.8 },
  { words: /\b(?:completely |totally |really |so |absolutely )?(?:fed up|sick and tired|sick of|had enough|at the end of my)\b/g, valence: -3 },
  { words: /\b(?:unacceptable|outrageous|shambles|a joke|disgraceful?|shocking|appalling|atrocious)\b/g, valence: -3 },
  { words: /\bridiculous\b/g, valence: -2.4 },
  { words: /\bwaste of (?:my )?(?:time|money)\b|\brip off\b|\blet (?:me |us )?down\b|\bhung up on me\b/g, valence: -2.6 },
  { words: /\b(?:nobody|no one|you never|they never|never)(?: has| have| ever)? (?:called|rang|phoned|answered|told|replied|contacted|came|turned|got back|helped)\b/g, valence: -2.2 },
  { words: /\b(?:already |have )+(?:called|written|complained|phoned|rung|asked|been calling)(?: \w+){0,2} (?:\d+|two|three|four|five|six|several|many) times\b|\b(?:second|third|fourth|fifth|2nd|3rd|4th|5th) time (?:i|this|that|now)\b/g, valence: -2 },
  { words: /\b(?:wrong|faulty|broken|damaged|missing|defective|incorrect)\b/g, valence: -1.6 },
  { words: /\b(?:keeps?|kept) (?:dropping|stopping|crashing|freezing|cutting|failing|disconnecting)\b|\b(?:down|out) again\b|\b(?:very|so|too) (?:slow|expensive|late)\b/g, valence: -1.6 },
  { words: /\b(?:waiting|waited|on hold|been on the phone) (?:for )?(?:\w+ ){0,3}(?:hours?|days|weeks|months|ages|forever)\b/g, valence: -1.6 },
  { words: /\bdo not recogni[sz]e\b|\bwithout my permission\b/g, valence: -1.4 },
  { words: /\b(?:go|going|switch|switching|move|moving) to (?:another|a different|somebody|someone) (?:\w+)\b|\bleave (?:you|your company)\b|\bnever (?:again|use|buy|order)\b|\btake my business\b/g, valence: -2.2 },
  { words: /\b(?:make|making|file|raise|lodge) an? (?:\w+ )?complaint\b/g, valence: -1.8 },
  { words: /\b(?:speak|talk) to (?:a|your|the) (?:manager|supervisor)\b/g, valence: -1.2 },
  { words: /\bfurious|livid\b/g, valence: -3 },
  { words: /\b(?:thank you|thanks) (?:so|very) much\b|\b(?:really|so) appreciate\b|\bmuch appreciated\b/g, valence: 2.2 },
  { words: /\b(?:that|it) (?:works|suits me|is sorted|is working)(?: now| again| for me)*\b|\bworks (?:now|again|for me)\b|\bworking (?:now|again)\b/g, valence: 1.6 },
  { words: /\bthat (?:is|would be|will be|sounds) (?:really |very |absolutely |just )?(?:great|perfect|wonderful|brilliant|lovely|excellent|fantastic)\b/g, valence: 2.4 },
  { words: /\b(?:very|so|really|most|extremely) (?:helpful|kind|patient)\b/g, valence: 2.6 },
  { words: /\b(?:delighted|over the moon|made my day|lifesaver)\b/g, valence: 3 },
];

/** Taken out before scoring: they are said in good and in bad moods alike, or name things of the trade. */
export const NEUTRAL_PHRASES =
  /\b(?:no problem|not a problem|not bad|no worries|problem with|thank you for (?:calling|your call|holding|waiting|your patience)|how (?:can|may) i help(?: you)?(?: today)?|(?:anything|something) else i can help(?: you)?(?: with)?|help you(?: with (?:that|this|it))?|(?:i )?can help|could you help(?: me)?|help me|good (?:morning|afternoon|evening|day)|have a (?:nice|lovely|great|good|wonderful) (?:day|evening|weekend|one|afternoon)|you are (?:very |most )?welcome|would (?:you )?like|i like to|looks? like|feels? like|like (?:that|this|a|the|to)|credit card|credited?|savings?|security|for your security|customer (?:care|service)|the fraud team|fraud (?:team|department)|insurance|claims?(?: team| number| form)?|cancel(?:led|lation)?|please|yes|yeah|no thank you|no|ok|hello|hi|thank you|thanks|well|sure|of course|free delivery|free of charge|playing|alarm|number|wait(?:ing)? (?:a|for) (?:moment|the|a)|stop(?:ped)?|low|pay(?:ment)?|agree|interest(?:ed)?|value|share|care|reset|dear|support|safety|important|charges?|charged|demand|block(?:ed)?|emergency|fire|accidents?|strong|mistake|delay|sorry|apologi[sz]e|apologies|afraid|unfortunately|inconvenience|number of|trouble|want(?:ed)?)\b/g;

/** A thank-you of the customer on its own is courtesy with a little warmth. */
export const PLAIN_THANKS = /\b(?:thank you|thanks)\b/;
export const PLAIN_THANKS_VALENCE = 0.6;
