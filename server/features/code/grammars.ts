/** The tree-sitter grammars, as WebAssembly. Each one is loaded when code in its language is first parsed. */
import type { Language, Parser, Tree } from "@vscode/tree-sitter-wasm";
import { countErrors } from "./errorNodes.ts";
import { olderForm } from "./olderForms.ts";
import { zshForm } from "./zshForm.ts";

/** Reads one of the grammars' files. */
export type ReadGrammar = (file: string) => Promise<Uint8Array>;

/** The grammars by LSP language id. */
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

/** Maximum length of a text, characters. Parsing a longer one would block all other requests. */
export const MAX_TEXT_CHARS = 400_000;
/**
 * Processor time after which a parse is given up, µs. Broken code on a line of 60,000 characters takes quadratic
 * time.
 */
const MAX_PARSE_US = 2_000_000;
/** Maximum number of remembered texts whose parse was given up. An edit parses the same few texts repeatedly. */
const MAX_GIVEN_UP = 8;
/** Number of trees to keep: the checks of an edit read the old text and the new one in turns. */
const KEPT_TREES = 2;

/** Loads the grammars, and parses with them. */
export class Grammars {
  private readonly read: ReadGrammar;
  private readonly maxParseUs: number;
  private readonly givenUp = new Set<string>();
  /** The trees of the last texts, by language and text, the latest last. */
  private readonly trees = new Map<string, Tree>();
  private readonly parsers = new Map<string, Promise<Parser>>();
  private library: Promise<Library> | undefined;

  /** @param maxParseUs processor time after which a parse is given up, µs. */
  constructor(read: ReadGrammar, maxParseUs = MAX_PARSE_US) {
    this.read = read;
    this.maxParseUs = maxParseUs;
  }

  /**
   * Parses a text and returns the result of `use`, which must not keep the tree. Its lines are those of the text;
   * constructs newer than the grammar are replaced by older ones (olderForms.ts). Undefined for a language without a
   * grammar, and for a text that is too long or takes too long. Throws if a grammar's file cannot be read.
   */
  async parse<T>(languageId: string, text: string, use: (tree: Tree) => T): Promise<T | undefined> {
    const grammar = Object.hasOwn(GRAMMARS, languageId) ? GRAMMARS[languageId] : undefined;
    if (grammar === undefined || text.length > MAX_TEXT_CHARS) return undefined;
    if (this.givenUp.has(text)) return undefined;
    const parser = await this.parser(grammar);
    const key = `${languageId}\n${text}`;
    const tree = this.trees.get(key) ?? this.parsed(parser, olderForm(languageId, text), zshForm(languageId, text));
    if (!tree) {
      if (this.givenUp.size >= MAX_GIVEN_UP) this.givenUp.clear();
      this.givenUp.add(text);
      return undefined;
    }
    this.keep(key, tree);
    return use(tree);
  }

  private keep(key: string, tree: Tree): void {
    this.trees.delete(key);
    this.trees.set(key, tree);
    if (this.trees.size <= KEPT_TREES) return;
    const [oldest, freed] = this.trees.entries().next().value!;
    this.trees.delete(oldest);
    freed.delete();
  }

  /** The tree of the one text, or of the other if that has fewer errors. */
  private parsed(parser: Parser, text: string, other: string | undefined): Tree | null {
    const tree = this.parseInTime(parser, text);
    if (!tree?.rootNode.hasError || other === undefined) return tree;
    const second = this.parseInTime(parser, other);
    const [worse, better] =
      second && countErrors(second.rootNode) < countErrors(tree.rootNode) ? [tree, second] : [second, tree];
    worse?.delete();
    return better;
  }

  /** Null if it takes too long. */
  private parseInTime(parser: Parser, text: string): Tree | null {
    const started = process.cpuUsage();
    const progressCallback = () => {
      const { user, system } = process.cpuUsage(started);
      return user + system > this.maxParseUs;
    };
    const tree = parser.parse(text, null, { progressCallback });
    // Otherwise the next parse would continue with this text.
    if (!tree) parser.reset();
    return tree;
  }

  private parser(grammar: string): Promise<Parser> {
    const known = this.parsers.get(grammar);
    if (known) return known;
    const made = this.newParser(grammar);
    this.parsers.set(grammar, made);
    // Try again next time: the file may be readable then.
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
  // With the bytes the library does not look for a file. Its types allow only a file.
  const module = { locateFile: (file: string) => file, wasmBinary: await read("tree-sitter.wasm") };
  await library.Parser.init(module);
  return library;
}
