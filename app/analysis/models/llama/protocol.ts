// What Earshot and the process with the language model say to each other: one JSON object a line, checked at both ends.
import { z } from "zod";

/** What the process is started with, as its one argument. */
export const startSchema = z.object({
  modelPath: z.string().min(1),
  threads: z.int().min(1),
  gpu: z.enum(["auto", "off"]),
  /** of the context, at most; the model's own limit counts too */
  contextTokens: z.int().min(256),
  seed: z.int(),
});
export type Start = z.output<typeof startSchema>;

const id = z.int();
/** The first word of the process answers a question that nobody asked. */
const first = z.literal(0);
const reading = z.object({ system: z.string(), document: z.string() });

export const requestSchema = z.discriminatedUnion("ask", [
  z.object({ ask: z.literal("count"), id, texts: z.array(z.string()) }),
  z.object({ ask: z.literal("answer"), id, reading, instruction: z.string().min(1), schema: z.record(z.string(), z.unknown()), maxTokens: z.int().min(1) }),
  z.object({ ask: z.literal("choose"), id, reading, instruction: z.string().min(1), options: z.array(z.object({ value: z.string(), meaning: z.string() })).min(2).max(256) }),
  /** gives `id` up; it is answered with `refused` */
  z.object({ ask: z.literal("cancel"), id }),
]);
export type Request = z.output<typeof requestSchema>;

/** `too_long`: it does not fit into the context, nothing was read · `cut`: maxTokens came before the end */
export const WHY = ["too_long", "cut", "failed", "cancelled"] as const;

export const replySchema = z.discriminatedUnion("say", [
  z.object({ say: z.literal("ready"), id: first, contextTokens: z.int(), gpu: z.string().nullable() }),
  z.object({ say: z.literal("unusable"), id: first, message: z.string() }),
  z.object({ say: z.literal("counted"), id, tokens: z.array(z.int().min(0)) }),
  /** `read`: tokens evaluated for this question; what was in the cache is not among them */
  z.object({ say: z.literal("answered"), id, text: z.string(), read: z.int(), written: z.int() }),
  z.object({ say: z.literal("chosen"), id, value: z.string(), probabilities: z.record(z.string(), z.number()), read: z.int() }),
  z.object({ say: z.literal("refused"), id, why: z.enum(WHY), message: z.string() }),
]);
export type Reply = z.output<typeof replySchema>;
/** A reply to one request. */
export type Answer = Exclude<Reply, { say: "ready" | "unusable" }>;

/** @returns undefined when the line is none of ours, e.g. a message of a library */
export function parseLine<Type extends z.ZodType>(schema: Type, line: string): z.output<Type> | undefined {
  try {
    const parsed = schema.safeParse(JSON.parse(line));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}
