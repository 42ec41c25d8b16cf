// Words become turns, two channels become one conversation. Pure.
import type { SpokenTurn, Speaker, Word } from "../domain/index.ts";
import { joinWords, meanConfidence } from "./words.ts";

/** What was heard on one channel: words in the time of the recording, sorted by start. */
export interface ChannelWords {
  channel: 0 | 1;
  speaker: Speaker;
  /** which of two voices of the channel */
  voice?: 0 | 1;
  words: readonly Word[];
}

export interface TurnLimits {
  /** silence that ends a turn; what the other party only murmurs meanwhile does not count as silence */
  pauseMs: number;
  /** shorter silence ends it when the other party takes the floor in it */
  floorPauseMs: number;
  /** the other party takes the floor with at least this much … */
  floorWords: number;
  floorMs: number;
  /** a longer turn ends at its next full stop, and at twice this length anyway: findings point to turns, so they must stay readable */
  longTurnMs: number;
}

export const TURN_LIMITS: TurnLimits = { pauseMs: 900, floorPauseMs: 150, floorWords: 4, floorMs: 1200, longTurnMs: 30_000 };

/** Something said without a pause; enough of it takes the floor, else it is a murmur ("mhm", "okay"). */
interface Utterance {
  startMs: number;
  endMs: number;
  takesFloor: boolean;
}

/**
 * @param channels one (both parties mixed), or two: channels, or voices of one channel
 * @returns all turns sorted by start; on a tie the customer comes first. Every word is in exactly one turn, in its order. Never throws.
 */
export function buildTurns(channels: readonly ChannelWords[], limits: TurnLimits = TURN_LIMITS): SpokenTurn[] {
  const utterances = channels.map((channel) => toUtterances(channel.words, limits));
  return mergeTurns(
    channels.map((channel, i) => {
      const others = utterances.filter((_, other) => other !== i).flat();
      return splitWords(channel.words, others, limits).map((words) => toTurn(channel, words));
    }),
  );
}

/** @param channels turns of each channel, each sorted by `startMs` @returns all of them, sorted by `startMs`; on a tie the customer first */
export function mergeTurns(channels: readonly (readonly SpokenTurn[])[]): SpokenTurn[] {
  return channels.flat().sort((a, b) => a.startMs - b.startMs || Number(b.speaker === "customer") - Number(a.speaker === "customer"));
}

function toUtterances(words: readonly Word[], limits: TurnLimits): Utterance[] {
  return splitWhere(words, (before, after) => after.startMs - before.endMs >= limits.pauseMs).map((said) => {
    const startMs = said[0]?.startMs ?? 0;
    const endMs = Math.max(...said.map((word) => word.endMs));
    return { startMs, endMs, takesFloor: said.length >= limits.floorWords || endMs - startMs >= limits.floorMs };
  });
}

function splitWords(words: readonly Word[], others: readonly Utterance[], limits: TurnLimits): Word[][] {
  let turnStartMs = words[0]?.startMs ?? 0;
  return splitWhere(words, (before, after) => {
    const isEnd = endsTurn(before, after, others, limits) || isLongEnough(before, after, turnStartMs, limits);
    if (isEnd) turnStartMs = after.startMs;
    return isEnd;
  });
}

function endsTurn(before: Word, after: Word, others: readonly Utterance[], limits: TurnLimits): boolean {
  const pauseMs = after.startMs - before.endMs;
  if (pauseMs < limits.floorPauseMs) return false;
  const meanwhile = others.filter((other) => other.startMs < after.startMs && other.endMs > before.endMs);
  // somebody who answers begins a little before the other has quite finished
  if (meanwhile.some((other) => other.takesFloor && other.startMs >= before.endMs - 300)) return true;
  const murmurMs = meanwhile
    .filter((other) => !other.takesFloor)
    .reduce((total, other) => total + Math.min(other.endMs, after.startMs) - Math.max(other.startMs, before.endMs), 0);
  return pauseMs - murmurMs >= limits.pauseMs;
}

function isLongEnough(before: Word, after: Word, turnStartMs: number, limits: TurnLimits): boolean {
  const lengthMs = before.endMs - turnStartMs;
  return (lengthMs >= limits.longTurnMs && /[.?!。？！]$/u.test(before.text)) || after.endMs - turnStartMs > 2 * limits.longTurnMs;
}

function splitWhere(words: readonly Word[], isBorder: (before: Word, after: Word) => boolean): Word[][] {
  const parts: Word[][] = [];
  let before: Word | undefined;
  for (const word of words) {
    const part = parts.at(-1);
    if (part === undefined || before === undefined || isBorder(before, word)) parts.push([word]);
    else part.push(word);
    before = word;
  }
  return parts;
}

function toTurn(channel: ChannelWords, words: Word[]): SpokenTurn {
  return {
    speaker: channel.speaker,
    channel: channel.channel,
    ...(channel.voice === undefined ? {} : { voice: channel.voice }),
    startMs: words[0]?.startMs ?? 0,
    endMs: Math.max(...words.map((word) => word.endMs)),
    text: joinWords(words),
    words,
    confidence: meanConfidence(words),
  };
}
