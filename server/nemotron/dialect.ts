/** A dialect: how to talk to one family of models. Each dialect has its own file in `dialects/`. */
import type { DialectId, Message, Tool, ToolCall } from "../protocol.ts";
import type { CallStream } from "./callStream.ts";
import type { Piece, Prompt } from "./prompt.ts";

/** The format of calls in a reply: one or more blocks between two tags. */
export type CallFormat = {
  begin: string;
  end: string;
  /** The calls in one block, from the text between its tags; undefined if the text is not valid. Never throws. */
  parse(block: string): ToolCall[] | undefined;
  /** A reader for a block while it is being written. */
  stream(): CallStream;
};

/**
 * The place of the last turn of the user or of tools in a prompt: its first piece, the text piece with its content, and
 * how many characters of that text come before the content.
 */
export type Turn = { first: number; text: number; header: number };

export type Dialect = {
  id: DialectId;
  /** The values of `general.architecture` in files that can use this dialect. */
  architectures: readonly string[];
  /** The special tokens that mark turns. A vocabulary without one of them belongs to another model. */
  specials: readonly string[];
  /** Tags that are single tokens in some vocabularies. */
  tags: readonly string[];
  /**
   * The prompt for a reply, up to the `opening`. Throws PromptError if the messages are not a conversation that can be
   * answered, or do not fit this dialect. `thinking` matters only to dialects that mention it in the prompt.
   */
  renderPrompt(messages: readonly Message[], tools: readonly Tool[], thinking: boolean): Prompt;
  /**
   * The known part of a prompt while the conversation still grows, for reading ahead. It ends after the last message's
   * turn. If that message is a user's, it ends inside it: the last piece is the text typed so far. After an assistant's
   * last message it expects a user's message, or tool results if the assistant called tools. Throws PromptError like
   * renderPrompt, but the last message can have any role.
   */
  renderPartial(messages: readonly Message[], tools: readonly Tool[], thinking: boolean): Prompt;
  /** The beginning that the reply is given. Its tags are tags, not text. */
  opening(thinking: boolean): string;
  /**
   * The text that closes a thought before the model does, after this much of the thought. Its tags are tags, not text.
   */
  closing(thoughtSoFar: string): string;
  /** Undefined if no turn of the user or of tools is in the pieces. */
  lastTurn(pieces: readonly Piece[]): Turn | undefined;
  /** The text of a message in the prompt, with its calls, without the framing of its turn. */
  messageText(message: Message): string;
  calls(tools: readonly Tool[]): CallFormat;
  /** The recommendation of the model card. */
  sampling(thinking: boolean, tools: boolean): { temperature: number; topP: number };
};
