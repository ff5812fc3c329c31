/**
 * The agent's only access to files, commands and the user. There are two kinds of workspace: in an editor
 * (clientWorkspace.ts) and on the disk (diskWorkspace.ts).
 */
import type { Diagnostic, TextEdit } from "vscode-languageserver";
import type { TextDocument } from "vscode-languageserver-textdocument";
import type { ApprovalSubject, ApproveResult } from "../../protocol.ts";
import type { CommandEnd, RunOptions } from "../../shared/runCommand.ts";
import type { Pattern } from "./ripgrep.ts";

/** Why a file is read or changed only with the user's consent. */
export type Protection = Extract<ApprovalSubject, { why: string }>["why"];

/** A place inside the workspace folders, with all links resolved. */
export type Place = {
  uri: string;
  /** Its name in the conversation: relative to its folder, with forward slashes. */
  path: string;
  /** Its real path on the disk. */
  file: string;
  kind: "file" | "folder" | "nothing";
  protection?: Protection;
};

/** Thrown when a call cannot be carried out. `message` is for the model, in English. */
export class WorkspaceError extends Error {
  override readonly name = "WorkspaceError";
  /** Whether something else has changed the file since it was read, so that it must be read again. */
  readonly isStale: boolean;

  constructor(message: string, isStale = false) {
    super(message);
    this.isStale = isStale;
  }
}

/** The error for a file that something else has changed since it was read. */
export const stale = (path: string) => new WorkspaceError(`${path} was changed meanwhile. Read it again.`, true);

/** Whether the user allows it. Any other answer of a client, such as none, is a no. */
export const isAllowed = ({ answer }: ApproveResult): boolean => answer === "yes" || answer === "always";

export type CommandOptions = RunOptions & {
  /** Time limit, ms. */
  timeoutMs: number;
  /** Whether the command verifies the agent's edits. */
  check: boolean;
};

/** The files, commands and consent of one workspace. */
export interface Workspace {
  /** URIs of the workspace folders. */
  folders(): string[];
  /** Finds a place by the name that the model gives. Throws WorkspaceError if it is outside the workspace folders. */
  resolve(name: string): Promise<Place>;
  /** The names in a folder, without ignored ones. Names of folders end with a slash. */
  list(place: Place): Promise<string[]>;
  /** The names of the files that are neither ignored nor secret, at most MAX_FILES. `under`: only those in this folder. */
  files(under: Place | undefined, signal: AbortSignal): Promise<string[]>;
  /** The subset of `files` that can have a line with a match. Undefined if the files must be read to find out. */
  filesWith(pattern: Pattern, under: Place | undefined, signal: AbortSignal): Promise<string[] | undefined>;
  /** The open document, or the file. Throws WorkspaceError if it cannot be read. Does not ask for consent. */
  read(place: Place): Promise<TextDocument>;
  /** Changes a file in one undoable step. Throws WorkspaceError if it was changed since it was read. */
  edit(place: Place, document: TextDocument, edits: TextEdit[]): Promise<void>;
  /** Creates a file, with its folders. Throws WorkspaceError if it exists. */
  create(place: Place, text: string): Promise<void>;
  /** Runs a command in the first workspace folder. Left out: commands cannot be run here. */
  run?(command: string, options: CommandOptions): Promise<CommandEnd>;
  /** The problems that the editor knows in these files. Missing without an editor. */
  problems?(uris: string[], signal: AbortSignal): Promise<{ uri: string; diagnostics: Diagnostic[] }[]>;
  /** The places where a name is declared, as far as the editor knows. Lines are 0-based. Missing without an editor. */
  symbols?(name: string, signal: AbortSignal): Promise<{ uri: string; line: number }[]>;
  /** Asks the user for consent, unless they have decided already. */
  approve(subject: ApprovalSubject, signal: AbortSignal): Promise<ApproveResult>;
}
