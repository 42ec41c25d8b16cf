// One metric: its definition and its formula in one object, so that they cannot drift apart. The thresholds a formula uses are those it shows.
import type { MetricDefinition, MetricName, NotMeasurable, Party } from "../../domain/index.ts";
import type { Talk } from "./talk.ts";

/** A definition that can be computed. */
export interface Metric extends MetricDefinition {
  needs: Needs;
  /** @returns the exact number, or why this call has none; called only when what it `needs` is there */
  measure: (talk: Talk) => number | NotMeasurable;
}

/** `both` parties are heard · its `own` party is heard · `hold` was looked for · `anyone` is heard */
export type Needs = "both" | "own" | "hold" | "anyone";

type Thresholds = Readonly<Record<string, number>>;

interface Spec<T extends Thresholds> extends Pick<MetricDefinition, "label" | "unit" | "denominator" | "source"> {
  needs: Needs;
  thresholds: T;
  formula: (thresholds: T) => string;
  /** reasons of its own, beyond those that its needs bring */
  reasons?: readonly NotMeasurable[];
  estimable?: true;
}

/** A metric without its name and version: the registry gives them. */
export type NamelessMetric = Omit<Metric, "name" | "version">;

/** A number of the call. */
export function ofCall<T extends Thresholds>(spec: Spec<T> & { measure(talk: Talk, thresholds: T): number | NotMeasurable }): NamelessMetric {
  return nameless(spec, null, (talk) => spec.measure(talk, spec.thresholds));
}

/** A number of one party. In its formula P is that party and Q the other one. */
export function ofParty<T extends Thresholds>(party: Party, spec: Spec<T> & PartyFormula<T>): NamelessMetric {
  return nameless(spec, party, (talk) => spec.measure(talk, party, spec.thresholds));
}

interface PartyFormula<T> {
  measure(talk: Talk, party: Party, thresholds: T): number | NotMeasurable;
}

/** The same number of either party, as `agent_<stem>` and `customer_<stem>`. */
export function ofEachParty<S extends string, T extends Thresholds>(stem: S, spec: Spec<T> & PartyFormula<T>): Record<`agent_${S}` | `customer_${S}`, NamelessMetric> {
  return { [`agent_${stem}`]: ofParty("agent", spec), [`customer_${stem}`]: ofParty("customer", spec) } as Record<`agent_${S}` | `customer_${S}`, NamelessMetric>;
}

export const otherThan = (party: Party): Party => (party === "agent" ? "customer" : "agent");

/** @returns the metrics in the order in which they stand, with name and version */
export function named<N extends MetricName>(version: string, metrics: Record<N, NamelessMetric>): Metric[] {
  return (Object.entries(metrics) as [N, NamelessMetric][]).map(([name, metric]) => ({ name, version, ...metric }));
}

function nameless<T extends Thresholds>(spec: Spec<T>, party: Party | null, measure: Metric["measure"]): NamelessMetric {
  const { label, unit, thresholds, denominator, source, needs } = spec;
  const estimable = spec.estimable === true;
  return { label, party, unit, formula: spec.formula(thresholds), thresholds, denominator, not_measurable: reasonsOf(needs, party, estimable, spec.reasons ?? []), estimable, source, needs, measure };
}

function reasonsOf(needs: Needs, party: Party | null, estimable: boolean, own: readonly NotMeasurable[]): NotMeasurable[] {
  const heard: NotMeasurable[] = needs === "both" ? ["agent_not_heard", "customer_not_heard"] : needs === "own" ? [`${party ?? "agent"}_not_heard`] : needs === "hold" ? ["hold_unknown"] : [];
  return ["mono", "dual_mono", "parties_unknown", ...(estimable ? [] : (["diarised"] as const)), "nobody_speaks", ...heard, ...own];
}

/** @returns why this call cannot have this number at all; undefined when it can be tried */
export function whyNot(metric: Metric, talk: Talk): NotMeasurable | undefined {
  const isHeard = (party: Party): boolean => talk.speech[party].length > 0;
  if (talk.isEstimate && !metric.estimable) return "diarised";
  if (metric.needs === "hold" && talk.hold === undefined) return "hold_unknown";
  for (const party of ["agent", "customer"] as const) {
    if ((metric.needs === "both" || (metric.needs === "own" && metric.party === party)) && !isHeard(party)) return `${party}_not_heard`;
  }
  return undefined;
}
