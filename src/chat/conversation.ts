/** A conversation as it is stored, as the model gets it, and as the page shows it. No VS Code API. */
import { randomUUID } from "node:crypto";
import { t } from "@vscode/l10n";
import type { Diagnostic, Range } from "vscode-languageclient";
import type { Mode } from "../../media/agent.ts";
import type { AgentBudget, Budget, Conversation, Reply, Turn } from "../../media/messages.ts";
import type { Message, Thinking } from "../../server/protocol.ts";
import { conversationAfter, interrupt, isStoredAgent, type StoredAgent } from "../agent/storedTurn.ts";
import type { Source } from "../context/sources.ts";

/** A question and its reply, as they are stored. */
export type StoredTurn = Omit<Turn, "references" | "agent"> & {
  sources: Source[];
  /** What the agent did. Undefined in turns of Ask. */
  agent?: StoredAgent;
  /** The question with its context as the model saw it. Missing until the server has laid it out. */
  userContent?: string;
  /** The id of the last reply, which resumes it. */
  replyId?: string;
  /** The thinking that was requested for the last reply. */
  thinking?: Thinking;
  /** All replies to the question, oldest first. The one at index `version` is `reply`, which may be newer. */
  versions?: Reply[];
  version?: number;
  /** Set while the answer is being continued: the answer before that. */
  continues?: string;
  /** Set if the turn explains this part of a document. */
  explain?: { uri: string; range: Range; diagnostics: Diagnostic[] };
};

/** A question that is sent when the running reply has ended. */
export type QueuedQuestion = { id: string; text: string; sources: Source[] };

/** The contents of a conversation's file. */
export type StoredConversation = {
  /** The version of this format. */
  version: 1;
  id: string;
  title: string;
  /** Unix times, ms. */
  created: number;
  updated: number;
  /** For the next question; undefined for the budget of the settings. */
  budget?: Budget;
  /** How the next question is answered; undefined for Ask. */
  mode?: Mode;
  /** For the next task of the agent; those left out are the settings'. */
  agentBudgets?: Partial<Record<AgentBudget, Budget>>;
  /** Questions that wait for the running reply, oldest first. */
  queued?: QueuedQuestion[];
  /** What the model knows about the turns that are no longer sent. */
  summary?: string;
  turns: StoredTurn[];
};

/** @param now Unix time, ms. */
export const newConversation = (id: string, now: number): StoredConversation => ({
  version: 1,
  id,
  title: t("New Chat"),
  created: now,
  updated: now,
  turns: [],
});

/** Adds a question behind those that wait already. */
export function enqueue(conversation: StoredConversation, text: string, sources: Source[]): void {
  conversation.queued = [...(conversation.queued ?? []), { id: randomUUID(), text, sources }];
}

/** Removes and returns a question that waits, the oldest one without an id. */
export function dequeue(conversation: StoredConversation, id?: string): QueuedQuestion | undefined {
  const question = conversation.queued?.find((each) => id === undefined || each.id === id);
  conversation.queued = conversation.queued?.filter((each) => each !== question);
  return question;
}

/** A reply that waits for the model. */
export function newReply(budget: Reply["budget"]): Reply {
  return {
    state: "waiting",
    thought: "",
    thoughtTokens: 0,
    thoughtMs: 0,
    budget,
    answer: "",
    answerTokens: 0,
  };
}

/** The question of a turn that explains this source. */
export const explainQuestion = ({ reference }: Source) => t("Explain {0}", reference.label);

/** Characters. */
const LONGEST_TITLE = 60;

/** The title of a conversation until the user renames it: the first line of its first question, shortened. */
export function titleOf(question: string): string {
  const line = question.trim().split("\n", 1)[0]!.replace(/\s+/g, " ");
  const characters = [...line];
  return characters.length <= LONGEST_TITLE ? line : `${characters.slice(0, LONGEST_TITLE - 1).join("")}…`;
}

const FINAL: Reply["state"][] = ["done", "stopped", "interrupted", "failed"];
/** The reply has ended. */
export const isFinal = ({ state }: Reply) => FINAL.includes(state);

/**
 * Earlier turns as messages for the model. A question that failed without an answer is left out. A partial answer is
 * included.
 */
export function historyOf(turns: readonly StoredTurn[]): Message[] {
  return turns.flatMap((turn): Message[] => {
    const { text, userContent, dropped, reply } = turn;
    if (dropped || (reply.state === "failed" && reply.answer === "")) return [];
    const asked: Message = { role: "user", content: userContent ?? text };
    return reply.answer === "" ? [asked] : [asked, { role: "assistant", content: reply.answer }];
  });
}

/**
 * Earlier turns as messages for the agent: its own turns with all calls and results, and turns that Ask no longer
 * sends. The server shortens what is too long for the agent.
 */
