/** What a stream's pieces come to: thought, answer and calls, however the endpoint tells them apart. Pure. */
import type { ChatCompletionChunk } from "openai/resources/chat/completions";
import { type ReplyPart, ReplyReader } from "../nemotron/reader.ts";
import { END_TOOL_CALL, THINK, TOOL_CALL } from "../nemotron/tags.ts";
import { parseToolCalls } from "../nemotron/toolCalls.ts";
import { mend } from "./messages.ts";

/** vLLM, llama-server and NIM say `reasoning_content`; OpenRouter, Together and later vLLMs `reasoning`. */
export type Delta = ChatCompletionChunk.Choice.Delta & { reasoning_content?: unknown; reasoning?: unknown };

export type PiecesOptions = {
  /** Text begins inside a thought. */
  opensInThought: boolean;
  /** Texts were sent broken up (see messages.ts). */
  mends: boolean;
  tools: boolean;
  stop?: readonly string[];
};

export class Pieces {
  private readonly reader: ReplyReader;
  private readonly opensInThought: boolean;
  private readonly mend: (text: string) => string;
  private readonly calls = new Map<number, { name: string; args: string }>();
  /** So far. As text among others it comes without the white space at its end, see `atLineEnd`. */
  thought = "";
  /** The last text ended a line. */
  atLineEnd = false;
  /** It came in a field of its own. */
  parted = false;
  /** It was closed from outside, so what comes is the answer, whatever the endpoint takes it for. */
  private closed = false;
  /** A call has come, whole. */
  called = false;

  constructor({ opensInThought, mends, tools, stop }: PiecesOptions) {
    this.mend = mends ? mend : (text) => text;
    this.opensInThought = opensInThought;
    this.reader = new ReplyReader({ thinking: opensInThought, tools, stop });
  }

  get inThought(): boolean {
    return this.reader.inThought;
  }

  get answerStarted(): boolean {
    return this.reader.answerStarted || this.calls.size > 0 || this.called;
  }

  /** A stop text has come. */
  get stopped(): boolean {
    return this.reader.stopped;
  }

  /** Something that may be a tag is on its way. */
  get midTag(): boolean {
    return this.reader.holding.includes("<");
  }

  push(delta: Delta): ReplyPart[] {
    const { content, reasoning_content, reasoning, tool_calls = [] } = delta;
    const thought = [reasoning_content, reasoning].find(isText) ?? "";
    const parts = thought ? this.pushThought(this.mend(thought)) : [];
    if (content) parts.push(...this.pushText(this.mend(content)));
    this.atLineEnd = (content || thought || "\n").endsWith("\n");
    for (const call of tool_calls ?? []) parts.push(...this.pushCall(call));
    return this.noted(parts);
  }

  /** Closes the running thought, for the turn to go on with an answer. */
  close(): ReplyPart[] {
    this.closed = true;
    return this.reader.closeThought();
  }

  /** @param whole the model ended its turn itself. */
  end(whole: boolean): ReplyPart[] {
    // A thought that was taken for one by its place alone, and never ended, is the answer of a model that does not think.
    const mistaken = whole && this.opensInThought && !this.parted && !this.closed && this.reader.inThought;
    const parts = this.reader.end();
    if (mistaken && this.thought.trim() !== "") parts.push({ type: "answer", text: this.thought.trim() });
    return this.noted([...parts, ...this.endCalls()]);
  }

  private noted(parts: ReplyPart[]): ReplyPart[] {
    this.called ||= parts.some(({ type }) => type === "toolCall");
    return parts;
  }

  private pushThought(text: string): ReplyPart[] {
    if (this.closed) return this.pushText(text);
    this.parted = true;
    this.thought += text;
    // Some think again behind a part of the answer.
    if (this.reader.answerStarted) return [{ type: "thought", text }];
    const opened = this.reader.inThought ? [] : this.reader.push(THINK);
    return [...opened, ...this.reader.push(text)];
  }

  private pushText(text: string): ReplyPart[] {
    const closed = this.parted ? this.reader.closeThought() : [];
    const parts = this.reader.push(text);
    for (const part of this.parted ? [] : parts) if (part.type === "thought") this.thought += part.text;
    return [...closed, ...parts];
  }

  private pushCall({ index, function: piece }: ChatCompletionChunk.Choice.Delta.ToolCall): ReplyPart[] {
    const closed = this.reader.closeThought();
    const done = this.calls.has(index) ? [] : this.endCalls();
    const call = this.calls.get(index) ?? { name: "", args: "" };
    this.calls.set(index, {
      name: call.name + (piece?.name ?? ""),
      args: call.args + this.mend(piece?.arguments ?? ""),
    });
    return [...closed, ...done];
  }

  /** Calls come one after the other: with the next one's first piece the last is whole. */
  private endCalls(): ReplyPart[] {
    const calls = [...this.calls.values()];
    this.calls.clear();
    return calls.flatMap(({ name, args }): ReplyPart[] => {
      const text = JSON.stringify({ name, arguments: args.trim() === "" ? {} : args });
      const parsed = parseToolCalls(text);
      // As with calls in the text: what cannot be read is shown.
      if (!parsed) return [{ type: "answer", text: TOOL_CALL + text + END_TOOL_CALL }];
      return parsed.map((toolCall) => ({ type: "toolCall", toolCall }));
    });
  }
}

const isText = (value: unknown): value is string => typeof value === "string" && value !== "";
