// Puts together what answers questions: the index, and the vectors where there is a model for them.
import type { VectorSource } from "../../analysis/index.ts";
import type { Parts } from "../parts.ts";
import { createKnowledge } from "./knowledge.ts";
import type { Knowledge, SearchDesk } from "./knowledge-types.ts";
import { Meaning } from "./meaning.ts";
import { createSearchDesk } from "./search-desk.ts";

/** @param embedder undefined: words alone */
export function openKnowledge({ store, embedder, log }: Pick<Parts, "store" | "embedder" | "log">): Knowledge {
  const rows = store.reads.knowledge;
  const vectors: VectorSource<number> = { after: (...from) => rows.vectorsAfter(...from), count: (model) => rows.vectorCount(model) };
  return createKnowledge({ store }, embedder && new Meaning(embedder, vectors, log));
}

/** Messages are found by meaning only where `search.by_meaning` says so. */
export function openSearch({ store, embedder, log, clock, config }: Pick<Parts, "store" | "embedder" | "log" | "clock" | "config">): SearchDesk {
  return createSearchDesk({ store, clock }, embedder && config.search.by_meaning ? new Meaning(embedder, store.writes.messageVectors, log) : undefined);
}
