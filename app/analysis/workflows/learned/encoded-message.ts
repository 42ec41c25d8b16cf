// What an encoder made of a message for forms, as it is kept beside the message: places and chances, no words. Pure.
import { z } from "zod";

/** `[from, to, begins, goesOn]`: a word by its place in the message's text, 0…1 that it begins a span of a role, and that it goes on with one. */
const wordSchema = z.tuple([z.int(), z.int(), z.number(), z.number()]);
const encodedSchema = z.object({ roles: z.record(z.string(), z.array(wordSchema)), choices: z.record(z.string(), z.record(z.string(), z.number())) });

/** Words that may belong to a span, by role (`item`); of each choice (`resolution`) 0…1 per value, `none` among them. */
export type EncodedMessage = z.infer<typeof encodedSchema>;

/** @returns what was kept of a message; undefined when it is nothing of ours */
export function readEncoded(body: string): EncodedMessage | undefined {
  try {
    return encodedSchema.parse(JSON.parse(body));
  } catch {
    return undefined;
  }
}
