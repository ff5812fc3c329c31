/** Imports of JavaScript and TypeScript: what a file imports already must not be declared twice. */

type Import = { module: string; type: boolean; clause: string; default?: string; namespace?: string; named: string[] };

const STATEMENT = /^import\s+(type\s+)?([^"']+?)\s+from\s+(["'])([^"']+)\3/;
const BARE = /^import\s+(["'])([^"']+)\1/;

function parse(text: string): Import | undefined {
  const [, type, clause = "", , module] = STATEMENT.exec(text) ?? [];
  if (module === undefined) return undefined;
  const named = /\{([^}]*)\}/.exec(clause)?.[1] ?? "";
  return {
    module,
    type: type !== undefined,
    clause,
    default: /^[\w$]+/.exec(clause)?.[0],
    namespace: /\*\s+as\s+([\w$]+)/.exec(clause)?.[1],
    named: named
      .split(",")
      .map((name) => name.replace(/\s+/g, " ").trim())
      .filter((name) => name !== ""),
  };
}

/** Statements for those names that `before` does not import. */
export function missingNames(before: readonly string[], wanted: readonly string[]): string[] {
  const own = before.flatMap((text) => parse(text) ?? []);
  const locals = new Set(own.flatMap(localsOf));
  const modules = new Set([
    ...own.map(({ module }) => module),
    ...before.flatMap((text) => BARE.exec(text)?.[2] ?? []),
  ]);
  const texts = new Set(before.map((text) => text.trim()));
  return wanted.flatMap((text) => {
    const parsed = parse(text);
    if (!parsed) {
      const module = BARE.exec(text)?.[2];
      return texts.has(text.trim()) || (module !== undefined && modules.has(module)) ? [] : text.split("\n");
    }
    if (localsOf(parsed).every((name) => locals.has(name))) return [];
    if (!localsOf(parsed).some((name) => locals.has(name))) return text.split("\n");
    return statement(parsed, locals, text);
  });
}

const localOf = (name: string) => name.split(" ").at(-1)!;

function localsOf({ default: main, namespace, named }: Import): string[] {
  return [...(main ? [main] : []), ...(namespace ? [namespace] : []), ...named.map(localOf)];
}

function statement(wanted: Import, locals: ReadonlySet<string>, text: string): string[] {
  const isNew = (name: string | undefined) => name !== undefined && !locals.has(name);
  const named = wanted.named.filter((name) => isNew(localOf(name)));
  const parts = [
    ...(isNew(wanted.default) ? [wanted.default!] : []),
    ...(isNew(wanted.namespace) ? [`* as ${wanted.namespace}`] : []),
    ...(named.length > 0 ? [`{ ${named.join(", ")} }`] : []),
  ];
  const quote = text.includes("'") ? "'" : '"';
  const end = text.trimEnd().endsWith(";") ? ";" : "";
  return [`import ${wanted.type ? "type " : ""}${parts.join(", ")} from ${quote}${wanted.module}${quote}${end}`];
}
