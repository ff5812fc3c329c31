/** Remembers which command lines the user allows. A decision is for exactly one line: a line is never split. */
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { makeFolder } from "../../files/makeFolder.ts";
import { agentFolder } from "./journal.ts";

/** The command lines that run without asking in one workspace folder. They are stored in the user's data folder. */
export class AllowedCommands {
  private readonly file: string;
  private readonly given: ReadonlySet<string>;

  /** @param root the workspace folder's real path. @param given command lines that are allowed for this run only. */
  constructor(root: string, given: readonly string[] = []) {
    this.file = path.join(agentFolder(root), "allowed.json");
    this.given = new Set(given);
  }

  /** Compares the exact text: with other spaces or quotes, a line can do something else. */
  async has(command: string): Promise<boolean> {
    return this.given.has(command) || (await this.read()).includes(command);
  }

  /** Allows a command line from now on. Throws the system's error. */
  async add(command: string): Promise<void> {
    const known = await this.read();
    if (known.includes(command)) return;
    await makeFolder(path.dirname(this.file), 0o700);
    await writeFile(this.file, JSON.stringify([...known, command], null, 2), { mode: 0o600 });
  }

  private async read(): Promise<string[]> {
    try {
      const lines: unknown = JSON.parse(await readFile(this.file, "utf8"));
      return Array.isArray(lines) ? lines.filter((line) => typeof line === "string") : [];
    } catch {
      return [];
    }
  }
}
