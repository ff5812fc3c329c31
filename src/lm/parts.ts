/** Reads the parts of messages as VS Code has them. */
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

/** Copilot sends system messages, which the API does not name: they have a role of their own. */
function roleOf(role: LanguageModelChatMessageRole): SourceMessage["role"] {
  if (role === LanguageModelChatMessageRole.User) return "user";
  return role === LanguageModelChatMessageRole.Assistant ? "assistant" : "system";
}

/** Thoughts of earlier turns are left out: the model's template drops them. So is what is not known. */
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
