// Lets an encoder read a message for forms, and proposes the names that it marks.
import type { Encoder, Encoding } from "../../models/small-models.ts";
import { partyOf } from "../../text/party.ts";
import type { SaidMessage } from "../message.ts";
import type { MessageReader, PreparedWorkflow } from "../reader.ts";
import type { ProposedSlot } from "../proposals.ts";
import type { EncodedMessage } from "./encoded-message.ts";

/** Of a word that is less likely part of a span than this, nothing is kept. */
const LEAST = 0.02;
/** From so likely a word begins a name that is proposed, and goes on with it. */
const BEGINS = 0.6;
const GOES_ON = 0.5;
/** Roles whose spans are proposed where patterns found nothing. What a span of the others is about is judged together with the linear models. */
const PROPOSED: ReadonlySet<string> = new Set(["name", "firm"]);

/**
 * @param before the message right before it: of the other party, an answer is read with what was asked
 * @returns what is kept beside the message (`SaidMessage.encoding`)
 * @throws as the encoder
 */
export async function encodeMessage(encoder: Encoder, before: SaidMessage | undefined, message: SaidMessage, signal?: AbortSignal): Promise<string> {
  const turns = [...(before === undefined || isHouse(before) === isHouse(message) ? [] : [before]), message];
  const encoding = await encoder.read(turns.map((one) => ({ isHouse: isHouse(one), text: one.text })), signal);
  return JSON.stringify(condense(encoding, encoder.tags, turns.length - 1));
}

function condense({ words, choices }: Encoding, tags: readonly string[], turn: number): EncodedMessage {
  const own = words.filter((one) => one.turn === turn);
  const roles = tags.flatMap((tag, begins) => {
    const role = /^B-(.+)$/.exec(tag)?.[1];
    const goesOn = tags.indexOf(`I-${role ?? ""}`);
    const list = own.map(({ from, to, chances }) => [from, to, rounded(chances[begins] ?? 0), rounded(chances[goesOn] ?? 0)] as [number, number, number, number]).filter(([, , first, on]) => first + on >= LEAST);
    return role === undefined || list.length === 0 ? [] : [[role, list] as const];
  });
  return { roles: Object.fromEntries(roles), choices: Object.fromEntries(Object.entries(choices).map(([choice, values]) => [choice, Object.fromEntries(Object.entries(values).map(([value, chance]) => [value, rounded(chance)]))])) };
}

/** Names of people and firms as the encoder marks them in what the customer says: for slots that patterns leave empty. They pass the check of proposals like everybody's. */
export function proposeEncoded({ slots }: PreparedWorkflow, messages: readonly SaidMessage[], reader: MessageReader): ProposedSlot[] {
  return slots.flatMap(({ name, slot: { learned } }) => {
    if (learned === undefined || !PROPOSED.has(learned)) return [];
    let best: { chance: number; value: string; message: string } | undefined;
    for (const message of messages) {
      const { id, speaker, text, encoding } = message;
      if (speaker !== "customer" || encoding === undefined) continue;
      const words = reader.read(message).encoded?.roles[learned] ?? [];
      for (const [at, [from, , chance]] of words.entries()) {
        if (chance < BEGINS || chance <= (best?.chance ?? 0)) continue;
        best = { chance, value: text.slice(from, endOf(words, at)), message: id };
      }
    }
    return best === undefined ? [] : [{ slot: name, value: best.value, quote: best.value, message: best.message }];
  });
}

/** Where the span ends that begins with this word. */
function endOf(words: EncodedMessage["roles"][string], at: number): number {
  let last = at;
  while ((words[last + 1]?.[3] ?? 0) > GOES_ON && (words[last + 1]?.[0] ?? Infinity) <= (words[last]?.[1] ?? 0) + 1) last++;
  return words[last]?.[1] ?? 0;
}

function isHouse(message: SaidMessage): boolean {
  return partyOf(message) === "agent";
}

function rounded(chance: number): number {
  return Math.round(chance * 1000) / 1000;
}
