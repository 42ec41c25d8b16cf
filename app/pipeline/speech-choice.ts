// The speech model that somebody chose while Earshot ran: a file of its own, because it belongs to this machine and its model files, not to a backup.
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { AppError } from "../domain/index.ts";
import { syncFolder, writeStreamDurably } from "../platform/index.ts";

const choiceSchema = z.object({ model: z.string().min(1) });

/** @returns name or path of the chosen model, which wins over `speech.model`; undefined when nobody chose. @throws AppError CONFIG_INVALID when the file is damaged */
export async function readChoice(dataDir: string): Promise<string | undefined> {
  const text = await readFile(choiceFile(dataDir), "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  try {
    return choiceSchema.parse(JSON.parse(text)).model;
  } catch (cause) {
    throw new AppError("CONFIG_INVALID", `${choiceFile(dataDir)} is damaged; remove it, then the setting speech.model counts again`, { cause });
  }
}

/** On the disk when it resolves. @param model undefined: the setting counts again */
export async function writeChoice(dataDir: string, model: string | undefined): Promise<void> {
  if (model !== undefined) {
    await writeStreamDurably(single(JSON.stringify({ model })), choiceFile(dataDir), 10_000);
    return;
  }
  await rm(choiceFile(dataDir), { force: true });
  await syncFolder(dataDir);
}

export function choiceFile(dataDir: string): string {
  return join(dataDir, "speech-model.json");
}

async function* single(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text, "utf8");
}
