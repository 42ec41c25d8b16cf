// Reading raw samples in step from several files, in chunks, so that six hours need no more memory than six seconds.
import { open, type FileHandle } from "node:fs/promises";

/** Samples of one chunk: 2 s at 16 kHz, a few milliseconds of work, then the event loop has its turn. */
export const CHUNK_SAMPLES = 32_000;

/**
 * @param paths raw signed 16-bit little-endian mono files
 * @yields one array per file, all of the same length (the shorter file is silent at its end); the arrays are reused, so do not keep them
 */
export async function* samplesOf(paths: readonly string[], signal?: AbortSignal): AsyncGenerator<Int16Array[]> {
  const handles: FileHandle[] = [];
  try {
    for (const path of paths) handles.push(await open(path, "r"));
    const chunks = paths.map(() => new Int16Array(CHUNK_SAMPLES));
    for (;;) {
      signal?.throwIfAborted();
      const lengths = await Promise.all(handles.map((handle, i) => fill(handle, chunks[i] as Int16Array)));
      const length = Math.max(0, ...lengths);
      if (length === 0) return;
      chunks.forEach((chunk, i) => chunk.fill(0, lengths[i], length));
      yield chunks.map((chunk) => chunk.subarray(0, length));
    }
  } finally {
    await Promise.all(handles.map((handle) => handle.close()));
  }
}

/** @returns how many samples were read; fewer than the array holds only at the end of the file */
async function fill(handle: FileHandle, chunk: Int16Array): Promise<number> {
  const bytes = new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  let done = 0;
  while (done < bytes.length) {
    const { bytesRead } = await handle.read(bytes, done, bytes.length - done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return Math.floor(done / 2);
}
