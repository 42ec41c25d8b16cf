// A call's channels become its turns: pack, hear, judge, map back, merge. Memory holds as many windows as the engine hears at a time, however long
// the call is.
import { AppError, type ChannelAudio, type Span, type Speaker, type SpokenTurn, type Word } from "../domain/index.ts";
import type { HeardBy, RawWindow } from "./engine-output.ts";
import { addDropped, guardRepeats, guardWindow, type Dropped } from "./invented-text.ts";
import { isSpeechLanguage } from "./languages.ts";
import { cutLongSpans } from "./quiet-cuts.ts";
import { inParallel } from "./in-parallel.ts";
import { buildTurns, type ChannelWords } from "./turns.ts";
import { measureLevels, readWindow, withGain } from "./window-audio.ts";
import { packWindows, toSourceSpan, toSourceSpans, WINDOW_LIMITS, type Window, type WindowLimits } from "./windows.ts";
import { joinPhrases } from "./phrases.ts";
import { unheardRest } from "./unheard-rest.ts";
import { toWords, type HeardSegment } from "./words.ts";
import { wordsByVoice } from "./words-by-voice.ts";

/** What this needs of the engine. */
export interface WindowEngine {
  /** windows that may be asked for at the same time; 1 when absent */
  readonly parallel?: number;
  transcribeWindow(pcm: Buffer, ask: { language: string; signal: AbortSignal }): Promise<RawWindow>;
}

export interface TranscribeInput {
  channels: readonly ChannelAudio[];
  /** who is on which channel; `unknown` for both when the parties are mixed */
  speakers: Readonly<Record<0 | 1, Speaker>>;
  /** where both parties are on one channel: when each of its two voices speaks; turns then end where the voice changes */
  voices?: readonly [readonly Span[], readonly Span[]];
  /** code, or `auto`: then the fullest window decides for the whole call */
  language: string;
  engine: WindowEngine;
  signal: AbortSignal;
  /** what the model wants, see windowLimits; full windows when absent */
  limits?: WindowLimits;
  onProgress?: (done: { windows: number; of: number }) => void;
}

export interface Transcription {
  /** sorted by start; on a tie the customer first */
  turns: SpokenTurn[];
  /** requests to the engine */
  windows: number;
  /** length of what voice activity detection called speech, both channels added */
  speechMs: number;
  /** words that were taken out as not said, by rule */
  dropped: Dropped[];
  /** what was spoken, when it was given or found */
  language: string | undefined;
  /** remote models and endpoints that heard windows of this call, each once; empty when the engine does not say */
  heardBy: HeardBy[];
}

interface Task {
  channel: ChannelAudio;
  window: Window;
}

/**
 * @throws AppError SPEECH_… and SHUTTING_DOWN of the engine; a window that fails by a crash is tried once more at once, because the whole call
 *   would have to be heard again otherwise. The signal's reason when aborted; it is looked at between and inside of windows.
 */
