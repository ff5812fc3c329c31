/** Asks the user before a command runs or a protected file is read, and remembers what is always allowed. */
import { randomUUID } from "node:crypto";
import { t } from "@vscode/l10n";
import { type CancellationToken, type Memento, Uri, window } from "vscode";
import type { Approval } from "../../media/agent.ts";
import type { ApprovalSubject, ApproveResult } from "../../server/protocol.ts";
import { MAX_QUOTED_CHARS, sanitizeDisplayText } from "../../server/shared/displayText.ts";
import { escapeNotification } from "../errors/problems.ts";

/** The workspace's keys: exact command lines and files that are always allowed, and the command that checks it. */
const ALLOWED = "agent.allowed";
const CHECK = "agent.check";

/** What the user has answered. `command`: the check as the user has changed it. */
export type Answer = Pick<ApproveResult, "answer" | "why" | "command">;

type Pending = { approval: Approval; answer: (answer: Answer) => void };
/** The chat in which the agent asks. `isShown`: whether the user sees its questions. `show`: brings them there. */
export type AgentChat = { isShown: () => boolean; show: () => Promise<void> };
type Show = (approval: Approval | undefined) => void;

export class Approvals {
  private readonly memento: Memento;
  private readonly chat: AgentChat;
  private pending: Pending | undefined;

  /** @param memento of the workspace. */
  constructor(memento: Memento, chat: AgentChat) {
    this.memento = memento;
    this.chat = chat;
  }

  /** The command that checks the workspace, once the user has confirmed one. */
  get check(): string | undefined {
    return this.memento.get<string>(CHECK);
  }

  /** From now on everything is asked for again. */
  async forget(): Promise<void> {
    await this.memento.update(ALLOWED, undefined);
    await this.memento.update(CHECK, undefined);
  }

  /**
   * Resolves when the user has answered, or with "no" when the token is cancelled.
   * @param show shows the question in the chat; undefined when it is answered.
   */
  async ask(subject: ApprovalSubject, show: Show, token: CancellationToken): Promise<ApproveResult> {
    if (this.allowed.includes(keyOf(subject))) return { answer: "yes" };
    return this.remember(subject, await this.put(approvalOf(subject), show, token));
  }

  /** Asks whether an edit may be made. @param diff unified. Resolves like `ask`. */
  async askEdit(file: string, diff: string, show: Show, token: CancellationToken): Promise<ApproveResult> {
    const detail = t("The agent wants to make this edit in {0}.", file);
    const { answer, why } = await this.put({ id: randomUUID(), kind: "edit", text: diff, detail }, show, token);
    return { answer, why };
  }

  private async put(approval: Approval, show: Show, token: CancellationToken): Promise<Answer> {
    const answer = await new Promise<Answer>((resolve) => {
      this.pending = { approval, answer: resolve };
      token.onCancellationRequested(() => resolve({ answer: "no" }));
      show(approval);
      if (!this.chat.isShown()) void this.notify(approval);
    });
    this.pending = undefined;
    show(undefined);
    return answer;
  }

  /** Answers the question with this id. Another one was answered before. */
  answer(id: string, answer: Answer): void {
    if (this.pending?.approval.id === id) this.pending.answer(answer);
  }

  /** Call this when the user may no longer see the chat: an open question becomes a notification. */
  hidden(): void {
    if (this.pending && !this.chat.isShown()) void this.notify(this.pending.approval);
  }

  private async remember(subject: ApprovalSubject, { answer, why, command }: Answer): Promise<ApproveResult> {
    if (answer === "no") return { answer, ...(why?.trim() && { why: why.trim() }) };
    const isCheck = subject.type === "command" && subject.check;
    if (isCheck) {
      const line = command?.trim() || subject.command;
      await this.memento.update(CHECK, line);
      return { answer, command: line };
    }
    if (answer === "always") await this.memento.update(ALLOWED, [...new Set([...this.allowed, keyOf(subject)])]);
    return { answer };
  }

  private async notify({ id, kind, text, detail }: Approval): Promise<void> {
    const shown = escapeNotification(sanitizeDisplayText(text, MAX_QUOTED_CHARS));
    // A diff is too long for a notification.
    const question = kind === "edit" ? detail : `${questionOf(kind, shown)} ${detail}`;
    const message = escapeNotification(`Nemotron: ${question}`);
    // Nothing is allowed that is not seen as it is.
    if (shown !== text) {
      const chosen = await window.showWarningMessage(message, t("Show"));
      if (chosen !== undefined && this.pending?.approval.id === id) await this.chat.show();
      return;
    }
    const yes = kind === "command" || kind === "check" ? t("Run") : t("Allow");
    const [always, no] = [t("Always in This Workspace"), t("Don't")];
    const chosen = await window.showWarningMessage(message, yes, ...(kind === "check" ? [] : [always]), no);
    const answers = { [yes]: "yes", [always]: "always", [no]: "no" } as const;
    if (chosen !== undefined) this.answer(id, { answer: answers[chosen] ?? "no" });
  }

  private get allowed(): string[] {
    return this.memento.get<string[]>(ALLOWED, []);
  }
}

/** Exactly this command line, or exactly this file. */
const keyOf = (subject: ApprovalSubject) =>
  subject.type === "command" ? `command ${subject.command}` : `${subject.type} ${subject.uri}`;

function questionOf(kind: Approval["kind"], text: string): string {
  if (kind === "command") return t("The agent wants to run: {0}", text);
  if (kind === "check") return t("Check the agent's work with: {0}", text);
  return kind === "read" ? t("The agent wants to read {0}.", text) : t("The agent wants to change {0}.", text);
}

function approvalOf(subject: ApprovalSubject): Approval {
  const id = randomUUID();
  if (subject.type === "command") {
    const { command, folder, check } = subject;
    const detail = t("In the folder {0}", Uri.parse(folder).fsPath);
    return { id, kind: check ? "check" : "command", text: command, detail };
  }
  const why = {
    ignored: t("The project ignores this file."),
    secret: t("This file may hold secrets."),
    configuration: t("Programs run what this file says."),
  };
  return { id, kind: subject.type, text: subject.path, detail: why[subject.why] };
}
