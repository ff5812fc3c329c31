/** Earlier turns of the chat as the model gets to see them. */
import { type ChatContext, ChatRequestTurn, ChatResponseMarkdownPart, type ChatResponseTurn } from "vscode";
import type { Message } from "../../server/protocol.ts";
import { type Command, isCommand, question } from "./commands.ts";

/** What VS Code keeps with each answer for us. A type, not an interface: it has to be JSON. */
export type TurnData = {
  command?: Command;
  /** The question with its context, as the model saw it. */
  userContent: string;
  answer: string;
};

/** A question that was not answered is left out: there was nothing to go on from. */
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

/** What was kept comes back from disk; without it there are the words that were shown. */
function dataOf({ result: { metadata }, response }: ChatResponseTurn, request?: ChatRequestTurn): TurnData {
  const { userContent, answer } = (metadata ?? {}) as { readonly [key in keyof TurnData]?: unknown };
  if (typeof userContent === "string" && typeof answer === "string") return { userContent, answer };
  const shown = response.flatMap((part) => (part instanceof ChatResponseMarkdownPart ? part.value.value : []));
  const command = request && isCommand(request.command) ? request.command : undefined;
  return { userContent: question(command, request?.prompt ?? ""), answer: shown.join("") };
}
