// Vectors of one model in memory, asked for the nearest in slices: 384 numbers each are 1.5 kB, so 100,000 of them take 150 MB and 70 ms of one core a question.
import { setImmediate } from "node:timers/promises";
import { Best, dotProducts } from "./rank.ts";

/** Where the vectors are kept. Numbers (`seq`) only grow and are never used again. */
export interface VectorSource<Id> {
  /** stored vectors of the model with a number above `seq`, in the order of their numbers */
  after(model: string, seq: number, count: number): { seq: number; id: Id; vector: Uint8Array }[];
  /** how many there are of the model */
  count(model: string): number;
}

const ROWS_A_BLOCK = 1024;
/** Rows read in one piece: 96 of 1.5 kB are 3 ms, however they lie on the disk. */
const ROWS_A_LOAD = 96;
/** Longest piece of work before others get their turn. */
const SLICE_MS = 10;

/** One model's vectors. What was removed from the source stays until the table is built anew; the caller looks whether what it found still exists. */
export class VectorTable<Id> {
  private blocks: Float32Array[] = [];
  private ids: Id[] = [];
  /** where the newest vector of each id lies */
  private places = new Map<Id, number>();
  private last = 0;
  private loading: Promise<void> = Promise.resolve();

  private readonly source: VectorSource<Id>;
  private readonly model: string;
  private readonly dimensions: number;

  constructor(source: VectorSource<Id>, model: string, dimensions: number) {
    this.source = source;
    this.model = model;
    this.dimensions = dimensions;
  }

  /** @param query of unit length · @returns the nearest, nearest first, with their cosine */
  async nearest(query: Float32Array, count: number, signal?: AbortSignal): Promise<{ id: Id; score: number }[]> {
    await (this.loading = this.loading.then(() => this.load()));
    const best = new Best<Id>(count);
    const { blocks, ids } = this; // a later load replaces them
    const known = ids.length;
    let began = performance.now();
    for (const [n, block] of blocks.entries()) {
      const first = n * ROWS_A_BLOCK;
      dotProducts(query, block, Math.min(ROWS_A_BLOCK, known - first), (row, cosine) => best.offer(ids[first + row] as Id, cosine));
      if (performance.now() - began < SLICE_MS) continue;
      await setImmediate();
      signal?.throwIfAborted();
      began = performance.now();
    }
    return best.items;
  }

  /** Brings what is new; builds anew when half of what is here is gone from the source. */
  private async load(): Promise<void> {
    if (this.ids.length > 1000 && this.ids.length > 2 * this.source.count(this.model) + 1000) [this.blocks, this.ids, this.places, this.last] = [[], [], new Map<Id, number>(), 0];
    for (;;) {
      const rows = this.source.after(this.model, this.last, ROWS_A_LOAD);
      if (rows.length === 0) return;
      for (const { seq, id, vector } of rows) {
        this.last = seq;
        if (vector.byteLength === this.dimensions * 4) this.add(id, vector);
      }
      await setImmediate();
    }
  }

  private add(id: Id, vector: Uint8Array): void {
    const before = this.places.get(id);
    if (before !== undefined) this.blocks[Math.floor(before / ROWS_A_BLOCK)]?.fill(0, (before % ROWS_A_BLOCK) * this.dimensions, ((before % ROWS_A_BLOCK) + 1) * this.dimensions); // other words now: like nothing
    this.places.set(id, this.ids.length);
    const place = this.ids.length % ROWS_A_BLOCK;
    if (place === 0) this.blocks.push(new Float32Array(ROWS_A_BLOCK * this.dimensions));
    const block = this.blocks.at(-1) as Float32Array;
    new Uint8Array(block.buffer, place * this.dimensions * 4, vector.byteLength).set(vector); // the blob itself may lie at any address
    this.ids.push(id);
  }
}
