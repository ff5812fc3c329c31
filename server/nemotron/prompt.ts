/**
 * Conversations laid out as the model was trained to read them: exactly as its published chat template does
 * (NVIDIA-Nemotron-Nano-v2.jinja), but for three things. `/think` and `/no_think` in a text are text, not switches to be
 * obeyed and cut out; an assistant's content that holds `</think>` is kept whole; tool names are escaped.
 */
import type { AssistantMessage, Message, Tool } from "../protocol.ts";
import { pythonJson } from "./pythonJson.ts";
import { systemText } from "./system.ts";
import { END_THINK, END_TOOL_CALL, THINK, TOOL_CALL } from "./tags.ts";

/** Begins the system turn, begins every other turn, ends an assistant's turn. */
export type SpecialToken = "<SPECIAL_10>" | "<SPECIAL_11>" | "<SPECIAL_12>";

/**
 * Text is to be tokenized with special tokens off, so that nothing in it can end a turn, and piece by piece. All text
 * between two special tokens is one piece and so has the tokens it has in the rendered whole, with one exception: what
 * an assistant said is a piece of its own, which carries the message's index. The cut before it is one that the
 * tokenizer's regex makes too: behind the header's newline, before a character that is no space.
 */
export type Piece = { type: "special"; token: SpecialToken } | { type: "text"; text: string; message?: number };

/** The first `systemPieces` of the pieces are the system turn. */
export type Prompt = { pieces: Piece[]; systemPieces: number };

/** A conversation that the model's format has no place for. */
export class PromptError extends RangeError {
  override readonly name = "PromptError";
}

/**
 * The prompt for a reply, up to and including `Assistant\n`; `opening` comes next. Throws PromptError where the messages
 * are not a conversation to be answered: none, a system message not at the start, a tool result without a call, or a
 * last message that is neither the user's nor a tool's.
 */
export function renderPrompt(messages: readonly Message[], tools: readonly Tool[] = []): Prompt {
  check(messages);
  const last = messages.at(-1)?.role;
  if (last !== "user" && last !== "tool") {
    throw new PromptError(`The last message must be the user's or a tool's, this one's role is ${last}`);
  }
  return prompt(messages, tools, [...turns(messages), special("<SPECIAL_11>"), text("Assistant\n")]);
}

/**
 * As much of a prompt as is known while the conversation still grows, for reading ahead. It ends behind the last
 * message's turn; if that is a user's, it ends in the middle of it: the last piece is the text as far as it is typed.
 * Throws PromptError as renderPrompt does, but any message may be the last.
 */
export function renderPartial(messages: readonly Message[], tools: readonly Tool[] = []): Prompt {
  check(messages);
  const last = messages.at(-1);
  if (last?.role !== "user") return prompt(messages, tools, turns(messages));
  const open = [special("<SPECIAL_11>"), text(`User\n${last.content.trimStart()}`)];
  return prompt(messages, tools, [...turns(messages.slice(0, -1)), ...open]);
}

/** What the reply is made to begin with: the template's own generation prompt, behind `Assistant\n`. */
export function opening(thinking: boolean): string {
  return thinking ? `${THINK}\n` : `${THINK}${END_THINK}`;
}

/**
 * What ends a thought that the model did not end itself, given the thought so far: the text that the model card's
 * ThinkingBudgetClient appends (`.\n</think>\n\n`), without the full stop where no line is there to be ended.
 */
export function closing(thoughtSoFar: string): string {
  const inLine = thoughtSoFar !== "" && !thoughtSoFar.endsWith("\n");
  return `${inLine ? ".\n" : ""}${END_THINK}\n\n`;
}

function check(messages: readonly Message[]): void {
  if (messages.length === 0) throw new PromptError("There are no messages");
  for (const [i, message] of messages.entries()) {
    const before = messages[i - 1];
    const called = before?.role === "assistant" && (before.toolCalls?.length ?? 0) > 0;
    if (message.role === "system" && i > 0) {
      throw new PromptError(`Only the first message may be a system message, this is number ${i + 1}`);
    }
    if (message.role === "tool" && before?.role !== "tool" && !called) {
      throw new PromptError(`Message ${i + 1} is a tool's result, but the message before it calls no tool`);
    }
  }
}

function prompt(messages: readonly Message[], tools: readonly Tool[], rest: Piece[]): Prompt {
  const content = messages[0]?.role === "system" ? messages[0].content : "";
  const system = [special("<SPECIAL_10>"), text(systemText(content, tools))];
  return { pieces: [...system, ...rest], systemPieces: system.length };
}

function turns(messages: readonly Message[]): Piece[] {
  return messages.flatMap((message, i): Piece[] => {
    switch (message.role) {
      case "system":
        return [];
      case "user":
        return [special("<SPECIAL_11>"), text(`User\n${message.content.trim()}\n`)];
      case "assistant":
        return [special("<SPECIAL_11>"), ...assistantText(message, i), special("<SPECIAL_12>"), text("\n")];
      case "tool":
        // Results in a row share one turn, which is laid out where the last of them comes.
        return messages[i + 1]?.role === "tool" ? [] : [special("<SPECIAL_11>"), text(resultsText(messages, i))];
      default:
        throw new PromptError(`Message ${i + 1} has an unknown role`);
    }
  });
}

function assistantText(message: AssistantMessage, index: number): Piece[] {
  const said = messageText(message);
  // With nothing said the two newlines meet, and are one token: no cut between them.
  return said === "" ? [text("Assistant\n\n")] : [text("Assistant\n"), { ...text(`${said}\n`), message: index }];
}

/** What a message says in the prompt, calls included, without the framing of its turn. */
export function messageText(message: Message): string {
  if (message.role === "tool") return message.content;
  const content = message.content.trim();
  const called = message.role === "assistant" ? calls(message) : "";
  return [content, called].filter((part) => part !== "").join("\n");
}

/** "" when there are none. */
function calls({ toolCalls = [] }: AssistantMessage): string {
  if (toolCalls.length === 0) return "";
  // Key by key, whatever the order of the keys in the caller's objects.
  const list = toolCalls.map((call) => pythonJson({ name: call.name, arguments: call.arguments }));
  return `${TOOL_CALL}[${list.join(", ")}]${END_TOOL_CALL}`;
}

/** The turn of the tool results that end with message `last`. Unlike other texts they are not trimmed. */
function resultsText(messages: readonly Message[], last: number): string {
  const before = messages.findLastIndex((message, i) => i < last && message.role !== "tool");
  const results = messages.slice(before + 1, last + 1).map((message) => message.content);
  return `User\n<TOOL_RESPONSE>[${results.join(", ")}]</TOOL_RESPONSE>`;
}

function special(token: SpecialToken): Piece {
  return { type: "special", token };
}

function text(content: string) {
  return { type: "text" as const, text: content };
}
