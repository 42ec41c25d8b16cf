// Settings of workflows; the workflows themselves are files.
import { z } from "zod";

export const workflowsSchema = z
  .object({
    folder: z.string().min(1).optional().describe("folder with one YAML file per workflow; config/workflows when absent"),
  })
  .strict()
  .prefault({});
