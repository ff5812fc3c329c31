import type { FeatureDeps } from "../features/deps.ts";
import type { AgentProgress, ToolCall } from "../protocol.ts";
import type { AgentControl } from "./control.ts";
import type { Workspace } from "./workspace/workspace.ts";

/** What a run of the agent works with. `callTool`: runs one of the client's own tools. */
export type AgentDeps = FeatureDeps & {
  workspace: Workspace;
  control: AgentControl;
  callTool?: (call: ToolCall, signal: AbortSignal) => Promise<string>;
  report: (progress: AgentProgress) => void;
};
