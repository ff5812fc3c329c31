/** The parts of the agent in the editor, and what they are registered with. */
import { type ExtensionContext, Uri, workspace } from "vscode";
import type { Reviews } from "../edit/reviews.ts";
import { AgentWorkspace } from "./agentWorkspace.ts";
import { Approvals } from "./approvals.ts";
import { AgentChanges } from "./changes.ts";
import { AgentEdits } from "./edits.ts";
import { FurtherTools } from "./furtherTools.ts";
import { Journals } from "./journal.ts";
import { RemoteFiles } from "./remoteFiles.ts";
import { TakeBack } from "./takeBack.ts";

/** `storage`: the workspace's own folder. `isShown`: whether the user sees the chat. */
type AgentOptions = { storage: Uri; isShown: () => boolean };

export function createAgent(
  { subscriptions, workspaceState }: ExtensionContext,
  reviews: Reviews,
  { storage, isShown }: AgentOptions,
) {
  const journals = new Journals(Uri.joinPath(storage, "agent"));
  const approvals = new Approvals(workspaceState, isShown);
  const tools = new FurtherTools(workspaceState);
  const changes = new AgentChanges(journals);
  subscriptions.push(
    changes,
    workspace.onDidRenameFiles(({ files }) => {
      for (const { oldUri, newUri } of files) void journals.renamed(oldUri, newUri);
    }),
  );
  return {
    journals,
    approvals,
    changes,
    takeBack: new TakeBack(reviews, journals),
    tools,
    remote: new RemoteFiles(workspaceState),
    workspace: new AgentWorkspace({ edits: new AgentEdits(reviews, journals), journals, approvals, tools }),
  };
}
