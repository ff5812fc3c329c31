import { extensionFor, extensionOf } from "../code/languages.ts";
import { testExtension } from "./testLanguages.ts";

const capital = (name: string) => name.charAt(0).toUpperCase() + name.slice(1);

const CONVENTIONS: Record<string, (stem: string) => string> = {
  python: (stem) => `test_${stem}`,
  go: (stem) => `${stem}_test`,
  rust: (stem) => `${stem}_test`,
  c: (stem) => `${stem}_test`,
  cpp: (stem) => `${stem}_test`,
  ruby: (stem) => `${stem}_test`,
  dart: (stem) => `${stem}_test`,
  elixir: (stem) => `${stem}_test`,
  clojure: (stem) => `${stem}_test`,
  erlang: (stem) => `${stem}_tests`,
  java: (stem) => `${capital(stem)}Test`,
  kotlin: (stem) => `${capital(stem)}Test`,
  scala: (stem) => `${capital(stem)}Test`,
  groovy: (stem) => `${capital(stem)}Test`,
  php: (stem) => `${capital(stem)}Test`,
  fsharp: (stem) => `${capital(stem)}Tests`,
  csharp: (stem) => `${capital(stem)}Tests`,
  swift: (stem) => `${capital(stem)}Tests`,
};

/** Names that Windows reserves for devices, whatever follows the first dot. */
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)(?=\.|$)/i;

/** A file name that Windows does not reserve. */
export const noDevice = (name: string) => name.replace(DEVICE, "$&_");

/** The usual name of a test file in its language: a base name that is safe on every file system. */
export function testFileName(path: string, languageId: string): string {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const extension = extensionOf(name);
  const bare = extension === "" ? name : name.slice(0, -extension.length - 1);
  const stem = bare.replace(/[^\p{L}\p{N}._-]+/gu, "_").replace(/^\.+/, "") || "selection";
  const named = (CONVENTIONS[languageId] ?? ((stem: string) => `${stem}.test`))(stem);
  return noDevice(`${named}.${testExtension(languageId, extension || extensionFor(languageId))}`);
}
