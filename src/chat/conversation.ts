/** A conversation as it is stored, and what is made of it: the model's messages, the page's view model. Imports no editor. */
import { t } from "@vscode/l10n";
import type { Diagnostic, Range } from "vscode-languageclient";
import type { Budget, Conversation, Reply, Turn } from "../../media/messages.ts";
import type { Message, Thinking } from "../../server/protocol.ts";
import type { Source } from "../context/sources.ts";

export type StoredTurn = Omit<Turn, "references"> & {
  sources: Source[];
  /** The question with its context as the model saw it. Missing until the server has laid it out. */
  userContent?: string;
  /** The server's name for its last reply, by which that can be resumed. */
  replyId?: string;
  /** What was asked for with it. */
  thinking?: Thinking;
  /** All replies to the question, the oldest first; at `version` is the one that `reply` holds, perhaps newer than here. */
  versions?: Reply[];
  version?: number;
  /** While its answer is continued: what there was of it before. */
  continues?: string;
  /** It was asked as an explanation of this part of a document. */
  explain?: { uri: string; range: Range; diagnostics: Diagnostic[] };
};

export type QueuedQuestion = { id: string; text: string; sources: Source[] };

export type StoredConversation = {
  /** Of this format. */
  version: 1;
  id: string;
  title: string;
  /** Times of the clock, ms. */
  created: number;
  updated: number;
  /** For its next question; the settings' default until one is chosen. */
  budget?: Budget;
  /** Questions that wait for the reply that is being written. */
  queued?: QueuedQuestion[];
  turns: StoredTurn[];
};

export const newConversation = (id: string, now: number): StoredConversation => ({
  version: 1,
  id,
  title: t("New Chat"),
  created: now,
  updated: now,
  turns: [],
});

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

const LONGEST_TITLE = 60;

/** A conversation is called by its first question, until the user calls it something else. */
export function titleOf(question: string): string {
  const line = question.trim().split("\n", 1)[0]!.replace(/\s+/g, " ");
  const characters = [...line];
  return characters.length <= LONGEST_TITLE ? line : `${characters.slice(0, LONGEST_TITLE - 1).join("")}…`;
}

const FINAL: Reply["state"][] = ["done", "stopped", "interrupted", "failed"];
export const isFinal = ({ state }: Reply) => FINAL.includes(state);

/**
 * What the model gets to see of earlier turns. A question that failed before there was anything of an answer is not
 * part of the talk; one whose reply was cut short is, with what there is of the reply.
 */
export function historyOf(turns: readonly StoredTurn[]): Message[] {
  return turns.flatMap((turn): Message[] => {
    const { text, userContent, dropped, reply } = turn;
    if (dropped || (reply.state === "failed" && reply.answer === "")) return [];
    const asked: Message = { role: "user", content: userContent ?? text };
    return reply.answer === "" ? [asked] : [asked, { role: "assistant", content: reply.answer }];
  });
}

/** Marks the turns that have these messages, the oldest, as no longer sent. Returns them. */
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

/** The documents that a conversation speaks about, the latest first. */
export function urisIn({ turns }: StoredConversation): string[] {
  const uris = turns.flatMap(({ sources }) => sources.flatMap(({ item }) => ("uri" in item ? [item.uri] : [])));
  return [...new Set(uris.reverse())];
}

export function conversationView({ id, title, turns }: StoredConversation): Conversation {
  return { id, title, turns: turns.map(turnView) };
}

export function turnView({ id, text, sources, links, dropped, reply, versions, version = 0 }: StoredTurn): Turn {
  const count = Math.max(versions?.length ?? 0, version + 1);
  const shown = count > 1 ? { shown: version + 1, count } : undefined;
  return { id, text, references: sources.map(({ reference }) => reference), links, dropped, reply, versions: shown };
}

/** A new reply is going to be written: the one that there is stays one of its versions, if it says anything. */
export function keepVersion(turn: StoredTurn): void {
  if (turn.reply.answer === "" && turn.reply.thought === "") return;
  const { versions = [], version = 0 } = turn;
  versions[version] = turn.reply;
  Object.assign(turn, { versions, version: versions.length });
}

/** @param version 1 is the oldest; one that does not exist changes nothing. */
export function showVersion(turn: StoredTurn, version: number): boolean {
  const { versions, version: shown = 0 } = turn;
  const reply = versions?.[version - 1];
  if (!versions || !reply || version - 1 === shown) return false;
  versions[shown] = turn.reply;
  Object.assign(turn, { reply, version: version - 1 });
  return true;
}

/** Its reply is running: here, or in a server that outlives this window. */
export const isRunning = ({ reply, replyId }: StoredTurn) => !isFinal(reply) && typeof replyId === "string";

/** Marks replies as interrupted that cannot be resumed after the window closed: all but a named one of the last turn. */
export function interruptLostReplies(conversation: StoredConversation): StoredConversation {
  const turns = conversation.turns.map((turn, index, { length }): StoredTurn => {
    if (isFinal(turn.reply) || (isRunning(turn) && index === length - 1)) return turn;
    const error = { message: t("The window was closed while the reply was being written."), actions: [] };
    return { ...turn, reply: { ...turn.reply, state: "interrupted", error } };
  });
  return { ...conversation, turns };
}

/** Whether something that was read from disk is a conversation. */
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
  } = value as Partial<Record<keyof StoredConversation, unknown>>;
  return (
    version === 1 &&
    typeof id === "string" &&
    typeof title === "string" &&
    typeof created === "number" &&
    typeof updated === "number" &&
    Array.isArray(queued) &&
    Array.isArray(turns) &&
    turns.every(isTurn)
  );
}

function isTurn(value: unknown): value is StoredTurn {
  if (typeof value !== "object" || value === null) return false;
  const { id, text, sources, links, reply, versions = [] } = value as Partial<Record<keyof StoredTurn, unknown>>;
  const { answer, thought, state } = (reply ?? {}) as Partial<Record<keyof Reply, unknown>>;
  return (
    [id, text, answer, thought, state].every((field) => typeof field === "string") &&
    Array.isArray(sources) &&
    Array.isArray(links) &&
    Array.isArray(versions)
  );
}
