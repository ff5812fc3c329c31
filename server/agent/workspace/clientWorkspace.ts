/** The workspace of an editor. Open documents take precedence over the disk; changes and commands go to the client. */
import type { ApplyWorkspaceEditResult, Diagnostic, TextEdit, WorkspaceEdit } from "vscode-languageserver";
import type { TextDocument } from "vscode-languageserver-textdocument";
import { URI } from "vscode-uri";
import type { Documents } from "../../features/context/documents.ts";
import {
  type ApprovalSubject,
  type ApproveParams,
  type ApproveResult,
  type ProblemsParams,
  type ProblemsResult,
  type RunParams,
  type RunProgress,
  type RunResult,
  type SymbolsParams,
  type SymbolsResult,
  type WorkspaceAbility,
  type WorkspaceEditParams,
  type WorkspaceEditResult,
  WorkspaceMethod,
} from "../../protocol.ts";
import { type CommandEnd, MAX_OUTPUT_CHARS } from "../../shared/runCommand.ts";
import { type CommandOptions, type Place, stale, type Workspace, WorkspaceError } from "./workspace.ts";
import { WorkspaceFiles } from "./workspaceFiles.ts";

/** The part of the client's connection that the agent needs. */
export type WorkspaceClient = {
  /** The requests of WorkspaceMethod that the client answers. */
  abilities: readonly WorkspaceAbility[];
  /** Whether the client accepts document versions in a WorkspaceEdit. */
  supportsDocumentChanges: boolean;
  /** Whether the client can create files. */
  supportsCreate: boolean;
  /** The path of the client's own ripgrep. */
  ripgrep?: string;
  request<R>(
    method: string,
    params: object,
    signal: AbortSignal,
    onProgress?: (progress: RunProgress) => void,
  ): Promise<R>;
  applyEdit(label: string, edit: WorkspaceEdit): Promise<ApplyWorkspaceEditResult>;
};

const LABEL = "Nemotron";

export class ClientWorkspace extends WorkspaceFiles implements Workspace {
  private readonly client: WorkspaceClient;
  readonly run?: Workspace["run"];
  readonly problems?: Workspace["problems"];
  readonly symbols?: Workspace["symbols"];

  constructor(documents: Documents, client: WorkspaceClient) {
    super(documents, client.ripgrep);
    this.client = client;
    if (this.can("run")) this.run = (command, options) => this.runThere(command, options);
    if (this.can("problems")) this.problems = (uris, signal) => this.problemsThere(uris, signal);
    if (this.can("symbols")) this.symbols = (name, signal) => this.symbolsThere(name, signal);
  }

  async edit({ uri, path }: Place, document: TextDocument, edits: TextEdit[]): Promise<void> {
    const isOpen = this.documents.get(uri) !== undefined;
    const { supportsDocumentChanges } = this.client;
    const version = isOpen ? document.version : null;
    const isStale = () => this.documents.get(uri)?.getText() !== document.getText();
    if (isOpen && isStale()) throw stale(path);
    await this.apply(
      {
        label: LABEL,
        created: false,
        edit: supportsDocumentChanges
          ? { documentChanges: [{ textDocument: { uri, version }, edits }] }
          : { changes: { [uri]: edits } },
      },
      () => (isOpen && isStale() ? stale(path) : new WorkspaceError(`${path} could not be changed.`)),
    );
  }

  async create({ uri, path }: Place, text: string): Promise<void> {
    if (!this.client.supportsCreate) throw new WorkspaceError("This editor cannot create files.");
    const start = { line: 0, character: 0 };
    await this.apply(
      {
        label: LABEL,
        created: true,
        edit: {
          documentChanges: [
            { kind: "create", uri, options: { overwrite: false, ignoreIfExists: false } },
            { textDocument: { uri, version: null }, edits: [{ range: { start, end: start }, newText: text }] },
          ],
        },
      },
      () => new WorkspaceError(`${path} could not be created.`),
    );
  }

  async approve(subject: ApprovalSubject, signal: AbortSignal): Promise<ApproveResult> {
    if (!this.can("approve")) return { answer: "no" };
    return this.client.request<ApproveResult>(WorkspaceMethod.approve, { subject } satisfies ApproveParams, signal);
  }

  private can(ability: WorkspaceAbility): boolean {
    return this.client.abilities.includes(ability);
  }

  private async apply(params: WorkspaceEditParams, failed: () => WorkspaceError): Promise<void> {
    if (!this.can("edit")) {
      const { applied } = await this.client.applyEdit(params.label, params.edit);
      if (!applied) throw failed();
      return;
    }
    const { signal } = new AbortController();
    const made = await this.client.request<WorkspaceEditResult>(WorkspaceMethod.edit, params, signal);
    if (!made.applied) throw made.failureReason === undefined ? failed() : new WorkspaceError(made.failureReason);
  }

  private async runThere(command: string, options: CommandOptions): Promise<CommandEnd> {
    const folder = (await this.roots())[0]?.root;
    if (folder === undefined) throw new WorkspaceError("No folder is open.");
    if (options.signal.aborted) return { stopped: "user" };
    const limit = AbortSignal.timeout(options.timeoutMs);
    const flood = new AbortController();
    let written = 0;
    const take = ({ text }: RunProgress) => {
      if (flood.signal.aborted) return;
      written += text.length;
      options.onOutput(text);
      if (written > MAX_OUTPUT_CHARS) flood.abort();
    };
    const stopped = () => (options.signal.aborted ? "user" : flood.signal.aborted ? "output" : limit.aborted && "time");
    const params: RunParams = { command, folder: URI.file(folder).toString() };
    try {
      const ending = AbortSignal.any([options.signal, limit, flood.signal]);
      const { exitCode } = await this.client.request<RunResult>(WorkspaceMethod.run, params, ending, take);
      return exitCode === undefined ? { stopped: stopped() || "user" } : { exitCode };
    } catch (error) {
      const why = stopped();
      if (why) return { stopped: why };
      throw error;
    }
  }

  private async problemsThere(
    uris: string[],
    signal: AbortSignal,
  ): Promise<{ uri: string; diagnostics: Diagnostic[] }[]> {
    const params: ProblemsParams = { uris };
    return (await this.client.request<ProblemsResult>(WorkspaceMethod.problems, params, signal)).files;
  }

  private async symbolsThere(name: string, signal: AbortSignal): Promise<{ uri: string; line: number }[]> {
    const params: SymbolsParams = { name };
    return (await this.client.request<SymbolsResult>(WorkspaceMethod.symbols, params, signal)).places;
  }
}
