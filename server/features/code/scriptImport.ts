/** Reads imports of JavaScript and TypeScript, with `import` or `require`. */

/** One import statement. */
export type ScriptImport = {
  /** `import`, or the keyword of the variable that is set to the result of `require`. */
  keyword: string;
  module: string;
  /** Whether it imports types only. */
  type: boolean;
  default?: string;
  namespace?: string;
  /** As they are written: `a`, `a as b`, `type a`, `a: b`. */
  named: string[];
};

const STATEMENT = /^import\s+(type\s+)?([^"']+?)\s+from\s+(["'])([^"']+)\3/;
const REQUIRE = /^(const|let|var|import)\s+(\{[^}]*\}|[\w$]+)\s*=\s*require\(\s*(["'])([^"']+)\3\s*\)\s*;?$/;

/** The name of a module without "node:". */
export const moduleOf = (name: string) => name.replace(/^node:/, "");

/** Undefined for an import that binds nothing, and for a `require` whose result is used in the same statement. */
export function readScriptImport(text: string): ScriptImport | undefined {
  const [, type, clause = "", , module] = STATEMENT.exec(text) ?? [];
  if (module !== undefined)
    return {
      keyword: "import",
      module,
      type: type !== undefined,
      default: /^[\w$]+/.exec(clause)?.[0],
      namespace: /\*\s+as\s+([\w$]+)/.exec(clause)?.[1],
      named: namesIn(/\{([^}]*)\}/.exec(clause)?.[1] ?? ""),
    };
  const [, keyword, binding = "", , required] = REQUIRE.exec(text) ?? [];
  if (keyword === undefined || required === undefined) return undefined;
  const names = binding.startsWith("{");
  return {
    keyword,
    module: required,
    type: false,
    default: names ? undefined : binding,
    named: names ? namesIn(binding.slice(1, -1)) : [],
  };
}

/** The names of a list without its braces. */
export const namesIn = (list: string) =>
  list
    .split(",")
    .map((name) =>
      name
        .replace(/\/\/.*$/gm, "")
        .replace(/\s+/g, " ")
        .trim(),
    )
    .filter((name) => name !== "");

/** The local name of one of `named`. */
export const localOf = (name: string) => name.split(/[\s:]+/).at(-1)!;

/** All names that a statement binds in the file. */
export function localsOf({ default: main, namespace, named }: ScriptImport): string[] {
  return [...(main ? [main] : []), ...(namespace ? [namespace] : []), ...named.map(localOf)];
}
