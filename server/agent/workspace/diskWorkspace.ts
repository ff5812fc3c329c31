/** The workspace of a terminal command: one folder on the disk, without an editor. */
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import type { TextEdit } from "vscode-languageserver";
import { TextDocument } from "vscode-languageserver-textdocument";
import { URI } from "vscode-uri";
import { exists } from "../../files/exists.ts";
import { makeFolder } from "../../files/makeFolder.ts";
import type { ApprovalSubject, ApproveResult } from "../../protocol.ts";
import { type CommandEnd, runCommand } from "../../shared/runCommand.ts";
import { AllowedCommands } from "./approvals.ts";
import { Journal } from "./journal.ts";
import { type CommandOptions, type Place, type Workspace, WorkspaceError } from "./workspace.ts";
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

  async edit({ file, path: name }: Place, document: TextDocument, edits: TextEdit[]): Promise<void> {
    const before = await readFile(file);
    const [text, hasMark] = utf8(before);
    // A file in another encoding would be written back as UTF-8.
    if (text === undefined) throw new WorkspaceError(`${name} is not in UTF-8, so it is not changed.`);
    if (text !== document.getText()) throw new WorkspaceError(`${name} was changed meanwhile. Read it again.`);
    const after = Buffer.from((hasMark ? MARK : "") + TextDocument.applyEdits(document, edits));
    await this.journal.record(file, before, after);
    await writeFile(file, after);
  }

  async create({ file, path: name }: Place, text: string): Promise<void> {
    const folders = await missingFolders(path.dirname(file));
    if (await exists(file)) throw new WorkspaceError(`${name} exists.`);
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

/** The folders on the way that do not exist, outermost first. */
async function missingFolders(folder: string): Promise<string[]> {
  const missing: string[] = [];
  for (let at = folder; path.dirname(at) !== at; at = path.dirname(at)) {
    if (await exists(at)) break;
    missing.unshift(at);
  }
  return missing;
}
