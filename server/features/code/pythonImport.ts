/** Reads imports of Python. */

/** `module`: of `from module import …`; without one, `name` is a module itself. */
export type PythonName = { module?: string; name: string; alias?: string };

const FROM = /^from\s+([\w.]+)\s+import\s+([\s\S]+)$/;
const PLAIN = /^import\s+([\s\S]+)$/;

/** What one statement imports. */
export function pythonNames(statement: string): PythonName[] {
  const text = statement
    .replace(/#[^\n]*/g, "")
    .replace(/\\\n/g, " ")
    .replace(/;\s*$/, "");
  const [, module, listed] = FROM.exec(text) ?? [];
  const names = (listed ?? PLAIN.exec(text)?.[1] ?? "").replace(/[()]/g, "").split(",");
  return names.flatMap((part) => {
    const [name = "", alias] = part.trim().split(/\s+as\s+/);
    return name === "" ? [] : [{ module, name, alias }];
  });
}

/** Its name in the file. */
export const localOf = ({ name, alias }: PythonName) => alias ?? name;
