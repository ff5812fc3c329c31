/** Splits what the model writes into thought, answer and tool calls, as it comes. */
import type { ToolCall } from "../protocol.ts";
import type { CallFormat } from "./dialect.ts";
import { JSON_CALLS } from "./jsonTools.ts";
import { type StopSearch, searchStops } from "./stopTexts.ts";
import { END_THINK, possibleStart, THINK } from "./tags.ts";

export type ReplyPart = { type: "thought" | "answer"; text: string } | { type: "toolCall"; toolCall: ToolCall };

/**
 * `thinking`: the reply was opened inside a thought. `tools`: calls are looked for; otherwise `<TOOLCALL>` is text.
 * `stop`: the answer ends before the first of these texts in it. `calls`: how they are written; Nano v2's way if left out.
 */
export type ReaderOptions = { thinking: boolean; tools: boolean; stop?: readonly string[]; calls?: CallFormat };

/** The two starts hold nothing but white space and stray tags, which are dropped. */
type Mode = "thoughtStart" | "thought" | "answerStart" | "answer" | "call";

/** The tags that mean something in each mode, and where they lead. All else is text there. */
type Tags = Record<Mode, Partial<Record<string, Mode>>>;

function tagsOf(tools: boolean, { begin, end }: CallFormat): Tags {
  const call: Partial<Record<string, Mode>> = tools ? { [begin]: "call" } : {};
  return {
    thoughtStart: { [THINK]: "thoughtStart", [END_THINK]: "answerStart" },
    thought: { [END_THINK]: "answerStart" },
    answerStart: { [THINK]: "thoughtStart", [END_THINK]: "answerStart", ...call },
    answer: call,
    call: { [end]: "answer" },
  };
}

/**
 * Text may be pushed cut anywhere: the parts, put together, are the same. Thoughts and answers come without white space
 * around them; several thoughts are joined by a blank line; calls are taken out of the answer around them. Nothing the
 * model may write makes it throw. A push costs no more the longer the reply is.
 */
export class ReplyReader {
  private readonly calls: CallFormat;
  private readonly tags: Tags;
  private readonly stops: StopSearch;
  private mode: Mode;
  /** What no mode has taken yet: the beginning of a tag, perhaps. */
  private tail = "";
  /** The text of an open call block, in the pieces it came in: joining them at each push would cost more and more. */
  private call: string[] = [];
  /** White space that is part of the text only if more of the same follows. */
  private readonly space = { thought: "", answer: "" };
  private readonly seen = { thought: false, answer: false };
  private parts: ReplyPart[] = [];
  private hasStopped = false;

  constructor({ thinking, tools, stop = [], calls = JSON_CALLS }: ReaderOptions) {
    this.calls = calls;
    this.tags = tagsOf(tools, calls);
    this.stops = searchStops(stop);
    this.mode = thinking ? "thoughtStart" : "answerStart";
  }

  get inThought(): boolean {
    return this.mode === "thought" || this.mode === "thoughtStart";
  }

  /** A stop text has come; whatever else is pushed is ignored. */
  get stopped(): boolean {
    return this.hasStopped;
  }

  /** Something of an answer has come: text, or the beginning of a call. */
  get answerStarted(): boolean {
    return this.mode === "answer" || this.mode === "call";
  }

  /** Text held back because it may be the beginning of a tag. */
  get holding(): string {
    return this.tail;
  }

  push(text: string): ReplyPart[] {
    if (this.hasStopped) return [];
    this.tail += text;
    while (this.step());
    return this.take();
  }

  /** The thought was ended from outside, by text that is not pushed. Does nothing outside a thought. */
  closeThought(): ReplyPart[] {
    if (!this.inThought) return [];
    this.emit("thought", this.takeTail());
    this.mode = "answerStart";
    return this.take();
  }

  /** The reply is over: returns what was held back. */
  end(): ReplyPart[] {
    if (this.hasStopped) return [];
    if (this.inThought) {
      this.emit("thought", this.takeTail());
    } else {
      if (this.mode === "call") this.endCall(this.takeTail());
      else this.answer(this.takeTail());
      this.searched(this.stops.flush());
    }
    return this.take();
  }

  /** Takes from the tail what is sure. Returns whether there may be more to take. */
  private step(): boolean {
    const tags = Object.keys(this.tags[this.mode]);
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
    // No mode with text in it knows more than one tag.
    const [tag] = tags;
    const at = tag === undefined ? -1 : this.tail.indexOf(tag);
    const end = at < 0 ? possibleStart(this.tail, tags) : at;
    const text = this.tail.slice(0, end);
    this.tail = this.tail.slice(end);
    if (this.mode === "thought") this.emit("thought", text);
    else if (this.mode === "answer") this.answer(text);
    else this.call.push(text);
    if (tag === undefined || at < 0) return false;
    this.pass(tag);
    return true;
  }

  /** Takes the tag that the tail begins with, and goes where it leads. */
  private pass(tag: string): void {
    this.tail = this.tail.slice(tag.length);
    if (tag === this.calls.end) this.endCall(tag);
    this.mode = this.tags[this.mode][tag] ?? this.mode;
    if (this.mode === "thoughtStart" && this.seen.thought) this.space.thought = "\n\n";
  }

  /** `end` is the closing tag, or what there was of it when the reply ended: some replies do before it. */
  private endCall(end: string): void {
    const text = this.call.join("");
    this.call = [];
    const calls = this.calls.parse(text);
    if (calls === undefined) {
      this.answer(this.calls.begin + text + end);
      return;
    }
    // A stop text cannot reach from before a call to behind it.
    this.searched(this.stops.flush());
    if (this.hasStopped) return;
    for (const toolCall of calls) this.parts.push({ type: "toolCall", toolCall });
  }

  private answer(text: string): void {
    const rest = this.seen.answer ? text : text.trimStart();
    if (rest === "") return;
    this.seen.answer = true;
    this.searched(this.stops.push(rest));
  }

  private searched({ text, stopped }: { text: string; stopped: boolean }): void {
    this.emit("answer", text);
    if (!stopped) return;
    this.hasStopped = true;
    // Leaves nothing to go on with.
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
