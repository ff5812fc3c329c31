/**
 * The form of a conversation before it is tokenized, in any dialect, and the check that messages are a conversation.
 */
import type { Message } from "../protocol.ts";
import { END_THINK } from "./tags.ts";

/**
 * Each piece is tokenized on its own, with special tokens off, so that no text can end a turn. All text between two
 * special tokens is one piece, so it has the same tokens as in the whole prompt. There is one exception: an assistant's
 * text has one or more pieces of its own, which carry the message's index. The tokenizer's regex also cuts before it.
 *
 * A tag of the prompt's framing, for example `<think>`, is a single token in some vocabularies. In others it is text
 * and belongs to the text around it. In a text piece a tag is always text.
 */
export type Piece =
  | { type: "special"; token: string }
  | { type: "text"; text: string; message?: number }
  | { type: "tag"; text: string; message?: number };

/**
 * The first `systemPieces` of the pieces are the system turn. The last `replyPieces` begin the reply: the messages end
 * before them.
 */
export type Prompt = { pieces: Piece[]; systemPieces: number; replyPieces?: number };

/** The messages do not form a conversation that the model's format supports. */
export class PromptError extends RangeError {
  override readonly name = "PromptError";
}

/**
 * Throws PromptError if there are no messages, if a system message is not the first, or if a tool result has no call.
 */
export function checkConversation(messages: readonly Message[]): void {
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

/** Throws PromptError like checkConversation, and if the last message is neither a user's nor a tool's. */
export function checkQuestion(messages: readonly Message[]): void {
  checkConversation(messages);
  const last = messages.at(-1)?.role;
  if (last !== "user" && last !== "tool") {
    throw new PromptError(`The last message must be the user's or a tool's, this one's role is ${last}`);
  }
}

/** @param i the message's index; the text counts from 1. */
export const unknownRole = (i: number) => new PromptError(`Message ${i + 1} has an unknown role`);

/** The consecutive results that end with message `last`. */
export function resultsUpTo(messages: readonly Message[], last: number): string[] {
  let first = last;
  while (messages[first - 1]?.role === "tool") first--;
  return messages.slice(first, last + 1).map((message) => message.content);
}

/** The text of a message in the prompt. */
export function messageTextIn({ pieces }: Prompt, message: number): string {
  return pieces.map((piece) => (piece.type !== "special" && piece.message === message ? piece.text : "")).join("");
}

/**
 * The text that closes a thought before the model does: what the ThinkingBudgetClient of NVIDIA's model cards appends
 * (`.\n</think>\n\n`), without the full stop at the end of a line.
 */
export function thoughtClosing(thoughtSoFar: string): string {
  const inLine = thoughtSoFar !== "" && !thoughtSoFar.endsWith("\n");
  return `${inLine ? ".\n" : ""}${END_THINK}\n\n`;
}

/** Splits framing into tags and text. */
export function splitFraming(content: string, tags: readonly string[]): Piece[] {
  const parts = content.split(new RegExp(`(${tags.join("|")})`)).filter((part) => part !== "");
  return parts.map((part) => (tags.includes(part) ? tagPiece(part) : textPiece(part)));
}

/** The three kinds of pieces. */
export const specialPiece = (token: string): Piece => ({ type: "special", token });
export const tagPiece = (text: string) => ({ type: "tag" as const, text });
export const textPiece = (content: string) => ({ type: "text" as const, text: content });
