/** How one family of models is talked to. Each dialect has a file of its own in `dialects/`. */
import type { DialectId, Message, Tool, ToolCall } from "../protocol.ts";
import type { Piece, Prompt } from "./prompt.ts";

/** How calls stand in a reply: one block, or several, between two tags. */
export type CallFormat = {
  begin: string;
  end: string;
  /** The calls of one block, given what stands between its tags; undefined for anything else. Never throws. */
  parse(block: string): ToolCall[] | undefined;
};

/**
 * Where the last turn of the user, or of tools, is in a prompt: its first piece, the piece of text that its content is in,
 * and how many characters of that text come before the content.
 */
export type Turn = { first: number; text: number; header: number };

export type Dialect = {
  id: DialectId;
  /** `general.architecture` of files in which it may be found. */
  architectures: readonly string[];
  /** Tokens that its turns are made of: a vocabulary without one of them is another model's. */
  specials: readonly string[];
  /** Tags that are tokens of their own in some vocabularies. */
  tags: readonly string[];
  /**
   * The prompt for a reply, up to where `opening` comes next. Throws PromptError where the messages are not a conversation
   * to be answered, or cannot be said in this dialect. `thinking` matters only to dialects that say it in the prompt.
   */
  renderPrompt(messages: readonly Message[], tools: readonly Tool[], thinking: boolean): Prompt;
  /**
   * As much of a prompt as is known while the conversation still grows, for reading ahead. It ends behind the last
   * message's turn; if that is a user's, it ends in the middle of it: the last piece is the text as far as it is typed.
   * Behind an assistant's last message a user's is expected, or tool results where it calls. Throws PromptError as
   * renderPrompt does, but any message may be the last.
   */
  renderPartial(messages: readonly Message[], tools: readonly Tool[], thinking: boolean): Prompt;
  /** What the reply is made to begin with. Its tags are tags. */
  opening(thinking: boolean): string;
  /** What ends a thought that the model did not end itself, given the thought so far. Its tags are tags. */
  closing(thoughtSoFar: string): string;
  lastTurn(pieces: readonly Piece[]): Turn | undefined;
  /** What a message says in the prompt, calls included, without the framing of its turn. */
  messageText(message: Message): string;
  calls(tools: readonly Tool[]): CallFormat;
  /** What the model's card recommends. */
  sampling(thinking: boolean, tools: boolean): { temperature: number; topP: number };
};
