// A model of meaning for tests: words that mean the same share a dimension. Deterministic, and small enough to see through.
import type { Embedder } from "../../app/analysis/index.ts";
import { AppError } from "../../app/domain/index.ts";

const MEANINGS = [["refund", "money", "reimbursed", "repaid"], ["parcel", "package", "shipment", "delivery"], ["broken", "damaged", "cracked"], ["hours", "open", "closing"]];

export interface FakeEmbedder extends Embedder {
  /** makes it fail from now on */
  broken: boolean;
  texts: number;
}

export function fakeEmbedder(id = "fake-1"): FakeEmbedder {
  const fake: FakeEmbedder = {
    id, dimensions: MEANINGS.length + 1, broken: false, texts: 0,
    async embed(texts, _kind, signal) {
      signal?.throwIfAborted();
      if (fake.broken) throw new AppError("EMBEDDING_FAILED", "The test says so");
      fake.texts += texts.length;
      return texts.map((text) => {
        const numbers = [...MEANINGS.map((words) => words.filter((word) => text.toLowerCase().includes(word)).length), 0.1];
        const length = Math.hypot(...numbers);
        return Float32Array.from(numbers, (one) => one / length);
      });
    },
  };
  return fake;
}
