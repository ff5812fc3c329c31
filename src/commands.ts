/** Every command of the palette. They all exist, and answer, whatever state the server is in. */
import { commands, type Disposable, ProgressLocation, window } from "vscode";
import { setting, thinking } from "./config.ts";
import type { Explanations } from "./explanations.ts";
import { chooseModel, getModel, loadModel, unloadModel } from "./models.ts";
import { type Problem, problemIn, problemOf, REMEDY_TITLES } from "./problems.ts";
import type { Server } from "./server.ts";
import { pickDefaults, pickThinking, setBudget, toggleThinking } from "./thinking.ts";

/** What commands act on. */
export type CommandDeps = { server: Server; explanations: Explanations };
/** What it throws is told to the user. */
type Handler = (deps: CommandDeps, ...args: unknown[]) => Promise<void> | void;

/** By the ids of the manifest, which a test holds them to. */
export const COMMANDS: Record<string, Handler> = {
  "nemotron.chooseModel": chooseModel,
  "nemotron.getModel": getModel,
  "nemotron.loadModel": loadModel,
  "nemotron.unloadModel": unloadModel,
  "nemotron.restartServer": restartServer,
  "nemotron.showLog": ({ server }) => server.showLog(),
  "nemotron.showProblem": showProblem,
  "nemotron.toggleThinking": toggleThinking,
  "nemotron.pickThinking": pickThinking,
  "nemotron.pickDefaults": pickDefaults,
  "nemotron.setBudget": (_, budget) => setBudget(budget),
  "nemotron.explainSelection": explainSelection,
};

export function registerCommands(deps: CommandDeps): Disposable[] {
  return Object.entries(COMMANDS).map(([id, handler]) =>
    commands.registerCommand(id, async (...args: unknown[]) => {
      try {
        await handler(deps, ...args);
      } catch (error) {
        const problem = problemOf(error, setting("model") !== "");
        if (problem) await tell(problem);
      }
    }),
  );
}

/** What went wrong, and what can be done about it one click away. */
export async function tell({ message, remedies }: Problem): Promise<void> {
  const titles = remedies.map((remedy) => REMEDY_TITLES[remedy]);
  const chosen = await window.showErrorMessage(`Nemotron: ${message}`, ...titles);
  const remedy = remedies.find((remedy) => REMEDY_TITLES[remedy] === chosen);
  if (remedy) await commands.executeCommand(`nemotron.${remedy}`);
}

async function restartServer({ server }: CommandDeps): Promise<void> {
  const options = { location: ProgressLocation.Window, title: "Nemotron: restarting the language server" };
  await window.withProgress(options, () => server.restart());
}

async function showProblem({ server }: CommandDeps): Promise<void> {
  const problem = problemIn(server.status);
  if (problem) await tell(problem);
}

async function explainSelection({ server, explanations }: CommandDeps): Promise<void> {
  const editor = window.activeTextEditor;
  if (!editor) throw new Error("Open a file and select what is to be explained.");
  const { start, end } = editor.selection;
  const params = {
    textDocument: { uri: editor.document.uri.toString() },
    range: { start: lspPosition(start), end: lspPosition(end) },
    thinking: thinking("explain"),
  };
  const { answer } = await window.withProgress(
    { location: ProgressLocation.Notification, title: "Nemotron is explaining", cancellable: true },
    (_, token) => server.explain(params, () => {}, token).result,
  );
  await explanations.show(answer);
}

const lspPosition = ({ line, character }: { line: number; character: number }) => ({ line, character });
