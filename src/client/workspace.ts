/** The agent's requests to the editor, as the language client passes them on. */
import type { CancellationToken } from "vscode";
import { type LanguageClient, ProgressType } from "vscode-languageclient/node";
import {
  type ApproveParams,
  type ApproveResult,
  type CallToolParams,
  type CallToolResult,
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
} from "../../server/protocol.ts";

/** Answers the agent's requests. The token is cancelled when the agent is stopped. */
export type WorkspaceRequests = {
  approve(params: ApproveParams, token: CancellationToken): Promise<ApproveResult>;
  edit(params: WorkspaceEditParams): Promise<WorkspaceEditResult>;
  run(params: RunParams, onOutput: (text: string) => void, token: CancellationToken): Promise<RunResult>;
  problems(params: ProblemsParams, token: CancellationToken): Promise<ProblemsResult>;
  symbols(params: SymbolsParams, token: CancellationToken): Promise<SymbolsResult>;
  callTool(params: CallToolParams, token: CancellationToken): Promise<CallToolResult>;
};

/** All requests that the editor answers. */
export const ABILITIES = Object.keys(WorkspaceMethod) as WorkspaceAbility[];

const runProgress = new ProgressType<RunProgress>();

/** Registers an answer for each request. Call it before the client starts. */
export function answerWorkspace(client: LanguageClient, requests: WorkspaceRequests): void {
  client.onRequest(WorkspaceMethod.approve, (params, token) => requests.approve(params, token));
  client.onRequest(WorkspaceMethod.edit, (params) => requests.edit(params));
  client.onRequest(WorkspaceMethod.run, (params: RunParams, token) => {
    const { partialResultToken } = params;
    const onOutput = (text: string) => {
      if (partialResultToken !== undefined) void client.sendProgress(runProgress, partialResultToken, { text });
    };
    return requests.run(params, onOutput, token);
  });
  client.onRequest(WorkspaceMethod.problems, (params, token) => requests.problems(params, token));
  client.onRequest(WorkspaceMethod.symbols, (params, token) => requests.symbols(params, token));
  client.onRequest(WorkspaceMethod.callTool, (params, token) => requests.callTool(params, token));
}
