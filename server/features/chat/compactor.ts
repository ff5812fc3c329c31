/** Decides when a conversation is compacted, by its share of the context. */
import type { Engine } from "../../engine/engine.ts";
import { dialectOf } from "../../nemotron/dialects/recognise.ts";
import type { Message, Tool } from "../../protocol.ts";
import { summaryTurn } from "../summaries.ts";
import { compact, compactionTarget, compactionTrigger, type Sized } from "./compaction.ts";

/** Framing of one message, tokens. */
const FRAME_TOKENS = 8;

/** `messages`: the conversation from now on. `summary`: of what was left out. `before`, `after`: tokens of the prompt. */
export type Compaction = {
  messages: Message[];
  elided: number;
  dropped: number;
  summary?: string;
  before: number;
  after: number;
};

/** Makes room in one conversation. Counts the tokens of each message once. */
export class Compactor {
  private readonly engine: Pick<Engine, "model" | "countTokens" | "countPrompt">;
  private readonly tools: Tool[];
  private toolTokens: number | undefined;
  /** Tokens of messages that were counted. */
  private readonly counted = new WeakMap<Message, number>();

  constructor(engine: Pick<Engine, "model" | "countTokens" | "countPrompt">, tools: Tool[]) {
    this.engine = engine;
    this.tools = tools;
  }

  /**
   * Undefined if the conversation has room, or if nothing can be left out. Throws EngineError, and the signal's reason.
   * @param summary of the beginning of the conversation.
   */
  async makeRoom(messages: Message[], signal: AbortSignal, summary?: string): Promise<Compaction | undefined> {
    const { contextTokens, dialect } = await this.engine.model(signal);
    this.toolTokens ??= (await this.engine.countTokens([JSON.stringify(this.tools)], signal))[0] ?? 0;
    const trigger = compactionTrigger(contextTokens) - this.toolTokens;
    const { messageText } = dialectOf(dialect);
    const sized = await this.sizes(messages, messageText, signal);
    const before = sized.reduce((sum, { tokens }) => sum + tokens, 0);
    if (before <= trigger) return undefined;
    const instead = summary === undefined ? [] : await this.sizes(summaryTurn(summary), messageText, signal);
    const { messages: shorter, ...made } = compact(sized, compactionTarget(sized, trigger), instead);
    const { elided, dropped, summarized } = made;
    if (elided + dropped === 0) return undefined;
    const after = await this.engine.countPrompt({ messages: shorter, tools: this.tools }, signal);
    const gone = { elided, dropped, ...(summarized && { summary }) };
    return { messages: shorter, ...gone, before: before + this.toolTokens, after };
  }

  private async sizes(
    messages: Message[],
    textOf: (message: Message) => string,
    signal: AbortSignal,
  ): Promise<Sized[]> {
    const unknown = messages.filter((message) => !this.counted.has(message));
    const counts = unknown.length > 0 ? await this.engine.countTokens(unknown.map(textOf), signal) : [];
    for (const [i, message] of unknown.entries()) this.counted.set(message, counts[i]! + FRAME_TOKENS);
    return messages.map((message) => ({ message, tokens: this.counted.get(message)! }));
  }
}
