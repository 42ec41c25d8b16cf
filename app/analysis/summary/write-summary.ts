// From ranked sentences to the summary of a call: points with evidence, and a paragraph.
import type { SummaryPoint } from "../../domain/index.ts";
import type { Signals } from "../facts/signals.ts";
import type { LearnedWorth } from "../learned/read-learned.ts";
import type { Pacer } from "../pacer.ts";
import type { Conversation, Sentence } from "../text/conversation.ts";
import { chooseByImportance, chooseSentences } from "./choose.ts";
import { writeParagraph, writePoints, type WrittenPoint } from "./compose.ts";
import { rankByWords } from "./rank.ts";

export interface SummaryMaterial {
  conversation: Conversation;
  signals: readonly Signals[];
  /** what each sentence tells: as `rankSentences` ranks them, or as a trained model weighs them; not looked at for other languages than English */
  worth: { scores: readonly number[] } | { learned: LearnedWorth };
  language: string;
  english: boolean;
  /** the evidence check */
  proved: (text: string, evidence: readonly string[]) => boolean;
}

export interface Summary {
  paragraph: string;
  points: SummaryPoint[];
  /** points that were written and not proved */
  dropped: number;
}

/** @returns up to 5 points in order of time. A call in which nothing was understood says so. */
export async function writeSummary(material: SummaryMaterial, pacer: Pacer): Promise<Summary> {
  const { conversation } = material;
  if (conversation.sentences.length === 0) return { paragraph: "Nobody said anything that could be understood.", points: [], dropped: 0 };
  await pacer.breathe();
  const { points: written, dropped } = material.english ? await write(material, pacer) : { points: quoteSentences(conversation), dropped: 0 };
  const points = written.map(({ text, evidence }) => ({ text, evidence }));
  if (written.length === 0) return { paragraph: "Nothing was said that tells what the call was about.", points, dropped };
  const body = writeParagraph(written.filter((point) => point.isDetail === undefined), material.english ? conversation : { partiesKnown: true, weakShare: conversation.weakShare });
  return { paragraph: material.english ? body : `${languageNote(material.language)} ${body}`, points, dropped };
}

async function write(material: SummaryMaterial, pacer: Pacer): Promise<{ points: WrittenPoint[]; dropped: number }> {
  const { conversation, signals, worth } = material;
  const choices = "scores" in worth ? chooseSentences(conversation, signals, worth.scores) : chooseByImportance(conversation, signals, worth.learned.important);
  await pacer.breathe();
  return writePoints(choices, conversation.partiesKnown, material.proved);
}

/** Three sentences with the words that the call is about, as they were said. */
function quoteSentences(conversation: Conversation): WrittenPoint[] {
  const scores = rankByWords(conversation);
  const best = [...conversation.sentences].sort((a, b) => (scores[b.index] ?? 0) - (scores[a.index] ?? 0)).slice(0, 3);
  return best.sort((a, b) => a.index - b.index).map((sentence) => {
    const text = `${speakerName(sentence)}“${sentence.text}”`;
    return { text, inParagraph: text, evidence: [...sentence.turnIds] };
  });
}

function speakerName(sentence: Sentence): string {
  return sentence.speaker === "customer" ? "Customer: " : sentence.speaker === "unknown" ? "" : "Agent: ";
}

function languageNote(code: string): string {
  let name = code;
  try {
    name = new Intl.DisplayNames("en", { type: "language" }).of(code) ?? code;
  } catch {
    // not a language code: shown as it is
  }
  return `This call is in ${name}; without a language model Earshot understands English only, so it quotes the sentences that stand out and names no mood, outcome or tasks.`;
}
