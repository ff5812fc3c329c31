/** Converts the chunks of a stream to thought, answer and calls, however the endpoint marks them. Pure. */

import { xmlCalls } from "../nemotron/dialects/nemotron3Tools.ts";
import { JSON_CALLS } from "../nemotron/jsonTools.ts";
import { type ReplyPart, ReplyReader } from "../nemotron/reader.ts";
import { splitThought } from "../nemotron/splitThought.ts";
import { THINK } from "../nemotron/tags.ts";
import type { Tool } from "../protocol.ts";
import { CallAssembler } from "./callAssembler.ts";
import type { Chunk } from "./chunk.ts";
import { restoreSwitches, SwitchRestorer } from "./messages.ts";

/** Tags that close a thought, as splitThought.ts knows them. */
const CLOSING = /<\/think(?:ing)?>/;
/** Characters of earlier text to search again: more than the longest closing tag and what follows it. */
const TAIL_CHARS = 24;

export type StreamParserOptions = {
  /** Whether the model should think. */
  thinking: boolean;
  /** Text begins inside a thought. */
  opensInThought: boolean;
  /** Switches were sent broken up (see messages.ts). */
  mends: boolean;
  tools: readonly Tool[];
  stop?: readonly string[];
};

/** `revised` replaces everything so far, because it is now known which part is the thought. */
export type StreamPart = ReplyPart | { type: "revised"; thought: string; answer: string };

/** Reads one reply, across several requests if necessary. */
export class StreamParser {
  private readonly options: StreamParserOptions;
  private readonly menders: Record<"thought" | "text", SwitchRestorer> | undefined;
  private readonly calls: CallAssembler;
  private reader: ReplyReader;
  /** The text so far in its pieces, while it may have begun inside a thought. */
  private raw: string[] | undefined = [];
  /** The end of the text: a tag can come in pieces. */
  private tail = "";
  private readonly reported = { thought: "", answer: "" };
  /** The thought so far. Between other text it comes without trailing white space, see `atLineEnd`. */
  thought = "";
  /** The last text ended a line. */
  atLineEnd = false;
  /** The thought came in its own field. */
  isSeparate = false;
  /** Whether the text began inside a thought; undefined if unknown. */
  opened: boolean | undefined;
  /** The thought was closed from outside, so all further text is the answer. */
  private closed = false;
  /** The next thought is joined to the first one, which the reader has not seen. */
  private joins = false;
  /** Length of the answer reported before the endpoint continued in the thought's field. */
  private before: number | undefined;
  /** A complete call has come. */
  hasCalls = false;
  /** Text ended inside a call. */
  halfCall = false;
  /** The name of a call that could not be read. */
  unreadable: string | undefined;

  constructor(options: StreamParserOptions) {
    this.options = options;
    this.menders = options.mends ? { thought: new SwitchRestorer(), text: new SwitchRestorer() } : undefined;
    this.calls = new CallAssembler(
      options.tools.map(({ name }) => name),
      options.mends ? restoreSwitches : undefined,
    );
    this.reader = this.newReader(options.opensInThought);
  }

  get inThought(): boolean {
    return this.reader.inThought;
  }

  get answerStarted(): boolean {
    return this.reader.answerStarted || this.calls.hasBegun || this.hasCalls;
  }

  /** Whether a stop text has come. */
  get stopped(): boolean {
    return this.reader.stopText !== undefined;
  }

  /** Whether the text ends in the possible beginning of a tag. */
  get midTag(): boolean {
    return this.reader.heldBack.includes("<");
  }

  push(chunk: Chunk): StreamPart[] {
    const { menders } = this;
    const thought = menders?.thought.push(chunk.thought) ?? chunk.thought;
    const text = menders?.text.push(chunk.text) ?? chunk.text;
    const parts = [...this.noted(this.pushThought(thought)), ...this.noted(this.pushText(text))];
    this.atLineEnd = (chunk.text || chunk.thought || "\n").endsWith("\n");
    if (chunk.calls.length === 0) return parts;
    this.calls.push(chunk.calls);
    return [...parts, ...this.noted(this.reader.closeThought())];
  }

  /** Closes the running thought, so that the turn continues with an answer. */
  close(): StreamPart[] {
    this.closed = true;
    this.raw = undefined;
    return this.noted(this.reader.closeThought());
  }

  /** @param whole whether the model ended its turn itself. */
  end(whole: boolean): StreamPart[] {
    const { menders } = this;
    const heldBack = menders
      ? [...this.noted(this.pushThought(menders.thought.end())), ...this.noted(this.pushText(menders.text.end()))]
      : [];
    // The text was only assumed to begin inside a thought. If it never left the thought, it is the answer of a model
    // that does not think.
    const mistaken = whole && this.options.opensInThought && this.reader.inThought ? this.raw?.join("") : undefined;
    const again = mistaken?.trim() ? this.noted(this.rereadFrom(mistaken)) : [];
    const parts = [
      ...heldBack,
      ...again,
      ...this.noted(this.joined(this.reader.end(!whole))),
      ...this.endCalls(!whole),
    ];
    return whole ? [...parts, ...this.noted(this.answerInThought())] : parts;
  }

