// What is written down about a model: a line of models/manifest.json, of a bundle, or `model.json` beside an installed model.
import { basename } from "node:path";
import { z } from "zod";

export const MODEL_KINDS = ["speech", "language", "embedding", "picture", "sentiment", "speaker", "vad"] as const;
export type ModelKind = (typeof MODEL_KINDS)[number];

export const modelName = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,62}$/, "expected lower-case letters, digits, dots, - and _");
/** No part begins with a dot, so nothing leads out of the folder and nothing is hidden. */
const plainPath = z
  .string()
  .max(90)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*(\/[A-Za-z0-9][A-Za-z0-9._-]*){0,3}$/, "expected a file name, at most three folders above it");

const sumsAndPlace = {
  sha256: z.string().regex(/^[0-9a-f]{64}$/).optional(),
  /** what some publishers state; where both sums are known a file must have both */
  sha1: z.string().regex(/^[0-9a-f]{40}$/).optional(),
  sizeBytes: z.number().int().positive().optional(),
  url: z.url({ protocol: /^https$/ }).optional(),
};

/** One model. What is not known is left out, never guessed. */
export const modelEntrySchema = z
  .object({
    name: modelName,
    kind: z.enum(MODEL_KINDS),
    /** the file that engines are given; in the data folder a model of one file keeps only the last part of this path */
    file: plainPath,
    ...sumsAndPlace,
    /** the further files of a model of several, e.g. its tokenizer; then all paths, `file` too, are below the model's own folder */
    files: z.array(z.object({ path: plainPath, ...sumsAndPlace }).strict()).min(1).max(30).optional(),
    approximateMb: z.number().positive().optional(),
    licence: z.string().min(1).max(200),
    /** ISO 639 codes; `*` for many */
    languages: z.array(z.string()).min(1),
    /** speech: utterances are packed into one window until it holds this much; full windows of 30 s when absent */
    windowMs: z.number().int().min(500).max(30_000).optional(),
    /** speech: how much sound the encoder is asked to look at; all 30 s of a window when absent */
    audioContextMs: z.number().int().min(500).max(30_000).optional(),
    /** embedding: what stands for a text, the mean of its tokens (when absent) or the first of them */
    pooling: z.enum(["mean", "first"]).optional(),
    /** embedding: what the model was taught to see before a question, and before a text that may answer it */
    prefixes: z.object({ query: z.string().max(100), passage: z.string().max(100) }).strict().optional(),
    /** working memory beside Earshot's own, while the model is loaded */
    memoryMb: z.number().int().positive().optional(),
    /** 1 for trying out · 2 gist · 3 fit for work · 4 good · 5 best; comparable within a kind */
    quality: z.number().int().min(1).max(5).optional(),
    /** seconds of one ordinary core (x86-64 with AVX2, about 3 GHz) for a minute of speech; of a call, for models that read text */
    coreSecondsPerMinute: z.number().positive().optional(),
    /** its sums are those of what came first, because no publisher's were known */
    trustedOnFirstUse: z.literal(true).optional(),
    note: z.string().max(500).default(""),
  })
  .strict()
  .superRefine((entry, context) => {
    const paths = entry.files === undefined ? [] : [entry.file, ...entry.files.map((one) => one.path)];
    if (new Set(paths).size < paths.length) context.addIssue({ code: "custom", path: ["files"], message: "expected every file once" });
    if (paths.includes("model.json")) context.addIssue({ code: "custom", path: ["files"], message: "model.json is Earshot's own" });
  });
export type ModelEntry = z.output<typeof modelEntrySchema>;

/** One file of a model; `path` is below the model's folder. */
export interface ModelFile {
  path: string;
  sha256?: string | undefined;
  sha1?: string | undefined;
  sizeBytes?: number | undefined;
  url?: string | undefined;
}

/** Every file of a model, first the one that engines are given. */
export function filesOf(entry: ModelEntry): [ModelFile, ...ModelFile[]] {
  const { file, sha256, sha1, sizeBytes, url } = entry;
  return [{ path: entry.files === undefined ? basename(file) : file, sha256, sha1, sizeBytes, url }, ...(entry.files ?? [])];
}

/** The entry with what is now known of its files, in the order of `filesOf`. */
export function withFiles(entry: ModelEntry, files: readonly ModelFile[]): ModelEntry {
  const [first, ...further] = files.map((one) => Object.fromEntries(Object.entries(one).filter(([, value]) => value !== undefined)) as unknown as ModelFile);
  const { sha256: _a, sha1: _b, sizeBytes: _c, url: _d, files: _e, ...rest } = entry;
  const { path = entry.file, ...known } = first ?? {};
  return modelEntrySchema.parse({ ...rest, file: path, ...known, ...(further.length === 0 ? {} : { files: further }) });
}

/** True when a sum is known for every file, so that nothing else can take its place. */
export function isPinned(entry: ModelEntry): boolean {
  return filesOf(entry).every((one) => one.sha256 !== undefined || one.sha1 !== undefined);
}

/** Size of all files together, exact or as far as known. @returns undefined when nothing is known */
export function sizeOfModel(entry: ModelEntry): number | undefined {
  const files = filesOf(entry);
  if (files.every((one) => one.sizeBytes !== undefined)) return files.reduce((sum, one) => sum + (one.sizeBytes ?? 0), 0);
  return entry.approximateMb === undefined ? undefined : Math.round(entry.approximateMb * 1e6);
}
