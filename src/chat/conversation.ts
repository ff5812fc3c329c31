/** A conversation as it is kept, and what is made of it: the model's messages, the page's picture. No editor in here. */
import { t } from "@vscode/l10n";
import type { Diagnostic, Range } from "vscode-languageclient";
import type { Budget, Conversation, Reference, Reply, Turn } from "../../media/messages.ts";
import type { ContextItem, Message, Thinking } from "../../server/protocol.ts";

/** Something attached to a question. `item` names what is read when the question is asked. */
export type Source = {
  reference: Reference;
  item: ContextItem;
  /** Of the text at the time of asking: an unchanged file need not be sent a second time. */
  hash?: string;
};

export type StoredTurn = Omit<Turn, "references"> & {
  sources: Source[];
  /** The question with its context as the model saw it. Missing until the server has laid it out. */
  userContent?: string;
  /** The server's name for its last reply, by which that can be taken up again. */
  replyId?: string;
  /** What was asked for with it. */
  thinking?: Thinking;
  /** It was asked as an explanation of this part of a document. */
  explain?: { uri: string; range: Range; diagnostics: Diagnostic[] };
};

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
  turns: StoredTurn[];
};

export const newConversation = (id: string, now: number): StoredConversation => ({
  version: 1,
  id,
  title: t("New chat"),
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

/** What a turn says that asks to explain this. */
export const explaining = ({ reference }: Source) => t("Explain {0}", reference.label);

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

/** The documents that a conversation speaks about, the latest first. */
export function urisIn({ turns }: StoredConversation): string[] {
  const uris = turns.flatMap(({ sources }) => sources.flatMap(({ item }) => ("uri" in item ? [item.uri] : [])));
  return [...new Set(uris.reverse())];
}

export function pictureOf({ id, title, turns }: StoredConversation): Conversation {
  return { id, title, turns: turns.map(turnPicture) };
}

export function turnPicture({ id, text, sources, links, dropped, reply }: StoredTurn): Turn {
  return { id, text, references: sources.map(({ reference }) => reference), links, dropped, reply };
}

/** Its reply is being written: here, or by a server that does not need this window. */
export const goesOn = ({ reply, replyId }: StoredTurn) => !isFinal(reply) && typeof replyId === "string";

/** A reply that was under way when the window went away may still be; one that nobody can ask for is not. */
export function settled(conversation: StoredConversation): StoredConversation {
  const turns = conversation.turns.map((turn, index, { length }): StoredTurn => {
    if (isFinal(turn.reply) || (goesOn(turn) && index === length - 1)) return turn;
    const error = { message: t("The window was closed while the reply was being written."), actions: [] };
    return { ...turn, reply: { ...turn.reply, state: "interrupted", error } };
  });
  return { ...conversation, turns };
}

/** Whether something that was read from disk is a conversation. */
export function isConversation(value: unknown): value is StoredConversation {
  if (typeof value !== "object" || value === null) return false;
  const { version, id, title, created, updated, turns } = value as Partial<Record<keyof StoredConversation, unknown>>;
  return (
    version === 1 &&
    typeof id === "string" &&
    typeof title === "string" &&
    typeof created === "number" &&
    typeof updated === "number" &&
    Array.isArray(turns) &&
    turns.every(isTurn)
  );
}

function isTurn(value: unknown): value is StoredTurn {
  if (typeof value !== "object" || value === null) return false;
  const { id, text, sources, links, reply } = value as Partial<Record<keyof StoredTurn, unknown>>;
  const { answer, thought, state } = (reply ?? {}) as Partial<Record<keyof Reply, unknown>>;
  return (
    [id, text, answer, thought, state].every((field) => typeof field === "string") &&
    Array.isArray(sources) &&
    Array.isArray(links)
  );
}
