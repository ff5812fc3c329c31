/** Runs the agent over LSP, and sends its requests to the client. */
import { randomUUID } from "node:crypto";
import {
  type CancellationToken,
  CancellationTokenSource,
  type ClientCapabilities,
  type Connection,
  ProgressType,
} from "vscode-languageserver";
import { runAgent } from "../agent/agent.ts";
import { AgentControl, RunningAgents } from "../agent/control.ts";
import { ClientWorkspace, type WorkspaceClient } from "../agent/workspace/clientWorkspace.ts";
import type { FeatureDeps } from "../features/deps.ts";
import {
  type AgentProgress,
  type CallToolResult,
  Method,
  type RunProgress,
  type WorkspaceAbility,
  WorkspaceMethod,
} from "../protocol.ts";
import type { Serve } from "./requests.ts";
import * as schemas from "./schemas.ts";

const agentProgress = new ProgressType<AgentProgress>();
const runProgress = new ProgressType<RunProgress>();

/** What the client can do, known after `initialize`. `ripgrep`: the path of the client's own program. */
export type AgentClient = {
  capabilities: ClientCapabilities;
  abilities: readonly WorkspaceAbility[];
  ripgrep?: string;
};

/** Serves the agent's methods. `client` is called for each run. */
export function serveAgent(connection: Connection, serve: Serve, deps: FeatureDeps, client: () => AgentClient): void {
  const running = new RunningAgents();
  serve(Method.agent, schemas.agent, (params, signal) => {
    const { partialResultToken: token } = params;
    const control = new AgentControl();
    const workspace = new ClientWorkspace(deps.documents, workspaceClient(connection, client()));
    const report = (progress: AgentProgress) => {
      if (token !== undefined) void connection.sendProgress(agentProgress, token, progress);
    };
    const callTool = async (call: unknown, signal: AbortSignal) =>
      (await request<CallToolResult>(connection, WorkspaceMethod.callTool, { call }, signal)).content;
    return running.run(token, control, () =>
      runAgent(params, { ...deps, workspace, control, report, callTool }, signal),
    );
  });
  serve(Method.agentStop, schemas.agentStop, ({ token }) => {
    running.get(token).stop();
    return null;
  });
  serve(Method.agentSay, schemas.agentSay, ({ token, text }) => {
    running.get(token).say(text);
    return null;
  });
}

function workspaceClient(connection: Connection, { capabilities, abilities, ripgrep }: AgentClient): WorkspaceClient {
  const { documentChanges = false, resourceOperations = [] } = capabilities.workspace?.workspaceEdit ?? {};
  return {
    abilities,
    ripgrep,
    supportsDocumentChanges: documentChanges,
    supportsCreate: abilities.includes("edit") || (documentChanges && resourceOperations.includes("create")),
    request: async (method, params, signal, onProgress) => {
      if (!onProgress) return request(connection, method, params, signal);
      const partialResultToken = randomUUID();
      const listener = connection.onProgress(runProgress, partialResultToken, onProgress);
      try {
        return await request(connection, method, { ...params, partialResultToken }, signal);
      } finally {
        listener.dispose();
      }
    },
    applyEdit: (label, edit) => connection.workspace.applyEdit({ label, edit }),
  };
}

/** Sends a request to the client. When the signal aborts, the request is cancelled. */
async function request<R>(connection: Connection, method: string, params: object, signal: AbortSignal): Promise<R> {
  signal.throwIfAborted();
  const cancellation = new CancellationTokenSource();
  const cancel = () => cancellation.cancel();
  signal.addEventListener("abort", cancel, { once: true });
  try {
    return await connection.sendRequest<R>(method, params, cancellation.token as CancellationToken);
  } finally {
    signal.removeEventListener("abort", cancel);
    cancellation.dispose();
  }
}
