// Settings of the business's own documents, and of search.
import { z } from "zod";

export const knowledgeSchema = z
  .object({
    folder: z.string().min(1).optional().describe("folder with the business's documents (terms, policies, instructions); they are read, never changed. Nothing is indexed when absent, and what was indexed goes"),
    scan_seconds: z.number().min(0.2).max(86_400).default(30).describe("how often the folder is looked through; works on NFS and SMB, where no events come"),
    max_documents: z.number().int().min(1).max(20_000).default(2_000).describe("documents that are indexed, in the order of their names; the rest is left out and said so in the log"),
    embedding_model: z.string().optional().describe("name in models/manifest.json of a model that turns texts into vectors, or its folder; documents are then found by meaning too"),
  })
  .strict()
  .prefault({});

export const searchSchema = z
  .object({
    by_meaning: z.boolean().default(false).describe("find messages by meaning too: the newest 100,000 get vectors of the embedding model, in the background, which takes some hundredths of a second of one core each"),
  })
  .strict()
  .prefault({});
