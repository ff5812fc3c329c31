/** Earlier turns of the chat as messages for the model. */
import { type ChatContext, ChatRequestTurn, ChatResponseMarkdownPart, type ChatResponseTurn } from "vscode";
import type { Message } from "../../server/protocol.ts";
import { type Command, isCommand, question } from "./commands.ts";

/** The metadata that VS Code keeps with each answer. A type, not an interface: it has to be JSON. */
export type TurnData = {
  command?: Command;
  /** The question with its context, as the model saw it. */
  userContent: string;
  answer: string;
};

/** Leaves out questions without an answer. */
export function historyOf(history: ChatContext["history"]): Message[] {
  return history.flatMap((turn, i): Message[] => {
    if (turn instanceof ChatRequestTurn) return [];
    const request = history[i - 1];
    const { userContent, answer } = dataOf(turn, request instanceof ChatRequestTurn ? request : undefined);
    if (answer === "" || userContent === "") return [];
    return [
      { role: "user", content: userContent },
      { role: "assistant", content: answer },
    ];
  });
}

/** The metadata that VS Code kept, or without it the texts that were shown. */
function dataOf({ result: { metadata }, response }: ChatResponseTurn, request?: ChatRequestTurn): TurnData {
  const { userContent, answer } = (metadata ?? {}) as { readonly [key in keyof TurnData]?: unknown };
  if (typeof userContent === "string" && typeof answer === "string") return { userContent, answer };
  const shown = response.flatMap((part) => (part instanceof ChatResponseMarkdownPart ? part.value.value : []));
  const command = request && isCommand(request.command) ? request.command : undefined;
  return { userContent: question(command, request?.prompt ?? ""), answer: shown.join("") };
}
