// What is to be seen on pictures, when the settings name a model for it. It is opened with the first picture, and again after it could not be opened.
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { openDescriber, type RunningDescriber } from "../analysis/index.ts";
import { ensureFolder, type Config, type Log } from "../platform/index.ts";

export interface PictureWords {
  /** absent when the model says nothing */
  text?: string;
  /** name and content of the model */
  model: string;
}

export class PictureReader {
  private readonly config: Pick<Config, "data_dir" | "documents">;
  private readonly log: Log;
  private opening: Promise<RunningDescriber> | undefined;

  constructor(config: Pick<Config, "data_dir" | "documents">, log: Log) {
    this.config = config;
    this.log = log;
  }

  /** false when the settings name no model */
  get isSet(): boolean {
    return this.config.documents.picture_model !== undefined;
  }

  /**
   * @param png drawn anew by the reading process · @param name of a file, unique among those that are read at the same time
   * @throws AppError PICTURE_UNDESCRIBED, SETUP_INCOMPLETE, MODEL_INVALID; the signal's reason
   */
  async describe(png: Uint8Array, name: string, signal?: AbortSignal): Promise<PictureWords> {
    const folder = await ensureFolder(this.folder);
    const describer = await this.ready(folder);
    const path = join(folder, `${name}.png`);
    try {
      await writeFile(path, png, { mode: 0o600 });
      const text = await describer.describe(path, signal);
      return { model: describer.id, ...(text === undefined ? {} : { text }) };
    } finally {
      await rm(path, { force: true });
    }
  }

  async stop(): Promise<void> {
    await this.opening?.then((one) => one.stop(), () => undefined);
  }

  /** What is missing now may be installed before the next picture. */
  private ready(folder: string): Promise<RunningDescriber> {
    const { picture_model: model = "", picture_seconds: seconds, picture_memory_mb: memoryMb } = this.config.documents;
    this.opening ??= openDescriber(model, { dataDir: this.config.data_dir }, { log: this.log, picturesIn: folder, timeoutMs: seconds * 1000, ...(memoryMb === undefined ? {} : { memoryMb }) }).catch((error: unknown) => {
      this.opening = undefined;
      throw error;
    });
    return this.opening;
  }

  private get folder(): string {
    return join(this.config.data_dir, "spool", "pictures");
  }
}
