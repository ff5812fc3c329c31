/** What the suites inside the extension host share. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { ConfigurationTarget, commands, Position, Selection, Uri, window, workspace } from "vscode";
import { findProcess, type Part, signal } from "../../support/processes.ts";
import { filesBelow, storedChats } from "../host/storedChats.ts";
import { EXTENSION_ID, until } from "./extension.ts";

export const FOLDER = workspace.workspaceFolders![0]!.uri.fsPath;
/** Both kinds of host keep their data beside the workspace. */
const DATA = path.join(FOLDER, "../data");

/** The last turn of the newest conversation, once its reply on disk has this state. */
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

/** Everything that was logged: by VS Code, its extension hosts, and the extension. */
export const logs = () =>
  filesBelow(path.join(DATA, "logs"))
    .map((file) => readFileSync(file, "utf8"))
    .join("\n");

/** The log of the extension's own channel. */
export const ourLog = () =>
  filesBelow(path.join(DATA, "logs"))
    .filter((file) => file.includes(EXTENSION_ID))
    .map((file) => readFileSync(file, "utf8"))
    .join("\n");

export const pidOf = (part: Part) => until(`the ${part} runs`, () => findProcess(process.pid, part));

/** Kills the server until the extension no longer restarts it. */
export async function killUntilGivenUp(): Promise<void> {
  const givenUp = () => ourLog().match(/It is not restarted automatically/g)?.length ?? 0;
  const before = givenUp();
  await until("the server is given up", () => {
    const server = findProcess(process.pid, "server");
    if (server) signal(server, "SIGKILL");
    return givenUp() > before || undefined;
  });
}

/** Opens a file of the workspace with these lines (0-based) selected, or with the cursor at their end. */
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
 * Runs a command to its end, and closes what it shows meanwhile, because a question waits for the user. Rejects like
 * the command, or if it does not end in time.
 */
export async function runToEnd(command: string, ...args: unknown[]): Promise<void> {
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
