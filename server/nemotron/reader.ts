/** Splits a reply into thought, answer and tool calls while it arrives. */
import type { ToolCall } from "../protocol.ts";
import type { CallPart, CallStream } from "./callStream.ts";
import type { CallFormat } from "./dialect.ts";
import { JSON_CALLS } from "./jsonTools.ts";
import { createStopSearch, type StopSearch } from "./stopTexts.ts";
import { END_THINK, possibleStart, THINK } from "./tags.ts";
import { completeCalls } from "./toolCalls.ts";

/** A part of a reply, in the order of its text. */
export type ReplyPart =
  | { type: "thought" | "answer"; text: string }
  | { type: "toolCall"; toolCall: ToolCall }
  /** A call while it is being written; its `toolCall` follows. `index`: the call's number in the reply. */
  | ({ type: "callPart" } & CallPart)
  /** A block of calls that cannot be read. `isCut`: the reply ended inside it. */
  | { type: "brokenCall"; isCut: boolean };

/**
 * `thinking`: the reply begins inside a thought. `tools`: look for calls; otherwise `<TOOLCALL>` is text. `stop`: the
 * answer ends before the first of these texts. `calls`: the accepted call formats; Nano v2's if left out. `callParts`:
 * report calls while they are being written.
 */
export type ReaderOptions = {
  thinking: boolean;
  tools: boolean;
  stop?: readonly string[];
  calls?: CallFormat | readonly CallFormat[];
  callParts?: boolean;
};

/** The two starts hold only white space and stray tags, which are dropped. */
type Mode = "thoughtStart" | "thought" | "answerStart" | "answer" | "call";

/** The tags of each mode, and the mode that each leads to. Everything else is text. */
type Tags = Record<Mode, Partial<Record<string, Mode>>>;

function tagsOf(tools: boolean, formats: readonly CallFormat[]): Tags {
  const call: Partial<Record<string, Mode>> = tools
    ? Object.fromEntries(formats.map(({ begin }) => [begin, "call"]))
    : {};
  return {
    thoughtStart: { [THINK]: "thoughtStart", [END_THINK]: "answerStart" },
    thought: { [END_THINK]: "answerStart" },
    answerStart: { [THINK]: "thoughtStart", [END_THINK]: "answerStart", ...call },
    answer: call,
    call: Object.fromEntries(formats.map(({ end }) => [end, "answer"])),
  };
}

/**
 * Text can be cut anywhere between two pushes: the joined parts are the same. Thoughts and answers come without
 * surrounding white space. Several thoughts are joined by a blank line. Calls are removed from the answer around them.
 * No text makes it throw. The cost of a push does not grow with the length of the reply.
 */
export class ReplyReader {
  private readonly formats: readonly CallFormat[];
  /** The format of the open call, or of the last one. */
  private format: CallFormat;
  private readonly tags: Tags;
  private readonly stops: StopSearch;
  private mode: Mode;
  /** Text that no mode has processed: perhaps the beginning of a tag. */
  private tail = "";
  /** The text of an open call block, in the pieces it came in: joining them at each push would cost more and more. */
  private call: string[] = [];
  private readonly callParts: boolean;
  private callStream: CallStream | undefined;
  private callsDone = 0;
  /** White space that belongs to the text only if more text of the same type follows. */
  private readonly space = { thought: "", answer: "" };
  private readonly seen = { thought: false, answer: false };
  private parts: ReplyPart[] = [];
  private stop: string | undefined;

  constructor({ thinking, tools, stop = [], calls = JSON_CALLS, callParts = false }: ReaderOptions) {
    this.callParts = callParts;
    this.formats = [calls].flat();
    this.format = this.formats[0] ?? JSON_CALLS;
    this.tags = tagsOf(tools, this.formats);
    this.stops = createStopSearch(stop);
    this.mode = thinking ? "thoughtStart" : "answerStart";
  }

  get inThought(): boolean {
    return this.mode === "thought" || this.mode === "thoughtStart";
  }

  /** The stop text that has come; undefined if none has. Further text is ignored. */
  get stopText(): string | undefined {
    return this.stop;
  }

  /** Whether the answer has begun, with text or with a call. */
  get answerStarted(): boolean {
    return this.mode === "answer" || this.mode === "call";
  }

  /** Text held back because it can be the beginning of a tag. */
  get heldBack(): string {
    return this.tail;
  }

  push(text: string): ReplyPart[] {
    if (this.stop !== undefined) return [];
    this.tail += text;
    while (this.step());
    return this.take();
  }

  /** Ends the thought from outside; its closing text is not pushed. Does nothing outside a thought. */
  closeThought(): ReplyPart[] {
    if (!this.inThought) return [];
    this.emit("thought", this.takeTail());
    this.mode = "answerStart";
    return this.take();
  }

