// Things that turn out to be the same: disjoint sets by name.

export interface Sets {
  /** from now on both are the same */
  join(one: string, other: string): void;
  /** @returns the name that stands for everything joined with this */
  find(name: string): string;
}

/** Empty: everything stands for itself. */
export function createSets(): Sets {
  const above = new Map<string, string>();
  const find = (name: string): string => {
    let top = name;
    for (let next = above.get(top); next !== undefined; next = above.get(top)) top = next;
    for (let at = name; at !== top; ) {
      const next = above.get(at) ?? top;
      above.set(at, top);
      at = next;
    }
    return top;
  };
  return {
    find,
    join(one, other) {
      const [a, b] = [find(one), find(other)];
      if (a !== b) above.set(a, b);
    },
  };
}
