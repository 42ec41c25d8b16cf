// Small linear models that were trained on labelled conversations: which sentences matter, how it ended, what it was about.
// They choose among things that were said; whatever they choose still passes the evidence check.
import { z } from "zod";
import { AppError } from "../../domain/index.ts";
import { softmax } from "./chances.ts";
import type { Features } from "./features.ts";
import { readOnce } from "./read-once.ts";
import { weightsSchema } from "./weights.ts";

/** One class per column; a feature that is not listed weighs nothing. With a scale, long conversations speak no louder than short ones. */
export const headSchema = z.strictObject({ classes: z.array(z.string()).min(1), bias: z.array(z.number()), scale: z.number().positive().optional(), weights: weightsSchema });
const modelSchema = z
  .strictObject({ version: z.literal(4), name: z.string(), trained_on: z.int(), heads: z.strictObject({ important: headSchema, intent: headSchema, outcome: headSchema, reason: headSchema, mood: headSchema, trend: headSchema, task: headSchema }) })
  .refine(({ heads }) => Object.values(heads).every(isEven), "expected one number per class");

export type Head = z.infer<typeof headSchema>;
export type FindingsModel = z.infer<typeof modelSchema>;

/**
 * @param path JSON file, see models/starter-findings
 * @throws AppError MODEL_INVALID when it is not such a file
 */
export function loadFindingsModel(path: string): FindingsModel {
  try {
    return readOnce(path, readFindings);
  } catch (cause) {
    throw new AppError("MODEL_INVALID", `${path} is not a model of findings; install Earshot again, or leave analysis.findings_model out`, { cause });
  }
}

/** @throws Error when it is no model */
export function readFindings(text: string): FindingsModel {
  return modelSchema.parse(JSON.parse(text));
}

/** @returns whether a head has one number per class everywhere */
export function isEven({ classes, bias, weights }: z.infer<typeof headSchema>): boolean {
  return bias.length === classes.length && (weights.width === classes.length || weights.starts.size === 0);
}

/** What each of so many features counts: without a scale 1. On 745 conversations the scale of 10 named the topic of 77 instead of 74 in 100. */
export function worthOf(features: Features, scale: number | undefined): number {
  return scale === undefined ? 1 : scale / Math.sqrt(Math.max(1, features.length));
}

/** @returns log-odds of each class, not calibrated; in the order of `classes` */
export function scoresOf(head: Head, features: Features): number[] {
  const sums = [...head.bias];
  const worth = worthOf(features, head.scale);
  const { starts, hundredths, width } = head.weights;
  for (const feature of features) {
    const start = starts.get(feature);
    if (start !== undefined) for (let at = 0; at < width; at++) sums[at] = (sums[at] ?? 0) + ((hundredths[start + at] ?? 0) / 100) * worth;
  }
  return sums;
}

/** @returns 0…1 per class, in the order of `classes`; they sum to 1 */
export function probabilitiesOf(head: Head, features: Features): number[] {
  return softmax(scoresOf(head, features));
}
