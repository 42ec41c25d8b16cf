// The conversation as detectors read it: the tokens of each voice in the order of time, and what was being asked for. Pure.
import type { SpokenTurn } from "../domain/index.ts";
import { findLabels, type Label } from "./labels.ts";
import { findRuns, type Run } from "./digit-runs.ts";
import { tokenise, type Token } from "./tokens.ts";

/** What one voice said, over all its turns. */
export interface Stream {
  /** channel and speaker, e.g. `0:customer`; a channel with several voices has also a stream of all of them, e.g. `0` */
  name: string;
  tokens: Token[];
}

export interface Script {
  turns: readonly SpokenTurn[];
  /** the turns are lines of writing */
  isWritten: boolean;
  /** rank of each turn in time: `order[turn]` */
  order: readonly number[];
  streams: readonly Stream[];
  /** what was asked for or named, in the order of time */
  labels: readonly Label[];
  /** rows of digits of all streams, in the order of time */
  runs: readonly Run[];
}

/**
 * @param turns     as they leave the speech room, in any order
 * @param isWritten the turns are lines: where one ends, a number ends too (two order numbers one below the other are not a card)
 */
export function readScript(turns: readonly SpokenTurn[], isWritten = false): Script {
  const byTime = turns.map((_, turn) => turn).sort((a, b) => startOf(turns[a]) - startOf(turns[b]) || a - b);
  const order: number[] = [];
  byTime.forEach((turn, rank) => (order[turn] = rank));
  const tokens = turns.map((turn, index) => tokenise(turn.text, index));
  const labels = byTime.flatMap((turn) => findLabels(tokens[turn] ?? []));
  const streams = streamsOf(turns, byTime, tokens);
  const topics = countTopics(labels, order, turns.length);
  const runs = streams
    .flatMap((stream, index) => findRuns(stream.tokens, index, { turns, order, topics, isWritten }))
    .sort((a, b) => (order[a.first.turn] ?? 0) - (order[b.first.turn] ?? 0) || a.first.from - b.first.from);
  return { turns, isWritten, order, streams, labels, runs };
}

/** One stream per voice; where voices share a channel their separation is a guess, so the channel as a whole is read too. */
function streamsOf(turns: readonly SpokenTurn[], byTime: readonly number[], tokens: readonly Token[][]): Stream[] {
  const streams = new Map<string, { channel: number; tokens: Token[] }>();
  const add = (name: string, channel: number, turn: number): void => {
    const stream = streams.get(name) ?? { channel, tokens: [] };
    for (const token of tokens[turn] ?? []) stream.tokens.push(token);
    streams.set(name, stream);
  };
  const voices = new Map<number, Set<string>>();
  for (const turn of turns) voices.set(turn.channel, (voices.get(turn.channel) ?? new Set()).add(nameOf(turn)));
  for (const index of byTime) {
    const turn = turns[index];
    if (turn === undefined) continue;
    add(`${turn.channel}:${nameOf(turn)}`, turn.channel, index);
    if ((voices.get(turn.channel)?.size ?? 0) > 1) add(String(turn.channel), turn.channel, index);
  }
  return [...streams].map(([name, stream]) => ({ name, tokens: stream.tokens }));
}

function nameOf({ speaker, voice }: SpokenTurn): string {
  return `${speaker}${voice ?? ""}`;
}

/** For each rank in time: how many turns up to and including it ask for something, so that what follows is a new number. */
function countTopics(labels: readonly Label[], order: readonly number[], length: number): number[] {
  const counts = new Array<number>(length).fill(0);
  for (const label of labels) {
    const rank = order[label.turn];
    if (rank !== undefined && label.kind !== "card" && label.kind !== "card_part") counts[rank] = 1;
  }
  for (let i = 1; i < length; i++) counts[i] = (counts[i] ?? 0) + (counts[i - 1] ?? 0);
  return counts;
}

/** Start of a turn for sorting; a missing time sorts first. */
function startOf(turn: SpokenTurn | undefined): number {
  return turn !== undefined && Number.isFinite(turn.startMs) ? turn.startMs : 0;
}
