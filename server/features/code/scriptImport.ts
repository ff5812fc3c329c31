/** Reads imports of JavaScript and TypeScript, of either kind. */

export type ScriptImport = {
  /** `import`, or the keyword of a variable that `require` gives its value. */
  keyword: string;
  module: string;
  type: boolean;
  default?: string;
  namespace?: string;
  /** As they are written: `a`, `a as b`, `type a`, `a: b`. */
  named: string[];
};

const STATEMENT = /^import\s+(type\s+)?([^"']+?)\s+from\s+(["'])([^"']+)\3/;
const REQUIRE = /^(const|let|var|import)\s+(\{[^}]*\}|[\w$]+)\s*=\s*require\(\s*(["'])([^"']+)\3\s*\)\s*;?$/;

export const moduleOf = (name: string) => name.replace(/^node:/, "");

/** Undefined for one that binds nothing, or takes something out of the module at once. */
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

/** The name in the file. */
export const localOf = (name: string) => name.split(/[\s:]+/).at(-1)!;

export function localsOf({ default: main, namespace, named }: ScriptImport): string[] {
  return [...(main ? [main] : []), ...(namespace ? [namespace] : []), ...named.map(localOf)];
}
