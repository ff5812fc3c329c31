/** The parts of the agent in the editor, and what they are registered with. */
import { type ExtensionContext, Uri, workspace } from "vscode";
import { type Reviews, renamedUri } from "../edit/reviews.ts";
import { AgentWorkspace } from "./agentWorkspace.ts";
import { type AgentChat, Approvals } from "./approvals.ts";
import { AgentChanges } from "./changes.ts";
import { AgentEdits } from "./edits.ts";
import { FurtherTools } from "./furtherTools.ts";
import { Journals } from "./journal.ts";
import { RemoteFiles } from "./remoteFiles.ts";
import { TakeBack } from "./takeBack.ts";

/** `storage`: the workspace's own folder. */
type AgentOptions = { storage: Uri; chat: AgentChat };

export function createAgent(
  { subscriptions, workspaceState }: ExtensionContext,
  reviews: Reviews,
  { storage, chat }: AgentOptions,
) {
  const journals = new Journals(Uri.joinPath(storage, "agent").fsPath, (turn, uri) => changes.begun(turn, uri));
  const approvals = new Approvals(workspaceState, chat);
  const tools = new FurtherTools(workspaceState);
  const changes = new AgentChanges(journals);
  subscriptions.push(
    changes,
    workspace.onDidRenameFiles(({ files }) => {
      for (const { oldUri, newUri } of files)
        void journals.renamed((uri) => renamedUri(Uri.parse(uri, true), oldUri, newUri)?.toString());
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
