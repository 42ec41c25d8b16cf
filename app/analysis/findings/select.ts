// The reduce of a long conversation: of the notes of its parts those that matter, as they are. Nothing is written anew, so nothing loses its proof.
import type { SummaryPoint } from "../../domain/index.ts";
import { select1 } from "../prompts/select-1.ts";
import { planChunks, type Piece } from "../reading/chunks.ts";
import { clean, documentOf, lineOf, type Item } from "../reading/items.ts";
import type { Inquiry } from "./inquiry.ts";

/** Points that a summary may have. */
export const MOST_POINTS = 6;

/** Findings as numbered lines that a model can be asked about. */
export function notesOf(findings: readonly SummaryPoint[]): Item[] {
  return findings.map(({ text, evidence }, at) => ({ number: at + 1, who: "", text: clean(text), evidence, proof: text }));
}

/**
 * @param findings in order
 * @param most     how many may stay
 * @returns at most so many of them, in order; those that a model's choice leaves open are taken evenly from the whole
 */
export async function selectFindings<Finding extends SummaryPoint>(findings: readonly Finding[], most: number, inquiry: Inquiry): Promise<Finding[]> {
  if (findings.length <= most) return [...findings];
  const system = select1.system();
  const room = await inquiry.roomBeside(system, [select1.keep(MOST_POINTS * 2)]);
  const items = notesOf(findings);
  const lines = items.map((item) => lineOf(item, item.text));
  const pieces = (await inquiry.count(lines)).map((tokens, item): Piece => ({ item, text: lines[item] ?? "", tokens: tokens + 2 }));
  const chunks = planChunks(pieces, Math.max(room, ...pieces.map((piece) => piece.tokens)));
  const kept = new Set<number>();
  for (const chunk of chunks) {
    const own = chunk.pieces.slice(chunk.repeated);
    const share = chunks.length === 1 ? most : Math.max(1, Math.min(MOST_POINTS * 2, Math.floor(own.length / 2)));
    if (own.length <= share && chunks.length > 1) own.forEach((piece) => kept.add(piece.item));
    else {
      const [{ keep }] = await inquiry.ask(select1.version, { system, document: documentOf("notes", own.map((piece) => piece.text)) }, [select1.keep(share)]);
      const chosen = [...new Set(keep.map((number) => number - 1))].filter((at) => own.some((piece) => piece.item === at)).slice(0, share);
      for (const at of chosen.length > 0 ? chosen : evenly(own.map((piece) => piece.item), share)) kept.add(at);
    }
  }
  const rest = findings.filter((_, at) => kept.has(at));
  return rest.length < findings.length ? selectFindings(rest, most, inquiry) : evenly(findings, most);
}

/** @returns `count` of a list, spread over all of it */
export function evenly<One>(list: readonly One[], count: number): One[] {
  if (list.length <= count) return [...list];
  return Array.from({ length: count }, (_, at) => list[Math.round((at * (list.length - 1)) / Math.max(1, count - 1))] as One);
}
