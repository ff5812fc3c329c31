/**
 * An engine without a model. A script decides what it replies and how slowly. It can be steered like the real engine.
 */
import { appendFileSync, readFileSync } from "node:fs";
import {
  type Engine,
  EngineError,
  type PromptRequest,
  type Reply,
  type ReplyEvent,
  type RespondRequest,
} from "../../server/engine/engine.ts";
import type {
  ErrorName,
  LocalLoad,
  ModelInfo,
  PrepareResult,
  Status,
  StopReason,
  Thinking,
  ToolCall,
} from "../../server/protocol.ts";
import { nameOf, Sharing } from "./scriptedSharing.ts";

/** An entry of the script. The first whose `match` is in the last message of the user or a tool gives the reply. */
export type ScriptedReply = {
  match: string;
  /** Only for replies that are confined to some calls, or only for others. Left out: for both. */
  confined?: boolean;
  thought?: string;
  answer: string;
  /** After the answer. */
  calls?: ToolCall[];
  /** Pause before each piece, ms. A piece is a word, and counts as one token. */
  delayMs?: number;
  /** The reply waits before the piece that contains this text, as long as the script's file says so. */
  holds?: string;
  stopReason?: StopReason;
  /** The error at the end of the reply. */
  error?: ErrorName;
};

/** A reply that calls one tool. */
export function calls(match: string, name: string, args: ToolCall["arguments"], more?: Partial<ScriptedReply>) {
  return { match, answer: "", calls: [{ name, arguments: args }], ...more };
}

/** `now`: reads the entry from the script's file again. */
type Asked = { request: RespondRequest; entry: ScriptedReply; now: () => ScriptedReply; ready: () => Promise<unknown> };

const UNKNOWN: ScriptedReply = { match: "", answer: "The script says nothing to this." };
const FRAMING_TOKENS = 8;
const POLL_MS = 50;

export class ScriptedEngine implements Engine {
  private readonly file: string;
  private readonly listeners: ((status: Status) => void)[] = [];
  private running = 0;
  private info: ModelInfo | undefined;
  /** The last load, until the model is unloaded. The next request repeats it, as in the shared engine. */
  private wanted: LocalLoad | undefined;
  private refused: (Status & { type: "refused" }) | undefined;
  private readonly sharing: Sharing;
  /** Why the model is gone. */
  private reason: string | undefined;
  private watching = false;

  /** The script is read again for each reply. */
  constructor(file: string) {
    this.file = file;
    this.sharing = new Sharing(file);
    // A client that has not joined does not hear what others have loaded.
    this.info = this.sharing.now.other === undefined ? modelInfo("scripted.gguf") : undefined;
  }

  get status(): Status {
    if (this.refused) return this.refused;
    if (!this.info) return { type: "noModel", ...(this.reason !== undefined && { reason: this.reason }) };
    const { others, heldBytes } = this.sharing.now;
    const held = { model: this.info, ...(others && { others }), ...(heldBytes !== undefined && { heldBytes }) };
    return this.running > 0 ? { type: "busy", ...held, requests: this.running } : { type: "ready", ...held };
  }

  onStatus(listener: (status: Status) => void): void {
    this.listeners.push(listener);
    if (!this.watching) this.sharing.watch(() => this.follow());
    this.watching = true;
  }

  async load(params: LocalLoad): Promise<ModelInfo> {
    this.wanted = params;
    this.refused = undefined;
    const path = this.pathOf(params);
    // Records the load for the test.
    appendFileSync(`${this.file}.loads`, `${JSON.stringify([path, params.whenOther ?? null])}\n`);
    this.tell({ type: "loading", path, progress: 0, attempt: 1 });
    this.info = modelInfo(path, params.contextTokens);
    this.reason = undefined;
    this.tell(this.status);
    return this.info;
  }

  private pathOf(params: LocalLoad): string {
    try {
      return this.sharing.load(params);
    } catch (error) {
      if (error instanceof EngineError && (error.code === "otherModel" || error.code === "otherVersion")) {
        this.refused = { type: "refused", name: error.code, reason: error.message, next: "", ...error.data };
        this.tell(this.refused);
      }
      throw error;
    }
  }

  async unload(): Promise<void> {
    this.wanted = undefined;
    this.refused = undefined;
    this.info = undefined;
    this.tell(this.status);
  }

  async model(): Promise<ModelInfo> {
    if (this.info && !this.refused) return this.info;
    if (!this.wanted) throw new EngineError("noModel", "No model is loaded.");
    const { whenOther, ...params } = this.wanted;
    return this.load(whenOther === "join" ? { ...params, whenOther } : params);
  }

  respond(request: RespondRequest, signal: AbortSignal): Reply {
    const said = request.messages.findLast(({ role }) => role === "user" || role === "tool")?.content ?? "";
    const isConfined = request.possibleCalls !== undefined;
    const now = () => {
      const script: ScriptedReply[] = JSON.parse(readFileSync(this.file, "utf8"));
      const fits = ({ match, confined = isConfined }: ScriptedReply) => confined === isConfined && said.includes(match);
      return script.find(fits) ?? UNKNOWN;
    };
    return new ScriptedRun({ request, entry: now(), now, ready: () => this.model() }, this.sharing, signal, (more) => {
      this.running += more;
      // The time of the last token, for tests that measure what comes after it, ms since 1970.
      if (more < 0) appendFileSync(`${this.file}.ends`, `${Date.now()}\n`);
      this.tell(this.status);
    });
  }

