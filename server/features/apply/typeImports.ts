/** Fixes type-only imports of names that code uses as values: `import type { Cart }`, and then `new Cart()`. */
import { localOf, localsOf, readScriptImport, type ScriptImport } from "../code/scriptImport.ts";
import { inPattern } from "../text/words.ts";

const TYPE = /^type\s+/;

/** The changed import statements of a file, by their index in `before`. `wanted`: the code's import statements. */
export function valueImports(before: readonly string[], wanted: readonly string[], code: string): Map<number, string> {
  const values = new Set(
    wanted.flatMap((text) => {
      const parsed = readScriptImport(text);
      return parsed && !parsed.type ? localsOf(parsed).filter((name) => isValue(name, code)) : [];
    }),
  );
  const changed = before.flatMap((text, i): [number, string][] => {
    const parsed = readScriptImport(text);
    const fresh = parsed && withValues(text, parsed, values);
    return fresh !== undefined && fresh !== text ? [[i, fresh]] : [];
  });
  return new Map(changed);
}

function withValues(text: string, { type, named, default: main }: ScriptImport, values: ReadonlySet<string>): string {
  if (!type)
    return named
      .filter((name) => TYPE.test(name) && values.has(localOf(name)))
      .reduce((done, name) => done.replace(name, name.replace(TYPE, "")), text);
  if (main !== undefined) return values.has(main) ? withoutType(text) : text;
  if (!named.some((name) => values.has(localOf(name)))) return text;
  return named
    .filter((name) => !values.has(localOf(name)))
    .reduce((done, name) => done.replace(nameIn(name), `$1type ${name}`), withoutType(text));
}

const withoutType = (text: string) => text.replace(/^import\s+type\s+/, "import ");
const nameIn = (name: string) => new RegExp(`([{,]\\s*)${inPattern(name)}(?=\\s*[,}])`);

function isValue(name: string, code: string): boolean {
  const word = `(?<![\\w$.])${inPattern(name)}(?![\\w$])`;
  return new RegExp(`\\b(?:new|instanceof|extends)\\s+${word}|${word}\\s*[.(]|<${word}[\\s/][^<>]*/?>`).test(code);
}
