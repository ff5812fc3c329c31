/**
 * Records what a run does to files, so that it can be undone. Each run has a folder outside the repository, with
 * `journal.jsonl` and the previous bytes of each changed file.
 */
import { createHash, randomUUID } from "node:crypto";
import { appendFile, readdir, readFile, realpath, rm, rmdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { makeFolder } from "../../files/makeFolder.ts";
import { userFolder } from "../../files/userFolder.ts";

/** How many runs to keep for each workspace folder. Older ones are deleted and cannot be undone. */
const MAX_RUNS = 20;
const FILE = "journal.jsonl";
const UNDONE = "undone";
/** The bytes that the last entry's change writes: a run that was killed may have written only a part of them. */
const WRITING = "writing";

/**
 * A line of the journal, which is written before the change. `before`: the name of the file with the old bytes; missing
 * for a created file. `after`: hash of the new bytes. `folders`: folders created for the file.
 */
type Entry = { file: string; before?: string; after: string; folders?: string[] };

/** The folder for the agent's data about one workspace folder. */
export const agentFolder = (root: string): string =>
  path.join(userFolder("data", "agent"), createHash("sha256").update(root).digest("hex").slice(0, 32));

/** The journal of one run. */
export class Journal {
  private readonly folder: string;
  private started: Promise<void> | undefined;
  private blobs = 0;

  /** Writes nothing before the first change. @param root the workspace folder's real path. */
  constructor(root: string) {
    // The names sort by time.
    this.folder = path.join(
      agentFolder(root),
      "runs",
      `${new Date().toISOString().replace(/[:.]/g, "-")}-${randomUUID().slice(0, 8)}`,
    );
  }

  /**
   * Call this before a change. Throws the system's error.
   * @param before the old bytes; undefined for a new file.
   * @param folders the folders that will be created for the file, outermost first.
   */
  async record(file: string, before: Uint8Array | undefined, after: Uint8Array, folders: string[] = []): Promise<void> {
    this.started ??= this.start();
    await this.started;
    const entry: Entry = { file, after: hashOf(after), ...(folders.length > 0 && { folders }) };
    if (before) {
      entry.before = `${++this.blobs}.before`;
      await writeFile(path.join(this.folder, entry.before), before, { mode: 0o600, flush: true });
    }
    await writeFile(path.join(this.folder, WRITING), after, { mode: 0o600, flush: true });
    await appendFile(path.join(this.folder, FILE), `${JSON.stringify(entry)}\n`, { mode: 0o600, flush: true });
  }

  private async start(): Promise<void> {
    const runs = path.dirname(this.folder);
    await makeFolder(this.folder, 0o700);
    const old = (await readdir(runs)).sort().slice(0, -MAX_RUNS);
    await Promise.all(old.map((name) => rm(path.join(runs, name), { recursive: true, force: true })));
  }
}

/** Paths of files. `kept`: files that were not restored, because something else has changed them since. */
export type Undone = { restored: string[]; kept: string[] };

/**
 * Undoes the newest run in a workspace folder that is not undone yet. Every file gets exactly the bytes that it had
 * before. Undefined if there is no such run. Throws the system's error.
 */
export async function undoLastRun(root: string): Promise<Undone | undefined> {
  const runs = path.join(agentFolder(root), "runs");
  const names = (await readdir(runs).catch(() => [])).sort().reverse();
  for (const name of names) {
    const folder = path.join(runs, name);
    const isUndone = (await readdir(folder).catch(() => [UNDONE])).includes(UNDONE);
    if (isUndone) continue;
    const undone = await undo(folder);
    if (!undone) continue;
    await writeFile(path.join(folder, UNDONE), "");
    return undone;
  }
  return undefined;
}

/** Undefined for a run that was killed before its first change. */
async function undo(folder: string): Promise<Undone | undefined> {
  const entries = await readEntries(folder);
  if (entries.length === 0) return undefined;
  const writing = await readFile(path.join(folder, WRITING)).catch(() => undefined);
  const undone: Undone = { restored: [], kept: [] };
  for (const file of new Set(entries.map((entry) => entry.file))) {
    const own = entries.filter((entry) => entry.file === file);
    const now = await readFile(file).catch(() => undefined);
    const [first] = own;
    const before = first!.before === undefined ? undefined : await readFile(path.join(folder, first!.before));
    // An entry is written before its change, so a run that was killed may have ended between the two.
    const known = new Set([...own.map(({ after }) => after), before && hashOf(before)]);
    const isPart = now && own.includes(entries.at(-1)!) && writing?.subarray(0, now.length).equals(now);
    const isElsewhere = now && (await realpath(file)) !== file;
    const isKnown = now ? !isElsewhere && (isPart || known.has(hashOf(now))) : before === undefined;
    if (!isKnown) undone.kept.push(file);
    else {
      await restore(file, before, now, own);
      // A change that failed has left the file as it was.
      if (now && !before?.equals(now)) undone.restored.push(file);
    }
  }
  return undone;
}

async function restore(
  file: string,
  before: Uint8Array | undefined,
  now: Uint8Array | undefined,
  own: readonly Entry[],
) {
  if (before) await writeFile(file, before);
  else if (now) await rm(file);
  // A folder that holds something else now is not removed.
  for (const made of own.flatMap(({ folders = [] }) => folders).toReversed()) await rmdir(made).catch(() => {});
}

async function readEntries(folder: string): Promise<Entry[]> {
  const text = await readFile(path.join(folder, FILE), "utf8").catch(() => "");
  // The last line is incomplete if the run was killed.
  return text.split("\n").flatMap((line): Entry[] => {
    try {
      return [JSON.parse(line)];
    } catch {
      return [];
    }
  });
}

const hashOf = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
