// Whether every word is given to the party that said it, on a clean line and on one where each hears the other.
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { encode, type Lines } from "../../eval/make-call.ts";
import type { SpeechPath } from "../../support/speech-path.ts";
import { round } from "../statistics.ts";
import { attribute } from "./attribution.ts";
import { withBleed } from "./two-party-call.ts";

export interface Parties {
  clean: PartyFigures;
  bleed_minus_20_db: PartyFigures;
}

export interface PartyFigures {
  words: number;
  wrong_party_percent: number;
  turns: number;
  turn_order_inversions: number;
}

/** The same call twice, as G.711 stereo: as it is, and with each party 20 dB quieter on the other's channel. */
export async function measureParties(lines: Lines, path: SpeechPath, workDir: string): Promise<Parties> {
  const folder = mkdtempSync(join(workDir, "parties-"));
  const figuresOf = async (variant: Lines, name: string): Promise<PartyFigures> => {
    const { turns } = await path.hear(await encode(variant.lines, "mulaw", join(folder, name)));
    const found = attribute(lines.said, turns);
    return { words: found.words, wrong_party_percent: round((100 * found.wrong) / Math.max(1, found.words)), turns: found.turns, turn_order_inversions: found.inversions };
  };
  try {
    return { clean: await figuresOf(lines, "clean"), bleed_minus_20_db: await figuresOf(withBleed(lines, -20), "bleed") };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
