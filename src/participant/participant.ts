/** `@nemotron` in VS Code's own chat: our engine by the same requests as our panel, with what the chat names as context. */
import { t } from "@vscode/l10n";
import {
  type CancellationToken,
  type ChatContext,
  type ChatRequest,
  type ChatResponseStream,
  type ChatResult,
  chat,
  type Disposable,
  type Uri,
} from "vscode";
import type { IgnoreRules } from "../chat/ignoreRules.ts";
import { loadParams } from "../config.ts";
import { commandId, problemOf, remedyTitles } from "../problems.ts";
import { type Server, ServerError } from "../server.ts";
import { Answer } from "./answer.ts";
import { isCommand, question } from "./commands.ts";
import { followUps } from "./followUps.ts";
import { historyOf, type TurnData } from "./history.ts";
import { materialOf } from "./material.ts";
import { reply } from "./reply.ts";

/** As in the manifest. */
export const PARTICIPANT = "nemotron-local.nemotron";

export type ParticipantDeps = { server: Server; ignoreRules: IgnoreRules };

export function createParticipant(deps: ParticipantDeps, icon: Uri): Disposable {
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
    const material = await materialOf(request, command, ignoreRules);
    answer.show(material);
    await reply({ server, history: historyOf(history), request, command, material, answer, token });
    return { metadata: data };
  } catch (error) {
    if (token.isCancellationRequested) return { metadata: data };
    return { ...tell(error, response), metadata: data };
  }
}

/** What went wrong, and what can be done about it one click away. */
function tell(error: unknown, response: ChatResponseStream): ChatResult {
  const modelChosen = loadParams() !== undefined;
  const problem = problemOf(error, modelChosen);
  if (!problem) return {};
  const titles = { ...remedyTitles(), ...problem.titles };
  for (const remedy of problem.remedies) response.button({ command: commandId(remedy), title: titles[remedy] });
  // The server's own words are for clients that load models by themselves.
  const unchosen = error instanceof ServerError && error.code === "noModel" && !modelChosen;
  return { errorDetails: { message: unchosen ? t("No model has been chosen.") : problem.message } };
}
