// Vectors: made in the background, a batch at a time, and asked for the nearest. When the model fails, words alone answer.
import { VectorTable, type Embedder, type VectorSource } from "../../analysis/index.ts";
import { toAppError } from "../../domain/index.ts";
import { inTransaction } from "../../platform/index.ts";
import { meansSomething } from "../../store/index.ts";
import type { Parts } from "../parts.ts";

/** Texts that the model gets at once, and rows of one transaction: 2 ms. */
const BATCH = 32;
/** Messages that have vectors: 150 MB of memory and 0.1 s a question. */
export const NEWEST_MESSAGES = 100_000;
/** Messages change while they are young (a call is heard again): so many of the last ones are looked at again. */
const AGAIN = 1_000;

export class Meaning<Id> {
  private readonly table: VectorTable<Id>;

  private readonly embedder: Embedder;
  private readonly log: Parts["log"];

  constructor(embedder: Embedder, source: VectorSource<Id>, log: Parts["log"]) {
    this.embedder = embedder;
    this.log = log;
    this.table = new VectorTable(source, embedder.id, embedder.dimensions);
  }

  /** @returns nearest first; undefined when the model does not work: the caller goes on with words and says so */
  async nearest(question: string, count: number, signal?: AbortSignal): Promise<{ id: Id; score: number }[] | undefined> {
    try {
      const [query] = await this.embedder.embed([question], "query", signal);
      return query && (await this.table.nearest(query, count, signal));
    } catch (thrown) {
      signal?.throwIfAborted();
      this.log.warn({ event: "meaning.failed", code: toAppError(thrown, "EMBEDDING_FAILED").code }, "the embedding model does not answer; words alone do");
      return undefined;
    }
  }
}

type Ground = Pick<Parts, "db" | "store" | "embedder">;

/** Gives every passage that has none a vector. @returns how many it gave · @throws AppError EMBEDDING_FAILED; what was done is kept */
export async function embedKnowledge({ db, store, embedder }: Ground, signal: AbortSignal): Promise<number> {
  if (embedder === undefined) return 0;
  const rows = store.writes.knowledge;
  for (let given = 0; ; ) {
    const batch = rows.withoutVector(embedder.id, BATCH);
    if (batch.length === 0) return given;
    const vectors = await embedder.embed(batch.map((one) => one.text), "passage", signal);
    signal.throwIfAborted();
    inTransaction(db, () => batch.forEach((one, i) => rows.setVector(one.id, embedder.id, bytesOf(vectors[i]))));
    given += batch.length;
  }
}

/** The same for messages whose words were corrected, and for the newest ones. @param fromSeq where the last round ended · @returns where this one did */
export async function embedMessages({ db, store, embedder }: Ground, fromSeq: number, signal: AbortSignal): Promise<number> {
  if (embedder === undefined) return fromSeq;
  const rows = store.writes.messageVectors;
  const give = async (batch: readonly { id: string; text: string }[]): Promise<void> => {
    if (batch.length === 0) return;
    const vectors = await embedder.embed(batch.map((one) => one.text), "passage", signal);
    signal.throwIfAborted();
    inTransaction(db, () => batch.forEach((one, n) => rows.set(one, embedder.id, bytesOf(vectors[n]))));
  };
  for (let corrected = rows.outdated(BATCH); corrected.length > 0; corrected = rows.outdated(BATCH)) {
    inTransaction(db, () => corrected.filter((one) => !meansSomething(one.text)).forEach((one) => rows.forget(one.id)));
    await give(corrected.filter((one) => meansSomething(one.text)));
  }
  let at = Math.max(0, fromSeq - AGAIN, rows.newestSeq() - NEWEST_MESSAGES);
  for (;;) {
    const { lastSeq, messages } = rows.without(embedder.id, at);
    if (lastSeq === undefined) return at;
    for (let i = 0; i < messages.length; i += BATCH) await give(messages.slice(i, i + BATCH));
    at = lastSeq;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function bytesOf(vector: Float32Array | undefined): Uint8Array {
  if (vector === undefined) throw new Error("an embedder gives one vector for each text");
  return new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength);
}
