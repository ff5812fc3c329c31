/** What .gitignore and .ignore files say, and the files that they leave. */
import type { Dirent } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import ignore, { type Ignore } from "ignore";
import { exists } from "../../files/exists.ts";

const IGNORE_FILES = [".gitignore", ".ignore"];
/** Never worth searching, also where no ignore file names them. */
const ALWAYS = [".git", ".hg", ".svn", "node_modules", "__pycache__", ".venv"];
/** Of one folder, in all. More is not searched. */
const MAX_FILES = 20_000;

/** Rules of one folder, about what is below it. */
type Rules = { folder: string; rules: Ignore };

/** For one run: ignore files that change later are not read again. */
export class IgnoreRules {
  private readonly read = new Map<string, Promise<Rules>>();
  private readonly tops = new Map<string, Promise<string>>();

  /** @param file a path inside `root`, a workspace folder. Folders end with a slash. */
  async ignores(root: string, file: string): Promise<boolean> {
    const top = await this.top(root);
    const rest = path.relative(top, file).split(path.sep).join("/") + (file.endsWith("/") ? "/" : "");
    const parts = rest.split("/").filter((part) => part !== "");
    // A file below an ignored folder is ignored, whatever its own rules say.
    for (let i = 1; i <= parts.length; i++) {
      const isFolder = i < parts.length || rest.endsWith("/");
      if (await this.ignoresOne(top, parts.slice(0, i), isFolder)) return true;
    }
    return false;
  }

  /** The last ignore file that speaks of it decides: the innermost one. */
  private async ignoresOne(top: string, parts: readonly string[], isFolder: boolean): Promise<boolean> {
    if (ALWAYS.includes(parts.at(-1)!)) return true;
    let ignored = false;
    for (let depth = 0; depth < parts.length; depth++) {
      const { rules } = await this.rules(path.join(top, ...parts.slice(0, depth)));
      const name = parts.slice(depth).join("/") + (isFolder ? "/" : "");
      if (!ignore.isPathValid(name)) continue;
      const { ignored: yes, unignored: no } = rules.test(name);
      if (yes) ignored = true;
      else if (no) ignored = false;
    }
    return ignored;
  }

  private rules(folder: string): Promise<Rules> {
    const known = this.read.get(folder) ?? readRules(folder);
    this.read.set(folder, known);
    return known;
  }

  /** The repository around a workspace folder: its ignore files count, too. */
  private top(root: string): Promise<string> {
    const known = this.tops.get(root) ?? repositoryAround(root);
    this.tops.set(root, known);
    return known;
  }

  /**
   * The files below a folder that are not ignored, as paths relative to it, sorted by folders. Links are not followed. At
   * most 20,000. Throws the signal's reason.
   */
  async files(root: string, folder: string, signal: AbortSignal): Promise<string[]> {
    const found: string[] = [];
    const open = [folder];
    for (let at = open.shift(); at !== undefined && found.length < MAX_FILES; at = open.shift()) {
      signal.throwIfAborted();
      const entries = await readdir(at, { withFileTypes: true }).catch((): Dirent[] => []);
      for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
        const file = path.join(at, entry.name);
        if (entry.isDirectory() && !(await this.ignores(root, `${file}/`))) open.push(file);
        else if (entry.isFile() && !(await this.ignores(root, file))) found.push(path.relative(folder, file));
      }
    }
    return found.map((file) => file.split(path.sep).join("/"));
  }
}

async function readRules(folder: string): Promise<Rules> {
  const files = [...IGNORE_FILES, path.join(".git", "info", "exclude")];
  const texts = await Promise.all(files.map((file) => readFile(path.join(folder, file), "utf8").catch(() => "")));
  return { folder, rules: ignore().add(texts.join("\n")) };
}

async function repositoryAround(root: string): Promise<string> {
  for (let at = root; ; at = path.dirname(at)) {
    if (await exists(path.join(at, ".git"))) return at;
    if (path.dirname(at) === at) return root;
  }
}
