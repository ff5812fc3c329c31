/** Every command of the palette. They all exist, and answer, whatever state the server is in. */
import { commands, type Disposable, ProgressLocation, window, workspace } from "vscode";
import { changeSetting, setting, thinking } from "./config.ts";
import type { Server } from "./server.ts";

type Handler = (server: Server) => Promise<void>;

/** By the ids of the manifest, which a test holds them to. */
export const COMMANDS = {
  "nemotron.chooseModel": chooseModel,
  "nemotron.unloadModel": (server) => server.unload(),
  "nemotron.toggleThinking": toggleThinking,
  "nemotron.explainSelection": explainSelection,
  "nemotron.showLog": (server) => server.showLog(),
} satisfies Record<string, Handler>;

export function registerCommands(server: Server): Disposable[] {
  return Object.entries<Handler>(COMMANDS).map(([id, handler]) =>
    commands.registerCommand(id, async () => {
      try {
        await handler(server);
      } catch (error) {
        await tell(server, error);
      }
    }),
  );
}

/** What went wrong, and what can be done about it one click away. */
async function tell(server: Server, error: unknown): Promise<void> {
  const message = error instanceof Error ? error.message : String(error);
  const needsModel = server.status.type === "noModel";
  const action = needsModel ? "Choose Model…" : "Show Log";
  if ((await window.showErrorMessage(`Nemotron: ${message}`, action)) !== action) return;
  await commands.executeCommand(needsModel ? "nemotron.chooseModel" : "nemotron.showLog");
}

async function chooseModel(server: Server): Promise<void> {
  const filters = { "GGUF models": ["gguf"] };
  const [file] = (await window.showOpenDialog({ title: "Choose a Nemotron model", filters })) ?? [];
  if (!file) return;
  await changeSetting("model", file.fsPath);
  await window.withProgress({ location: ProgressLocation.Window, title: "Loading the model" }, () => server.load());
}

async function toggleThinking(): Promise<void> {
  await changeSetting("thinking.mode", setting("thinking.mode") === "on" ? "off" : "on");
}

async function explainSelection(server: Server): Promise<void> {
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
  const document = await workspace.openTextDocument({ language: "markdown", content: answer });
  await window.showTextDocument(document, { preview: true, viewColumn: -2 });
}

const lspPosition = ({ line, character }: { line: number; character: number }) => ({ line, character });
