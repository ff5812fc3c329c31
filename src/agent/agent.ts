/** The parts of the agent in the editor, and what they are registered with. */
import { type ExtensionContext, Uri, workspace } from "vscode";
import type { Reviews } from "../edit/reviews.ts";
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
      for (const { oldUri, newUri } of files) void journals.renamed((uri) => renamedUri(uri, oldUri, newUri));
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

/** The new URI of a file when it, or a folder that it is in, was renamed; undefined if it was not. */
function renamedUri(file: string, from: Uri, to: Uri): string | undefined {
  const uri = Uri.parse(file, true);
  if (uri.path !== from.path && !uri.path.startsWith(`${from.path}/`)) return undefined;
  return uri.with({ path: to.path + uri.path.slice(from.path.length) }).toString();
}
