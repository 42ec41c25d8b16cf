// Definitions 2026-2: how much each party speaks, how fast, how long in one go, and how soon after the other.
import { countSwitches, medianOf, monologuesOf, percentileOf, responsesOf, wallsAgainst } from "../floor.ts";
import { ofCall, ofEachParty, ofParty, otherThan } from "../metric.ts";
import { lengthOf, longestOf } from "../spans.ts";
import type { Party } from "../../../domain/index.ts";
import type { Talk } from "../talk.ts";

/** Pauses of one party shorter than this belong to the speech around them: breath, and the closure of consonants. */
export const bridge_ms = 300;
/** Acknowledgements are shorter; also the least overlap of an interruption, so that nothing can be both. */
export const backchannel_max_ms = 1000;

const repliesOf = ({ speech, hold }: Talk, party: Party): number[] => responsesOf(speech[party], speech[otherThan(party)], hold ?? []);

const reply = {
  unit: "ms", needs: "both", thresholds: { bridge_ms }, reasons: ["no_replies"],
  denominator: "replies of this party; each weighs the same",
  source: "no peer that was read defines it for calls (Chatwoot's reply time is for text); overlapping starts have no delay and are left out instead of counting as 0",
} as const;

/** In the order in which people read them. */
export const speechMetrics = {
  conversation_ms: ofCall({
    label: "Conversation", unit: "ms", needs: "both", thresholds: { bridge_ms },
    formula: () => "|D|",
    denominator: "none: a length",
    source: "Amazon Connect's conversation duration ends with the last word too; it begins with the contact, ours with the first word, and hold after the last word counts",
    measure: ({ lengthMs }) => lengthMs,
  }),
  ...ofEachParty("talk_ratio", {
    label: "Share of the talking", unit: "ratio", needs: "both", thresholds: { bridge_ms }, estimable: true,
    formula: () => "|P| / (|A| + |C|)",
    denominator: "speech of both parties; silence excluded, overlapping speech counted for each party",
    source: "talk-listen ratio as in sales coaching; Amazon Connect (percent talk time) and Google (speaking percentage) divide by the duration of the conversation instead",
    measure: ({ speech }, party) => lengthOf(speech[party]) / (lengthOf(speech.agent) + lengthOf(speech.customer)),
  }),
  ...ofEachParty("talk_ms", {
    label: "Talk time", unit: "ms", needs: "own", thresholds: { bridge_ms },
    formula: () => "|P|",
    denominator: "none: a sum of time",
    source: "what Amazon Connect and Google divide by the duration for talk time percent of agent and customer",
    measure: ({ speech }, party) => lengthOf(speech[party]),
  }),
  ...ofEachParty("longest_monologue_ms", {
    label: "Longest monologue", unit: "ms", needs: "both", thresholds: { bridge_ms, backchannel_max_ms, pause_max_ms: 3000 }, estimable: true,
    formula: ({ pause_max_ms }) => `longest stretch, pauses included, in which P goes on without a pause over ${pause_max_ms} ms, without hold, and without speech of Q except backchannels`,
    denominator: "none: a length",
    source: "Gong's longest monologue (longest uninterrupted speech; its thresholds are not published), for either party",
    measure: ({ speech, hold }, party, { backchannel_max_ms: maxMs, pause_max_ms }) => {
      const [own, other] = [speech[party], speech[otherThan(party)]];
      return longestOf(monologuesOf(own, wallsAgainst(own, other, hold ?? [], maxMs), pause_max_ms));
    },
  }),
  ...ofEachParty("words_per_minute", {
    label: "Words per minute", unit: "per_minute", needs: "own", estimable: true, reasons: ["no_words", "too_little_speech"],
    thresholds: { bridge_ms, speech_min_ms: 5000 }, // below it one word more or less is 8 % of the usual 150 a minute
    formula: ({ speech_min_ms }) => `words of P's turns / |P| in minutes, from ${speech_min_ms} ms of speech on; a redacted stretch is one word`,
    denominator: "own speech, not the call",
    source: "talk speed of Amazon Transcribe Call Analytics, OpenTranscribe and Speakr (words / talk seconds × 60); theirs take the time from the recogniser's segments, ours from voice activity",
    measure: ({ speech, words }, party, { speech_min_ms }) => {
      const ownMs = lengthOf(speech[party]);
      return words[party] === undefined ? "no_words" : ownMs < speech_min_ms ? "too_little_speech" : words[party] / (ownMs / 60_000);
    },
  }),
  agent_first_word_ms: ofParty("agent", {
    label: "First word after", unit: "ms", needs: "own", thresholds: { bridge_ms },
    formula: () => "start of A, from the start of the recording",
    denominator: "none: a length; ringing and music before it count",
    source: "no peer that was read defines it for calls; where the telephone system begins to record decides what is in it",
    measure: ({ speech }, party) => speech[party][0]?.startMs ?? `${party}_not_heard`,
  }),
  ...ofEachParty("response_median_ms", {
    ...reply, label: "Replies after (median)",
    formula: () => "median of the pauses between the end of Q and the start of P in which nobody speaks and there is no hold, 0 included",
    measure: (talk, party) => {
      const replies = repliesOf(talk, party);
      return replies.length === 0 ? "no_replies" : medianOf(replies);
    },
  }),
  ...ofEachParty("response_p90_ms", {
    ...reply, label: "Nine of ten replies within", thresholds: { bridge_ms, percent: 90 },
    formula: ({ percent }) => `the ${percent}th percentile (nearest rank) of the same pauses`,
    measure: (talk, party, { percent }) => {
      const replies = repliesOf(talk, party);
      return replies.length === 0 ? "no_replies" : percentileOf(replies, percent);
    },
  }),
  speaker_switches: ofCall({
    label: "Changes of speaker", unit: "count", needs: "both", thresholds: { bridge_ms },
    formula: () => "how often the party that speaks alone (A ∖ C or C ∖ A) is another one than before",
    denominator: "none: a count; turns by voice activity are one more",
    source: "turns as vocal-analytics.com counts them for its interruption rate; whoever never speaks alone has no turn",
    measure: ({ speech: { agent, customer } }) => countSwitches(agent, customer),
  }),
};
