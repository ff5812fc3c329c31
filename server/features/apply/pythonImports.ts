/** Finds Python imports that a file lacks. */
import { localOf, type PythonName, pythonNames } from "../code/pythonImport.ts";

/** Whether a statement imports from `__future__`. */
export const isFuture = (statement: string) => /^from\s+__future__\b/.test(statement);

/** The lines of statements for the names that `before` does not import. Both arguments are statements. */
export function missingPython(before: readonly string[], wanted: readonly string[]): string[] {
  const own = before.flatMap(pythonNames);
  const known = new Set(own.map(keyOf));
  const locals = new Set(own.filter(({ module, alias }) => module !== undefined || alias).map(localOf));
  const isNew = (name: PythonName) => !known.has(keyOf(name)) && (name.name === "*" || !locals.has(localOf(name)));
  return wanted.flatMap((text) => {
    const names = pythonNames(text);
    const missing = names.filter(isNew);
    if (missing.length === 0) return names.length === 0 && !before.includes(text) ? text.split("\n") : [];
    if (missing.length === names.length) return text.split("\n");
    const listed = missing.map(({ name, alias }) => (alias ? `${name} as ${alias}` : name)).join(", ");
    const { module } = missing[0]!;
    return [module === undefined ? `import ${listed}` : `from ${module} import ${listed}`];
  });
}

const keyOf = ({ module, name, alias }: PythonName) => [module ?? "", name, alias ?? ""].join(" ");
