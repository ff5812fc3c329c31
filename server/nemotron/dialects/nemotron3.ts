/**
 * Nemotron 3: prompts equal those of the published chat template (NVIDIA-Nemotron-3-Nano-30B-A3B-BF16.jinja; tools in
 * `nemotron3Tools.ts`), with two differences. `<think>` and `</think>` in a message's content are text and remove
 * nothing. Values are written as Python does: `True`, `False` and `None`.
 */
import type { AssistantMessage, Message, Tool } from "../../protocol.ts";
import type { Dialect } from "../dialect.ts";
import {
  checkConversation,
  checkQuestion,
  type Piece,
  type Prompt,
  resultsUpTo,
  specialPiece,
  splitFraming,
  tagPiece,
  textPiece,
  thoughtClosing,
  unknownRole,
} from "../prompt.ts";
import { END_THINK, THINK } from "../tags.ts";
import { lastHeadedTurn } from "../turns.ts";
import { BEGIN_CALL, callText, END_CALL, functionsText, HOW_TO_CALL, xmlCalls } from "./nemotron3Tools.ts";

const START = "<|im_start|>";
const END = "<|im_end|>";
/** How the text of a user's turn, or of tool results, begins. */
const USER = "user\n";
const [BEGIN_RESULT, END_RESULT] = ["<tool_response>", "</tool_response>"];

export const nemotron3: Dialect = {
  id: "nemotron-3",
  // The 4B is dense, the larger ones are mixtures of experts.
  architectures: ["nemotron_h", "nemotron_h_moe"],
  specials: [START, END],
  // <think> and </think> are tokens 12 and 13. In some files they are control tokens, in others plain added tokens.
  tags: [THINK, END_THINK, BEGIN_CALL, END_CALL, BEGIN_RESULT, END_RESULT],
  renderPrompt: (messages, tools) => {
    checkQuestion(messages);
    const reply = [specialPiece(START), textPiece("assistant\n")];
    const rest = [...turns(messages, lastUser(messages)), ...reply];
    return { ...prompt(messages, tools, rest), replyPieces: reply.length };
  },
  renderPartial: (messages, tools) => {
    checkConversation(messages);
    const last = messages.at(-1);
    // The message after an answer is the user's, so the answer becomes history.
    const user = last?.role === "assistant" && !last.toolCalls?.length ? messages.length : lastUser(messages);
    if (last?.role !== "user") return prompt(messages, tools, turns(messages, user));
    const open = [specialPiece(START), textPiece(USER + last.content)];
    return prompt(messages, tools, [...turns(messages.slice(0, -1), user), ...open]);
  },
  opening: (thinking) => (thinking ? `${THINK}\n` : `${THINK}${END_THINK}`),
  closing: thoughtClosing,
  lastTurn: (pieces) => lastHeadedTurn(pieces, USER),
  messageText: (message) => contentAndCalls(message).map(textOf).join(""),
  calls: xmlCalls,
  // The model card: 1.0 for both in general, 0.6 and 0.95 for tool calls. Without thinking, sampling is greedy, as in
  // other dialects.
  sampling: (thinking, tools) => {
    if (tools) return { temperature: 0.6, topP: 0.95 };
    return { temperature: thinking ? 1 : 0, topP: 1 };
  },
};

const lastUser = (messages: readonly Message[]) => messages.findLastIndex(({ role }) => role === "user");

function prompt(messages: readonly Message[], tools: readonly Tool[], rest: Piece[]): Prompt {
  const content = messages[0]?.role === "system" ? messages[0].content : "";
  const between = content !== "" && tools.length > 0 ? "\n\n" : "";
  const offered = tools.length > 0 ? functionsText(tools) : "";
  const howTo = tools.length > 0 ? splitFraming(HOW_TO_CALL, [BEGIN_CALL, END_CALL]) : [];
  const system = [
    specialPiece(START),
    textPiece(`system\n${content}${between}${offered}`),
    ...howTo,
    specialPiece(END),
    textPiece("\n"),
  ];
  return { pieces: [...system, ...rest], systemPieces: system.length };
}

/** Thoughts remain only in messages after the last user message (number `user`), that is between tool calls. */
function turns(messages: readonly Message[], user: number): Piece[] {
  return messages.flatMap((message, i): Piece[] => {
    switch (message.role) {
      case "system":
        return [];
      case "user":
        return [specialPiece(START), textPiece(USER + message.content), specialPiece(END), textPiece("\n")];
      case "assistant":
        return [specialPiece(START), ...assistantText(message, i, user), specialPiece(END), textPiece("\n")];
      case "tool":
        // Consecutive results share one turn, which is written at the last of them.
        if (messages[i + 1]?.role === "tool") return [];
        return [specialPiece(START), ...resultsText(resultsUpTo(messages, i)), specialPiece(END), textPiece("\n")];
      default:
        throw unknownRole(i);
    }
  });
}

/** A removed thought leaves its tags and, before an answer, the line break after it. */
function assistantText(message: AssistantMessage, index: number, user: number): Piece[] {
  const isHistory = index < user;
  const isOldCall = isHistory && (message.toolCalls?.length ?? 0) > 0;
  const thought = message.thought?.trim() ? message.thought : undefined;
  // White space before an answer stays.
  const content = isOldCall ? message.content.trim() : message.content.trimEnd();
  const lineBreak = thought === undefined || isOldCall || content === "" ? "" : "\n";
  const rest = contentAndCalls({ ...message, content: lineBreak + content }).map((piece) => ({
    ...piece,
    message: index,
  }));
  const keptThought = thought === undefined || isHistory ? [] : [textPiece(`\n${thought}\n`)];
  return [textPiece("assistant\n"), tagPiece(THINK), ...keptThought, tagPiece(END_THINK), ...rest];
}

/** Content and calls, with the content unchanged. */
function contentAndCalls(message: Message): Exclude<Piece, { type: "special" }>[] {
  const calls = message.role === "assistant" ? (message.toolCalls ?? []) : [];
  if (calls.length === 0) return message.content === "" ? [] : [textPiece(message.content)];
  const pieces = calls.flatMap((call, i) => {
    const before = i === 0 ? `${message.content}\n` : "\n";
    return [textPiece(before), tagPiece(BEGIN_CALL), textPiece(callText(call)), tagPiece(END_CALL)];
  });
  return [...pieces, textPiece("\n")];
}

function resultsText(results: readonly string[]): Piece[] {
  const each = results.flatMap((result, i) => [
    textPiece(i === 0 ? USER : "\n"),
    tagPiece(BEGIN_RESULT),
    textPiece(`\n${result}\n`),
    tagPiece(END_RESULT),
  ]);
  return [...each, textPiece("\n")];
}

const textOf = (piece: Piece) => (piece.type === "special" ? piece.token : piece.text);
