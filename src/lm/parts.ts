/** Reads the messages of VS Code's language model API. */
import {
  LanguageModelChatMessageRole,
  type LanguageModelChatRequestMessage,
  LanguageModelDataPart,
  LanguageModelPromptTsxPart,
  LanguageModelTextPart,
  LanguageModelToolCallPart,
  LanguageModelToolResultPart,
} from "vscode";
import type { Part, SourceMessage } from "./messages.ts";
import { promptTsxText } from "./promptTsx.ts";

export const sourceMessage = ({ role, content }: LanguageModelChatRequestMessage): SourceMessage => ({
  role: roleOf(role),
  parts: content.flatMap(partsOf),
});

/** Copilot sends system messages with a role that the API's enum does not name. */
function roleOf(role: LanguageModelChatMessageRole): SourceMessage["role"] {
  if (role === LanguageModelChatMessageRole.User) return "user";
  return role === LanguageModelChatMessageRole.Assistant ? "assistant" : "system";
}

/** Earlier thoughts are left out, because the model's template drops them. Unknown parts are left out, too. */
function partsOf(part: unknown): Part[] {
  if (part instanceof LanguageModelTextPart) return [{ type: "text", text: part.value }];
  if (part instanceof LanguageModelToolCallPart)
    return [{ type: "call", id: part.callId, name: part.name, input: part.input }];
  if (part instanceof LanguageModelToolResultPart)
    return [{ type: "result", id: part.callId, content: part.content.flatMap(partsOf) }];
  if (part instanceof LanguageModelDataPart) return [{ type: "data", mimeType: part.mimeType, data: part.data }];
  if (part instanceof LanguageModelPromptTsxPart) return [{ type: "text", text: promptTsxText(part.value) }];
  return [];
}
