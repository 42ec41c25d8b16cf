// A call is heard or analysed again: what people said of it stays. Inside the transaction of the stage.
import { matchTurns } from "../../analysis/index.ts";
import type { Analysis, CallField, MachineTurn, Turn } from "../../domain/index.ts";
import type { Parts } from "../parts.ts";
import { withWord } from "./desk.ts";

/**
 * Puts what people said of turns onto the turns that were just stored in their place.
 * @param turns as they are heard now
 * @returns a sentence for the ledger; undefined where nobody had corrected anything
 */
export function keepTurnWords(sessionId: string, turns: readonly Turn[], { store }: Pick<Parts, "store">): string | undefined {
  const { corrections, messages } = store.writes;
  const truths = corrections.ofTurns(sessionId);
  const found = matchTurns(truths.map((one) => one.place), turns);
  let lost = 0;
  for (const [i, { seqs, text, speaker }] of truths.entries()) {
    const turn = found[i];
    corrections.attach(seqs, turn?.id ?? null);
    if (turn === undefined) lost++;
    else {
      const machine: MachineTurn = { ...(text === undefined ? {} : { text: turn.text }), ...(speaker === undefined ? {} : { speaker: turn.speaker }) };
      messages.setTurn(turn.id, { text: text ?? turn.text, speaker: speaker ?? turn.speaker, machine });
    }
  }
  if (truths.length === 0) return undefined;
  const kept = truths.length - lost;
  return `${kept} corrected ${kept === 1 ? "line" : "lines"} kept${lost === 0 ? "" : `; ${lost} not found again: the call is heard otherwise there, look at the corrections of the call`}`;
}

/** An analysis in which what people said of the call stands instead of what the machine found this time. */
export function keepCallWords(sessionId: string, analysis: Analysis, { store }: Pick<Parts, "store">): Analysis {
  const said = Object.entries(store.writes.corrections.ofCall(sessionId)) as [CallField, string | null][];
  return said.reduce((now, [field, value]) => withWord(now, field, { value }), analysis);
}
