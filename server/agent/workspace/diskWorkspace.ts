/** The workspace of a terminal command: one folder on the disk, without an editor. */
import { constants } from "node:fs";
import { open, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import type { TextEdit } from "vscode-languageserver";
import { TextDocument } from "vscode-languageserver-textdocument";
import { URI } from "vscode-uri";
import { makeFolder } from "../../files/makeFolder.ts";
import type { ApprovalSubject, ApproveResult } from "../../protocol.ts";
import { type CommandEnd, runCommand } from "../../shared/runCommand.ts";
import { AllowedCommands } from "./approvals.ts";
import { Journal } from "./journal.ts";
import { type CommandOptions, type Place, stale, type Workspace, WorkspaceError } from "./workspace.ts";
import { WorkspaceFiles } from "./workspaceFiles.ts";

/** A byte order mark. */
const MARK = "\ufeff";

/** `root`: a real path. `allowed`: command lines that run without asking. `ask`: asks the user. */
export type DiskOptions = {
  root: string;
  allowed?: readonly string[];
  ask: (subject: ApprovalSubject, signal: AbortSignal) => Promise<ApproveResult>;
};

export class DiskWorkspace extends WorkspaceFiles implements Workspace {
  private readonly root: string;
  private readonly journal: Journal;
  private readonly allowed: AllowedCommands;
  private readonly ask: DiskOptions["ask"];

  constructor({ root, allowed, ask }: DiskOptions) {
    super({ get: () => undefined, folders: () => [URI.file(root).toString()] });
    this.root = root;
    this.journal = new Journal(root);
    this.allowed = new AllowedCommands(root, allowed);
    this.ask = ask;
  }

  async edit(place: Place, document: TextDocument, edits: TextEdit[]): Promise<void> {
    const { file, path: name } = place;
    await this.checkUnmoved(place);
    // The bytes that are compared and those that are replaced are of the same file, whatever its name means meanwhile.
    const handle = await open(file, constants.O_RDWR | (constants.O_NOFOLLOW ?? 0));
    try {
      const before = await handle.readFile();
      const [text, hasMark] = utf8(before);
      // A file in another encoding would be written back as UTF-8.
      if (text === undefined) throw new WorkspaceError(`${name} is not in UTF-8, so it is not changed.`);
      if (text !== document.getText()) throw stale(name);
      const after = Buffer.from((hasMark ? MARK : "") + TextDocument.applyEdits(document, edits));
      await this.journal.record(file, before, after);
      await handle.truncate();
      for (let at = 0; at < after.length; ) at += (await handle.write(after, at, after.length - at, at)).bytesWritten;
    } finally {
      await handle.close();
    }
  }

  async create(place: Place, text: string): Promise<void> {
    const { file, path: name } = place;
    if (place.kind !== "nothing") throw new WorkspaceError(`${name} exists.`);
    await this.checkUnmoved(place);
    const folders = await missingFolders(path.dirname(file));
    const after = Buffer.from(text);
    await this.journal.record(file, undefined, after, folders);
    await makeFolder(path.dirname(file));
    try {
      // "wx" never follows a link and never overwrites.
      await writeFile(file, after, { flag: "wx" });
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      throw code === "EEXIST" ? new WorkspaceError(`${name} exists.`) : error;
    }
  }

  /** Throws WorkspaceError if the name leads elsewhere now, for example through a link, than when it was resolved. */
  private async checkUnmoved({ path: name, file, kind }: Place): Promise<void> {
    const now = await this.resolve(name);
    if (now.file !== file || now.kind !== kind) throw stale(name);
  }

  run(command: string, options: CommandOptions): Promise<CommandEnd> {
    return runCommand(command, this.root, options);
  }

  async approve(subject: ApprovalSubject, signal: AbortSignal): Promise<ApproveResult> {
    if (subject.type === "command" && (await this.allowed.has(subject.command))) return { answer: "yes" };
    const given = await this.ask(subject, signal);
    if (subject.type === "command" && given.answer === "always") await this.allowed.add(subject.command);
    return given;
  }
}

/** The text without a byte order mark; undefined if it is not UTF-8. */
function utf8(bytes: Uint8Array): [text: string | undefined, hasMark: boolean] {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return text.startsWith(MARK) ? [text.slice(1), true] : [text, false];
  } catch {
    return [undefined, false];
  }
}

/** The folders on the way that do not exist, outermost first. Throws WorkspaceError if a file is in the way. */
async function missingFolders(folder: string): Promise<string[]> {
  const missing: string[] = [];
  for (let at = folder; path.dirname(at) !== at; at = path.dirname(at)) {
    const stats = await stat(at).catch(() => undefined);
    if (stats?.isDirectory()) break;
    if (stats) throw new WorkspaceError(`${path.basename(at)} is a file, not a folder.`);
    missing.unshift(at);
  }
  return missing;
}
