// Units of speech are joined, the most alike first, until two heaps are left. Pure, in steps. Source: Ward 1963; Lance & Williams 1967.
import type { Steps } from "../in-steps.ts";

/**
 * @param vectors at most a few hundred: the work grows with the third power
 * @param weights how much each counts, e.g. its length
 * @yields after every join, so that others have their turn
 * @returns 0 or 1 per vector
 */
export function* twoHeaps(vectors: readonly Float64Array[], weights: readonly number[]): Steps<Uint8Array> {
  const count = vectors.length;
  const heapOf = vectors.map((_, i) => i);
  const alive = vectors.map((_, i) => i);
  const mass = [...weights];
  const cost = Array.from({ length: count }, (_, i) => Float64Array.from({ length: count }, (_unused, j) => joinCost(mass[i] as number, mass[j] as number, vectors[i] as Float64Array, vectors[j] as Float64Array)));
  while (alive.length > 2) {
    let [best, a, b] = [Infinity, 0, 1];
    for (let p = 0; p < alive.length; p++) {
      const row = cost[alive[p] as number] as Float64Array;
      for (let q = p + 1; q < alive.length; q++) {
        const value = row[alive[q] as number] as number;
        if (value < best) [best, a, b] = [value, p, q];
      }
    }
    const [kept, gone] = [alive[a] as number, alive[b] as number];
    alive.splice(b, 1);
    for (const other of alive) {
      if (other === kept) continue;
      const [mk, mg, mo] = [mass[kept] as number, mass[gone] as number, mass[other] as number];
      const value = ((mk + mo) * (cost[kept]?.[other] as number) + (mg + mo) * (cost[gone]?.[other] as number) - mo * best) / (mk + mg + mo);
      (cost[kept] as Float64Array)[other] = value;
      (cost[other] as Float64Array)[kept] = value;
    }
    mass[kept] = (mass[kept] as number) + (mass[gone] as number);
    for (let i = 0; i < count; i++) if (heapOf[i] === gone) heapOf[i] = kept;
    yield;
  }
  const first = heapOf[0];
  return Uint8Array.from(heapOf, (heap) => (heap === first ? 0 : 1));
}

function joinCost(massA: number, massB: number, a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let c = 0; c < a.length; c++) sum += ((a[c] as number) - (b[c] as number)) ** 2;
  return ((massA * massB) / (massA + massB)) * sum;
}