  async prepare(request: PromptRequest): Promise<PrepareResult> {
    await this.model();
    return { readTokens: await this.countPrompt(request), interrupted: false };
  }

  async countPrompt({ messages }: PromptRequest): Promise<number> {
    return messages.reduce((sum, { content }) => sum + tokensOf(content) + FRAMING_TOKENS, 0);
  }

  async countTokens(texts: string[]): Promise<number[]> {
    return texts.map(tokensOf);
  }

  async dispose(): Promise<void> {}

  private follow(): void {
    this.reason = this.sharing.now.gone;
    if (this.reason !== undefined) this.info = undefined;
    this.tell(this.status);
  }

  private tell(status: Status): void {
    for (const listener of this.listeners) listener(status);
  }
}

class ScriptedRun implements Reply {
  private readonly request: RespondRequest;
  private readonly entry: ScriptedReply;
  private readonly now: () => ScriptedReply;
  private readonly ready: () => Promise<unknown>;
  private readonly sharing: Sharing;
  private readonly signal: AbortSignal;
  private readonly onRunning: (more: 1 | -1) => void;
  private budget: number;
  private thinking: boolean;

  constructor(asked: Asked, sharing: Sharing, signal: AbortSignal, onRunning: (more: 1 | -1) => void) {
    const { request, entry, now, ready } = asked;
    this.request = request;
    this.entry = entry;
    this.now = now;
    this.ready = ready;
    this.sharing = sharing;
    this.signal = signal;
    this.onRunning = onRunning;
    this.budget = budgetOf(request.thinking);
    this.thinking = this.budget > 0 && entry.thought !== undefined;
  }

  async answerNow(): Promise<void> {
    this.refuseUnlessThinking();
    this.budget = 0;
  }

  async addBudget(tokens: number): Promise<number | "unlimited"> {
    this.refuseUnlessThinking();
    this.budget += tokens;
    return Number.isFinite(this.budget) ? this.budget : "unlimited";
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<ReplyEvent> {
    const {
      answer,
      thought = "",
      calls = [],
      stopReason = calls.length > 0 ? "toolCalls" : "stop",
      error,
    } = this.entry;
    const promptTokens = this.request.messages.reduce((sum, { content }) => sum + tokensOf(content), 0);
    await this.ready();
    const begun = performance.now();
    this.onRunning(1);
    try {
      await this.sharing.turn(this.signal);
      yield { type: "reading", read: promptTokens, total: promptTokens };
      let [thoughtTokens, answerTokens] = [0, 0];
      for (const text of this.thinking ? piecesOf(thought) : []) {
        await this.pause();
        while (thoughtTokens < this.budget && this.isHeld(text)) await this.pause(POLL_MS);
        if (thoughtTokens >= this.budget) break;
        yield { type: "thought", text, tokens: ++thoughtTokens };
      }
      this.thinking = false;
      for (const text of piecesOf(answer)) {
        await this.pause();
        while (this.isHeld(text)) await this.pause(POLL_MS);
        yield { type: "answer", text, tokens: ++answerTokens };
      }
      for (const toolCall of calls) yield { type: "toolCall", toolCall };
      if (error) throw new EngineError(error, `The script ends this reply with ${error}.`);
      const ms = performance.now() - begun;
      yield {
        type: "usage",
        stopReason,
        usage: {
          promptTokens,
          readTokens: promptTokens,
          reusedTokens: 0,
          thoughtTokens,
          answerTokens,
          firstTokenMs: this.entry.delayMs ?? 0,
          tokensPerSecond: ((thoughtTokens + answerTokens) / Math.max(ms, 1)) * 1000,
        },
      };
    } finally {
      this.thinking = false;
      this.onRunning(-1);
    }
  }

  /** Waits even without a delay, so that a cancellation can arrive in between. */
  private async pause(ms = this.entry.delayMs ?? 0): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, ms));
    this.signal.throwIfAborted();
  }

  private isHeld(text: string): boolean {
    const { holds } = this.entry;
    return holds !== undefined && text.includes(holds) && this.now().holds === holds;
  }

  private refuseUnlessThinking(): void {
    if (!this.thinking) throw new EngineError("notThinking", "There is no thought.");
  }
}

function budgetOf({ mode, budget = "unlimited" }: Thinking): number {
  if (mode === "off") return 0;
  return budget === "unlimited" ? Number.POSITIVE_INFINITY : budget;
}

const piecesOf = (text: string) => text.match(/\s*\S+|\s+$/g) ?? [];
const tokensOf = (text: string) => Math.ceil(text.length / 4);

function modelInfo(path: string, contextTokens = 32_768): ModelInfo {
  const memory = { weights: 2_650_000, state: 1_000_000, kv: 1_000_000, compute: 1_000_000, checkpoints: 0, gpu: 0 };
  return {
    path,
    name: nameOf(path),
    toy: true,
    backend: "cpu",
    gpuLayers: 0,
    totalLayers: 11,
    threads: 1,
    contextTokens,
    editContextTokens: Math.min(contextTokens, 16_384),
    memory,
    notes: [],
  };
}
