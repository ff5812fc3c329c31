/** What screen readers are told of an agent's turn: each step once, what it asks, and what it has come to. */
import type { AgentRow, Approval } from "../agent.ts";
import type { Turn } from "../messages.ts";
import { approvalTitle } from "./approvals.ts";
import { isRunning } from "./state.ts";

type Announced = { turn?: string; rows: Set<string>; approval?: string };

/** Finds what is new in a turn. */
export class AgentAnnouncements {
  #announced: Announced = { rows: new Set() };

  /**
   * What is new since the call before, in words. What had ended before the turn was first seen is not new.
   *
   * @param turn the last one.
   */
  next(turn: Turn): string[] {
    const { agent, id } = turn;
    if (!agent) return [];
    const isNew = this.#announced.turn !== id;
    if (isNew) this.#announced = { turn: id, rows: new Set() };
    const ended = this.#ended(agent.rows);
    const asked = this.#asked(isRunning(turn.reply) ? agent.approval : undefined);
    return [...(isNew ? [] : ended.map(({ title }) => title)), ...asked];
  }

  #ended(rows: AgentRow[]): AgentRow[] {
    const { rows: known } = this.#announced;
    const ended = rows.filter(({ id, state }) => state !== "running" && !known.has(id));
    for (const { id } of ended) known.add(id);
    return ended;
  }

  #asked(approval: Approval | undefined): string[] {
    const isNew = approval?.id !== this.#announced.approval;
    this.#announced.approval = approval?.id;
    // If the card has the focus, it is read anyway.
    if (!approval || !isNew || document.activeElement?.closest(".approval")) return [];
    const { kind, text, detail } = approval;
    // Of an edit, the detail is the file. Nobody wants to hear its diff unasked.
    return [[approvalTitle(kind), kind === "edit" ? "" : text, detail].filter(Boolean).join(" ")];
  }
}