  private newReader(thinking: boolean): ReplyReader {
    const { tools, stop } = this.options;
    return new ReplyReader({ thinking, tools: tools.length > 0, stop, calls: [JSON_CALLS, xmlCalls(tools)] });
  }

  /** Records what the parts say. Returns them. */
  private noted(parts: StreamPart[]): StreamPart[] {
    for (const part of parts) {
      if (part.type === "callPart") continue;
      if (part.type === "toolCall") this.hasCalls = true;
      else if (part.type === "brokenCall") this.halfCall = part.isCut;
      else if (part.type === "revised") Object.assign(this.reported, { thought: part.thought, answer: part.answer });
      else this.reported[part.type] += part.text;
    }
    return parts;
  }

  private pushThought(text: string): StreamPart[] {
    if (text === "") return [];
    if (this.closed) {
      this.before ??= this.reported.answer.length;
      return this.reader.push(text);
    }
    this.isSeparate = true;
    this.raw = undefined;
    this.thought += text;
    // Some models think again after a part of the answer.
    if (this.reader.answerStarted) return [{ type: "thought", text }];
    const opened = this.reader.inThought ? [] : this.reader.push(THINK);
    const parts = [...opened, ...this.reader.push(text)];
    if (!this.reader.inThought) {
      // A tag in the text has closed the thought. More text in this field is the answer, unless one comes separately.
      this.closed = true;
      this.before = this.reported.answer.length;
    }
    return parts;
  }

  private pushText(text: string): StreamPart[] {
    if (text === "") return [];
    const moved = this.before === undefined || text.trim() === "" ? [] : this.thoughtAgain(this.before);
    const closed = this.isSeparate ? this.reader.closeThought() : [];
    const found = this.orphanWith(text);
    if (found) return this.reread(found.rest, found.thought);
    const parts = this.joined(this.reader.push(text));
    for (const part of this.isSeparate ? [] : parts) if (part.type === "thought") this.thought += part.text;
    return [...moved, ...closed, ...parts];
  }

  /** After its closed thought the endpoint wrote another one in the thought's field, before the answer. */
  private thoughtAgain(before: number): StreamPart[] {
    const { thought, answer } = this.reported;
    this.before = undefined;
    this.closed = false;
    this.isSeparate = true;
    this.reader = this.newReader(false);
    const again = answer.slice(before).trim();
    return [{ type: "revised", thought: `${thought}\n\n${again}`.trim(), answer: answer.slice(0, before) }];
  }

  /** All text so far, in its two parts, if this piece shows that it began inside a thought. */
  private orphanWith(text: string): ReturnType<typeof splitThought> {
    if (this.raw === undefined) return undefined;
    const tail = this.tail + text;
    // Only what follows a tag can show that it is one.
    this.tail = tail.slice(-TAIL_CHARS);
    this.raw.push(text);
    if (this.reader.inThought) return undefined;
    if (this.reported.thought !== "") {
      this.raw = undefined;
      this.opened = this.options.opensInThought || undefined;
    }
    if (this.raw === undefined || !CLOSING.test(tail)) return undefined;
    const found = splitThought(this.raw.join(""));
    return found?.thought ? found : undefined;
  }

  /** Reads all text again. The reader knows only `</think>`, but the text may contain `</thinking>`. */
  private rereadFrom(text: string): StreamPart[] {
    const { thought, rest } = splitThought(text) ?? { thought: "", rest: text };
    return this.reread(rest, thought);
  }

  /** Reads all text again. @param thought the thought before it, if any. */
  private reread(text: string, thought = ""): StreamPart[] {
    this.opened = thought !== "";
    this.raw = undefined;
    this.reader = this.newReader(false);
    const parts = this.reader.push(text);
    const textOf = (type: "thought" | "answer") =>
      parts.flatMap((part) => (part.type === type ? part.text : [])).join("");
    this.thought = [thought, textOf("thought")].filter((part) => part !== "").join("\n\n");
    this.joins = thought !== "" && textOf("thought") === "";
    const revised = { type: "revised" as const, thought: this.thought, answer: textOf("answer") };
    return [revised, ...parts.filter(({ type }) => type !== "thought" && type !== "answer")];
  }

  private joined(parts: ReplyPart[]): ReplyPart[] {
    const first = this.joins ? parts.findIndex(({ type }) => type === "thought") : -1;
    if (first < 0) return parts;
    this.joins = false;
    return parts.map((part, i) =>
      i === first && part.type === "thought" ? { ...part, text: `\n\n${part.text}` } : part,
    );
  }

  /** An endpoint that waits for a closing tag reports a whole reply without a thought as a thought. */
  private answerInThought(): StreamPart[] {
    const { thought, answer } = this.reported;
    if (!this.isSeparate || this.options.thinking || this.hasCalls || answer !== "" || thought === "") return [];
    return [{ type: "revised", thought: "", answer: thought }];
  }

  /** In a cut reply, the complete calls count. In a whole reply, an unreadable call is an error. */
  private endCalls(isCut: boolean): StreamPart[] {
    const { calls, unreadable } = this.calls.end(isCut);
    this.unreadable = unreadable;
    if (unreadable !== undefined && !isCut) return [];
    return this.noted(calls.map((toolCall) => ({ type: "toolCall", toolCall })));
  }
}
