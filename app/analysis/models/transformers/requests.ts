// What the process of a small model is told at its start, what it is asked, and what it answers.
import { z } from "zod";

/** The last argument of the process, as JSON. */
export const orderSchema = z.object({
  kind: z.enum(["embedding", "picture", "encoder"]),
  /** absolute; checked before */
  folder: z.string(),
  isQuantized: z.boolean(),
  threads: z.number().int().min(1),
  pooling: z.enum(["mean", "first"]),
});
export type Order = z.output<typeof orderSchema>;

export const requestSchema = z.union([
  z.object({ id: z.number(), texts: z.array(z.string()), prefix: z.string() }),
  z.object({ id: z.number(), picture: z.string(), maxTokens: z.number().int().min(1) }),
  z.object({ id: z.number(), tokens: z.array(z.number().int().min(0)).min(1) }),
]);
export type Request = z.output<typeof requestSchema>;

/** Vectors as base64 of little-endian 32-bit floats: a quarter of the digits, and exact. */
export const vectorsSchema = z.object({ vectors: z.array(z.string()) });
/** Outputs of an encoder by their names in its file, packed as vectors are. */
export const encodingSchema = z.object({ outputs: z.record(z.string(), z.string()) });
export const wordsSchema = z.object({ words: z.string() });

export function packVector(vector: Float32Array): string {
  return Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString("base64");
}

export function unpackVector(text: string): Float32Array {
  const bytes = Buffer.from(text, "base64");
  return new Float32Array(Uint8Array.from(bytes).buffer, 0, Math.floor(bytes.length / 4));
}
