/**
 * Nemotron Nano v2: conversations in the form that the model was trained on. Prompts equal those of its published chat
 * template (NVIDIA-Nemotron-Nano-v2.jinja), with three differences. `/think` and `/no_think` in a text are text, not
 * switches that are cut out. An assistant's content with `</think>` is kept whole. Tool names are escaped.
 */
import type { AssistantMessage, Message, Tool } from "../../protocol.ts";
import type { Dialect } from "../dialect.ts";
import { JSON_CALLS, joinedText, responsesText, toolsText } from "../jsonTools.ts";
import {
  checkConversation,
  checkQuestion,
  type Piece,
  type Prompt,
  resultsUpTo,
  specialPiece,
  textPiece,
  thoughtClosing,
  unknownRole,
} from "../prompt.ts";
import { END_THINK, THINK } from "../tags.ts";
import { lastHeadedTurn } from "../turns.ts";

/** How the text of a user's turn, or of tool results, begins. */
const USER = "User\n";

/**
 * `<SPECIAL_10>` begins the system turn, 11 every other turn; 12 ends an assistant's turn. History never has thoughts.
 */
export const nanoV2: Dialect = {
  id: "nano-v2",
  architectures: ["nemotron_h"],
  specials: ["<SPECIAL_10>", "<SPECIAL_11>", "<SPECIAL_12>"],
  tags: [],
  renderPrompt,
  renderPartial,
  opening,
  closing: thoughtClosing,
  lastTurn: (pieces) => lastHeadedTurn(pieces, USER),
  messageText,
  calls: () => JSON_CALLS,
  // The model card: 0.6 and top-p 0.95 when thinking, greedy when not.
  sampling: (thinking) => ({ temperature: thinking ? 0.6 : 0, topP: 0.95 }),
};

/** The prompt for a reply, up to and including `Assistant\n`; `opening` comes next. */
export function renderPrompt(messages: readonly Message[], tools: readonly Tool[] = []): Prompt {
  checkQuestion(messages);
  const reply = [specialPiece("<SPECIAL_11>"), textPiece("Assistant\n")];
  return { ...prompt(messages, tools, [...turns(messages), ...reply]), replyPieces: reply.length };
}

/** See Dialect.renderPartial. */
export function renderPartial(messages: readonly Message[], tools: readonly Tool[] = []): Prompt {
  checkConversation(messages);
  const last = messages.at(-1);
  if (last?.role !== "user") return prompt(messages, tools, turns(messages));
  const open = [specialPiece("<SPECIAL_11>"), textPiece(`${USER}${last.content.trimStart()}`)];
  return prompt(messages, tools, [...turns(messages.slice(0, -1)), ...open]);
}

/** The beginning of the reply: the template's own generation prompt, after `Assistant\n`. */
export function opening(thinking: boolean): string {
  return thinking ? `${THINK}\n` : `${THINK}${END_THINK}`;
}

function prompt(messages: readonly Message[], tools: readonly Tool[], rest: Piece[]): Prompt {
  const content = messages[0]?.role === "system" ? messages[0].content : "";
  const system = [specialPiece("<SPECIAL_10>"), textPiece(systemText(content, tools))];
  return { pieces: [...system, ...rest], systemPieces: system.length };
}

function turns(messages: readonly Message[]): Piece[] {
  return messages.flatMap((message, i): Piece[] => {
    switch (message.role) {
      case "system":
        return [];
      case "user":
        return [specialPiece("<SPECIAL_11>"), textPiece(`${USER}${message.content.trim()}\n`)];
      case "assistant":
        return [
          specialPiece("<SPECIAL_11>"),
          ...assistantText(message, i),
          specialPiece("<SPECIAL_12>"),
          textPiece("\n"),
        ];
      case "tool":
        // Consecutive results share one turn, which is written at the last of them.
        if (messages[i + 1]?.role === "tool") return [];
        return [specialPiece("<SPECIAL_11>"), textPiece(`${USER}${responsesText(resultsUpTo(messages, i))}`)];
      default:
        throw unknownRole(i);
    }
  });
}

function assistantText(message: AssistantMessage, index: number): Piece[] {
  const reply = messageText(message);
  // In an empty answer the two newlines meet and are one token: do not cut between them.
  return reply === ""
    ? [textPiece("Assistant\n\n")]
    : [textPiece("Assistant\n"), { ...textPiece(`${reply}\n`), message: index }];
}

function messageText(message: Message): string {
  return joinedText(message, "\n", (content) => content.trim());
}

/** The text of the template after the list of tools. The doubled braces are the template's own. */
const HOW_TO_CALL = `If you decide to call any tool(s), use the following format:
<TOOLCALL>[{{"name": "tool_name1", "arguments": "tool_args1"}}, {{"name": "tool_name2", "arguments": "tool_args2"}}]</TOOLCALL>

The user will execute tool-calls and return responses from tool(s) in this format:
<TOOL_RESPONSE>[{{"tool_response1"}}, {{"tool_response2"}}]</TOOL_RESPONSE>

Based on the tool responses, you can call additional tools if needed, correct tool calls if any errors are found, or just respond to the user.`;

/** The whole turn after `<SPECIAL_10>`. Every prompt has one, even if it is empty. */
export function systemText(content: string, tools: readonly Tool[]): string {
  const blocks = [content.trim(), tools.length > 0 ? toolsText(tools, HOW_TO_CALL) : ""];
  return `System\n${blocks.filter((block) => block !== "").join("\n\n")}\n\n`;
}
