// A row of `messages` as readers see it.
import { toRfc3339, type MachineTurn } from "../domain/index.ts";
import type { MessageView } from "./views.ts";

export interface MessageRow {
  seq: number; id: string; channel: string; session_id: string; conversation_id: string | null; customer_id: string | null; speaker: string; kind: string; text: string; at_ms: number;
  start_ms: number | null; end_ms: number | null; confidence: number | null; parent_id: string | null; status: string | null; facts: string | null; machine: string | null;
}

/** @param row all columns */
export function messageView(row: MessageRow): MessageView {
  return {
    id: row.id, channel: row.channel, session_id: row.session_id, conversation_id: row.conversation_id, speaker: row.speaker, kind: row.kind, text: row.text, at: toRfc3339(row.at_ms),
    ...(row.start_ms === null || row.end_ms === null ? {} : { start_ms: row.start_ms, end_ms: row.end_ms }),
    ...(row.confidence === null ? {} : { confidence: row.confidence }),
    ...(row.parent_id === null ? {} : { parent_id: row.parent_id }),
    ...(row.status === null ? {} : { status: row.status }),
    ...(row.machine === null ? {} : correctedView(row, JSON.parse(row.machine) as MachineTurn)),
    ...(row.facts === null ? {} : { facts: JSON.parse(row.facts) as Record<string, unknown> }),
  };
}

/** Whether a person changed what the machine heard, or only confirmed it. */
export function correctedView({ text, speaker }: { text: string; speaker: string }, machine: MachineTurn): { corrected: boolean; machine: MachineTurn } {
  return { corrected: (machine.text ?? text) !== text || (machine.speaker ?? speaker) !== speaker, machine };
}
