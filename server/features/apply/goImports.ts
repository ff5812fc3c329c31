/** Imports of Go, which may come one by one or in a group, and never twice. */

const SPEC = /(?:([\w.]+)\s+)?("[^"]+")/g;

/** What the statements import, with the names that they give it. */
export function goPaths(statements: readonly string[]): Set<string> {
  return new Set(statements.flatMap((text) => [...text.matchAll(SPEC)].map(([, , path]) => path!)));
}

/** Lines for a group, or statements. */
export function missingGo(known: ReadonlySet<string>, wanted: readonly string[], grouped: boolean): string[] {
  const specs = wanted.flatMap((text) => [...text.replace(/^import\b/, "").matchAll(SPEC)]);
  const missing = specs.filter(([, , path]) => !known.has(path!));
  return missing.map(([, name, path]) => `${grouped ? "\t" : "import "}${name ? `${name} ` : ""}${path}`);
}
