/** The state that the page draws, and how the host's messages change it. Pure. */
import {
  type Composer,
  type Conversation,
  type ModelState,
  type Reply,
  RUNNING,
  type ToPage,
  type Turn,
} from "../messages.ts";
import { withMore, withRow } from "./rows.ts";

export type PageState = {
  /** Undefined until the host sends it. */
  conversation?: Conversation;
  model?: ModelState;
  composer: Composer;
};

/** The state before the first message. */
export const EMPTY: PageState = {
  composer: {
    attachments: [],
    budget: "1024",
    mode: "ask",
    agent: { available: false, plan: "1024", step: "256", tools: 0 },
    queued: [],
  },
};

type Delta = Extract<ToPage, { type: "delta" }>;

/** The state after a message: the same object if nothing that is drawn has changed. */
export function reduce(state: PageState, message: ToPage): PageState {
  switch (message.type) {
    case "conversation":
      return { ...state, conversation: message.conversation };
    case "turn":
      return withTurn(state, message.turn, message.title);
    case "delta":
      return withRunning(state, message.turn, (turn) => ({ ...turn, reply: extended(turn.reply, message) }));
    case "composer":
      return { ...state, composer: message.composer };
    case "model":
      return { ...state, model: message.model };
    case "row":
      return withRunning(state, message.turn, ({ agent, ...turn }) => ({
        ...turn,
        agent: { ...agent, rows: withRow(agent?.rows ?? [], message.row) },
      }));
    case "rowDelta":
      return withRunning(state, message.turn, (turn) => withMore(turn, message));
    case "approval":
      return withRunning(state, message.turn, (turn) => ({
        ...turn,
        agent: { rows: [], ...turn.agent, approval: message.approval },
      }));
    case "progress":
      return withRunning(state, message.turn, (turn) => ({
        ...turn,
        reply: { ...turn.reply, state: message.state, reading: message.reading },
      }));
    case "theme":
    case "files":
    case "go":
    case "focus":
    case "typed":
      return state;
    default:
      return message satisfies never;
  }
}

function withTurn(state: PageState, turn: Turn, title: string): PageState {
  if (!state.conversation) return state;
  const { turns } = state.conversation;
  const known = turns.some(({ id }) => id === turn.id);
  const changed = known ? turns.map((other) => (other.id === turn.id ? turn : other)) : [...turns, turn];
  return { ...state, conversation: { ...state.conversation, title, turns: changed } };
}

/** Changes a running turn. A message for an unknown or ended turn has come late, and is ignored. */
function withRunning(state: PageState, id: string, change: (turn: Turn) => Turn): PageState {
  const turn = state.conversation?.turns.findLast((turn) => turn.id === id);
  if (!state.conversation || !turn || !isRunning(turn.reply)) return state;
  return withTurn(state, change(turn), state.conversation.title);
}

function extended(reply: Reply, delta: Delta): Reply {
  const { thoughtTokens, thoughtMs, answerTokens } = delta;
  const answer = reply.answer + delta.answer;
  return {
    ...reply,
    state: answer ? "answering" : "thinking",
    thought: reply.thought + delta.thought,
    answer,
    thoughtTokens,
    thoughtMs,
    answerTokens,
  };
}

/** Whether the reply is not in a final state. */
export function isRunning({ state }: Reply): boolean {
  return RUNNING.some((running) => running === state);
}

/** The turn whose reply is running, if one is. */
export function runningTurn(state: PageState): Turn | undefined {
  return state.conversation?.turns.findLast(({ reply }) => isRunning(reply));
}
