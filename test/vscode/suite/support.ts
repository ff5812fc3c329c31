/** What the suites inside the extension host share: the files that the extension writes, and patience. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { ConfigurationTarget, commands, Position, Selection, Uri, window, workspace } from "vscode";
import { findProcess, type Part, signal } from "../../support/processes.ts";
import { filesBelow, storedChats } from "../host/storedChats.ts";
import { EXTENSION_ID, until } from "./extension.ts";

export const FOLDER = workspace.workspaceFolders![0]!.uri.fsPath;
/** Each kind of host keeps its data beside the workspace. */
const DATA = path.join(FOLDER, "../data");

/** The last turn of the newest conversation, once its reply on disk is as it should be. */
export function storedReply(state: string, question = "") {
  const last = () => storedChats(DATA)[0]?.turns.at(-1);
  const wanted = () => {
    const turn = last();
    return turn?.reply.state === state && turn.text.includes(question) ? turn : undefined;
  };
  return until(`a reply that is ${state}`, wanted).catch((error: Error) => {
    error.message += ` There is: ${JSON.stringify(last())}`;
    throw error;
  });
}

/** Everything that anybody has logged: VS Code, its extension hosts, our channel. */
export const logs = () =>
  filesBelow(path.join(DATA, "logs"))
    .map((file) => readFileSync(file, "utf8"))
    .join("\n");

/** Our own channel. */
export const ourLog = () =>
  filesBelow(path.join(DATA, "logs"))
    .filter((file) => file.includes(EXTENSION_ID))
    .map((file) => readFileSync(file, "utf8"))
    .join("\n");

export const pidOf = (part: Part) => until(`the ${part} runs`, () => findProcess(process.pid, part));

/** Kills the server again and again, until the extension does not start it any more. */
export async function killUntilGivenUp(): Promise<void> {
  const givenUp = () => ourLog().match(/It is not restarted automatically/g)?.length ?? 0;
  const before = givenUp();
  await until("the server is given up", () => {
    const server = findProcess(process.pid, "server");
    if (server) signal(server, "SIGKILL");
    return givenUp() > before || undefined;
  });
}

/** Opens a file of the workspace with the lines, from 0, selected, or with the cursor at their end. */
export async function select(file: string, from: number, to = from, how: "all" | "cursor" = "all"): Promise<void> {
  const document = await workspace.openTextDocument(Uri.file(path.join(FOLDER, file)));
  const { end } = document.lineAt(to).range;
  const editor = await window.showTextDocument(document);
  editor.selection = new Selection(how === "all" ? new Position(from, 0) : end, end);
}

export const set = (key: string, value: unknown) =>
  workspace.getConfiguration("nemotron").update(key, value, ConfigurationTarget.Global);
export const get = (key: string) => workspace.getConfiguration("nemotron").get(key);

/**
 * Runs a command to its end, and closes what it shows meanwhile: whoever asks the user waits for the user. Rejects as
 * the command does, or when it has not ended in time.
 */
export async function settles(command: string, ...args: unknown[]): Promise<void> {
  let over = false;
  const running = Promise.resolve(commands.executeCommand(command, ...args)).finally(() => {
    over = true;
  });
  const closing = (async () => {
    const deadline = Date.now() + 120_000;
    while (!over && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      await commands.executeCommand("workbench.action.closeQuickOpen");
      await commands.executeCommand("notifications.clearAll");
    }
    if (!over) throw new Error(`${command} has not ended.`);
  })();
  await Promise.race([running, closing.then(() => running)]);
}
