/** The agent's only way to the world. There are two: the editor's (clientWorkspace.ts) and the disk's (diskWorkspace.ts). */
import type { Diagnostic, TextEdit } from "vscode-languageserver";
import type { TextDocument } from "vscode-languageserver-textdocument";
import type { ApprovalSubject, ApproveResult } from "../../protocol.ts";
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

/** A call cannot be carried out. `message` is for the model, and in English. */
export class WorkspaceError extends Error {
  override readonly name = "WorkspaceError";
}

export type CommandOptions = {
  timeoutMs: number;
  /** It is to verify the agent's edits. */
  check: boolean;
  signal: AbortSignal;
  onOutput: (text: string) => void;
};
/** `exitCode` is undefined for a command that was ended. `stopped`: by the time limit, for too much output, by the user. */
export type CommandEnd = { exitCode?: number; stopped?: "time" | "output" | "user" };

export interface Workspace {
  /** URIs of the workspace folders. */
  folders(): string[];
  /** Finds a place by the name that the model gives it. Throws WorkspaceError for one outside the workspace folders. */
  resolve(name: string): Promise<Place>;
  /** The names in a folder; those of folders end with a slash. Ignored ones are left out. */
  list(place: Place): Promise<string[]>;
  /** The names of all files that are neither ignored nor secret, sorted. `under`: only those in this folder. */
  files(under: Place | undefined, signal: AbortSignal): Promise<string[]>;
  /** Those of `files` that can have a line with a match. Undefined where only reading them can tell. */
  filesWith(pattern: Pattern, under: Place | undefined, signal: AbortSignal): Promise<string[] | undefined>;
  /** The open document, or the file. Throws WorkspaceError for what cannot be read. Asks nobody. */
  read(place: Place): Promise<TextDocument>;
  /** Changes a file in one undoable step. Throws WorkspaceError if it was changed since it was read. */
  edit(place: Place, document: TextDocument, edits: TextEdit[]): Promise<void>;
  /** Creates a file, with its folders. Throws WorkspaceError if it exists. */
  create(place: Place, text: string): Promise<void>;
  /** Runs a command in the first workspace folder. Left out: commands cannot be run here. */
  run?(command: string, options: CommandOptions): Promise<CommandEnd>;
  /** What the editor knows to be wrong in these files. */
  problems?(uris: string[], signal: AbortSignal): Promise<{ uri: string; diagnostics: Diagnostic[] }[]>;
  /** Where the editor knows a name to be declared; lines are 0-based. */
  symbols?(name: string, signal: AbortSignal): Promise<{ uri: string; line: number }[]>;
  /** Asks the user, unless they have decided already. */
  approve(subject: ApprovalSubject, signal: AbortSignal): Promise<ApproveResult>;
}
