/** The grammars of tree-sitter, as WebAssembly: each is loaded once, when code of its language comes for the first time. */
import type { Language, Parser, Tree } from "@vscode/tree-sitter-wasm";

/** Reads one of the files that the grammars come in. */
export type ReadGrammar = (file: string) => Promise<Uint8Array>;

/** By the language ids of LSP. */
export const GRAMMARS: Record<string, string> = {
  typescript: "typescript",
  typescriptreact: "tsx",
  javascript: "javascript",
  javascriptreact: "javascript",
  python: "python",
  go: "go",
  rust: "rust",
  java: "java",
  c: "cpp",
  cpp: "cpp",
  "cuda-cpp": "cpp",
  csharp: "c-sharp",
  css: "css",
  php: "php",
  ruby: "ruby",
  shellscript: "bash",
  powershell: "powershell",
};

/** In characters. Parsing more than that would keep all other requests waiting. */
const LONGEST_TEXT = 1_000_000;

export class Grammars {
  private readonly read: ReadGrammar;
  private readonly parsers = new Map<string, Promise<Parser>>();
  private library: Promise<Library> | undefined;

  constructor(read: ReadGrammar) {
    this.read = read;
  }

  /**
   * What `use` makes of the text's tree, which is freed when it returns. Undefined for a language without a grammar, and
   * for a text that is too long.
   */
  async parse<T>(languageId: string, text: string, use: (tree: Tree) => T): Promise<T | undefined> {
    const grammar = Object.hasOwn(GRAMMARS, languageId) ? GRAMMARS[languageId] : undefined;
    if (grammar === undefined || text.length > LONGEST_TEXT) return undefined;
    const parser = await this.parser(grammar);
    const tree = parser.parse(text);
    if (!tree) return undefined;
    try {
      return use(tree);
    } finally {
      tree.delete();
    }
  }

  private parser(grammar: string): Promise<Parser> {
    const known = this.parsers.get(grammar);
    if (known) return known;
    const made = this.newParser(grammar);
    this.parsers.set(grammar, made);
    // What could not be read now may be there the next time.
    made.catch(() => this.parsers.delete(grammar));
    return made;
  }

  private async newParser(grammar: string): Promise<Parser> {
    this.library ??= loadLibrary(this.read);
    this.library.catch(() => {
      this.library = undefined;
    });
    const library = await this.library;
    const language: Language = await library.Language.load(await this.read(`tree-sitter-${grammar}.wasm`));
    return new library.Parser().setLanguage(language);
  }
}

type Library = Pick<typeof import("@vscode/tree-sitter-wasm"), "Parser" | "Language">;

async function loadLibrary(read: ReadGrammar): Promise<Library> {
  const { default: library } = await import("@vscode/tree-sitter-wasm");
  // Given the bytes, it has no need to find a file by itself; its types know of the file alone.
  const module = { locateFile: (file: string) => file, wasmBinary: await read("tree-sitter.wasm") };
  await library.Parser.init(module);
  return library;
}
