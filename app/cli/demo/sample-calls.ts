// The sample calls that ship with Earshot: what was said, how each arrives.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { installationRoot } from "../../platform/index.ts";

const sampleSchema = z.object({
  title: z.string(),
  /** sound beside the description */
  file: z.string().regex(/^[A-Za-z0-9._-]+$/),
  /** `folder`: dropped into the watched folder under `file_name`, the others announced or handed in */
  arrives: z.enum(["webhook", "freeswitch", "folder", "upload"]),
  call_id: z.string(),
  file_name: z.string().regex(/^[A-Za-z0-9._-]+$/).optional(),
  direction: z.enum(["inbound", "outbound"]),
  from: z.string(),
  to: z.string(),
  agent: z.object({ id: z.string(), name: z.string().optional() }).optional(),
  queue: z.string().optional(),
  started_at: z.iso.datetime(),
});

export type SampleCall = z.infer<typeof sampleSchema> & { path: string };

/** @returns every sample call, in the order of its file name */
export function readSampleCalls(): SampleCall[] {
  const folder = join(installationRoot(), "scripts", "demo", "calls");
  return readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .sort()
    .map((name) => {
      const sample = sampleSchema.parse(JSON.parse(readFileSync(join(folder, name), "utf8")));
      return { ...sample, path: join(folder, sample.file) };
    });
}
