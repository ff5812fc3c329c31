/** Asks the server, by the request that fits the question best. */
import { t } from "@vscode/l10n";
import { type CancellationToken, type ChatRequest, Uri, workspace } from "vscode";
import type { Message, Thinking } from "../../server/protocol.ts";
import { sanitizeDisplayText } from "../../server/shared/displayText.ts";
import type { Server } from "../client/server.ts";
import { type Action, sampling, thinking } from "../config.ts";
import { itemsOf } from "../context/sources.ts";
import { lspRange, problemsIn } from "../editor/lsp.ts";
import { VENDOR } from "../lm/information.ts";
import { configuredThinking, type Options } from "../lm/options.ts";
import type { Answer } from "./answer.ts";
import { type Command, missingCodeText, question } from "./commands.ts";
import type { PromptSources } from "./promptSources.ts";

export type ParticipantRequest = {
  server: Server;
  history: Message[];
  request: ChatRequest;
  command: Command | undefined;
  promptSources: PromptSources;
  answer: Answer;
  token: CancellationToken;
};

/** Rejects with a ServerError, or with an Error in words for the user. */
export async function reply(asked: ParticipantRequest): Promise<void> {
  const { command, promptSources, request } = asked;
  if (command && promptSources.sources.length === 0 && request.prompt.trim() === "")
    throw new Error(missingCodeText(command));
  // Explanations and tests have requests of their own, which cannot take further words of the user.
  const target = promptSources.sources.length === 1 && request.prompt.trim() === "" ? promptSources.target : undefined;
  if (target && command === "explain") return explain(asked, target);
  if (target && command === "tests") return writeTests(asked, target);
  return converse(asked);
}

async function converse({
  server,
  history,
  request,
  command,
  promptSources,
  answer,
  token,
}: ParticipantRequest): Promise<void> {
  const messages: Message[] = [...history, { role: "user", content: question(command, request.prompt) }];
  const context = await itemsOf(promptSources.sources);
  const thinking = thinkingFor(request, command === "explain" ? "explain" : "chat");
  const params = { messages, context, thinking, sampling: sampling() };
  const { stopReason } = await server.chat(params, (progress) => answer.add(progress), token).result;
  if (stopReason === "length") answer.remark(t("Cut off: the context is full."));
}

type Target = NonNullable<PromptSources["target"]>;

async function explain(
  { server, request, answer, token }: ParticipantRequest,
  { document, range }: Target,
): Promise<void> {
  const params = {
    textDocument: { uri: document.uri.toString() },
    range: lspRange(range),
    diagnostics: problemsIn(document.uri),
    thinking: thinkingFor(request, "explain"),
    sampling: sampling(),
    followUp: true,
  };
  const { stopReason } = await server.explain(params, (progress) => answer.add(progress), token).result;
  if (stopReason === "length") answer.remark(t("Cut off: the context is full."));
}

async function writeTests(
  { server, request, answer, token }: ParticipantRequest,
  { document, range }: Target,
): Promise<void> {
  const params = {
    textDocument: { uri: document.uri.toString() },
    range: lspRange(range),
    thinking: thinkingFor(request, "edit"),
    sampling: sampling(),
  };
  const { uri } = await server.writeTests(params, (progress) => answer.add(progress), token).result;
  const file = sanitizeDisplayText(workspace.asRelativePath(Uri.parse(uri, true))).replaceAll("`", "'");
  answer.remark(t("The project keeps such tests at {0}.", `\`${file}\``));
}

/** `modelConfiguration`: what the user has set in the model picker. VS Code 1.139 has it, but not in the types yet. */
type ConfiguredRequest = ChatRequest & { readonly modelConfiguration?: Options };

/** The model's own setting comes before the action's. Settings of another vendor's model do not count. */
function thinkingFor({ model, modelConfiguration = {} }: ConfiguredRequest, action: Action): Thinking {
  const configured = model.vendor === VENDOR ? configuredThinking(modelConfiguration) : undefined;
  return configured ?? thinking(action);
}
