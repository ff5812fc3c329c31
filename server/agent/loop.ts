/** The agent's loop: decode a step, carry out its calls, add their results, until the task is done or at a limit. */
import { t } from "@vscode/l10n";
import { EngineError, type PromptRequest, type RespondRequest } from "../engine/engine.ts";
import { Compactor } from "../features/chat/compactor.ts";
import { thinkingOf } from "../features/thinking.ts";
import type { AgentParams, AgentResult, AgentVerdict, Message, Thinking, ToolCall, Usage } from "../protocol.ts";
import { decodeStep, type StepReply, StuckError } from "./decode.ts";
import type { AgentDeps } from "./deps.ts";
import { ProgressWatch } from "./progressWatch.ts";
import { headAndTail, MAX_OBSERVATION_TOKENS } from "./tools/observation.ts";
import { shownWindows } from "./tools/shown.ts";
import type { Observation, ToolContext } from "./tools/tool.ts";
import { consentIn, isOwn, runTool } from "./tools/tools.ts";
import { addUsage, NO_USAGE } from "./usage.ts";
import { Verifier } from "./verify.ts";

/** Default limit of steps. */
const MAX_STEPS = 20;
/** How often the model is asked to repair a failed check. */
const MAX_REPAIRS = 2;
/** Default time limit of a command, ms. */
const COMMAND_MS = 120_000;
/** Maximum length of a reply without its thought, tokens: a whole new file fits. */
const MAX_REPLY_TOKENS = 4096;
/** Default budgets of thoughts, tokens. */
const BUDGETS = { plan: 1024, step: 256 };
/** To estimate tokens of English text and code. */
const CHARS_PER_TOKEN = 3.5;
/** How often a step is repeated when the engine died during it. */
const MAX_CRASHES = 1;

type End = Pick<AgentResult, "outcome" | "reason">;

export class AgentLoop {
  private readonly params: AgentParams;
  private readonly prompt: PromptRequest;
  private readonly deps: AgentDeps;
  /** Aborts when the run is cancelled or stopped. */
  private readonly signal: AbortSignal;
  private readonly cancelled: AbortSignal;
  private readonly watch = new ProgressWatch();
  private readonly verifier: Verifier;
  private readonly compactor: Compactor;
  private readonly consent: ToolContext["consent"];
  private readonly objections = new Set<string>();
  private readonly changed = new Set<string>();
  /** All messages as the model sees them, beginning with the system message. */
  private messages: Message[];
  /** All that the user has asked for. */
  private asked: string;
  private steps = 0;
  private repairs = 0;
  private verdict: AgentVerdict = "none";
  private usage: Usage = NO_USAGE;

  constructor(params: AgentParams, prompt: PromptRequest, asked: string, deps: AgentDeps, cancelled: AbortSignal) {
    this.params = params;
    this.prompt = prompt;
    this.messages = prompt.messages;
    this.asked = asked;
    this.deps = deps;
    this.cancelled = cancelled;
    this.signal = AbortSignal.any([cancelled, deps.control.signal]);
    this.verifier = new Verifier(params.check);
    this.compactor = new Compactor(deps.engine, prompt.tools ?? []);
    this.consent = consentIn(deps.workspace, this.signal);
  }

  async run(): Promise<Omit<AgentResult, "userContent">> {
    const { outcome, reason } = await this.runToEnd();
    const { verdict, messages, changed, steps, usage } = this;
    return { outcome, reason, verdict, messages: messages.slice(1), changed: [...changed], steps, usage };
  }

  private async runToEnd(): Promise<End> {
    try {
      for (;;) {
        const end = await this.step();
        if (end) return end;
      }
    } catch (error) {
      this.cancelled.throwIfAborted();
      if (this.signal.aborted) return { outcome: "stopped" };
      if (error instanceof StuckError) return { outcome: "stuck", reason: REASONS[error.reason]() };
      if (error instanceof EngineError && error.code === "contextOverflow" && this.steps > 1)
        return { outcome: "limit", reason: t("The context is full.") };
      throw error;
    }
  }

  /** Undefined if there is more to do. */
  private async step(): Promise<End | undefined> {
    const limit = this.params.limits?.steps ?? MAX_STEPS;
    if (this.steps >= limit) return { outcome: "limit", reason: t("The limit of {0} steps is reached.", limit) };
    this.steps++;
    this.takeMessages();
    await this.makeRoom();
    this.deps.report({ type: "step", step: this.steps, steps: limit });
    const reply = await this.decode();
    this.usage = addUsage(this.usage, reply.usage);
    this.deps.report({ type: "usage", usage: reply.usage });
    const { answer, toolCalls, thought } = reply;
    this.add({ role: "assistant", content: answer, ...(toolCalls.length > 0 && { toolCalls, thought }) });
    if (toolCalls.length === 0) return this.finish();
    await Promise.all([this.carryOut(toolCalls), this.readAhead()]);
    if (this.watch.isStuck) return { outcome: "stuck", reason: t("The last steps brought nothing new.") };
    return undefined;
  }

  /** Repeats a step during which the engine died: nothing of it has entered the conversation. */
  private async decode(): Promise<StepReply> {
    for (let crashes = 0; ; crashes++) {
      try {
        return await this.decodeOnce();
      } catch (error) {
        const hasCrashed = error instanceof EngineError && error.code === "engineCrashed";
        if (!hasCrashed || crashes >= MAX_CRASHES) throw error;
      }
    }
  }

