/** Reads imports of Go, one by one or in a group. */
import { isData, linesOf } from "../text/lines.ts";

/** One import of a statement. */
export type GoImport = { alias?: string; path: string };

const SPEC = /(?:([\w.]+)\s+)?"([^"]+)"/g;

/** The imports of a statement, which can be a group. */
export function goImports(statement: string): GoImport[] {
  const lines = linesOf(statement.replace(/^import\b/, "")).filter((line) => !isData(line));
  const specs = lines.flatMap((line) => [...line.matchAll(SPEC)]);
  return specs.map(([, alias, path = ""]) => ({ alias, path }));
}

/** The local name, by convention the path's last part without version: `gopkg.in/yaml.v3`, `example.com/chi/v5`. */
export function goName({ alias, path }: GoImport): string {
  const parts = path.replace(/\/v\d+$/, "").split("/");
  return (
    alias ??
    parts
      .at(-1)!
      .replace(/\.v\d+$/, "")
      .replace(/^go-/, "")
  );
}
