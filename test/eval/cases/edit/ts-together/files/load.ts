export async function loadAll<T>(names: string[], load: (name: string) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (const name of names) {
    results.push(await load(name));
  }
  return results;
}