  private decodeOnce(): Promise<StepReply> {
    const { engine, replies, workspace, report } = this.deps;
    const { partialResultToken, sampling } = this.params;
    const request: RespondRequest = {
      ...this.prompt,
      stableChars: undefined,
      messages: this.messages,
      thinking: this.thinking,
      sampling,
      maxTokens: MAX_REPLY_TOKENS,
      priority: "chat",
      kind: "followUp",
    };
    return decodeStep({
      request,
      respond: (request, report) => replies.run(partialResultToken, engine.respond(request, this.signal), report),
      judging: {
        tools: this.prompt.tools ?? [],
        workspace,
        shown: shownWindows(this.messages),
        made: () => this.watch.repeated(workspace.openVersions?.()),
      },
      report,
    });
  }

  private get thinking(): Thinking {
    const { plan = BUDGETS.plan, step = BUDGETS.step } = this.params.budgets ?? {};
    return thinkingOf({ mode: "on", budget: this.steps === 1 ? plan : step }, { mode: "off" });
  }

  /** Adds a result for each call, even if the run is stopped during one of them. */
  private async carryOut(calls: readonly ToolCall[]): Promise<void> {
    for (const [i, call] of calls.entries()) {
      this.deps.report({ type: "call", call });
      let observation: Observation & { tokens: number };
      try {
        observation = await this.observe(call);
      } catch (error) {
        for (const _ of calls.slice(i)) this.add({ role: "tool", content: "The user stopped this." });
        throw error;
      }
      const { text, tokens, cut = 0, changed } = observation;
      if (changed !== undefined) this.changed.add(changed);
      const mayRepeat = this.objections.has(JSON.stringify(call.arguments));
      this.watch.record(call, observation, mayRepeat, this.deps.workspace.openVersions?.());
      this.deps.report({ type: "observation", text, tokens, cut });
      this.add({ role: "tool", content: text });
    }
  }

  private async observe(call: ToolCall): Promise<Observation & { tokens: number }> {
    this.signal.throwIfAborted();
    const observation = await (isOwn(call) ? runTool(call, this.toolContext()) : this.callTool(call));
    // Most results are short already; but one that repeats a long argument is not.
    const [tokens = 0] = await this.countTokens([observation.text]);
    if (tokens <= MAX_OBSERVATION_TOKENS) return { ...observation, tokens };
    const { text, cut } = await headAndTail(observation.text, this.countTokens);
    const [left = 0] = await this.countTokens([text]);
    return { ...observation, text, tokens: left, cut: (observation.cut ?? 0) + cut };
  }

  private async callTool(call: ToolCall): Promise<Observation> {
    try {
      return { text: (await this.deps.callTool?.(call, this.signal)) ?? "" };
    } catch (error) {
      this.signal.throwIfAborted();
      return { text: `This failed: ${(error as Error).message}`, failed: true };
    }
  }

  /** Estimates without an engine, and after a stop: the model still learns what a tool has done. */
  private readonly countTokens = (texts: string[]) =>
    this.deps.engine
      .countTokens(texts, this.signal)
      .catch(() => texts.map(({ length }) => Math.ceil(length / CHARS_PER_TOKEN)));

  private toolContext(): ToolContext {
    const { workspace, grammars, report } = this.deps;
    return {
      workspace,
      consent: this.consent,
      grammars,
      countTokens: this.countTokens,
      signal: this.signal,
      report,
      asked: this.asked,
      shown: shownWindows(this.messages),
      commandMs: this.params.limits?.commandMs ?? COMMAND_MS,
      objections: this.objections,
    };
  }

  /** While the tools work, the engine reads the model's own calls. The next step then reads only the results. */
  private async readAhead(): Promise<void> {
    const { messages } = this;
    const request = { ...this.prompt, stableChars: undefined, messages, thinking: this.thinking };
    await this.deps.engine.prepare(request, this.signal).catch(() => {});
  }

  /** Called when the model says that it is done. Undefined if there is more to do. */
  private async finish(): Promise<End | undefined> {
    if (this.deps.control.hasMessages) return undefined;
    if (this.changed.size === 0) return { outcome: "done" };
    const { verdict, findings } = await this.verifier.verify([...this.changed], this.toolContext());
    this.verdict = verdict;
    this.deps.report({ type: "verification", verdict, findings });
    if (this.deps.control.hasMessages) return undefined;
    if (verdict !== "failed" || this.repairs >= MAX_REPAIRS) return { outcome: "done" };
    this.repairs++;
    this.watch.reset();
    this.add({ role: "user", content: `This still fails. Repair it.\n\n${findings.join("\n\n")}` });
    return undefined;
  }

  private takeMessages(): void {
    for (const text of this.deps.control.takeMessages()) {
      this.deps.report({ type: "said", text });
      this.asked = `${this.asked}\n${text}`;
      this.watch.reset();
      this.add({ role: "user", content: text });
    }
  }

  private async makeRoom(): Promise<void> {
    const summary = this.deps.summaries.find(this.prompt.conversation, this.messages);
    const made = await this.compactor.makeRoom(this.messages, this.signal, summary);
    if (!made) return;
    this.messages = made.messages;
    // The model may read again what was left out.
    this.watch.reset();
    this.deps.report({ type: "compaction", ...made, messages: made.messages.slice(1) });
  }

  private add(message: Message): void {
    this.messages = [...this.messages, message];
    this.deps.report({ type: "messages", messages: [message] });
  }
}

/** Why the agent is stuck after two rewinds, for the user. */
const REASONS: Record<StuckError["reason"], () => string> = {
  unknownTool: () => t("The model keeps calling a tool that does not exist."),
  badArguments: () => t("The model keeps writing a call that cannot be read."),
  notShown: () => t("The model keeps naming lines that it has not seen."),
  exists: () => t("The model keeps creating a file that exists."),
  repeated: () => t("The model keeps making the same call."),
  empty: () => t("The model keeps saying nothing."),
};
