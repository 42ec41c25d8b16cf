// A call as the formulas see it: who speaks when, what is hold, where nobody speaks; or why that cannot be said. Pure.
import type { AnalysisInput, NotMeasurable, Party, Span, Turn } from "../../domain/index.ts";
import { bridgeGaps, subtractSpans, unionOf } from "./spans.ts";

/** What the numbers of a call are made of: stored facts, never sound or models, so that they can be computed again at any time. */
export type MetricsInput = Pick<AnalysisInput, "speech" | "durationMs" | "layout" | "speakerSource" | "separatedSpeech" | "hold"> & { turns?: readonly Turn[] };

/** All lists are sorted and free of overlaps; times are milliseconds from the start of the recording. */
export interface Talk {
  /** A and C: pauses bridged, hold taken out */
  speech: Record<Party, Span[]>;
  /** A ∪ C, never empty */
  anyone: Span[];
  /** H, from the first speech on; undefined when nobody has looked for hold */
  hold: Span[] | undefined;
  /** S: the time of D that is neither speech nor hold */
  pauses: Span[];
  /** |D|: from the first speech to the last speech or hold */
  lengthMs: number;
  /** words of the recognised turns of a party; undefined without any turn */
  words: Record<Party, number | undefined>;
  /** the parties were told apart by their voices: what comes out is an estimate */
  isEstimate: boolean;
}

/**
 * @param bridgeMs  pauses of one party shorter than this belong to the speech around them
 * @param knowsHold definitions before 2026-2 knew no hold
 * @returns the reason when nothing can be said at all
 */
export function readTalk(input: MetricsInput, bridgeMs: number, knowsHold: boolean): Talk | NotMeasurable {
  const parties = partiesOf(input);
  if (typeof parties === "string") return parties;
  const untilMs = input.durationMs > 0 ? input.durationMs : Infinity;
  const hold = knowsHold && input.hold !== undefined ? unionOf(input.hold, untilMs) : undefined;
  // Hold wins over speech: what is "heard" in it is a song, or a customer who talks to somebody else.
  const voice = (spans: readonly Span[]): Span[] => subtractSpans(bridgeGaps(unionOf(spans, untilMs), bridgeMs), hold ?? []);
  const speech = { agent: voice(parties.speech.agent), customer: voice(parties.speech.customer) };
  const anyone = unionOf([...speech.agent, ...speech.customer]);
  const startMs = anyone[0]?.startMs;
  if (startMs === undefined) return "nobody_speaks";
  // Ringing and music before anybody speaks is waiting, not hold; a customer who hangs up while on hold was on hold.
  const ownHold = hold?.filter((span) => span.startMs >= startMs);
  const endMs = Math.max(anyone.at(-1)?.endMs ?? 0, ownHold?.at(-1)?.endMs ?? 0);
  return {
    speech,
    anyone,
    hold: ownHold,
    pauses: subtractSpans([{ startMs, endMs }], unionOf([...anyone, ...(ownHold ?? [])])),
    lengthMs: endMs - startMs,
    words: { agent: wordsOf(input.turns, "agent"), customer: wordsOf(input.turns, "customer") },
    isEstimate: parties.isEstimate,
  };
}

/** Channels before voices: what was recorded apart needs no guess. */
function partiesOf({ speech, separatedSpeech, speakerSource, layout }: MetricsInput): { speech: NonNullable<MetricsInput["speech"]>; isEstimate: boolean } | NotMeasurable {
  if (speech !== undefined && speakerSource !== "diarised") return { speech, isEstimate: false };
  if (separatedSpeech !== undefined) return { speech: separatedSpeech, isEstimate: true };
  return layout === "stereo" ? "parties_unknown" : (layout ?? "mono");
}

/** Letters and digits with what may stand inside of a word: "don't", "e-mail", "1,000.50". */
const WORD = /[\p{L}\p{N}\p{M}]+(?:['’.,-][\p{L}\p{N}\p{M}]+)*/gu;
/** Scripts that write no spaces between words; only these go to the segmenter: it takes 14 times as long as the pattern (40 ms for an hour of talk), and 2 s when that hour is one string. */
const UNSPACED = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/u;
const SEGMENTER = new Intl.Segmenter("en", { granularity: "word" });

/** Where something was redacted, one word stands for however many there were. */
function wordsOf(turns: readonly Turn[] | undefined, party: Party): number | undefined {
  const own = turns?.filter((turn) => turn.speaker === party) ?? [];
  if (own.length === 0) return undefined;
  return own.reduce((sum, turn) => sum + countWords(turn.text.replace(/\[[^\]]*\]/g, " redacted ")), 0);
}

function countWords(text: string): number {
  const found = text.match(WORD) ?? [];
  return found.reduce((sum, word) => sum + (UNSPACED.test(word) ? [...SEGMENTER.segment(word)].filter((one) => one.isWordLike === true).length : 1), 0);
}
