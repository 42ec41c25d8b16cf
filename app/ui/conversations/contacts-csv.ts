// Contacts as lines of a table file: RFC 4180, and nothing in it that a spreadsheet would take for a formula. Pure.
import { channelName } from "../frame/channel-words.ts";
import { MESSAGES_COUNTED, toRfc3339, type ContactView } from "../../domain/index.ts";
import { reasonWords } from "../frame/words.ts";
import { CHOICES } from "./filters.ts";

/** Text from outside, a number of our own, or nothing. */
export type Cell = string | number | null;

/** One name per column. */
export const CSV_HEAD = [
  "Contact", "Began", "Began (UTC)", "Channel", "Direction", "Customer", "Agent", "Agent id", "Queue", "Topic", "Reason", "Outcome", "Mood at the start", "Mood at the end", "Length (s)", "Messages", "Matter", "Promised for", "Alerts", "State", "Summary",
] as const;

/** @param localTime in the zone of the site, e.g. `2026-11-03 14:12:02` */
export function exportCells(contact: ContactView, localTime: (ms: number) => string): Cell[] {
  return [
    contact.channel === "phone" ? contact.call_id : contact.session_id, localTime(contact.atMs), toRfc3339(contact.atMs), channelName(contact.channel), contact.direction === "unknown" ? null : contact.direction, contact.customer, contact.agent?.name ?? null, contact.agent?.id ?? null,
    contact.queue, contact.topic, contact.reason === null ? null : reasonWords(contact.reason), contact.outcome === null ? null : CHOICES.outcome[contact.outcome], contact.mood_start, contact.mood_end,
    contact.length_ms === null ? null : Math.round(contact.length_ms / 1000), contact.messages > MESSAGES_COUNTED ? `${MESSAGES_COUNTED}+` : contact.messages, contact.status, contact.due, contact.alerts.map((alert) => (alert.holds ? alert.label : `${alert.label} (no longer holds)`)).join("; "), contact.state, contact.summary,
  ];
}

/** @returns one line with its end */
export function csvLine(cells: readonly Cell[]): string {
  return `${cells.map(written).join(",")}\r\n`;
}

/** With any of these at its beginning a spreadsheet runs text as a formula; the apostrophe says that it is text. */
const FORMULA = /^[=+\-@\t\r\n]/;

function written(cell: Cell): string {
  if (cell === null) return "";
  if (typeof cell === "number") return String(cell);
  const safe = FORMULA.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
