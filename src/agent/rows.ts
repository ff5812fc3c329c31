/** Turns the progress of an agent into the rows of its turn. No VS Code API. */
import { t } from "@vscode/l10n";
import type { AgentDetail, AgentRow } from "../../media/agent.ts";
import type { Reply, RUNNING } from "../../media/messages.ts";
import type { AgentProgress, ToolCall } from "../../server/protocol.ts";
import { bounded, headAndTail, MAX_DETAIL } from "./cut.ts";
import type { StoredAgent } from "./storedTurn.ts";
import { commandTitle, countLines, doneTitle, oneLine, rewindTitle, runningTitle } from "./titles.ts";

export type RowsListener = {
  /** A row is new, or has changed. */
  onRow: (row: AgentRow) => void;
  /** More of a row's thought or output. Its counts are those of the row. */
  onMore: (row: AgentRow, more: { thought?: string; output?: string }) => void;
  /** More of the answer. */
  onAnswer: (text: string) => void;
  /** The reply's state has changed. */
  onState: () => void;
  /** The answer was replaced. */
  onReply: () => void;
};

/** Budgets of the thoughts, tokens; 0 is off. */
export type ThoughtBudgets = { plan: number | "unlimited"; step: number | "unlimited" };
type RunningState = (typeof RUNNING)[number];
type Of<T extends AgentProgress["type"]> = Extract<AgentProgress, { type: T }>;

export class TurnRows {
  private readonly agent: StoredAgent;
  private readonly reply: Reply;
  private readonly budgets: ThoughtBudgets;
  private readonly listener: RowsListener;
  private readonly now: () => number;
  private current: AgentRow | undefined;
  private call: ToolCall | undefined;
  private diff: string | undefined;
  private command: { row: AgentRow; line: string; output: string } | undefined;
  private thoughtBegan = 0;

  /** @param now a clock, ms. */
  constructor(
    { agent, reply }: { agent: StoredAgent; reply: Reply },
    budgets: ThoughtBudgets,
    listener: RowsListener,
    now: () => number,
  ) {
    this.agent = agent;
    this.reply = reply;
    this.budgets = budgets;
    this.listener = listener;
    this.now = now;
  }

  private readonly handlers: { [T in AgentProgress["type"]]: (progress: Of<T>) => void } = {
    step: (progress) => this.onStep(progress),
    reading: (progress) => this.onReading(progress),
    thought: (progress) => this.onThought(progress),
    text: (progress) => this.onText(progress),
    revised: (progress) => this.onRevised(progress),
    call: ({ call }) => this.onCall(call),
    rewind: (progress) => this.onRewind(progress),
    observation: ({ text }) => this.onObservation(text),
    edit: (progress) => this.onEdit(progress),
    command: (progress) => this.onCommand(progress),
    output: ({ text }) => this.onOutput(text),
    commandEnd: ({ exitCode }) => this.onCommandEnd(exitCode),
    said: ({ text }) => this.single("said", oneLine(text), text),
    compaction: (progress) => this.onCompaction(progress),
    verification: (progress) => this.onVerification(progress),
    messages: (progress) => this.onMessages(progress),
    prompt: () => {},
    usage: () => {},
  };

  on(progress: AgentProgress): void {
    (this.handlers[progress.type] as (progress: AgentProgress) => void)(progress);
  }

  /** The row of the running step; undefined before the first. */
  get step(): string | undefined {
    return this.agent.steps.at(-1)?.row;
  }

  /** The budget of the running thought was changed. */
  setBudget(budget: number | "unlimited"): void {
    this.reply.budget = budget;
    if (this.current?.thought) this.change(this.current, { thought: { ...this.current.thought, budget } });
  }

  private onStep({ step }: Of<"step">): void {
    this.takeAnswer();
    this.reply.budget = step === 1 ? this.budgets.plan : this.budgets.step;
    this.begin();
    this.agent.steps.push({ row: this.current!.id, messages: this.agent.log.length });
  }

  private begin(): void {
    this.call = undefined;
    this.diff = undefined;
    this.thoughtBegan = 0;
    this.current = this.add({ icon: "plan", title: t("Thinking"), state: "running", details: [] });
    this.enter("waiting");
  }

  private onReading({ read, total }: Of<"reading">): void {
    this.reply.reading = { read, total };
    this.enter("reading", true);
  }

  private onThought({ text, tokens }: Of<"thought">): void {
    const row = this.current;
    if (!row) return;
    if (this.thoughtBegan === 0) this.thoughtBegan = this.now();
    const before = row.thought?.text ?? "";
    row.thought = {
      text: headAndTail(before + text),
      tokens,
      ms: this.now() - this.thoughtBegan,
      budget: this.reply.budget,
      running: true,
    };
    if (before === "") this.listener.onRow(row);
    else this.listener.onMore(row, { thought: text });
    this.enter("thinking");
  }

  private onText({ text, tokens }: Of<"text">): void {
    this.endThought();
    this.reply.answer += text;
    this.reply.answerTokens = tokens;
    this.listener.onAnswer(text);
    this.enter("answering");
  }

  private onRevised({ thought, text }: Of<"revised">): void {
    const row = this.current;
    if (row?.thought)
      this.change(row, { thought: { ...row.thought, text: headAndTail(thought), running: text === "" } });
    this.reply.answer = text;
    this.listener.onReply();
  }

  private onCall(call: ToolCall): void {
    this.endThought();
    this.takeAnswer();
    // A further call of the same step.
    if (this.call || !this.current) this.current = this.add({ icon: "tool", title: "", state: "running", details: [] });
    this.call = call;
    this.diff = undefined;
    const shown = call.name === "read" || call.name === "run" ? undefined : JSON.stringify(call.arguments, null, 2);
    if (shown !== undefined) this.detail(this.current, "arguments", shown);
    this.change(this.current, runningTitle(call));
  }

