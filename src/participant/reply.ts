/** Asks the server, by the request that fits the question best. */
import { t } from "@vscode/l10n";
import { type CancellationToken, type ChatRequest, Uri, workspace } from "vscode";
import type { Message } from "../../server/protocol.ts";
import { itemsOf } from "../chat/sources.ts";
import { sampling, thinking } from "../config.ts";
import { lspRange, problemsIn } from "../lsp.ts";
import type { Server } from "../server.ts";
import type { Answer } from "./answer.ts";
import { type Command, nothingFor, question } from "./commands.ts";
import type { Material } from "./material.ts";

export type Asked = {
  server: Server;
  history: Message[];
  request: ChatRequest;
  command: Command | undefined;
  material: Material;
  answer: Answer;
  token: CancellationToken;
};

/** Rejects with a ServerError, or with an Error in words for the user. */
export async function reply(asked: Asked): Promise<void> {
  const { command, material, request } = asked;
  if (command && material.sources.length === 0 && request.prompt.trim() === "") throw new Error(nothingFor(command));
  // The server knows best what explanations and tests need, as long as the user has nothing to add.
  const target = material.sources.length === 1 && request.prompt.trim() === "" ? material.target : undefined;
  if (target && command === "explain") return explain(asked, target);
  if (target && command === "tests") return writeTests(asked, target);
  return converse(asked);
}

async function converse({ server, history, request, command, material, answer, token }: Asked): Promise<void> {
  const messages: Message[] = [...history, { role: "user", content: question(command, request.prompt) }];
  const context = await itemsOf(material.sources);
  const params = {
    messages,
    context,
    thinking: thinking(command === "explain" ? "explain" : "chat"),
    sampling: sampling(),
  };
  const { stopReason } = await server.chat(params, (progress) => answer.add(progress), token).result;
  if (stopReason === "length") answer.remark(t("Cut off: the context is full."));
}

type Target = NonNullable<Material["target"]>;

async function explain({ server, answer, token }: Asked, { document, range }: Target): Promise<void> {
  const params = {
    textDocument: { uri: document.uri.toString() },
    range: lspRange(range),
    diagnostics: problemsIn(document.uri),
    thinking: thinking("explain"),
    sampling: sampling(),
    followUp: true,
  };
  const { stopReason } = await server.explain(params, (progress) => answer.add(progress), token).result;
  if (stopReason === "length") answer.remark(t("Cut off: the context is full."));
}

async function writeTests({ server, answer, token }: Asked, { document, range }: Target): Promise<void> {
  const params = {
    textDocument: { uri: document.uri.toString() },
    range: lspRange(range),
    thinking: thinking("edit"),
    sampling: sampling(),
  };
  const { uri } = await server.writeTests(params, (progress) => answer.add(progress), token).result;
  const file = workspace.asRelativePath(Uri.parse(uri, true)).replaceAll("`", "'");
  answer.remark(t("The project keeps such tests at {0}.", `\`${file}\``));
}
