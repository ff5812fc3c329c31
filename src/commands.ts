/** Every command of the palette. All are registered, and answer, in every state of the server. */
import { t } from "@vscode/l10n";
import { commands, type Disposable, ProgressLocation, window } from "vscode";
import { installCuda, removeCuda, retryGpu } from "./backends/backends.ts";
import { CHAT_COMMANDS, type ChatDeps } from "./chat/commands.ts";
import { loadParams } from "./config.ts";
import { EDIT_COMMANDS, type EditCommandDeps } from "./edit/commands.ts";
import { problemIn } from "./errors/problems.ts";
import { report, showNotification } from "./errors/report.ts";
import { chooseModel, getModel, loadModel, type ModelDeps } from "./models/commands.ts";
import { setAccessToken } from "./models/network.ts";
import { connectRemote, type RemoteDeps, setRemoteKey, useLocal } from "./remote/commands.ts";
import { joinModel, replaceModel, unloadModel } from "./sharing/commands.ts";
import { copyEndpointUrl, startEndpoint, stopEndpoint } from "./sharing/endpoint.ts";
import { pickDefaults, pickThinking, setBudget, toggleThinking } from "./thinking/thinking.ts";

type CommandDeps = ChatDeps & EditCommandDeps & ModelDeps & RemoteDeps;
/** What it throws is shown to the user. */
type Handler = (deps: CommandDeps, ...args: unknown[]) => Promise<void> | void;

/** By command id. A test compares the ids with the manifest. */
const COMMANDS: Record<string, Handler> = {
  "nemotron.chooseModel": chooseModel,
  "nemotron.getModel": getModel,
  "nemotron.cancelDownload": ({ downloads }) => downloads.stop(),
  "nemotron.setAccessToken": ({ downloads }) => setAccessToken(downloads.secrets),
  "nemotron.loadModel": loadModel,
  "nemotron.unloadModel": unloadModel,
  "nemotron.joinModel": joinModel,
  "nemotron.replaceModel": replaceModel,
  "nemotron.connectRemote": connectRemote,
  "nemotron.setRemoteKey": setRemoteKey,
  "nemotron.useLocal": useLocal,
  "nemotron.startEndpoint": startEndpoint,
  "nemotron.stopEndpoint": stopEndpoint,
  "nemotron.copyEndpointUrl": copyEndpointUrl,
  "nemotron.installCuda": installCuda,
  "nemotron.removeCuda": removeCuda,
  "nemotron.retryGpu": retryGpu,
  "nemotron.restartServer": restartServer,
  "nemotron.showLog": ({ server }) => server.showLog(),
  "nemotron.showProblem": showProblem,
  "nemotron.openWalkthrough": openWalkthrough,
  "nemotron.toggleThinking": toggleThinking,
  "nemotron.pickThinking": pickThinking,
  "nemotron.pickDefaults": pickDefaults,
  "nemotron.setBudget": (_, budget) => setBudget(budget),
  ...CHAT_COMMANDS,
  ...EDIT_COMMANDS,
};

/** The argument that makes a command do nothing. */
const WARMING = "nemotron-warming";

/** Registers all commands. What a handler throws is shown to the user. */
export function registerCommands(deps: CommandDeps): Disposable[] {
  const registered = Object.entries(COMMANDS).map(([id, handler]) =>
    commands.registerCommand(id, async (...args: unknown[]) => {
      if (args[0] === WARMING) return;
      try {
        await handler(deps, ...args);
      } catch (error) {
        await report(error);
      }
    }),
  );
  warm();
  return registered;
}

/**
 * On the first call of a command, VS Code checks whether its extension is there, and the call arrives after the keys
 * typed meanwhile. So this makes each first call early.
 */
function warm(): void {
  for (const command of Object.keys(COMMANDS))
    void commands.executeCommand("runCommands", { commands: [{ command, args: WARMING }] });
}

async function restartServer({ server }: CommandDeps): Promise<void> {
  const options = { location: ProgressLocation.Window, title: t("Nemotron: restarting the language server") };
  await window.withProgress(options, () => server.restart());
}

/** `publisher.name#walkthrough`, as in the manifest. */
const WALKTHROUGH = "nemotron-local.nemotron-local#start";

async function openWalkthrough(): Promise<void> {
  await commands.executeCommand("workbench.action.openWalkthrough", { category: WALKTHROUGH });
}

async function showProblem({ server }: CommandDeps): Promise<void> {
  const problem = problemIn(server.status, loadParams()?.remote !== undefined);
  if (problem) await showNotification(problem);
}
