/** Lists that are compared by how often something is in them. */

export type Counts = ReadonlyMap<string, number>;

export function countOf(keys: readonly string[]): Counts {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

/** Those that `others` has fewer of: from the first that is one too many. */
export function missingFrom<T>(all: readonly T[], others: readonly T[], keyOf: (one: T) => string): T[] {
  const left = new Map(countOf(others.map(keyOf)));
  return all.filter((one) => {
    const key = keyOf(one);
    const count = left.get(key) ?? 0;
    left.set(key, count - 1);
    return count <= 0;
  });
}

/** Those that `others` has none of. */
export function absentFrom<T>(all: readonly T[], others: readonly T[], keyOf: (one: T) => string): T[] {
  const known = new Set(others.map(keyOf));
  return all.filter((one) => !known.has(keyOf(one)));
}
