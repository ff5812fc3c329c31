/** What a conversation becomes before it is tokens, whatever the dialect, and which messages are a conversation at all. */
import type { Message } from "../protocol.ts";
import { END_THINK } from "./tags.ts";

/**
 * Text is to be tokenized with special tokens off, so that nothing in it can end a turn, and piece by piece. All text
 * between two special tokens is one piece and so has the tokens it has in the rendered whole, with one exception: what
 * an assistant said is a piece of its own, or several, which carry the message's index. The cut before it is one that the
 * tokenizer's regex makes too.
 *
 * A tag of our own framing, as `<think>`, is a token of its own in some vocabularies and text in others, where it belongs
 * to the text around it. In a text piece it is always text.
 */
export type Piece =
  | { type: "special"; token: string }
  | { type: "text"; text: string; message?: number }
  | { type: "tag"; text: string; message?: number };

/** The first `systemPieces` of the pieces are the system turn. */
export type Prompt = { pieces: Piece[]; systemPieces: number };

/** A conversation that the model's format has no place for. */
export class PromptError extends RangeError {
  override readonly name = "PromptError";
}

/** Throws PromptError: no messages, a system message not at the start, a tool's result without a call. */
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

/** Throws PromptError as checkConversation does, and where the last message is neither the user's nor a tool's. */
export function checkQuestion(messages: readonly Message[]): void {
  checkConversation(messages);
  const last = messages.at(-1)?.role;
  if (last !== "user" && last !== "tool") {
    throw new PromptError(`The last message must be the user's or a tool's, this one's role is ${last}`);
  }
}

export const unknownRole = (i: number) => new PromptError(`Message ${i + 1} has an unknown role`);

/** The results in a row that end with message `last`. */
export function resultsUpTo(messages: readonly Message[], last: number): string[] {
  const before = messages.findLastIndex((message, i) => i < last && message.role !== "tool");
  return messages.slice(before + 1, last + 1).map((message) => message.content);
}

/** All that a message said in the prompt. */
export function saidIn({ pieces }: Prompt, message: number): string {
  return pieces.map((piece) => (piece.type !== "special" && piece.message === message ? piece.text : "")).join("");
}

/**
 * What ends a thought that the model did not end itself, given the thought so far: the text that the
 * ThinkingBudgetClient of NVIDIA's model cards appends (`.\n</think>\n\n`), without the full stop where no line is there
 * to be ended.
 */
export function closing(thoughtSoFar: string): string {
  const inLine = thoughtSoFar !== "" && !thoughtSoFar.endsWith("\n");
  return `${inLine ? ".\n" : ""}${END_THINK}\n\n`;
}

/** Framing of our own that holds tags, in pieces. */
export function framing(content: string, tags: readonly string[]): Piece[] {
  const parts = content.split(new RegExp(`(${tags.join("|")})`)).filter((part) => part !== "");
  return parts.map((part) => (tags.includes(part) ? tag(part) : text(part)));
}

export const special = (token: string): Piece => ({ type: "special", token });
export const tag = (text: string) => ({ type: "tag" as const, text });
export const text = (content: string) => ({ type: "text" as const, text: content });
