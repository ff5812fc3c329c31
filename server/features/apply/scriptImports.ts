/** Finds imports of JavaScript and TypeScript, with `import` or `require`, that a file lacks. */
import { localOf, localsOf, moduleOf, namesIn, readScriptImport, type ScriptImport } from "../code/scriptImport.ts";

/** An import that binds no name. */
const BARE = /^(?:import|require\()\s*(["'])([^"']+)\1/;
/** The same, as the whole statement. */
const ALONE = /^(?:import\s*|require\(\s*)("[^"]+"|'[^']+')\s*\)?(;?)$/;
/** A `require` whose result is called, or of which a member is taken, in the same statement. */
const USED = /^(?:const|let|var)\s+(\{[^}]*\}|[\w$]+)\s*=\s*require\(/;

type Style = "import" | "require";

/** The style of all imports of a file, or else of its exports. Undefined if it is mixed or unknown. */
function styleOf(before: readonly string[], lines: readonly string[]): Style | undefined {
  const required = before.filter((text) => /\brequire\(/.test(text)).length;
  if (before.length > 0) return required === 0 ? "import" : required === before.length ? "require" : undefined;
  if (lines.some((line) => /^(?:module\.)?exports\b/.test(line))) return "require";
  return lines.some((line) => /^export\b/.test(line)) ? "import" : undefined;
}

/** The statements for an import in the file's style. A default import becomes the result of `require`. */
function inStyle(text: string, style: Style | undefined): string[] {
  const parsed = readScriptImport(text);
  const isRequire = /\brequire\(/.test(text);
  if (style === undefined || isRequire === (style === "require") || parsed?.type) return [text];
  if (!parsed) {
    const [, module, end] = ALONE.exec(text) ?? [];
    if (module === undefined) return [text];
    return [style === "require" ? `require(${module})${end}` : `import ${module}${end}`];
  }
  const written = (change: Partial<ScriptImport>) => statement({ ...parsed, ...change }, new Set(), text);
  if (style === "import") return written({ keyword: "import", named: parsed.named.map(renamed(":", " as ")) });
  const main = parsed.default ?? parsed.namespace;
  const required = { keyword: "const", namespace: undefined };
  return [
    ...(main === undefined ? [] : written({ ...required, default: main, named: [] })),
    ...(parsed.named.length === 0
      ? []
      : written({ ...required, default: undefined, named: parsed.named.map(renamed(" as ", ": ")) })),
  ];
}

const renamed = (from: string, to: string) => (name: string) =>
  name
    .split(from)
    .map((part) => part.trim())
    .join(to);

/** The lines of statements for the names that `before` does not import. `lines`: the file's. */
export function missingScript(
  before: readonly string[],
  answered: readonly string[],
  lines: readonly string[],
): string[] {
  const style = styleOf(before, lines);
  const wanted = answered.flatMap((text) => inStyle(text, style));
  const own = before.flatMap((text) => readScriptImport(text) ?? []);
  const locals = new Set([...own.flatMap(localsOf), ...before.flatMap(usedLocals)]);
  const modules = new Set(
    [...own.map(({ module }) => module), ...before.flatMap((text) => BARE.exec(text)?.[2] ?? [])].map(moduleOf),
  );
  return wanted.flatMap((text) => {
    const parsed = readScriptImport(text);
    if (!parsed) {
      const module = BARE.exec(text)?.[2];
      const names = usedLocals(text);
      const known =
        names.length > 0 ? names.every((name) => locals.has(name)) : module && modules.has(moduleOf(module));
      return known ? [] : text.split("\n");
    }
    if (localsOf(parsed).every((name) => locals.has(name))) return [];
    if (!localsOf(parsed).some((name) => locals.has(name))) return text.split("\n");
    return statement(parsed, locals, text);
  });
}

function usedLocals(text: string): string[] {
  const binding = readScriptImport(text) ? undefined : USED.exec(text)?.[1];
  return binding === undefined ? [] : namesIn(binding.replace(/[{}]/g, "")).map(localOf);
}

function statement(wanted: ScriptImport, locals: ReadonlySet<string>, text: string): string[] {
  const isNew = (name: string | undefined) => name !== undefined && !locals.has(name);
  const named = wanted.named.filter((name) => isNew(localOf(name)));
  const parts = [
    ...(isNew(wanted.default) ? [wanted.default!] : []),
    ...(isNew(wanted.namespace) ? [`* as ${wanted.namespace}`] : []),
    ...(named.length > 0 ? [`{ ${named.join(", ")} }`] : []),
  ];
  const quote = text.includes("'") ? "'" : '"';
  const module = `${quote}${wanted.module}${quote}`;
  const end = text.trimEnd().endsWith(";") ? ";" : "";
  if (wanted.keyword !== "import") return [`${wanted.keyword} ${parts.join(", ")} = require(${module})${end}`];
  return [`import ${wanted.type ? "type " : ""}${parts.join(", ")} from ${module}${end}`];
}
