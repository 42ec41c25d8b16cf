// Files that come together with what names them: in the vault before it is stored, and gone when it is not.
import { toAppError } from "../domain/index.ts";
import { oneChunk } from "../platform/index.ts";
import type { Appliance, StagedFile } from "./appliance.ts";

/**
 * @param files in the order in which `take` gets them
 * @param take  stores what names them; when it throws, nothing of that is stored
 */
export async function withStaged<T>({ stage, discard }: Pick<Appliance, "stage" | "discard">, files: readonly { name: string | undefined; content: Uint8Array }[], take: (staged: StagedFile[]) => Promise<T>): Promise<T> {
  const staged: StagedFile[] = [];
  try {
    for (const { content, name } of files) staged.push(await stage(oneChunk(content), name ?? "attachment"));
    return await take(staged);
  } catch (thrown) {
    // What nobody foresaw may have been thrown after the commit: then the files belong to messages, or are swept from the vault at the next start.
    if (toAppError(thrown).code !== "INTERNAL") for (const file of staged) await discard(file);
    throw thrown;
  }
}
