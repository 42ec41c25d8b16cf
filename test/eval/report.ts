// The figures of an evaluation, as one object and as a table for people. Pure.
import { familyOf, figuresBy, figuresOf, type Figures, type Score } from "./score.ts";
import { SETS, type SetName } from "./sets.ts";

export interface SetReport {
  about: string;
  /** highest share of word errors (highest number of words for `nothing`) that we want */
  bar?: number;
  word_error?: Figures;
  by_codec?: Record<string, Figures>;
  by_accent?: Record<string, Figures>;
  by_voice?: Record<string, Figures>;
  /** digits only: each number counted as one word */
  whole_numbers?: Figures;
  /** words heard where nobody spoke, by sound */
  invented_words?: Record<string, number>;
}

export function reportOf(set: SetName, scores: readonly Score[], calls: readonly string[]): SetReport {
  const plan: { about: string; bar?: number } = SETS[set];
  const head = { about: plan.about, ...(plan.bar === undefined ? {} : { bar: plan.bar }) };
  if (set === "nothing") return { ...head, invented_words: Object.fromEntries(calls.map((call) => [call, scores.filter((one) => one.call === call).reduce((sum, one) => sum + one.errors.insertions, 0)])) };
  if (set !== "digits") return { ...head, ...breakdown(scores) };
  // The normaliser joins digits: one wrong one makes a whole number wrong. That rate is kept beside the one that counts digits.
  const whole = figuresOf(scores);
  return { ...head, ...breakdown(scores.map((one) => ({ ...one, errors: one.digitErrors }))), ...(whole === undefined ? {} : { whole_numbers: whole }) };
}

function breakdown(scores: readonly Score[]): Pick<SetReport, "word_error" | "by_codec" | "by_accent" | "by_voice"> {
  const all = figuresOf(scores);
  return {
    ...(all === undefined ? {} : { word_error: all }),
    by_codec: figuresBy(scores, (one) => one.codec),
    by_accent: figuresBy(scores, (one) => familyOf(one.voice)),
    by_voice: figuresBy(scores, (one) => one.voice),
  };
}

/** Lines of a table: one for the set, one for each codec and accent. */
export function tableOf(set: SetName, report: SetReport): string[] {
  const lines = [`${set}: ${report.about}${report.bar === undefined ? "" : set === "nothing" ? "; wanted: no word" : `; wanted: ${percent(report.bar)} at most`}`];
  if (report.invented_words !== undefined) {
    const sum = Object.values(report.invented_words).reduce((a, b) => a + b, 0);
    return [...lines, ...Object.entries(report.invented_words).map(([kind, count]) => `  ${kind.padEnd(26)} ${count} words`), `  ${"all".padEnd(26)} ${sum} words`];
  }
  if (report.word_error === undefined) return [...lines, "  nothing was measured"];
  const whole = report.whole_numbers === undefined ? [] : [row("whole numbers", report.whole_numbers)];
  return [...lines, row("all", report.word_error), ...whole, ...rows(report.by_codec), ...rows(report.by_accent)];
}

function rows(figures: Record<string, Figures> = {}): string[] {
  return Object.entries(figures).map(([name, one]) => row(`· ${name}`, one));
}

/** Drawing from fewer gives the same few sums again and again: an interval that promises too much. */
const MIN_CALLS = 4;

function row(name: string, one: Figures): string {
  const interval = one.units < MIN_CALLS ? "too few calls" : `${percent(one.low)} to ${percent(one.high)}`;
  return `  ${name.padEnd(26)} ${percent(one.rate).padStart(7)}  (${interval})`.padEnd(60) + `${one.said} words, ${one.substitutions} other, ${one.deletions} missed, ${one.insertions} added`;
}

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