  /**
   * Ends the reply and returns what was held back.
   * @param isCut the reply did not end by itself. Then half of a tag that begins a call is a broken call, not text. In
   * a cut block, the complete calls count.
   */
  end(isCut = false): ReplyPart[] {
    if (this.stop !== undefined) return [];
    if (this.inThought) {
      this.emit("thought", this.takeTail());
    } else {
      if (this.mode === "call") {
        // Half of a closing tag does not belong to the call.
        const rest = this.takeTail();
        this.endCall(this.format.end.startsWith(rest) ? "" : rest, isCut ? "cut" : "ended");
      } else {
        const rest = this.takeTail();
        if (isCut && this.beginsCall(rest)) this.parts.push({ type: "brokenCall", isCut });
        else this.answer(rest);
      }
      this.emitFound(this.stops.flush());
    }
    return this.take();
  }

  /** Processes the certain part of the tail. Returns whether more can be processed. */
  private step(): boolean {
    const tags = this.mode === "call" ? [this.format.end] : Object.keys(this.tags[this.mode]);
    const atStart = this.mode === "thoughtStart" || this.mode === "answerStart";
    return atStart ? this.stepAtStart(tags) : this.stepInText(tags);
  }

  private stepAtStart(tags: string[]): boolean {
    this.tail = this.tail.trimStart();
    const tag = tags.find((tag) => this.tail.startsWith(tag));
    if (tag === undefined && tags.some((tag) => tag.startsWith(this.tail))) return false;
    if (tag !== undefined) this.pass(tag);
    else this.mode = this.mode === "thoughtStart" ? "thought" : "answer";
    return true;
  }

  private stepInText(tags: string[]): boolean {
    const found = tags.map((tag) => ({ tag, at: this.tail.indexOf(tag) })).filter(({ at }) => at >= 0);
    const first = found.reduce<{ tag: string; at: number } | undefined>(
      (a, b) => (a && a.at < b.at ? a : b),
      undefined,
    );
    const end = first?.at ?? possibleStart(this.tail, tags);
    const text = this.tail.slice(0, end);
    this.tail = this.tail.slice(end);
    if (this.mode === "thought") this.emit("thought", text);
    else if (this.mode === "answer") this.answer(text);
    else this.takeCall(text);
    if (!first) return false;
    this.pass(first.tag);
    return true;
  }

  /** Removes the tag at the start of the tail and enters its mode. */
  private pass(tag: string): void {
    this.tail = this.tail.slice(tag.length);
    if (this.mode === "call" && this.callStream?.inString) {
      this.takeCall(tag);
      return;
    }
    if (this.mode === "call") this.endCall();
    else this.format = this.formats.find(({ begin }) => begin === tag) ?? this.format;
    this.mode = this.tags[this.mode][tag] ?? this.mode;
    if (this.mode === "call") this.beginCall();
    if (this.mode === "thoughtStart" && this.seen.thought) this.space.thought = "\n\n";
  }

  /** Whether the rest is half of a tag that begins a call. A lone `<` after other text is more likely text. */
  private beginsCall(rest: string): boolean {
    const isTag = Object.keys(this.tags.answer).some((tag) => tag.startsWith(rest));
    return isTag && rest.length > (this.mode === "answerStart" ? 0 : 1);
  }

  private beginCall(): void {
    // A stop text cannot span a call.
    this.emitFound(this.stops.flush());
    this.callStream = this.format.stream();
  }

  private takeCall(text: string): void {
    if (this.stop !== undefined) return;
    this.call.push(text);
    this.reportCall(this.callStream?.push(text));
  }

  private reportCall(parts: CallPart[] = []): void {
    if (!this.callParts) return;
    for (const part of parts) this.parts.push({ type: "callPart", ...part, index: this.callsDone + part.index });
  }

  /** @param by what ended the call: its closing tag, the reply's end, or a cut. Complete calls can lack their tag. */
  private endCall(rest = "", by: "tag" | "ended" | "cut" = "tag"): void {
    this.takeCall(rest);
    if (this.stop !== undefined) return;
    const block = this.call.join("");
    this.call = [];
    const whole = this.format.parse(block);
    const calls = whole ?? (by === "cut" ? completeCalls(block) : []);
    if (whole) this.reportCall(this.callStream?.end());
    for (const toolCall of calls) this.parts.push({ type: "toolCall", toolCall });
    if (!whole) this.parts.push({ type: "brokenCall", isCut: by !== "tag" });
    this.callsDone += calls.length;
  }

  private answer(text: string): void {
    const rest = this.seen.answer ? text : text.trimStart();
    if (rest === "") return;
    this.seen.answer = true;
    this.emitFound(this.stops.push(rest));
  }

  private emitFound({ text, stop }: { text: string; stop?: string }): void {
    this.emit("answer", text);
    if (stop === undefined) return;
    this.stop = stop;
    // Nothing remains to be processed.
    this.tail = "";
  }

  private emit(type: "thought" | "answer", text: string): void {
    const body = text.trimEnd();
    if (body === "") {
      this.space[type] += text;
      return;
    }
    this.parts.push({ type, text: this.space[type] + body });
    this.space[type] = text.slice(body.length);
    this.seen[type] = true;
  }

  private takeTail(): string {
    const tail = this.tail;
    this.tail = "";
    return tail;
  }

  private take(): ReplyPart[] {
    const parts = this.parts;
    this.parts = [];
    return parts;
  }
}
