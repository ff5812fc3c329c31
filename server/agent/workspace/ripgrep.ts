/** Finds files with a match with ripgrep, if it is installed. Their lines are then matched here (tools/matches.ts). */
import { execFile } from "node:child_process";
import { access, constants } from "node:fs/promises";
import path from "node:path";

/** A text, or the source of a regular expression. */
export type Pattern = { text: string } | { source: string; ignoreCase: boolean };

const MAX_OUTPUT_BYTES = 16 * 1024 ** 2;
/** Time-out of a search, ms. */
const TIMEOUT_MS = 20_000;
/** ripgrep's exit status for "nothing was found". */
const NOTHING = 1;

/** The path of ripgrep: the given one if it can be run, else the first on PATH. Undefined if there is none. */
export async function findRipgrep(given?: string): Promise<string | undefined> {
  const name = process.platform === "win32" ? "rg.exe" : "rg";
  const folders = (process.env.PATH ?? "").split(path.delimiter).filter((folder) => path.isAbsolute(folder));
  for (const file of [...(given === undefined ? [] : [given]), ...folders.map((folder) => path.join(folder, name))]) {
    const isThere = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isThere) return file;
  }
  return undefined;
}

/**
 * The files below a folder with a match, as paths relative to it. Ignore files are honoured, links are not followed.
 * `isIgnoredAround`: the ignore files above the folder do not count.
 * Undefined if ripgrep fails, for example on an expression that only JavaScript knows.
 */
export function filesWithMatch(
  program: string,
  folder: string,
  pattern: Pattern,
  isIgnoredAround: boolean,
  signal: AbortSignal,
): Promise<string[] | undefined> {
  const args = [
    ...["--no-config", "--no-require-git", "--hidden", "--no-messages", "--files-with-matches", "--null", "--crlf"],
    ...(isIgnoredAround ? ["--no-ignore-parent"] : []),
    ...["--glob", "!.git", "--max-filesize", "4M"],
    ...("text" in pattern ? ["--fixed-strings"] : pattern.ignoreCase ? ["--ignore-case"] : []),
    ...["--regexp", "text" in pattern ? pattern.text : pattern.source, "--", "."],
  ];
  return new Promise((resolve) => {
    const options = { cwd: folder, signal, timeout: TIMEOUT_MS, maxBuffer: MAX_OUTPUT_BYTES, windowsHide: true };
    execFile(program, args, options, (error, stdout) => {
      if (error && error.code !== NOTHING) resolve(undefined);
      else resolve(names(stdout));
    });
  });
}

const names = (output: string): string[] =>
  output
    .split("\0")
    .filter((name) => name !== "")
    .map((name) => name.split(path.sep).join("/").replace(/^\.\//, ""))
    .sort();
