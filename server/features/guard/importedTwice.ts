/** Finds names that a file imports from two places after a change. One hides the other, or it does not compile. */
import { goImports, goName } from "../code/goImport.ts";
import { importStatements, statementTexts } from "../code/imports.ts";
import { localOf, pythonNames } from "../code/pythonImport.ts";
import { localsOf, moduleOf, readScriptImport, localOf as scriptLocalOf } from "../code/scriptImport.ts";
import { readUse, separatorOf } from "../code/useTree.ts";
import type { Texts } from "./declared.ts";

/** `name`: the local name. `of`: what it stands for. */
type Binding = { name: string; of: string };

/** The names that have two meanings now and had one before. */
export function importedTwice({ languageId, before, after }: Texts): string[] {
  const read = Object.hasOwn(READERS, languageId) ? READERS[languageId]! : undefined;
  if (!read) return [];
  const twice = (lines: readonly string[]) => {
    const found = new Map<string, Set<string>>();
    for (const text of statementTexts(lines, importStatements(lines, languageId)))
      for (const { name, of } of read(text)) found.set(name, (found.get(name) ?? new Set()).add(of));
    return [...found].flatMap(([name, places]) => (places.size > 1 ? name : []));
  };
  const known = new Set(twice(before));
  return twice(after).filter((name) => !known.has(name));
}

const script = (text: string): Binding[] => {
  const parsed = readScriptImport(text);
  if (!parsed) return [];
  // The default import, the namespace and a named import of one module are different things.
  const { default: main, module, named } = parsed;
  const of = new Map(named.map((name) => [scriptLocalOf(name), name.replace(/^type\s+/, "").split(/[\s:]+/)[0]!]));
  return localsOf(parsed).map((name) => ({
    name,
    of: `${moduleOf(module)} ${of.get(name) ?? (name === main ? "default" : "*")}`,
  }));
};

/** Without `import a.b`, which binds `a`, as `import a` does. */
const python = (text: string): Binding[] =>
  pythonNames(text)
    .filter(
      ({ module, name, alias }) => name !== "*" && (module !== undefined || alias !== undefined || !name.includes(".")),
    )
    .map((name) => ({ name: localOf(name), of: `${name.module ?? ""} ${name.name}` }));

const go = (text: string): Binding[] =>
  goImports(text)
    .map((one) => ({ name: goName(one), of: one.path }))
    .filter(({ name }) => name !== "_" && name !== ".");

const use = (languageId: string) => (text: string) =>
  (readUse(text, languageId)?.paths ?? []).flatMap((path): Binding[] => {
    const [of = "", alias] = path.split(/\s+as\s+/);
    const name = alias ?? of.split(separatorOf(languageId)).at(-1)!;
    return name === "*" || name === "_" ? [] : [{ name, of }];
  });

const dotted = (text: string): Binding[] => {
  const [, path, alias] = /^import\s+([\w.]+)(?:\s+as\s+(\w+))?\s*;?$/.exec(text) ?? [];
  return path?.includes(".") ? [{ name: alias ?? path.slice(path.lastIndexOf(".") + 1), of: path }] : [];
};

const READERS: Record<string, (text: string) => Binding[]> = {
  typescript: script,
  typescriptreact: script,
  javascript: script,
  javascriptreact: script,
  python,
  go,
  rust: use("rust"),
  php: use("php"),
  java: dotted,
  kotlin: dotted,
};
