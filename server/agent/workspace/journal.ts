/**
 * The account of what a run does to files, with which it is undone. It is kept outside the repository, one folder a run:
 * `journal.jsonl` and the bytes of each file before.
 */
import { createHash, randomUUID } from "node:crypto";
import { appendFile, readdir, readFile, rm, rmdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { makeFolder } from "../../files/makeFolder.ts";
import { userFolder } from "../../files/userFolder.ts";

/** Runs that can be undone, for each workspace folder. Older ones are deleted. */
const MAX_RUNS = 20;
const FILE = "journal.jsonl";
const UNDONE = "undone";

/** Written before the change. `before`: the name of the file with the old bytes; missing for a created file. */
type Entry = { file: string; before?: string; after: string; folders?: string[] };

/** Where the agent keeps what belongs to a workspace folder. */
export const agentFolder = (root: string): string =>
  path.join(userFolder("data", "agent"), createHash("sha256").update(root).digest("hex").slice(0, 32));

export class Journal {
  private readonly folder: string;
  private started: Promise<void> | undefined;
  private blobs = 0;

  /** Nothing is written before the first change. @param root the workspace folder's real path. */
  constructor(root: string) {
    // Sortable by time.
    this.folder = path.join(
      agentFolder(root),
      "runs",
      `${new Date().toISOString().replace(/[:.]/g, "-")}-${randomUUID().slice(0, 8)}`,
    );
  }

  /** Call it before writing. `folders`: those that are created for the file, outermost first. Throws the system's error. */
  async record(file: string, before: Uint8Array | undefined, after: Uint8Array, folders: string[] = []): Promise<void> {
    this.started ??= this.start();
    await this.started;
    const entry: Entry = { file, after: hashOf(after), ...(folders.length > 0 && { folders }) };
    if (before) {
      entry.before = `${++this.blobs}.before`;
      await writeFile(path.join(this.folder, entry.before), before, { mode: 0o600, flush: true });
    }
    await appendFile(path.join(this.folder, FILE), `${JSON.stringify(entry)}\n`, { mode: 0o600, flush: true });
  }

  private async start(): Promise<void> {
    const runs = path.dirname(this.folder);
    await makeFolder(this.folder, 0o700);
    const old = (await readdir(runs)).sort().slice(0, -MAX_RUNS);
    await Promise.all(old.map((name) => rm(path.join(runs, name), { recursive: true, force: true })));
  }
}

/** `kept`: files that were changed since by somebody else, and stay as they are. */
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
    await writeFile(path.join(folder, UNDONE), "");
    return undone;
  }
  return undefined;
}

async function undo(folder: string): Promise<Undone> {
  const entries = await readEntries(folder);
  const undone: Undone = { restored: [], kept: [] };
  for (const file of new Set(entries.map((entry) => entry.file))) {
    const own = entries.filter((entry) => entry.file === file);
    const now = await readFile(file).catch(() => undefined);
    const [first] = own;
    const before = first!.before === undefined ? undefined : await readFile(path.join(folder, first!.before));
    // The last entry is written before its change: a run that was killed can have ended between the two.
    const known = new Set([...own.map(({ after }) => after), before && hashOf(before)]);
    const isOurs = now ? known.has(hashOf(now)) : before === undefined;
    if (!isOurs) undone.kept.push(file);
    else {
      await restore(file, before, now, own);
      undone.restored.push(file);
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
  // Folders that hold something else now stay.
  for (const made of own.flatMap(({ folders = [] }) => folders).toReversed()) await rmdir(made).catch(() => {});
}

async function readEntries(folder: string): Promise<Entry[]> {
  const text = await readFile(path.join(folder, FILE), "utf8").catch(() => "");
  // The last line can be cut.
  return text.split("\n").flatMap((line): Entry[] => {
    try {
      return [JSON.parse(line)];
    } catch {
      return [];
    }
  });
}

const hashOf = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
