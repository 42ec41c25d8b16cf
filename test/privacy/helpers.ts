// Turns for redaction: with word times as the speech room gives them, and the fixtures of this room.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Speaker, SpokenTurn, Word } from "../../app/domain/index.ts";
import { redactTurns, type RedactionResult } from "../../app/privacy/index.ts";
import { installationRoot } from "../../app/platform/index.ts";

export const WORD_MS = 300;
export const BOTH = { detect: ["payment_card", "security_code"] } as const;

/** One turn; every word takes 300 ms, of which it is spoken for 250. */
export function turn(speaker: Speaker, text: string, startMs = 0): SpokenTurn {
  const words = text.split(/[\s]+/).filter((word) => word !== "").map((word, i): Word => {
    return { text: word, startMs: startMs + i * WORD_MS, endMs: startMs + i * WORD_MS + 250 * word.length, confidence: 0.9 };
  });
  let at = startMs;
  for (const word of words) {
    const ms = WORD_MS + 60 * word.text.length; // long tokens such as 4111111111111111 take long to say
    Object.assign(word, { startMs: at, endMs: at + ms - 50 });
    at += ms;
  }
  return { speaker, channel: speaker === "agent" ? 1 : 0, startMs, endMs: Math.max(at, startMs + 1), text, words, confidence: 0.9 };
}

/** Turns one after the other. */
export function conversation(lines: readonly (readonly [string, string])[]): SpokenTurn[] {
  let at = 1000;
  return lines.map(([speaker, text]) => {
    const one = turn(speaker as Speaker, text, at);
    at = one.endMs + 400;
    return one;
  });
}

export function redactText(text: string): RedactionResult & { text: string } {
  const result = redactTurns([turn("customer", text, 1000)], BOTH);
  return { ...result, text: result.turns[0]?.text ?? "" };
}

export function fixture<T>(name: string): T {
  return JSON.parse(readFileSync(join(installationRoot(), "test/fixtures/privacy", `${name}.json`), "utf8")) as T;
}
