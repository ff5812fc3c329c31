/** `@nemotron` in VS Code's own chat: the same requests as from the panel, with the chat's references as context. */

import { t } from "@vscode/l10n";
import {
  type CancellationToken,
  type ChatContext,
  type ChatRequest,
  type ChatResponseStream,
  type ChatResult,
  chat,
  type Disposable,
  lm,
  type Uri,
} from "vscode";
import { type Server, ServerError } from "../client/server.ts";
import { loadParams } from "../config.ts";
import type { IgnoreRules } from "../context/ignoreRules.ts";
import { problemOf } from "../errors/problems.ts";
import { commandId, remedyTitles } from "../errors/remedies.ts";
import { VENDOR } from "../lm/information.ts";
import { LanguageModelProvider } from "../lm/provider.ts";
import { Answer } from "./answer.ts";
import { followUps, isCommand, question } from "./commands.ts";
import { historyOf, type TurnData } from "./history.ts";
import { promptSourcesOf } from "./promptSources.ts";
import { reply } from "./reply.ts";

/** As in the manifest. */
const PARTICIPANT = "nemotron-local.nemotron";

export type ParticipantDeps = { server: Server; ignoreRules: IgnoreRules };

function createParticipant(deps: ParticipantDeps, icon: Uri): Disposable {
  const participant = chat.createChatParticipant(PARTICIPANT, (...args) => handle(deps, ...args));
  participant.iconPath = icon;
  participant.followupProvider = { provideFollowups: ({ metadata }) => followUps(metadata?.command) };
  return participant;
}

async function handle(
  { server, ignoreRules }: ParticipantDeps,
  request: ChatRequest,
  { history }: ChatContext,
  response: ChatResponseStream,
  token: CancellationToken,
): Promise<ChatResult> {
  const command = isCommand(request.command) ? request.command : undefined;
  const data: TurnData = { command, userContent: question(command, request.prompt), answer: "" };
  const answer = new Answer(response, data);
  try {
    const promptSources = await promptSourcesOf(request, command, ignoreRules);
    answer.show(promptSources);
    await reply({ server, history: historyOf(history), request, command, promptSources, answer, token });
    return { metadata: data };
  } catch (error) {
    if (token.isCancellationRequested) return { metadata: data };
    return { ...reportError(error, response), metadata: data };
  }
}

/** What went wrong, and what can be done about it one click away. */
function reportError(error: unknown, response: ChatResponseStream): ChatResult {
  const modelChosen = loadParams() !== undefined;
  const problem = problemOf(error, modelChosen);
  if (!problem) return {};
  const titles = { ...remedyTitles(), ...problem.titles };
  for (const remedy of problem.remedies) response.button({ command: commandId(remedy), title: titles[remedy] });
  // The server's own message is for clients that load models themselves.
  const unchosen = error instanceof ServerError && error.code === "noModel" && !modelChosen;
  return { errorDetails: { message: unchosen ? t("No model is chosen.") : problem.message } };
}

/** Registers the language model and the chat participant. Starts no server. */
export function registerLanguageModel(deps: ParticipantDeps, icon: Uri): Disposable[] {
  const provider = new LanguageModelProvider(deps.server);
  const registered = lm.registerLanguageModelChatProvider(VENDOR, provider);
  // Until VS Code's chat knows a model, it refuses prompts to a participant ("Language model unavailable").
  void lm.selectChatModels({ vendor: VENDOR }).then(undefined, () => {});
  return [provider, registered, createParticipant(deps, icon)];
}
