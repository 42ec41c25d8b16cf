// Small linear models of what is said for a form: which words name the thing, what a day or a sum is about, which choice was made.
// They choose among words that were said; the quote and the message stand beside whatever they choose.
import { z } from "zod";
import { AppError } from "../../../domain/index.ts";
import { headSchema, isEven } from "../../learned/findings-model.ts";
import { readOnce } from "../../learned/read-once.ts";

/** Classes are tags of words: `O` none, `B` the first of a span, `I` the rest of it. `moves`: from each tag (last: from the beginning) to each; `names`: common names of such things. */
const spanSchema = headSchema.extend({ moves: z.array(z.array(z.number())), names: z.array(z.string()) });
const modelSchema = z
  .strictObject({ version: z.literal(2), name: z.string(), trained_on: z.int(), spans: z.record(z.string(), spanSchema), moments: headSchema, choices: z.record(z.string(), headSchema) })
  .refine(({ spans, moments, choices }) => [moments, ...Object.values(spans), ...Object.values(choices)].every(isEven), "expected one number per class")
  .refine(({ spans }) => Object.values(spans).every(({ classes, moves }) => moves.length === classes.length + 1 && moves.every((row) => row.length === classes.length)), "expected one move per pair of tags");

export type SpanHead = z.infer<typeof spanSchema>;
export type SlotsModel = z.infer<typeof modelSchema>;

/**
 * @param path JSON file, see models/starter-slots
 * @throws AppError MODEL_INVALID when it is not such a file
 */
export function loadSlotsModel(path: string): SlotsModel {
  try {
    return readOnce(path, readSlots);
  } catch (cause) {
    throw new AppError("MODEL_INVALID", `${path} is not a model of slots; install Earshot again`, { cause });
  }
}

/** @throws Error when it is no model */
export function readSlots(text: string): SlotsModel {
  return modelSchema.parse(JSON.parse(text));
}
