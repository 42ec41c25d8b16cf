// A transcript as text, WebVTT or SubRip. Pure.
import { speakerName, type CallView, type TurnView } from "../domain/index.ts";

/** One line per turn: `Agent: …`, as the field `transcript` of a call. */
export function asText(call: Pick<CallView, "turns">): string {
  return inOrder(call.turns).map((turn) => `${speakerName(turn)}: ${oneLine(turn.text)}\n`).join("");
}

/**
 * WebVTT with one cue per turn: id, times, `<v Agent>`.
 * In cue text `&`, `<` and `>` are escaped, so neither a tag nor an arrow can be made of what somebody said
 * (https://www.w3.org/TR/webvtt1/ §4.2). Cues last at least 1 ms, as the format demands.
 */
export function asWebVtt(call: Pick<CallView, "turns">): string {
  const cues = inOrder(call.turns).map((turn) => {
    const text = oneLine(turn.text).replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
    return `${turn.id}\n${clock(turn.start_ms, ".")} --> ${clock(endOf(turn), ".")}\n<v ${speakerName(turn)}>${text}\n`;
  });
  return ["WEBVTT\n", ...cues].join("\n");
}

/** SubRip. It has no escapes: an arrow in the text is broken up and `<` is kept from becoming a tag by a word joiner. */
export function asSubRip(call: Pick<CallView, "turns">): string {
  return inOrder(call.turns)
    .map((turn, i) => `${i + 1}\n${clock(turn.start_ms, ",")} --> ${clock(endOf(turn), ",")}\n${speakerName(turn)}: ${oneLine(turn.text).replaceAll("-->", "→").replaceAll("<", "<\u2060")}\n`)
    .join("\n");
}

/** Turns that say something, by start. */
function inOrder(turns: readonly TurnView[]): TurnView[] {
  return turns.filter((turn) => oneLine(turn.text) !== "").sort((a, b) => a.start_ms - b.start_ms);
}

function endOf(turn: TurnView): number {
  return Math.max(turn.end_ms, turn.start_ms + 1);
}

/** Line breaks and other control characters would end a cue or a line. */
function oneLine(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, " ").replace(/ {2,}/g, " ").trim();
}

/** `01:02:03.456`; hours have at least two digits. */
function clock(ms: number, separator: "." | ","): string {
  const two = (n: number): string => String(n).padStart(2, "0");
  const s = Math.floor(ms / 1000);
  return `${two(Math.floor(s / 3600))}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}${separator}${String(ms % 1000).padStart(3, "0")}`;
}
