/** Every command of the palette. They all exist, and answer, whatever state the server is in. */
import { commands, type Disposable, ProgressLocation, window } from "vscode";
import { changeSetting, setting, thinking } from "./config.ts";
import type { Explanations } from "./explanations.ts";
import type { Server } from "./server.ts";

/** What commands act on. */
export type CommandDeps = { server: Server; explanations: Explanations };
type Handler = (deps: CommandDeps) => Promise<void>;

/** By the ids of the manifest, which a test holds them to. */
export const COMMANDS = {
  "nemotron.chooseModel": chooseModel,
  "nemotron.unloadModel": ({ server }) => server.unload(),
  "nemotron.toggleThinking": toggleThinking,
  "nemotron.explainSelection": explainSelection,
  "nemotron.showLog": ({ server }) => server.showLog(),
} satisfies Record<string, Handler>;

export function registerCommands(deps: CommandDeps): Disposable[] {
  return Object.entries<Handler>(COMMANDS).map(([id, handler]) =>
    commands.registerCommand(id, async () => {
      try {
        await handler(deps);
      } catch (error) {
        await tell(deps, error);
      }
    }),
  );
}

/** What went wrong, and what can be done about it one click away. */
async function tell({ server }: CommandDeps, error: unknown): Promise<void> {
  const message = error instanceof Error ? error.message : String(error);
  const needsModel = server.status.type === "noModel";
  const action = needsModel ? "Choose Model…" : "Show Log";
  if ((await window.showErrorMessage(`Nemotron: ${message}`, action)) !== action) return;
  await commands.executeCommand(needsModel ? "nemotron.chooseModel" : "nemotron.showLog");
}

async function chooseModel({ server }: CommandDeps): Promise<void> {
  const filters = { "GGUF models": ["gguf"] };
  const [file] = (await window.showOpenDialog({ title: "Choose a Nemotron model", filters })) ?? [];
  if (!file) return;
  await changeSetting("model", file.fsPath);
  await window.withProgress({ location: ProgressLocation.Window, title: "Loading the model" }, () => server.load());
}

async function toggleThinking(): Promise<void> {
  await changeSetting("thinking.mode", setting("thinking.mode") === "on" ? "off" : "on");
}

async function explainSelection({ server, explanations }: CommandDeps): Promise<void> {
  const editor = window.activeTextEditor;
  if (!editor) throw new Error("Open a file and select what is to be explained.");
  const { start, end } = editor.selection;
  const params = {
    textDocument: { uri: editor.document.uri.toString() },
    range: { start: lspPosition(start), end: lspPosition(end) },
    thinking: thinking(),
  };
  const { answer } = await window.withProgress(
    { location: ProgressLocation.Notification, title: "Nemotron is explaining" },
    () => server.explain(params),
  );
  await explanations.show(answer);
}

const lspPosition = ({ line, character }: { line: number; character: number }) => ({ line, character });
