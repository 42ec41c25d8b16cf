// What a model gets to read: numbered lines, whose words it can neither mistake for ours nor for the beginning of another line. Pure.
import { speakerName, type Turn } from "../../domain/index.ts";
import { withoutOrders } from "./orders.ts";

/** One numbered line. Models cite numbers: ids of messages are long, and cost tokens and mistakes. */
export interface Item {
  number: number;
  /** who, for turns: `Customer` */
  who: string;
  /** cleaned */
  text: string;
  /** ids of the messages behind it */
  evidence: readonly string[];
  /** the words that it can prove */
  proof: string;
}

/** Turns with words, numbered from 1 by their place among all turns. */
export function itemsOfTurns(turns: readonly Turn[]): Item[] {
  return turns.flatMap((turn, at) => {
    const text = clean(turn.text);
    const voice = turn.voice === undefined ? {} : { voice: turn.voice + 1 };
    return text === "" ? [] : [{ number: at + 1, who: speakerName({ speaker: turn.speaker, ...voice }), text, evidence: [turn.id], proof: withoutOrders(turn.text) }];
  });
}

/** `[3] Customer: …` */
export function lineOf({ number, who }: Pick<Item, "number" | "who">, text: string): string {
  return `[${number}] ${who === "" ? "" : `${who}: `}${text}`;
}

/** Lines between marks that no text can forge: angle and square brackets are ours alone, and so is the end of a line. */
export function documentOf(mark: "conversation" | "notes" | "terms", lines: readonly string[]): string {
  return `<${mark}>\n${lines.join("\n")}\n</${mark}>`;
}

// eslint-disable-next-line no-control-regex
const INVISIBLE = /[\u0000-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\s]+/gu;

/** One line without brackets of ours, controls, or characters that nobody sees. */
export function clean(text: string): string {
  return wellFormed(text).replace(INVISIBLE, " ").replace(/[<[]/g, "(").replace(/[>\]]/g, ")").trim();
}

/** Half of a pair of surrogates is no character, and no JSON either. */
function wellFormed(text: string): string {
  return Buffer.from(text, "utf8").toString("utf8");
}
