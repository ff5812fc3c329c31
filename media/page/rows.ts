/** The rows of an agent's turn, and how messages change them. Unchanged rows stay the same objects. Pure. */
import type { AgentDetail, AgentRow, AgentToPage } from "../agent.ts";
import type { Turn } from "../messages.ts";

/** Characters of a running row's output that are kept. */
const KEPT = 16_000;

type Delta = Extract<AgentToPage, { type: "rowDelta" }>;

/** The rows with a row that is new, or in the place of the one with its id. */
export function withRow(rows: AgentRow[], row: AgentRow): AgentRow[] {
  const at = rows.findLastIndex(({ id }) => id === row.id);
  return at < 0 ? [...rows, row] : rows.with(at, row);
}

/** The turn with more of a running row. */
export function withMore(turn: Turn, delta: Delta): Turn {
  const row = turn.agent?.rows.findLast(({ id }) => id === delta.row);
  if (!turn.agent || row?.state !== "running") return turn;
  const { thought, details } = row;
  const more = {
    ...row,
    thought: thought && {
      ...thought,
      text: thought.text + (delta.thought ?? ""),
      tokens: delta.thoughtTokens ?? thought.tokens,
      ms: delta.thoughtMs ?? thought.ms,
    },
    details: delta.output === undefined ? details : withOutput(details, delta.output),
  };
  const state = delta.thought === undefined ? turn.reply.state : "thinking";
  return {
    ...turn,
    reply: { ...turn.reply, state },
    agent: { ...turn.agent, rows: withRow(turn.agent.rows, more) },
  };
}

function withOutput(details: AgentDetail[], output: string): AgentDetail[] {
  const last = details.at(-1);
  if (last?.kind !== "output") return [...details, { kind: "output", text: tail(output) }];
  return [...details.slice(0, -1), { kind: "output", text: tail(last.text + output) }];
}

/** The end of a long output, from the beginning of a line. The host sends the whole when the row is done. */
const tail = (text: string) => (text.length <= KEPT ? text : text.slice(-KEPT).replace(/^[^\n]*\n/, ""));
