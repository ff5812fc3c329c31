/**
 * Llama-Nemotron: the turns of Llama 3 with NVIDIA's thoughts. Two dialects: Llama-3_3-Nemotron-Super-49B-v1_5 and its
 * v1. Prompts equal those of the templates in NVIDIA's Megatron-LM (llama_nemotron_super_1p5_template and
 * llama_nemotron_super_template), with three differences. `/think`, `/no_think` and `</think>` in a text are text. Tool
 * names are escaped. The opening `<think>`, which the templates leave to the model, is part of the prompt when the
 * model is to think.
 */
import type { Message, Tool } from "../../protocol.ts";
import type { Dialect } from "../dialect.ts";
import { JSON_CALLS, joinedText, responsesText, toolsText } from "../jsonTools.ts";
import {
  checkConversation,
  checkQuestion,
  type Piece,
  type Prompt,
  PromptError,
  resultsUpTo,
  specialPiece,
  textPiece,
  thoughtClosing,
  unknownRole,
} from "../prompt.ts";
import { END_THINK, THINK } from "../tags.ts";

const BEGIN = "<|begin_of_text|>";
const HEADER = "<|start_header_id|>";
const END_HEADER = "<|end_header_id|>";
const END_TURN = "<|eot_id|>";
/** Comes after a header. In a reply it belongs to the opening, so that it is one text with what follows. */
const BREAK = "\n\n";

/** The text of the v1.5 template after the list of tools. The doubled braces are the template's own. */
const HOW_TO_CALL = `If you decide to call any tool(s), use the following format:
<TOOLCALL>[{{"name": "tool_name1", "arguments": "tool_args1"}}, {{"name": "tool_name2", "arguments": "tool_args2"}}]</TOOLCALL>

Response from tool(s) will be returned in this format:
<TOOL_RESPONSE>[{{"response": "tool_response1"}}, {{"response": "tool_response2"}}]</TOOL_RESPONSE>

Based on the results returned by the tool(s), you can call additional tools if needed, correct tool calls if any errors are found, or just respond with the answer to the user.`;

/** The differences between the two versions. */
type Version = Pick<Dialect, "id" | "opening"> & {
  /** Throws PromptError for messages or tools that the version does not support. */
  check?(messages: readonly Message[], tools: readonly Tool[]): void;
  systemText(content: string, tools: readonly Tool[], thinking: boolean): string;
  trim(content: string): string;
  /** For a text that is still being typed. */
  trimStart(content: string): string;
};

const dialect = (version: Version): Dialect => ({
  id: version.id,
  opening: version.opening,
  // llama.cpp calls NVIDIA's pruned models "deci"; models that were only trained further are still "llama".
  architectures: ["deci", "llama"],
  specials: [BEGIN, HEADER, END_HEADER, END_TURN],
  tags: [],
  renderPrompt: (messages, tools, thinking) => {
    checkQuestion(messages);
    version.check?.(messages, tools);
    const reply = header("assistant");
    const rest = [...turns(messages, version), ...reply];
    return { ...prompt(version.systemText(systemOf(messages), tools, thinking), rest), replyPieces: reply.length };
  },
  renderPartial: (messages, tools, thinking) => {
    checkConversation(messages);
    version.check?.(messages, tools);
    const system = version.systemText(systemOf(messages), tools, thinking);
    const last = messages.at(-1);
    if (last?.role !== "user") return prompt(system, turns(messages, version));
    const open = [...header("user"), textPiece(BREAK + version.trimStart(last.content))];
    return prompt(system, [...turns(messages.slice(0, -1), version), ...open]);
  },
  closing: thoughtClosing,
  lastTurn: (pieces) => {
    const isName = (p: Piece) => p.type === "text" && p.message === undefined && /^(user|tool)$/.test(p.text);
    const name = pieces.findLastIndex(isName);
    // The role stands between its two special tokens, before the text.
    return name < 0 ? undefined : { first: name - 1, text: name + 2, header: BREAK.length };
  },
  messageText: (message) => joinedText(message, "", version.trim),
  calls: () => JSON_CALLS,
  // The model card: 0.6 and top-p 0.95 when thinking, greedy when not.
  sampling: (thinking) => ({ temperature: thinking ? 0.6 : 0, topP: 0.95 }),
});

/** v1.5 thinks unless the system message contains /no_think, which puts an empty thought before the answer. */
export const llamaNemotron15 = dialect({
  id: "llama-nemotron-1.5",
  opening: (thinking) => BREAK + (thinking ? `${THINK}\n` : `${THINK}\n\n${END_THINK}\n\n`),
  // The template removes the switch. If the message has no other text, the line breaks remain.
  systemText: (content, tools, thinking) =>
    (content === "" && thinking ? "" : content + BREAK) + (tools.length > 0 ? toolsText(tools, HOW_TO_CALL) : ""),
  trim: (content) => content,
  trimStart: (content) => content,
});

/** v1: the first words of the system message switch thinking, as its model card says. It has no tools. */
export const llamaNemotron = dialect({
  id: "llama-nemotron",
  opening: (thinking) => BREAK + (thinking ? `${THINK}\n` : ""),
  check: (messages, tools) => {
    const called = messages.some((message) => message.role === "assistant" && message.toolCalls?.length);
    if (tools.length > 0 || called) throw new PromptError("This model's format has no place for tools");
  },
  systemText: (content, _, thinking) => `detailed thinking ${thinking ? "on" : "off"}${BREAK}${content}`.trim(),
  trim: (content) => content.trim(),
  trimStart: (content) => content.trimStart(),
});

const systemOf = (messages: readonly Message[]) => (messages[0]?.role === "system" ? messages[0].content : "");

function prompt(systemText: string, rest: Piece[]): Prompt {
  const system = [specialPiece(BEGIN), ...header("system"), textPiece(BREAK + systemText), specialPiece(END_TURN)];
  return { pieces: [...system, ...rest], systemPieces: system.length };
}

const header = (role: string): Piece[] => [specialPiece(HEADER), textPiece(role), specialPiece(END_HEADER)];

function turns(messages: readonly Message[], version: Version): Piece[] {
  return messages.flatMap((message, i): Piece[] => {
    switch (message.role) {
      case "system":
        return [];
      case "user":
        return [...header("user"), textPiece(BREAK + version.trim(message.content)), specialPiece(END_TURN)];
      case "assistant":
        return [
          ...header("assistant"),
          ...replyPieces(joinedText(message, "", version.trim), i),
          specialPiece(END_TURN),
        ];
      case "tool":
        // Consecutive results share one turn, which is written at the last of them.
        if (messages[i + 1]?.role === "tool") return [];
        return [...header("tool"), textPiece(BREAK + responsesText(resultsUpTo(messages, i))), specialPiece(END_TURN)];
      default:
        throw unknownRole(i);
    }
  });
}

/**
 * Line breaks at the start of an answer belong to those before it, and spaces to the word after them: do not cut there.
 */
function replyPieces(reply: string, message: number): Piece[] {
  const before = /^\s*[\r\n]/.exec(reply)?.[0] ?? "";
  const rest = reply.slice(before.length);
  return rest === "" ? [textPiece(BREAK + before)] : [textPiece(BREAK + before), { ...textPiece(rest), message }];
}
