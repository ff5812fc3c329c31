/** Finds calls that were waited for and are no longer, though they are still there. */
import { inPattern } from "../text/words.ts";
import type { Hunk } from "./hunks.ts";
import type { Intent } from "./intent.ts";

const AWAITED = /\bawait\s+((?:this\.|self\.)?[A-Za-z_$][\w$.]*)\(/g;
/** What waits in another way. */
const WAITS =
  /\.then\(|\bPromise\.|\bnew Promise\b|\bgather\(|\bWhenAll\b|\.(?:Result|Wait|GetAwaiter)\b|\basync let\b|\bTaskGroup\b|\bcreate_task\(/;
/** C#: the head of an asynchronous function. */
const ASYNC_TASK = /\basync\b.*\b(?:Value)?Task\b.*\(/;
const ABOUT = ["async", "await", "asynchronous", "sync", "synchronous", "promise", "promises", "synchron", "asynchron"];

/** The lines. What is returned as it is may be waited for by the caller. */
export function lostAwaits(hunks: readonly Hunk[], intent: Intent): string[] {
  if (ABOUT.some(intent.names)) return [];
  const added = hunks.flatMap((hunk) => hunk.added);
  if (added.some((line) => WAITS.test(line))) return [];
  // Who calls a function that no longer returns a promise cannot wait.
  const removed = hunks.flatMap((hunk) => hunk.removed);
  const isPlain =
    removed.some((line) => ASYNC_TASK.test(line)) && !added.some((line) => /\bTask\b|\bValueTask\b/.test(line));
  const returned = isPlain ? "" : "|\\breturn\\s+|=>\\s*";
  const isBare = (name: string) => {
    const call = new RegExp(`(?<!\\bawait\\s+${returned}|[\\w$.])${inPattern(name)}\\(`);
    return added.some((line) => call.test(line)) && !added.some((line) => line.includes(`await ${name}(`));
  };
  return hunks.flatMap(({ removed }) =>
    removed.filter((line) => [...line.matchAll(AWAITED)].some(([, name]) => isBare(name!))),
  );
}
