// The answer to one condition: yes, no or not to be known, with what it stands on; and how answers are put together. Pure.
import type { Proof, Undecided } from "../../domain/index.ts";
import type { Hit } from "./spoken.ts";

/** Three-valued: `undefined` is neither yes nor no (Kleene's strong logic, so that what is not known decides nothing that it cannot). */
export interface Verdict extends Proof {
  holds: boolean | undefined;
  because: Undecided[];
  /** the words that were found, for quotes */
  hits: Hit[];
}

/** Evidence of a finding with hundreds of places helps nobody. */
const MOST_EVIDENCE = 20;

export function decided(holds: boolean, proof: Partial<Omit<Verdict, "holds" | "because">>): Verdict {
  return { holds, because: [], hits: [], evidence: [], searched: [], numbers: [], ...proof };
}

export function undecided(...because: Undecided[]): Verdict {
  return { holds: undefined, because, hits: [], evidence: [], searched: [], numbers: [] };
}

/** All hold: one no decides; the proof of a yes is the proof of all. */
export function all(verdicts: readonly Verdict[]): Verdict {
  return together(verdicts, false);
}

/** One holds: one yes decides. */
export function any(verdicts: readonly Verdict[]): Verdict {
  return together(verdicts, true);
}

/** None holds. What proves the no of each proves the yes of this. */
export function none(verdicts: readonly Verdict[]): Verdict {
  const one = any(verdicts);
  return one.holds === undefined ? one : { ...one, holds: !one.holds };
}

/** @param deciding the answer of a single one that decides for all */
function together(verdicts: readonly Verdict[], deciding: boolean): Verdict {
  const deciders = verdicts.filter((one) => one.holds === deciding);
  if (deciders.length > 0) return { ...joined(deciders), holds: deciding };
  const open = verdicts.filter((one) => one.holds === undefined);
  return open.length > 0 ? undecided(...new Set(open.flatMap((one) => one.because))) : { ...joined(verdicts), holds: !deciding };
}

function joined(verdicts: readonly Verdict[]): Verdict {
  return {
    holds: true,
    because: [],
    hits: verdicts.flatMap((one) => one.hits),
    evidence: [...new Set(verdicts.flatMap((one) => one.evidence))].slice(0, MOST_EVIDENCE),
    searched: verdicts.flatMap((one) => one.searched).slice(0, MOST_EVIDENCE),
    numbers: verdicts.flatMap((one) => one.numbers).slice(0, MOST_EVIDENCE),
  };
}
