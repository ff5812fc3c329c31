/** The language of a file's tests. Pure. */
import { isScript } from "../code/languages.ts";

/** Whether tests in one language can test the other: TypeScript and JavaScript, and a component's script. */
export function isAlike(a: string, b: string): boolean {
  const family = (id: string) => (isScript(id) ? "script" : /^(?:c|cpp|cuda-cpp)$/.test(id) ? "c" : id);
  return family(a) === family(b);
}

/** Extensions of tests, if they differ from the source's. */
const EXTENSIONS: Record<string, string> = { vue: "ts", svelte: "ts", astro: "ts", elixir: "exs" };

const HEADER = /^(?:h|hh|hpp|hxx)$/;

/** The extension of a test file, without the dot. `own`: the source's. `nearest`: that of an existing test. */
export function testExtension(languageId: string, own: string, nearest?: string): string {
  // A header is no program.
  if (HEADER.test(own))
    return nearest !== undefined && !HEADER.test(nearest) ? nearest : languageId === "c" ? "c" : "cpp";
  if (!Object.hasOwn(EXTENSIONS, languageId)) return own;
  return nearest ?? EXTENSIONS[languageId]!;
}
