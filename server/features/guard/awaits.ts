/** Finds calls that were waited for and are no longer, though they are still there. */
import { inPattern } from "../text/words.ts";
import type { Hunk } from "./hunks.ts";
import type { Intent } from "./intent.ts";

const AWAITED = /\bawait\s+((?:this\.|self\.)?[A-Za-z_$][\w$.]*)\(/g;
/** What waits in another way. */
const WAITS =
  /\.then\(|\bPromise\.|\bnew Promise\b|\bgather\(|\bWhenAll\b|\.(?:Result|Wait|GetAwaiter)\b|\basync let\b|\bTaskGroup\b|\bcreate_task\(/;
const ABOUT = ["async", "await", "asynchronous", "sync", "synchronous", "promise", "promises", "synchron", "asynchron"];

/** The lines. What is returned as it is may be waited for by the caller. */
export function lostAwaits(hunks: readonly Hunk[], intent: Intent): string[] {
  if (ABOUT.some(intent.names)) return [];
  const added = hunks.flatMap((hunk) => hunk.added);
  if (added.some((line) => WAITS.test(line))) return [];
  const isBare = (name: string) => {
    const call = new RegExp(`(?<!\\bawait\\s+|\\breturn\\s+|=>\\s*|[\\w$.])${inPattern(name)}\\(`);
    return added.some((line) => call.test(line)) && !added.some((line) => line.includes(`await ${name}(`));
  };
  return hunks.flatMap(({ removed }) =>
    removed.filter((line) => [...line.matchAll(AWAITED)].some(([, name]) => isBare(name!))),
  );
}
