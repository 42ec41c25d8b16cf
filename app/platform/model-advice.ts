// Which models a machine should take, and what it can then keep up with. Pure: facts in, advice out.
import { sizeOfModel, type ModelEntry, type ModelKind } from "./model-entry.ts";
import type { Machine } from "./machine.ts";

/** Both parties together speak about this part of a call; the rest is silence, and a little is heard twice at the edges. */
const SPEECH_SHARE = 1.1;
/** whisper.cpp and llama.cpp gain little from more cores than these. */
const USEFUL_CORES = 8;
/** Of the length of a call. Speech within half of it leaves a busy hour's backlog gone an hour later; all work together must stay below 1. */
const GOAL = { speech: 0.5, together: 0.8, atMost: 1 };
/** The operating system, Earshot itself and one decoding ffmpeg. */
const OURS_MB = 900;
/** Recordings and the database grow beside models: leave the disk this much. */
const DISK_LEFT_MB = 2_000;
/** A graphics processor does the work of about this many ordinary cores: large-v3-turbo at about 50 times real time on older ones. */
const GPU_CORES = 150;
const WITHOUT_FAST_MATH = 3;
const CALL_MINUTES = 5;
const FIT_FOR_WORK = 3;

export interface AdviceFacts {
  machine: Machine;
  models: readonly (ModelEntry & { path?: string })[];
  /** `speech.language` of the settings */
  language: string;
  /** processor threads that the speech engine uses */
  speechThreads: number;
  /** the settings name an engine that uses the graphics processor */
  usesGpu: boolean;
}

export interface Advised {
  kind: ModelKind;
  name: string;
  isInstalled: boolean;
  /** a sentence for a person */
  why: string;
  /** work for a call, as a part of its length: 0.5 is half an hour for an hour of call, both channels */
  realTimeFactor: number;
  memoryMb: number;
  diskMb: number;
  /** what to type; absent when it is installed */
  command?: string;
  /** what to write into the settings; absent where Earshot finds it by itself */
  setting?: string;
}

export interface Advice {
  speech?: Advised;
  language?: Advised;
  embedding?: Advised;
  /** all advised models together */
  realTimeFactor: number;
  memoryMb: number;
  /** minutes of calls that an hour of work carries, and as calls of five minutes */
  minutesPerHour: number;
  callsPerHour: number;
  /** what a person should know: too little memory, too slow, a graphics processor that lies idle */
  warnings: string[];
}

interface Candidate {
  entry: ModelEntry & { path?: string };
  factor: number;
}

/** Decides. Models without known needs (memory, work, quality) are never advised. */
export function adviseModels(facts: AdviceFacts): Advice {
  const { machine } = facts;
  const warnings: string[] = [];
  const room = { memoryMb: machine.memoryMb - OURS_MB, diskMb: machine.diskMb - DISK_LEFT_MB };

  const speech = chooseSpeech(candidatesOf("speech", facts, room), facts, warnings);
  take(room, speech);
  const used = speech?.factor ?? 0;
  // Search by meaning costs little; the largest comes last and takes what is left.
  const embedding = best(candidatesOf("embedding", facts, room).filter(({ factor }) => used + factor <= GOAL.atMost));
  take(room, embedding);
  const busy = used + (embedding?.factor ?? 0);
  const language = best(candidatesOf("language", facts, room).filter(({ factor, entry }) => busy + factor <= GOAL.together && (entry.quality ?? 0) > 1));

  const chosen = [speech, language, embedding].filter((one) => one !== undefined);
  const realTimeFactor = round(chosen.reduce((sum, one) => sum + one.factor, 0));
  const minutesPerHour = realTimeFactor === 0 ? 0 : Math.floor(60 / realTimeFactor);
  if (speech !== undefined && language === undefined) warnings.push("No language model fits beside it: the extractive analysis, which needs none, stays on.");
  if (machine.gpu !== undefined && !facts.usesGpu) {
    warnings.push(`${machine.gpu.name} lies idle: the engine that set-up builds works on the processor. Build whisper.cpp for it, name its folder in speech.engine_dir, and ask again.`);
  }
  return {
    ...(speech === undefined ? {} : { speech: advised(speech, whySpeech(speech, facts), `speech.model: ${speech.entry.name}`) }),
    ...(language === undefined ? {} : { language: advised(language, `the best that fits into the memory and time that speech leaves (${language.entry.note})`, `analysis.model: ${language.entry.name}`) }),
    ...(embedding === undefined ? {} : { embedding: advised(embedding, embedding.entry.note) }),
    realTimeFactor, minutesPerHour, callsPerHour: Math.floor(minutesPerHour / CALL_MINUTES), warnings,
    memoryMb: OURS_MB + chosen.reduce((sum, { entry }) => sum + (entry.memoryMb ?? 0), 0),
  };
}

