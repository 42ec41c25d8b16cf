// Settings of the model that describes pictures; they stand among those of documents.
import { isAbsolute } from "node:path";
import { z } from "zod";

export const pictureSettings = {
  picture_model: z
    .string()
    .min(1)
    .refine((text) => isAbsolute(text) || !/[/\\]/.test(text), "expected the name of an installed model, or the whole path of a folder, from /")
    .optional()
    .describe("model that describes pictures in a sentence: name of an installed model of the kind picture, or the path of its folder; pictures are not described when absent"),
  picture_seconds: z.number().min(1).max(600).default(60).describe("longest time for the description of one picture"),
  picture_memory_mb: z.number().int().min(100).max(65_536).optional().describe("memory of the process that describes pictures; a good deal more than the model is known to need, when absent"),
};
