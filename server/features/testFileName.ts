import { extensionFor, extensionOf } from "./languages.ts";

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
  java: (stem) => `${capital(stem)}Test`,
  kotlin: (stem) => `${capital(stem)}Test`,
  php: (stem) => `${capital(stem)}Test`,
  csharp: (stem) => `${capital(stem)}Tests`,
  swift: (stem) => `${capital(stem)}Tests`,
};

/** Names that Windows keeps for devices, whatever follows the first dot. */
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)(?=\.|$)/i;

export const noDevice = (name: string) => name.replace(DEVICE, "$&_");

/** What the tests for a file are usually called in its language. A bare name, safe on every file system. */
export function testFileName(path: string, languageId: string): string {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const extension = extensionOf(name);
  const bare = extension === "" ? name : name.slice(0, -extension.length - 1);
  const stem = bare.replace(/[^\p{L}\p{N}._-]+/gu, "_").replace(/^\.+/, "") || "selection";
  const named = (CONVENTIONS[languageId] ?? ((stem: string) => `${stem}.test`))(stem);
  return noDevice(`${named}.${extension || extensionFor(languageId)}`);
}