export function agentHistoryOf(turns: readonly StoredTurn[]): Message[] {
  let messages: Message[] = [];
  for (const turn of turns)
    if (turn.agent) messages = conversationAfter(messages, turn.agent);
    else messages.push(...historyOf([{ ...turn, dropped: false }]));
  return messages;
}

/** Marks the oldest turns, which have this many messages, as no longer sent. Returns these turns. */
export function dropOldest(turns: readonly StoredTurn[], messages: number): StoredTurn[] {
  const marked: StoredTurn[] = [];
  let left = messages;
  for (const turn of turns) {
    const own = historyOf([turn]).length;
    if (left <= 0) break;
    if (own === 0) continue;
    turn.dropped = true;
    marked.push(turn);
    left -= own;
  }
  return marked;
}

/** The URIs of the conversation's attached documents, latest first. */
export function urisIn({ turns }: StoredConversation): string[] {
  const uris = turns.flatMap(({ sources }) => sources.flatMap(({ item }) => ("uri" in item ? [item.uri] : [])));
  return [...new Set(uris.reverse())];
}

/** The conversation for the page. */
export function conversationView({ id, title, turns }: StoredConversation): Conversation {
  return { id, title, turns: turns.map(turnView) };
}

/** The turn for the page, which counts versions from 1. */
export function turnView(turn: StoredTurn): Turn {
  const { id, text, sources, links, dropped, reply, versions, version = 0 } = turn;
  const count = Math.max(versions?.length ?? 0, version + 1);
  const shown = count > 1 ? { shown: version + 1, count } : undefined;
  const references = sources.map(({ reference }) => reference);
  const agent = turn.agent && agentView(turn.agent);
  return { id, text, references, links, dropped, reply, ...(agent && { agent }), versions: shown };
}

const agentView = ({ rows, summary, approval }: StoredAgent): Turn["agent"] => ({ rows, summary, approval });

/** Called before a new reply: keeps the present one as a version, unless it is empty. */
export function keepVersion(turn: StoredTurn): void {
  if (turn.reply.answer === "" && turn.reply.thought === "") return;
  const { versions = [], version = 0 } = turn;
  versions[version] = turn.reply;
  Object.assign(turn, { versions, version: versions.length });
}

/** @param version 1 is the oldest. @returns false if it does not exist or is shown already; then nothing changes. */
export function showVersion(turn: StoredTurn, version: number): boolean {
  const { versions, version: shown = 0 } = turn;
  const reply = versions?.[version - 1];
  if (!versions || !reply || version - 1 === shown) return false;
  versions[shown] = turn.reply;
  Object.assign(turn, { reply, version: version - 1 });
  return true;
}

/** Whether its reply is running, in this window or in an engine that outlives it. */
export const isRunning = ({ reply, replyId }: StoredTurn) => !isFinal(reply) && typeof replyId === "string";

/** Marks unfinished replies as interrupted that cannot be resumed: all but the last turn's, if it has a `replyId`. */
export function interruptLostReplies(conversation: StoredConversation): StoredConversation {
  const turns = conversation.turns.map((turn, index, { length }): StoredTurn => {
    if (isFinal(turn.reply) || (isRunning(turn) && index === length - 1)) return turn;
    const error = { message: t("The window was closed while the reply was being written."), actions: [] };
    const agent = turn.agent && interrupt(turn.agent);
    return { ...turn, ...(agent && { agent }), reply: { ...turn.reply, state: "interrupted", error } };
  });
  return { ...conversation, turns };
}

/** Whether a value read from disk is a conversation. */
export function isConversation(value: unknown): value is StoredConversation {
  if (typeof value !== "object" || value === null) return false;
  const {
    version,
    id,
    title,
    created,
    updated,
    turns,
    queued = [],
    summary = "",
  } = value as Partial<Record<keyof StoredConversation, unknown>>;
  return (
    version === 1 &&
    typeof id === "string" &&
    typeof title === "string" &&
    typeof created === "number" &&
    typeof updated === "number" &&
    Array.isArray(queued) &&
    typeof summary === "string" &&
    Array.isArray(turns) &&
    turns.every(isTurn)
  );
}

function isTurn(value: unknown): value is StoredTurn {
  if (typeof value !== "object" || value === null) return false;
  const { id, text, sources, links, reply, versions = [], agent } = value as Partial<Record<keyof StoredTurn, unknown>>;
  const { answer, thought, state } = (reply ?? {}) as Partial<Record<keyof Reply, unknown>>;
  return (
    [id, text, answer, thought, state].every((field) => typeof field === "string") &&
    Array.isArray(sources) &&
    Array.isArray(links) &&
    Array.isArray(versions) &&
    (agent === undefined || isStoredAgent(agent))
  );
}
