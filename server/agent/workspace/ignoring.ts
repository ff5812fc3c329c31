/** Applies .gitignore and .ignore files, and lists the files that are not ignored. */
import type { Dirent } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import ignore, { type Ignore } from "ignore";
import { exists } from "../../files/exists.ts";

const IGNORE_FILES = [".gitignore", ".ignore"];
/** Folders that are always ignored, because they are never worth searching. */
const ALWAYS = [".git", ".hg", ".svn", "node_modules", "__pycache__", ".venv"];
/** Maximum number of files to list. */
const MAX_FILES = 20_000;

/** The rules of one folder, for everything below it. */
type Rules = { folder: string; rules: Ignore };

/** Reads each ignore file once, so make a new object for each run. */
export class IgnoreRules {
  private readonly read = new Map<string, Promise<Rules>>();
  private readonly tops = new Map<string, Promise<string>>();

  /** Whether a path inside the workspace folder `root` is ignored. @param file ends with a slash if it is a folder. */
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

  /** The innermost ignore file with a matching rule decides. */
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

  /** The repository that contains a workspace folder: its ignore files count too. */
  private top(root: string): Promise<string> {
    const known = this.tops.get(root) ?? repositoryAround(root);
    this.tops.set(root, known);
    return known;
  }

  /**
   * The files below a folder that are not ignored, as paths relative to it, sorted by folder. Links are not followed.
   * Stops after MAX_FILES. Throws the signal's reason.
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
