/** Compares lists by how often each entry occurs. */

/** The number of occurrences of each key. */
export type Counts = ReadonlyMap<string, number>;

/** Counts the occurrences of each key. */
export function countOf(keys: readonly string[]): Counts {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

/** The entries that `all` has more of than `others`: of equal ones, the last. */
export function missingFrom<T>(all: readonly T[], others: readonly T[], keyOf: (one: T) => string): T[] {
  const left = new Map(countOf(others.map(keyOf)));
  return all.filter((one) => {
    const key = keyOf(one);
    const count = left.get(key) ?? 0;
    left.set(key, count - 1);
    return count <= 0;
  });
}

/** The entries whose keys `others` does not have at all. */
export function absentFrom<T>(all: readonly T[], others: readonly T[], keyOf: (one: T) => string): T[] {
  const known = new Set(others.map(keyOf));
  return all.filter((one) => !known.has(keyOf(one)));
}