export async function transcribeCall(input: TranscribeInput): Promise<Transcription> {
  const { limits = WINDOW_LIMITS } = input;
  const tasks: Task[] = [];
  for (const channel of input.channels) {
    input.signal.throwIfAborted();
    const speech = await cutLongSpans(channel, limits.maxWindowMs);
    tasks.push(...packWindows(speech, limits).map((window) => ({ channel, window })));
  }
  const heard = new Map<Task, { segments: HeardSegment[]; dropped: Dropped[] }>();
  let requests = 0;
  const heardBy = new Map<string, HeardBy>();
  let language = isSpeechLanguage(input.language) ? input.language : "auto";
  const hear = async (task: Task, signal: AbortSignal): Promise<void> => {
    const judged: ReturnType<typeof judge>[] = [];
    for (let rest: Window | undefined = task.window; rest !== undefined; ) {
      signal.throwIfAborted();
      const pcm = await readWindow(task.channel, rest);
      const heardPcm = withGain(pcm, task.channel.gainDb ?? 0); // the guard goes on judging the sound as it was recorded
      const raw = await withSecondChance(() => input.engine.transcribeWindow(heardPcm, { language, signal }), signal);
      requests++;
      if (language === "auto") language = raw.language ?? "auto";
      if (raw.heardBy !== undefined) heardBy.set(`${raw.heardBy.model} ${raw.heardBy.endpoint}`, raw.heardBy);
      const segments = raw.segments.map((segment) => ({ startMs: segment.startMs, endMs: segment.endMs, words: toWords(segment.tokens) }));
      judged.push(judge(segments, rest, pcm));
      rest = unheardRest(rest, segments.flatMap((segment) => segment.words.map((word) => word.endMs)), limits.gapMs);
    }
    heard.set(task, { segments: judged.flatMap((one) => one.segments), dropped: addDropped(judged.map((one) => one.dropped)) });
    input.onProgress?.({ windows: heard.size, of: tasks.length });
  };
  const waiting = language === "auto" ? fullestFirst(tasks) : [...tasks];
  for (let first = waiting[0]; language === "auto" && first !== undefined; first = waiting[0]) {
    input.signal.throwIfAborted();
    await hear(first, input.signal); // alone, until the language is known
    waiting.shift();
  }
  await inParallel(waiting, input.engine.parallel ?? 1, input.signal, hear);
  const perChannel = input.channels.map((channel) => {
    const windows = tasks.filter((task) => task.channel === channel).flatMap((task) => heard.get(task) ?? []);
    const guarded = guardRepeats(windows.flatMap((window) => window.segments));
    return { channel, words: guarded.kept.flatMap((segment) => segment.words), dropped: [...windows.map((window) => window.dropped), guarded.dropped] };
  });
  return {
    turns: buildTurns(perChannel.flatMap(({ channel, words }) => byVoice({ channel: channel.index, speaker: input.speakers[channel.index], words }, input.voices))),
    windows: requests,
    speechMs: input.channels.flatMap((channel) => channel.speech).reduce((total, span) => total + span.endMs - span.startMs, 0),
    dropped: addDropped(perChannel.flatMap((one) => one.dropped)),
    language: language === "auto" ? undefined : language,
    heardBy: [...heardBy.values()],
  };
}

/** One channel, or its two voices as if each had a channel of its own. */
function byVoice(channel: ChannelWords, voices: TranscribeInput["voices"]): ChannelWords[] {
  return voices === undefined ? [channel] : wordsByVoice(channel.words, voices).map((words, voice) => ({ ...channel, voice: voice === 1 ? 1 : 0, words }));
}

/** Words, less the invented ones, with times of the recording. */
function judge(heard: readonly HeardSegment[], window: Window, pcm: Buffer): { segments: HeardSegment[]; dropped: Dropped[] } {
  const guarded = guardWindow(joinPhrases(heard), window, measureLevels(pcm));
  return { segments: inSourceTime(guarded.kept, window), dropped: guarded.dropped };
}

/** A word never begins before the word that was heard before it, else sorting would turn sentences round. */
function inSourceTime(segments: readonly HeardSegment[], window: Window): HeardSegment[] {
  let earliestMs = 0;
  return segments.map((segment) => {
    const words = segment.words.map((word): Word => {
      const span = toSourceSpan(window, word);
      const startMs = Math.max(span.startMs, earliestMs);
      earliestMs = startMs;
      const heardIn = word.heardIn?.flatMap((place) => toSourceSpans(window, place));
      return { ...word, startMs, endMs: Math.max(span.endMs, startMs + 1), ...(heardIn === undefined ? {} : { heardIn }) };
    });
    return { ...toSourceSpan(window, segment), words };
  });
}

async function withSecondChance<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
  try {
    return await work();
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof AppError && (error.code === "SPEECH_ENGINE_FAILED" || error.code === "SPEECH_OUTPUT_INVALID")) return work();
    throw error;
  }
}

function fullestFirst(tasks: readonly Task[]): Task[] {
  return [...tasks].sort((a, b) => b.window.durationMs - a.window.durationMs);
}
