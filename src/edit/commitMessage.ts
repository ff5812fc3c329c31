/** A commit message from what is staged, written into the input of the source control view as it comes. */
import { t } from "@vscode/l10n";
import { CancellationTokenSource, commands, extensions, Uri } from "vscode";
import { sampling } from "../config.ts";
import type { Server } from "../server.ts";

/** What is used of the API of the editor's own git extension (its `git.d.ts`, version 1). */
type Repository = {
  rootUri: Uri;
  inputBox: { value: string };
  diff(cached?: boolean): Promise<string>;
  log(options: { maxEntries: number }): Promise<{ message: string }[]>;
};
type GitExtension = { getAPI(version: 1): { repositories: Repository[] } };

const RECENT_COMMITS = 8;

let running: CancellationTokenSource | undefined;

/** @param scm the source control whose title was clicked; the only repository where none was. */
export async function writeCommitMessage(server: Server, scm?: { rootUri?: Uri }): Promise<void> {
  const repository = await repositoryOf(scm);
  const diff = (await repository.diff(true)) || (await repository.diff(false));
  if (diff.trim() === "") throw new Error(t("There are no changes to write a message for."));
  const recent = (await repository.log({ maxEntries: RECENT_COMMITS }).catch(() => [])).map(({ message }) => message);
  const before = repository.inputBox.value;
  running?.cancel();
  const work = new CancellationTokenSource();
  running = work;
  await commands.executeCommand("setContext", "nemotron.committing", true);
  let written = "";
  try {
    const reply = server.commitMessage(
      { diff, recent, thinking: { mode: "off" }, sampling: sampling() },
      (progress) => {
        if (progress.type !== "answer" || work.token.isCancellationRequested) return;
        written += progress.text;
        repository.inputBox.value = withoutFence(written);
      },
      work.token,
    );
    repository.inputBox.value = (await reply.result).message;
  } catch (error) {
    // What the user wrote is worth more than half a message.
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

/** The result has none; what is seen on the way to it should not flicker with one. */
const withoutFence = (text: string) => text.replace(/^\s*`{3,}.*\n?/, "").replace(/\n`{1,}\s*$/, "");

export const stopCommitMessage = () => running?.cancel();

async function repositoryOf(scm?: { rootUri?: Uri }): Promise<Repository> {
  const git = await extensions.getExtension<GitExtension>("vscode.git")?.activate();
  const { repositories } = git?.getAPI(1) ?? { repositories: [] };
  const wanted = scm?.rootUri instanceof Uri ? scm.rootUri.toString() : undefined;
  const repository = wanted ? repositories.find(({ rootUri }) => rootUri.toString() === wanted) : repositories[0];
  if (!repository) throw new Error(t("There is no git repository in this window."));
  return repository;
}
