/** An agent's turn as it is stored, and the conversation that it leads to. No VS Code API. */
import { t } from "@vscode/l10n";
import type { AgentRow, AgentTurn, ChangedFile } from "../../media/agent.ts";
import type { Reply } from "../../media/messages.ts";
import type { Message } from "../../server/protocol.ts";
import type { Source } from "../context/sources.ts";
import { summaryOf } from "./summary.ts";

/** A step of the model. `row`: the id of its row. `messages`: how many messages of the log came before it. */
type Step = { row: string; messages: number };

/** What is stored of an agent's turn, beside its question and its answer. */
export type StoredAgent = AgentTurn & {
  /** All messages of the turn, the user's first. Never shortened. */
  log: Message[];
  /** Where the conversation was shortened: after that many messages of the log it was these. */
  compactions: { at: number; messages: Message[] }[];
  steps: Step[];
  /** The number of the next row. */
  next: number;
  /** The files changed so far. */
  changed: ChangedFile[];
  /** The user has undone all changes. */
  undone?: boolean;
};

/** The part of a stored turn that the agent works on. */
export type AgentTurnParts = {
  id: string;
  text: string;
  sources: Source[];
  userContent?: string;
  reply: Reply;
  agent?: StoredAgent;
};

export const newAgent = (): StoredAgent => ({ rows: [], log: [], compactions: [], steps: [], changed: [], next: 1 });

/**
 * The conversation after the first `count` messages of a turn's log, all by default.
 * @param history the conversation before the turn.
 */
export function conversationAfter(
  history: readonly Message[],
  { log, compactions }: StoredAgent,
  count = log.length,
): Message[] {
  const last = compactions.findLast(({ at }) => at <= count);
  const messages = last ? [...last.messages, ...log.slice(last.at, count)] : [...history, ...log.slice(0, count)];
  return [...messages, ...missingResults(messages)];
}

/** Stands for the result of a call that was interrupted. */
const LOST = "This was interrupted, and its result is lost. Look before you do it again.";

/** Results for the last calls that have none: their turn was interrupted. */
function missingResults(messages: readonly Message[]): Message[] {
  const asked = messages.findLastIndex(({ role }) => role === "assistant");
  const message = messages[asked];
  if (message?.role !== "assistant") return [];
  const results = messages.slice(asked + 1).filter(({ role }) => role === "tool").length;
  return (message.toolCalls ?? []).slice(results).map(() => ({ role: "tool", content: LOST }));
}

/** Removes everything from a step on: rows, messages, the summary. Does nothing for an unknown row. */
export function cutBefore(agent: StoredAgent, row: string): void {
  const step = agent.steps.find((step) => step.row === row);
  if (!step) return;
  agent.rows.length = agent.rows.findIndex(({ id }) => id === row);
  agent.steps = agent.steps.slice(0, agent.steps.indexOf(step));
  agent.log.length = step.messages;
  agent.compactions = agent.compactions.filter(({ at }) => at <= step.messages);
  agent.summary = undefined;
}

/** Ends what still runs in the rows. @param title replaces the title of a row without a call. */
export function endRows(agent: StoredAgent, title: string): void {
  agent.approval = undefined;
  const known = new Set(agent.steps.map(({ row }) => row));
  agent.rows = agent.rows.map((row): AgentRow => {
    const isStep = known.has(row.id);
    const ended: AgentRow = { ...row, restorable: isStep, regenerable: isStep };
    if (row.state !== "running") return ended;
    const thought = row.thought && { ...row.thought, running: false };
    return { ...ended, state: "failed", thought, ...(row.icon === "plan" && { title }) };
  });
}

/** Called for a turn that was running when its window closed. */
export function interrupt(agent: StoredAgent): StoredAgent {
  const ended = structuredClone(agent);
  endRows(ended, t("Interrupted"));
  const { changed, rows } = ended;
  ended.summary = summaryOf({ outcome: "interrupted", verdict: "none", findings: [], changed, rows });
  return ended;
}

/** Whether a value read from disk is the agent's part of a turn. */
export function isStoredAgent(value: unknown): value is StoredAgent {
  if (typeof value !== "object" || value === null) return false;
  const { rows, log, compactions, steps, changed, next } = value as Partial<Record<keyof StoredAgent, unknown>>;
  return [rows, log, compactions, steps, changed].every(Array.isArray) && typeof next === "number";
}
