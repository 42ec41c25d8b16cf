// What doctor says about describing pictures: the model of the settings is loaded and shown one.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDescriber } from "../analysis/index.ts";
import { AppError } from "../domain/index.ts";
import { silentLog, type Config } from "../platform/index.ts";
import type { Finding } from "../pipeline/index.ts";

/** One white pixel. */
const PICTURE = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4//8/AAX+Av4N70a4AAAAAElFTkSuQmCC", "base64");

export async function examinePictures({ data_dir: dataDir, documents }: Config): Promise<Finding> {
  const check = "Picture model";
  const { picture_model: model, picture_seconds: seconds, picture_memory_mb: memoryMb } = documents;
  if (model === undefined) return { check, ok: true, detail: "no documents.picture_model is set, so pictures are not described" };
  const folder = await mkdtemp(join(tmpdir(), "earshot-doctor-"));
  try {
    await writeFile(join(folder, "white.png"), PICTURE);
    const describer = await openDescriber(model, { dataDir }, { log: silentLog, picturesIn: folder, timeoutMs: seconds * 1000, ...(memoryMb === undefined ? {} : { memoryMb }) });
    try {
      await describer.describe(join(folder, "white.png"));
      return { check, ok: true, detail: `${describer.id.split("@")[0]} described a test picture` };
    } finally {
      await describer.stop();
    }
  } catch (error) {
    if (error instanceof AppError) return { check, ok: false, detail: error.message };
    throw error;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
