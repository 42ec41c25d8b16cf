// Corrections of the appliance that tests of the web server stand on: written down in `corrected`.
import type { Appliance } from "../../app/pipeline/index.ts";

export function fakeCorrections(house: () => { corrected: string[]; trouble: Error | undefined }): Appliance["corrections"] {
  const noted = async (line: string): Promise<void> => {
    const { corrected, trouble } = house();
    if (trouble !== undefined) throw trouble;
    corrected.push(line);
  };
  return {
    turn: (_session, turn, change, by) => noted(`${by.actor.id} ${turn} ${JSON.stringify(change)}`),
    takeTurnBack: (_session, turn, field, by) => noted(`${by.actor.id} ${turn} ${field ?? "newest"} back`),
    call: (_session, change, by) => noted(`${by.actor.id} call ${JSON.stringify(change)}`),
    takeCallBack: (_session, field, by) => noted(`${by.actor.id} call ${field} back`),
    of: () => ({ items: [], next: null, word_errors: { lines: 0, words: 0, errors: 0, rate: null }, judged_anew_at: null, judging_stopped: null }),
  };
}
