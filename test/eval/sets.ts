// What is measured: sets of calls whose every word is known and which the training never saw.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { installationRoot } from "../../app/platform/index.ts";
import { seededRandom } from "./interval.ts";
import { CODECS, encode, layOut, type Codec, type Placed, type Said } from "./make-call.ts";
import { nothing, NOTHING_KINDS } from "./nothing.ts";
import { RECIPE, speak, type SpeechRequest, type Utterance } from "./recipe.ts";

/** A recording and the truth about it. */
export interface TestCall {
  set: SetName;
  name: string;
  codec: string;
  path: string;
  channels: 1 | 2;
  said: Said[];
}

/** @param count utterances; `nothing` takes seconds of each sound */
interface SetPlan {
  about: string;
  needsVoices: boolean;
  /** utterances (seconds of each sound for `nothing`, ignored for `sample`): whole and quick */
  size: [number, number];
  /** highest word error that we want, as a share; for `nothing` a number of words */
  bar?: number;
  request?: (count: number) => SpeechRequest;
}

const requestFor = (name: string, seed: number, ...args: string[]) => (count: number): SpeechRequest => ({ name, count, seed, args });
const OTHER = ["--lines", join(RECIPE, "other-calls.txt")];

export const SETS = {
  sample: { about: "the demo's calls", needsVoices: false, size: [0, 0] },
  sentences: { about: "held-out sentences, known voices", needsVoices: true, size: [160, 16], bar: 0.06, request: requestFor("sentences", 9001, "--sentences", "held-out") },
  voices: { about: "held-out sentences, held-out voices", needsVoices: true, size: [160, 16], bar: 0.15, request: requestFor("voices", 9002, "--sentences", "held-out", "--voices", "held-out") },
  agents: { about: "held-out lines of the contact-centre grammar, known voices", needsVoices: true, size: [160, 16], request: requestFor("agents", 9006, "--sentences", "held-out", "--grammar") },
  digits: { about: "4 to 12 digits spoken one by one", needsVoices: true, size: [120, 16], bar: 0.02, request: requestFor("digits", 9003, "--digits") },
  other: { about: "calls of none of the templates, known voices", needsVoices: true, size: [49, 16], request: requestFor("other", 9004, ...OTHER) },
  "other-voices": { about: "calls of none of the templates, held-out voices", needsVoices: true, size: [49, 16], request: requestFor("other-voices", 9005, ...OTHER, "--voices", "held-out") },
  nothing: { about: "ten minutes in which nobody speaks", needsVoices: false, size: [100, 10], bar: 0 },
} as const satisfies Readonly<Record<string, SetPlan>>;
export type SetName = keyof typeof SETS;

/** Utterances of one call. */
const A_CALL = 8;

/** Makes the recordings of a set. @param folder where the encoded calls are put */
export async function callsOf(set: SetName, isQuick: boolean, folder: string): Promise<TestCall[]> {
  const plan: SetPlan = SETS[set];
  const size = plan.size[isQuick ? 1 : 0];
  if (set === "sample") return sampleCalls(isQuick);
  if (set === "nothing") return Promise.all(NOTHING_KINDS.map(async (kind, i) => ({ set, name: kind, codec: "mulaw", channels: 2 as const, said: [], path: await encode(nothing(kind, size, i + 1).lines, "mulaw", join(folder, kind.replace(" ", "-"))) })));
  if (plan.request === undefined) throw new Error(`Nobody says how the set ${set} is made`);
  return makeCalls(set, await speak(plan.request(size)), folder);
}

/** Eight utterances a call, from alternating channels, the codecs in turn. */
async function makeCalls(set: SetName, utterances: readonly Utterance[], folder: string): Promise<TestCall[]> {
  const codecs = Object.keys(CODECS) as Codec[];
  const calls: TestCall[] = [];
  for (let from = 0; from < utterances.length; from += A_CALL) {
    const at = calls.length;
    const random = seededRandom(at + 1);
    const placed = utterances.slice(from, from + A_CALL).map((utterance, i): Placed => ({ utterance, channel: i % 2 === 0 ? 0 : 1, pauseMs: 300 + random() * 1200 }));
    const codec = codecs[at % codecs.length] ?? "mulaw";
    const { lines, said } = layOut(placed, at + 1);
    const name = `${set}-${at}`;
    const { isMono } = CODECS[codec];
    calls.push({ set, name, codec, channels: isMono ? 1 : 2, path: await encode(lines, codec, join(folder, name)), said: isMono ? said.map((one) => ({ ...one, channel: 0 as const })) : said });
  }
  return calls;
}

interface SampleFacts {
  file: string;
  encoding: string;
  channel_map: { "0": string; "1": string } | null;
  said: { speaker: string; start_ms: number; end_ms: number; text: string }[];
}

function sampleCalls(isQuick: boolean): TestCall[] {
  const folder = join(installationRoot(), "scripts", "demo", "calls");
  const voices = voicesOfSamples();
  const names = readdirSync(folder).filter((name) => name.endsWith(".json")).sort();
  return names.slice(0, isQuick ? 1 : undefined).map((name) => {
    const facts = JSON.parse(readFileSync(join(folder, name), "utf8")) as SampleFacts;
    const id = name.replace(".json", "");
    const channelOf = (speaker: string): 0 | 1 => (facts.channel_map !== null && facts.channel_map["1"] === speaker ? 1 : 0);
    const said = facts.said.map((one): Said => ({ channel: channelOf(one.speaker), startMs: one.start_ms, endMs: one.end_ms, voice: voices.get(`${id} ${one.speaker}`) ?? "unknown", text: one.text }));
    return { set: "sample", name: id, codec: facts.encoding, path: join(folder, facts.file), channels: facts.channel_map === null ? 1 : 2, said };
  });
}

/** "call speaker" → voice, named as the recipe names them. */
function voicesOfSamples(): Map<string, string> {
  const dialogues = JSON.parse(readFileSync(join(installationRoot(), "scripts", "demo", "dialogues.json"), "utf8")) as { calls: { id: string; voices: Record<string, { program: string; name: string }> }[] };
  return new Map(dialogues.calls.flatMap(({ id, voices }) => Object.entries(voices).map(([speaker, { program, name }]): [string, string] => [`${id} ${speaker}`, program === "flite" ? `flite-${name}` : name])));
}
