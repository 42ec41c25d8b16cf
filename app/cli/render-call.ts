// A call as text for a terminal. Pure.
import { madeByWords, speakerName, type CallView } from "../domain/index.ts";
import { metricDefinitions } from "../analysis/index.ts";
import { metricRows } from "../ui/index.ts";
import { clockTime, table } from "./output.ts";

/** @returns several lines, without a final line end; evidence is shown as the time at which it was said */
export function renderCall(call: CallView): string {
  const when = new Map(call.turns.map((turn) => [turn.id, clockTime(turn.start_ms)]));
  const proof = (ids: readonly string[]): string => {
    const times = ids.map((id) => when.get(id)).filter((time) => time !== undefined);
    return times.length === 0 ? "" : `  ▸ ${times.join(", ")}`;
  };
  const lines = [
    `Call ${call.call_id} (${call.source}) · ${call.status}${call.duration === null ? "" : ` · ${call.duration}`} · ${call.direction}${call.agent === null ? "" : ` · agent ${call.agent.name ?? call.agent.id ?? ""}`}`,
  ];
  if (call.error !== null) lines.push(`  ${call.error.code}: ${call.error.message}`);
  if (call.audio !== null) lines.push(`  Audio: ${call.audio.layout}${call.audio.channel_map_reason === null ? ", who speaks is not known" : ` (${call.audio.channel_map_reason})`}${call.audio.truncated ? ", breaks off early" : ""}${call.audio.redacted_ms > 0 ? `, ${(call.audio.redacted_ms / 1000).toFixed(1)} s blanked` : ""}`);
  for (const warning of call.audio?.warnings ?? []) lines.push(`  Mind: ${warning.message}`);
  const separation = call.audio?.separation;
  if (separation !== undefined) lines.push(`  Speakers: ${call.speaker_source === "diarised" ? "told apart by their voices" : "not told apart"} (${separation.reason})${separation.roles === null ? (call.speaker_source === "diarised" ? ", nothing tells which is the agent" : "") : `, agent known because ${separation.role_reasons.slice(0, 3).join(", ")} (${(separation.role_confidence ?? 0).toFixed(2)})`}`);
  if (call.engines !== null) lines.push(`  Heard by ${call.engines.speech.engine}, model ${call.engines.speech.model}${call.engines.speech.model === "starter-en" ? " (starter model: it knows synthetic voices, not people)" : ""}`);
  if (call.engines?.analysis) lines.push(`  Analysed by ${madeByWords(call.engines.analysis)}${call.engines.analysis.prompt === undefined ? "" : ` (prompts ${call.engines.analysis.prompt}, seed ${call.engines.analysis.seed})`}`);
  if (call.turns.length > 0) {
    lines.push("");
    for (const turn of call.turns) lines.push(`  ${clockTime(turn.start_ms).padStart(5)}  ${speakerName(turn).padEnd(9)}  ${turn.text}`);
  }
  if (call.summary !== null) {
    lines.push("", `  Summary   ${call.summary}`);
    for (const point of call.summary_points) lines.push(`    · ${point.text}${proof(point.evidence)}`);
    lines.push(`  Topic     ${call.topic ?? "not recognised"}${call.reason === null ? "" : ` (${call.reason})`}${proof(call.topic_evidence)}`);
    lines.push(`  Outcome   ${(call.outcome ?? "unknown").replace("_", " ")}${proof(call.outcome_evidence)}`);
    if (call.intent !== null) lines.push(`  Wants     ${call.intent.text}${proof(call.intent.evidence)}`);
    for (const item of call.action_items) lines.push(`  To do     ${item.owner}: ${item.text}${item.due === null ? "" : `, by ${item.due}`}${proof(item.evidence)}`);
    for (const [name, risk] of Object.entries(call.risks ?? {})) if (risk.level !== "none") lines.push(`  Risk      ${name === "churn" ? "the customer may leave" : "the matter may be escalated"}, ${risk.level}${proof(risk.evidence)}`);
    if (call.sentiment !== null) lines.push(`  Mood      ${call.sentiment.overall === null ? "none expressed" : `${signed(call.sentiment.overall)}, ${call.sentiment.trend}`}`);
    for (const one of call.categories) lines.push(`  Category  ${one.label}${proof(one.evidence)}`);
    for (const card of call.scorecards) lines.push(`  Score     ${card.label}: ${card.score === null ? "none" : `${Math.round(card.score * 100)} %`}${card.coverage < 1 ? `, ${Math.round(card.coverage * 100)} % answered` : ""}${card.auto_failed.length > 0 ? `, failed at ${card.auto_failed.join(", ")}` : ""}`);
    if (call.metrics !== null) lines.push(...numbers(call.metrics));
  }
  return lines.join("\n");
}

/** Numbers with label and unit; what is not measurable with the reason. */
function numbers(metrics: NonNullable<CallView["metrics"]>): string[] {
  const party = (name: string, value: string | null): string => (value === "" ? "" : `${name} ${value ?? "–"}`);
  const { rows, missing } = metricRows(metrics, metricDefinitions(metrics.definitions));
  const cells = rows.map(({ label, values }) => ("call" in values ? [label, values.call] : [label, party("agent", values.agent).padEnd(16), party("customer", values.customer)]));
  const isAll = rows.length === 0 && missing.length === 1;
  return [
    `  Numbers   by definitions ${metrics.definitions}${metrics.estimated === true ? ", estimated from the voices" : ""}`,
    ...(cells.length === 0 ? [] : table(cells).split("\n").map((line) => `    ${line}`)),
    ...missing.map(({ why, labels }) => `    not measurable: ${why}${isAll ? "" : ` (${labels.join(", ")})`}`),
  ];
}

const signed = (value: number): string => (value > 0 ? `+${value.toFixed(2)}` : value.toFixed(2));
