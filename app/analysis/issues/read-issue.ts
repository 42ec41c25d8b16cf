// What a conversation is about, in few words that can be compared, and the customer's own sentence that says it. Pure.
import type { IssueFacts, IssueMember } from "../../domain/index.ts";
import { fold } from "../text/fold.ts";
import { isFunctionWord } from "../text/function-words.ts";
import { tokenise } from "../text/tokens.ts";

/** Of a long text the first words say what it is about; more of them make everything alike. */
const WORDS_MAX = 12;
/** A quote is a sentence or two; shorter ones ("hello", "yes please") say nothing. */
const QUOTE_MIN = 12;
const QUOTE_MAX = 280;
const LABEL_MAX = 160;

/** How summaries begin, not what they say. */
const TELLING = new Set("customer caller agent client call chat mail email message speaker report reports reported explain explained state stated ask asking about issue problem regarding".split(" ").map(fold));

/** @returns the member that stands for the conversation, not yet placed in a theme */
export function readIssue(facts: IssueFacts): IssueMember {
  const { conversationId, found, said } = facts;
  const told = found?.intent?.text ?? (found === null || found.points.length === 0 ? undefined : found.points.slice(0, 3).map((point) => point.text).join(". "));
  const own = said.map((one) => one.text).join(". ");
  return {
    conversationId,
    unit: facts.customerId ?? conversationId,
    reason: facts.reason ?? "",
    themeId: null,
    queue: facts.queue ?? "",
    channels: facts.channels,
    openedAtMs: facts.openedAtMs,
    lastAtMs: facts.lastAtMs,
    mood: facts.mood === null ? null : Math.round(Math.max(-1, Math.min(1, facts.mood)) * 1000),
    words: keyWords(told ?? own),
    label: shortened(found?.intent?.text ?? found?.points[0]?.text ?? said.find((one) => isQuotable(one.text))?.text ?? "") || null,
    quoteId: (said.find((one) => isQuotable(one.text)) ?? said[0])?.id ?? null,
  };
}

/**
 * @returns hashes of the first distinct words that carry meaning, folded so that inflections are equal, sorted. Only hashes are kept, so the words
 *   of a customer cannot be read where only likeness is needed. Numbers, names of parties and what was redacted do not count.
 */
export function keyWords(text: string): number[] {
  const hashes = new Set<number>();
  for (const { lower } of tokenise(text.replace(/\[[A-Z ]+\]/g, " "))) {
    if (hashes.size === WORDS_MAX) break;
    if (isFunctionWord(lower) || !/\p{L}/u.test(lower) || /\d/.test(lower)) continue;
    const stem = fold(lower);
    if (stem.length > 1 && !TELLING.has(stem)) hashes.add(hash(stem));
  }
  return [...hashes].sort((a, b) => a - b);
}

function isQuotable(text: string): boolean {
  return text.length >= QUOTE_MIN && text.length <= QUOTE_MAX;
}

/** @returns at most `max` characters, cut at a word */
export function shortened(text: string, max: number = LABEL_MAX): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length <= max ? line : `${line.slice(0, max - 1).replace(/\s+\S*$/, "")}…`;
}

/** FNV-1a, 32 bits: two of some thousand words of a trade are equal with a chance of one in a thousand, which one word of twelve does not matter for. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return value;
}
