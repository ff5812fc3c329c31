/** Writes a commit message into the source control input, for the staged changes, or for all if none is staged. */
import path from "node:path/posix";
import { t } from "@vscode/l10n";
import { CancellationTokenSource, commands, extensions, Uri, window, workspace } from "vscode";
import type { Server } from "../client/server.ts";
import { sampling } from "../config.ts";

/** The part of the API of VS Code's git extension that is used here (its `git.d.ts`, version 1). */
type Repository = {
  rootUri: Uri;
  inputBox: { value: string };
  state: {
    mergeChanges: readonly unknown[];
    workingTreeChanges: readonly Change[];
    untrackedChanges?: readonly Change[];
  };
  diff(cached?: boolean): Promise<string>;
  log(options: { maxEntries: number }): Promise<{ message: string }[]>;
};
type Change = { uri: Uri; status: number };
type GitExtension = {
  getAPI(version: 1): { repositories: Repository[]; getRepository(uri: Uri): Repository | null };
};

/** `Status.UNTRACKED` of that API. */
const UNTRACKED = 7;
const MOST_UNTRACKED = 50;

const RECENT_COMMITS = 8;

let running: CancellationTokenSource | undefined;

/**
 * @param scm the source control whose title was clicked. Without one, the active file's repository is meant. Throws an
 * Error in words for the user if there is no repository or no change.
 */
export async function writeCommitMessage(server: Server, scm?: { rootUri?: Uri }): Promise<void> {
  const repository = await repositoryOf(scm);
  const diff = (await repository.diff(true)) || (await repository.diff(false)) + untracked(repository);
  if (diff.trim() === "") throw new Error(t("There are no changes to write a message for."));
  const recent = (await repository.log({ maxEntries: RECENT_COMMITS }).catch(() => [])).map(({ message }) => message);
  const before = repository.inputBox.value;
  const begun = before.trim();
  // During a merge, the text in the input is kept above the message.
  const kept = begun !== "" && (await isMerging(repository)) ? `${begun}\n\n` : "";
  running?.cancel();
  const work = new CancellationTokenSource();
  running = work;
  await commands.executeCommand("setContext", "nemotron.committing", true);
  let written = "";
  try {
    const reply = server.commitMessage(
      { diff, recent, begun, thinking: { mode: "off" }, sampling: sampling() },
      (progress) => {
        if (progress.type !== "answer" || work.token.isCancellationRequested) return;
        written += progress.text;
        repository.inputBox.value = kept + withoutFence(written);
      },
      work.token,
    );
    const { message } = await reply.result;
    repository.inputBox.value =
      kept + (begun === "" || kept !== "" || keeps(message, begun) ? message : `${begun}\n\n${message}`);
  } catch (error) {
    // The user's own text comes back instead of half a message.
    if (before !== "" || !work.token.isCancellationRequested) repository.inputBox.value = before;
    if (!work.token.isCancellationRequested) throw error;
  } finally {
    if (running === work) {
      running = undefined;
      await commands.executeCommand("setContext", "nemotron.committing", false);
    }
    work.dispose();
  }
}

/** The result has no code fence. This keeps one from flickering while the message streams. */
const withoutFence = (text: string) => text.replace(/^\s*`{3,}.*\n?/, "").replace(/\n`{1,}\s*$/, "");

/** Does nothing if no message is being written. */
export const stopCommitMessage = () => running?.cancel();

/** Whether the message contains the text that the user began with. If not, that text is put above it. */
const keeps = (message: string, begun: string) => message.toLowerCase().includes(begun.toLowerCase());

/** Untracked files by name, in the form of a diff. Without contents, because the user has not added them yet. */
function untracked({ state, rootUri }: Repository): string {
  const changes = [...(state.untrackedChanges ?? []), ...state.workingTreeChanges];
  const names = changes
    .filter(({ status }) => status === UNTRACKED)
    .map(({ uri }) => path.relative(rootUri.path, uri.path));
  const shown = [...new Set(names)].slice(0, MOST_UNTRACKED);
  return shown.map((name) => `diff --git a/${name} b/${name}\nnew file\n--- /dev/null\n+++ b/${name}\n`).join("");
}

async function isMerging({ state, rootUri }: Repository): Promise<boolean> {
  if (state.mergeChanges.length > 0) return true;
  const head = Uri.joinPath(rootUri, ".git", "MERGE_HEAD");
  return workspace.fs.stat(head).then(
    () => true,
    () => false,
  );
}

async function repositoryOf(scm?: { rootUri?: Uri }): Promise<Repository> {
  const git = await extensions.getExtension<GitExtension>("vscode.git")?.activate();
  const api = git?.getAPI(1);
  const repositories = api?.repositories ?? [];
  const wanted = scm?.rootUri instanceof Uri ? scm.rootUri.toString() : undefined;
  const file = window.activeTextEditor?.document.uri;
  const repository = wanted
    ? repositories.find(({ rootUri }) => rootUri.toString() === wanted)
    : ((file && api?.getRepository(file)) ?? repositories[0]);
  if (!repository) throw new Error(t("There is no git repository in this window."));
  return repository;
}
