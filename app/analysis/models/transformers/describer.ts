// Pictures become words, in a process of their own.
import { openModelFolder, type LineStatus, type ModelPlaces } from "../../../platform/index.ts";
import { AppError } from "../../../domain/index.ts";
import type { PictureDescriber } from "../small-models.ts";
import { launch, type LaunchOptions } from "./launch.ts";
import { wordsSchema } from "./requests.ts";

/** Captions have 10 to 20 words; a model that does not stop is stopped here. */
const MAX_TOKENS = 48;
const MAX_CHARACTERS = 400;
const TIMEOUT_MS = 60_000;

/** A describer with a process to end. */
export interface RunningDescriber extends PictureDescriber {
  status(): LineStatus;
  stop(): Promise<void>;
}

export interface DescriberOptions extends LaunchOptions {
  /** the folder that all pictures lie in; the process can read no other */
  picturesIn: string;
  /** longest time for one picture */
  timeoutMs?: number;
  signal?: AbortSignal;
}

/**
 * Opens a model that describes pictures. Its files are read and checked; its process starts with the first picture.
 * @param nameOrPath a name of the model store, or the absolute path of a folder from the settings
 * @throws AppError SETUP_INCOMPLETE with the command that installs it, MODEL_INVALID when it is damaged or not whole; the signal's reason
 */
export async function openDescriber(nameOrPath: string, places: ModelPlaces, options: DescriberOptions): Promise<RunningDescriber> {
  const model = await openModelFolder(nameOrPath, "picture", places, options.signal);
  const process = launch(model, "picture", "PICTURE_UNDESCRIBED", [options.picturesIn], options);
  return {
    id: `${model.name}@sha256:${model.sha256}`,
    async describe(path, signal) {
      const answer = wordsSchema.safeParse(await process.request({ picture: path, maxTokens: MAX_TOKENS }, { timeoutMs: options.timeoutMs ?? TIMEOUT_MS, signal }));
      if (!answer.success) throw new AppError("PICTURE_UNDESCRIBED", `The picture model ${model.name} gave something that is no description`);
      return sentence(answer.data.words);
    },
    status: () => process.status(),
    stop: () => process.stop(),
  };
}

/** One line of printable text; undefined when nothing is left. */
function sentence(words: string): string | undefined {
  const text = words.replace(/[\p{C}\s]+/gu, " ").trim().slice(0, MAX_CHARACTERS).trim();
  return text === "" ? undefined : text;
}