  private onRewind({ reason, call }: Of<"rewind">): void {
    const row = this.current;
    if (!row) return;
    this.endThought();
    this.reply.answer = "";
    if (call) this.detail(row, "arguments", JSON.stringify(call, null, 2));
    this.change(row, { icon: "rewind", title: rewindTitle(reason), state: "done" });
    const step = this.agent.steps.at(-1);
    this.begin();
    // Going back to the step means going back to before its first attempt, whose messages never counted.
    if (step) step.row = this.current!.id;
  }

  private onObservation(text: string): void {
    const { current: row, call, diff } = this;
    if (!row || !call) return;
    if (diff !== undefined) this.detail(row, "diff", diff);
    // The output of a command is shown already.
    if (this.command?.row === row) return;
    this.detail(row, "output", text);
    const { icon, title, failed } = doneTitle(call, text, diff);
    this.change(row, { icon, title, state: failed ? "failed" : "done" });
  }

  private onEdit({ path, diff, created, warning }: Of<"edit">): void {
    this.diff = diff;
    if (warning) this.detail(this.current, "text", warning);
    const { changed } = this.agent;
    const known = changed.find((file) => file.path === path) ?? { path, added: 0, removed: 0, created };
    const { added, removed } = countLines(diff);
    const file = { ...known, added: known.added + added, removed: known.removed + removed };
    this.agent.changed = [...changed.filter((other) => other.path !== path), file];
  }

  private onCommand({ command, check }: Of<"command">): void {
    if (check) this.endCurrent();
    const row = check
      ? this.add({ icon: "check", title: oneLine(command), state: "running", details: [] })
      : (this.current ?? this.add({ icon: "run", title: oneLine(command), state: "running", details: [] }));
    this.command = { row, line: command, output: "" };
    this.detail(row, "output", "");
    this.change(row, {});
  }

  private onOutput(text: string): void {
    if (!this.command) return;
    const { row, output } = this.command;
    this.command.output = headAndTail(output + text, 4 * MAX_DETAIL);
    const shown = row.details.at(-1)!;
    // After a piece that was left out, later ones would follow a gap.
    const isWhole = shown.text.length === output.length;
    if (!isWhole || shown.text.length + text.length > MAX_DETAIL) return;
    shown.text += text;
    this.listener.onMore(row, { output: text });
  }

  private onCommandEnd(exitCode: number | undefined): void {
    if (!this.command) return;
    const { row, line, output } = this.command;
    row.details.at(-1)!.text = headAndTail(output);
    this.change(row, { title: commandTitle(line, exitCode, output), state: exitCode === 0 ? "done" : "failed" });
  }

  private onCompaction({ elided, dropped, messages, before, after }: Of<"compaction">): void {
    this.agent.compactions.push({ at: this.agent.log.length, messages });
    const counts = [t("Results shortened: {0}", elided), t("Messages left out: {0}", dropped), `${before} → ${after}`];
    this.single("compaction", t("Made room in the context"), counts.join("\n"));
  }

  private onVerification({ verdict, findings }: Of<"verification">): void {
    const ran = this.command?.row.icon === "check" ? this.command.row : undefined;
    this.command = undefined;
    if (ran || verdict === "passed") return;
    const title = verdict === "none" ? t("Nothing was checked") : t("The editor reports problems");
    this.endCurrent();
    this.single("check", title, findings.join("\n\n"), verdict === "failed" ? "failed" : "done");
  }

  private onMessages({ messages }: Of<"messages">): void {
    this.agent.log.push(...messages);
    for (const message of messages)
      if (message.role === "assistant" && !message.toolCalls?.length) {
        this.endThought();
        if (this.current) this.change(this.current, { icon: "answer", title: t("Answered"), state: "done" });
      } else if (message.role === "tool") this.command = undefined;
  }

  /** A text that was not the last one belongs to its step. */
  private takeAnswer(): void {
    const { reply, current } = this;
    if (reply.answer === "") return;
    if (current) this.detail(current, "text", reply.answer);
    if (current) this.change(current, {});
    reply.answer = "";
    reply.answerTokens = 0;
    this.listener.onReply();
  }

  private endThought(): void {
    const row = this.current;
    if (!row?.thought?.running) return;
    const ms = this.thoughtBegan === 0 ? row.thought.ms : this.now() - this.thoughtBegan;
    this.change(row, { thought: { ...row.thought, ms, running: false } });
  }

  private endCurrent(): void {
    this.endThought();
    if (this.current?.state === "running") this.change(this.current, { state: "done" });
  }

  private single(icon: AgentRow["icon"], title: string, text: string, state: AgentRow["state"] = "done"): void {
    this.add({ icon, title, state, details: text.trim() === "" ? [] : [{ kind: "text", text: headAndTail(text) }] });
  }

  private add(row: Pick<AgentRow, "icon" | "title" | "state" | "details">): AgentRow {
    const { agent } = this;
    const added: AgentRow = { id: `r${agent.next++}`, ...row, restorable: false, regenerable: false };
    agent.rows = bounded([...agent.rows, added]);
    this.listener.onRow(added);
    return added;
  }

  private change(row: AgentRow, change: Partial<AgentRow>): void {
    Object.assign(row, change);
    this.listener.onRow(row);
  }

  private detail(row: AgentRow | undefined, kind: AgentDetail["kind"], text: string): void {
    row?.details.push({ kind, text: headAndTail(text) });
  }

  private enter(state: RunningState, always = false): void {
    const { reply } = this;
    if (reply.state === state && !always) return;
    reply.state = state;
    if (state !== "reading") reply.reading = undefined;
    this.listener.onState();
  }
}
