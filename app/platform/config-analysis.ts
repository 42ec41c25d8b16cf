// Settings of the analysis: which engine finds out what was said, and what a language model may take.
import { z } from "zod";
import { bearerKey } from "./config-auth.ts";
import { checkEndpoints, endpointUrl, endpointWeight } from "./config-endpoints.ts";

const modelEndpointSchema = z
  .object({
    url: endpointUrl("its server (`http://gpu1:8000`), its base address (`…/v1`), or the whole address of its chat completions"),
    key: bearerKey.optional().describe("sent as Bearer token; `analysis.key` when absent"),
    model: z.string().min(1).max(200).describe("the model's name on this server; all endpoints must serve the same model"),
    weight: endpointWeight,
    parallel: z.number().int().min(1).max(64).default(2).describe("requests that it gets at the same time"),
  })
  .strict();

export const analysisSchema = z
  .object({
    engine: z.enum(["auto", "llama", "extractive", "openai"]).default("auto").describe("auto: the site's servers when `analysis.endpoints` names any, else a local language model when one is installed, else the extractive engine, which needs none"),
    model: z.string().optional().describe("name in models/manifest.json or path of a GGUF file; the best installed one of at least quality 2 when absent"),
    threads: z.number().int().min(1).max(64).optional().describe("processor threads of the language model; half of the cores, at least 1, when absent"),
    gpu: z.enum(["auto", "off"]).default("auto").describe("auto: a graphics processor is used when its package is installed (see OPERATING.md)"),
    context_tokens: z.number().int().min(1024).max(131_072).default(8192).describe("tokens that the model may have before it at most; longer conversations are read in parts. Each thousand takes about 100 MB with a model of 4 billion weights"),
    memory_mb: z.number().int().min(256).max(262_144).optional().describe("resident memory beyond which the model's process is ended; file size × 1.3 + 2,000 when absent"),
    idle_seconds: z.number().min(5).max(86_400).default(600).describe("the model's memory is given back when nothing was asked for this long"),
    recycle_after: z.number().int().min(1).max(100_000).default(500).describe("questions after which the model's process is started anew"),
    timeout_seconds: z.number().min(1).max(3600).default(240).describe("longest time for each thousand tokens read, or hundred written"),
    endpoints: z.array(modelEndpointSchema).max(64).default([]).describe("OpenAI-compatible servers in your own network; redacted transcripts go there"),
    key: bearerKey.optional().describe("key of all endpoints that name none"),
    allow_public: z.boolean().default(false).describe("let endpoints be outside of your own network: **transcripts then leave the building**"),
    encoder: z.boolean().default(true).describe("read every conversation as a whole, too, with the small model that ships (a process of about 150 MB while it works); off: topics are wrong a little more often"),
    taxonomy: z.string().optional().describe("YAML file with topics and reasons; config/taxonomy.yaml when absent"),
    company_names: z.array(z.string()).default([]).describe("names that agents greet with"),
  })
  .strict()
  .superRefine((analysis, context) => checkEndpoints("analysis", analysis, context))
  .prefault({});
