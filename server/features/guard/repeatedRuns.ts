/** Finds calls at the margin of a file that a change repeats at a distance: the line of a script that runs it. */
import { inPattern, isCode } from "../text/words.ts";
import { type Hunk, normalizeSpace } from "./hunks.ts";

/** `main "$@"`, `await main();` */
const RUN = /^(?:await\s+)?([A-Za-z_][\w-]*)(?:\(.*\);?|(?:\s+[^\s=({].*)?)$/;
const declares = (name: string) =>
  new RegExp(`^(?:export\\s+)?(?:(?:async\\s+)?(?:function|def)\\s+)?${inPattern(name)}\\s*\\(.*\\)\\s*[:{]`);

/** The first repeated call, quoted, of a function that the file declares. A change that only adds code, or that puts one call in place of another, may mean it. */
export function repeatedRuns(hunks: readonly Hunk[], before: readonly string[]): string[] {
  if (!hunks.some(({ removed }) => removed.some(isCode))) return [];
  const gone = new Set(hunks.flatMap(({ removed }) => removed));
  const again = hunks
    .flatMap(({ removed, added }) => (removed.some((line) => RUN.test(line)) ? [] : added))
    .find((line) => {
      const name = RUN.exec(line.trimEnd())?.[1];
      if (name === undefined || gone.has(line) || !before.includes(line)) return false;
      const isHead = declares(name);
      return before.some((other) => isHead.test(other));
    });
  return again === undefined ? [] : [`"${normalizeSpace(again)}"`];
}