/** Speech comes first: everything else reads what it heard. A model that is too slow is advised only when there is no other, and said so. */
function chooseSpeech(fitting: readonly Candidate[], facts: AdviceFacts, warnings: string[]): Candidate | undefined {
  const { machine, language } = facts;
  const real = fitting.filter(({ entry }) => entry.windowMs === undefined); // a model with windows of its own is the starter, for trying out
  const good = best(real.filter(({ factor }) => factor <= GOAL.speech));
  if (good !== undefined) {
    if ((good.entry.quality ?? 0) < FIT_FOR_WORK) warnings.push(whyNotBetter(real, facts));
    return good;
  }
  const quickest = best(real.filter(({ factor }) => factor === Math.min(...real.map((one) => one.factor))));
  if (quickest === undefined) {
    warnings.push(`No speech model for ${language === "auto" ? "many languages" : language} fits: ${machine.memoryMb} MB of memory and ${machine.diskMb} MB of free disk, of which Earshot itself needs ${OURS_MB} and ${DISK_LEFT_MB}. The starter model is for trying out only.`);
    return undefined;
  }
  warnings.push(
    quickest.factor <= GOAL.atMost
      ? "It keeps up only while calls come evenly: after a busy hour the results are hours late."
      : `It does not keep up: an hour of calls takes ${round(quickest.factor)} hours. Give it more cores, or import fewer calls.`,
  );
  return quickest;
}

/** The speech engine gets half of the cores unless the settings say more: where that is what stands in the way, say so. */
function whyNotBetter(real: readonly Candidate[], facts: AdviceFacts): string {
  const all = Math.floor(facts.machine.cores);
  const better = best(real.filter(({ entry }) => factorOf(entry, { ...facts, speechThreads: all }) <= GOAL.speech));
  if (all > facts.speechThreads && (better?.entry.quality ?? 0) >= FIT_FOR_WORK) return `With speech.threads: ${all} it could keep up with ${better?.entry.name}, which hears better; everything else is slower then.`;
  return "A larger speech model would hear better; this machine is too small for one. Four cores and 4 GB carry small, which is fit for daily work.";
}

function candidatesOf(kind: ModelKind, facts: AdviceFacts, room: { memoryMb: number; diskMb: number }): Candidate[] {
  return facts.models
    .filter((entry) => entry.kind === kind && speaks(entry, facts.language) && entry.memoryMb !== undefined && entry.quality !== undefined && entry.coreSecondsPerMinute !== undefined)
    .filter((entry) => (entry.memoryMb ?? 0) <= room.memoryMb && (entry.path !== undefined || diskMbOf(entry) <= room.diskMb))
    .map((entry) => ({ entry, factor: factorOf(entry, facts) }));
}

/** Work for a minute of call over a minute, with the cores that the engine gets: 0.5 keeps up twice over. NaN-free; 0 where the work is not known. */
export function workFactor(entry: ModelEntry, facts: AdviceFacts): number {
  return factorOf(entry, facts);
}

function factorOf(entry: ModelEntry, { machine, speechThreads, usesGpu }: AdviceFacts): number {
  const granted = Math.min(entry.kind === "speech" ? Math.min(speechThreads, machine.cores) : machine.cores / 2, USEFUL_CORES);
  const cores = entry.kind === "speech" && usesGpu ? GPU_CORES : Math.max(granted, 0.1) / (machine.hasFastMath ? 1 : WITHOUT_FAST_MATH);
  return ((entry.coreSecondsPerMinute ?? 0) * (entry.kind === "speech" ? SPEECH_SHARE : 1)) / 60 / cores;
}

/** The best; among equals one for the language alone, then the quicker, then the smaller. */
function best(candidates: readonly Candidate[]): Candidate | undefined {
  const isWide = ({ entry }: Candidate): boolean => entry.kind !== "language" && entry.languages.includes("*"); // a language model loses nothing by knowing more
  const order = (one: Candidate): number[] => [-(one.entry.quality ?? 0), isWide(one) ? 1 : 0, one.factor, one.entry.memoryMb ?? 0];
  return [...candidates].sort((a, b) => order(a).map((value, i) => value - (order(b)[i] ?? 0)).find((difference) => difference !== 0) ?? 0)[0];
}

function speaks(entry: ModelEntry, language: string): boolean {
  return entry.languages.includes("*") || (language !== "auto" && entry.languages.includes(language));
}

function take(room: { memoryMb: number; diskMb: number }, taken: Candidate | undefined): void {
  if (taken === undefined) return;
  room.memoryMb -= taken.entry.memoryMb ?? 0;
  room.diskMb -= taken.entry.path === undefined ? diskMbOf(taken.entry) : 0;
}

function advised({ entry, factor }: Candidate, why: string, setting?: string): Advised {
  const isInstalled = entry.path !== undefined;
  return {
    kind: entry.kind, name: entry.name, isInstalled, why, realTimeFactor: round(factor), memoryMb: entry.memoryMb ?? 0, diskMb: diskMbOf(entry),
    ...(isInstalled ? {} : { command: `earshot models fetch ${entry.name}` }),
    ...(setting === undefined ? {} : { setting }),
  };
}

function whySpeech({ entry }: Candidate, { usesGpu, speechThreads, machine }: AdviceFacts): string {
  const on = usesGpu ? (machine.gpu?.name ?? "the graphics processor") : `${Math.min(speechThreads, machine.cores)} of ${machine.cores} cores`;
  return `the best of its languages that keeps up on ${on} (${entry.note})`;
}

function diskMbOf(entry: ModelEntry): number {
  return Math.ceil((sizeOfModel(entry) ?? 0) / 1e6);
}

function round(value: number): number {
  return value >= 10 ? Math.round(value) : Number(value.toPrecision(2));
}
