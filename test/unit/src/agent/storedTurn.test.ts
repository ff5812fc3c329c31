import assert from "node:assert/strict";
import type { Message } from "../../../../server/protocol.ts";
import {
  conversationAfter,
  cutBefore,
  interrupt,
  newAgent,
  type StoredAgent,
} from "../../../../src/agent/storedTurn.ts";
import { agentHistoryOf, historyOf, isConversation, newConversation } from "../../../../src/chat/conversation.ts";
import { turn } from "../chat/turns.ts";

const user = (content: string): Message => ({ role: "user", content });
const tool = (content: string): Message => ({ role: "tool", content });
const call = (name: string): Message => ({ role: "assistant", content: "", toolCalls: [{ name, arguments: {} }] });
const answer = (content: string): Message => ({ role: "assistant", content });
const HISTORY = [user("before"), answer("yes")];

function agent(log: Message[], more: Partial<StoredAgent> = {}): StoredAgent {
  return { ...newAgent(), log, ...more };
}
const row = (id: string, more = {}) => ({
  id,
  icon: "read" as const,
  title: id,
  state: "done" as const,
  details: [],
  restorable: false,
  regenerable: false,
  ...more,
});

describe("the conversation after an agent's turn", () => {
  it("has all its messages behind those of the turns before", () => {
    const log = [user("mend"), call("read"), tool("File"), answer("done")];
    assert.deepEqual(conversationAfter(HISTORY, agent(log)), [...HISTORY, ...log]);
  });

  it("has the shortened messages in place of the original ones", () => {
    const log = [user("mend"), call("read"), tool("File"), call("read"), tool("Other"), answer("done")];
    const short = [user("mend"), call("read"), tool("…")];
    const stored = agent(log, { compactions: [{ at: 3, messages: short }] });
    assert.deepEqual(conversationAfter(HISTORY, stored), [...short, ...log.slice(3)]);
    assert.deepEqual(conversationAfter(HISTORY, stored, 2), [
      ...HISTORY,
      ...log.slice(0, 2),
      tool("This was interrupted, and its result is lost. Look before you do it again."),
    ]);
  });

  it("has a result for a call that was interrupted", () => {
    const { role, content } = conversationAfter([], agent([user("mend"), call("edit")])).at(-1)!;
    assert.equal(role, "tool");
    assert.match(content, /interrupted/);
  });

  it("is short for Ask: the question and the last answer", () => {
    const turns = [turn("hello", "hi"), { ...turn("mend", "done"), agent: agent([user("mend"), answer("done")]) }];
    assert.deepEqual(
      historyOf(turns).map(({ content }) => content),
      ["hello", "hi", "mend", "done"],
    );
    turns[1]!.agent!.log = [user("mend"), call("read"), tool("File"), answer("done")];
    assert.deepEqual(
      agentHistoryOf(turns).map(({ role }) => role),
      ["user", "assistant", "user", "assistant", "tool", "assistant"],
    );
  });

  it("has the turns that Ask no longer sends, because the agent gets no summary of them", () => {
    const mended = { ...turn("mend", "done"), agent: agent([user("mend"), answer("done")]) };
    const turns = [turn("hello", "hi"), mended, turn("thanks", "bye")];
    const all = agentHistoryOf(turns);
    for (const old of turns.slice(0, 2)) old.dropped = true;
    assert.deepEqual(agentHistoryOf(turns), all);
    assert.equal(historyOf(turns).length, 2);
  });
});

describe("an agent's turn", () => {
  const steps = [
    { row: "r1", messages: 1 },
    { row: "r3", messages: 3 },
  ];
  const log = [user("mend"), call("read"), tool("File"), call("edit")];

  it("is cut before a step, with its rows and messages", () => {
    const stored = agent(log, { rows: [row("r1"), row("r2"), row("r3")], steps: [...steps], next: 4 });
    cutBefore(stored, "r3");
    assert.deepEqual(
      [stored.rows.map(({ id }) => id), stored.steps, stored.log.length, stored.next],
      [["r1", "r2"], [steps[0]], 3, 4],
    );
  });

  it("can go on after its window was closed", () => {
    const rows = [row("r1"), row("r3", { icon: "plan", state: "running", thought: thought(true) })];
    const changed = [{ path: "a.ts", added: 1, removed: 0, created: false }];
    const {
      rows: ended,
      summary,
      approval,
    } = interrupt(agent(log, { rows, steps, changed, approval: { id: "1", kind: "command", text: "ls", detail: "" } }));
    assert.deepEqual(
      [summary!.canContinue, summary!.undoable, summary!.changed, approval],
      [true, true, changed, undefined],
    );
    assert.deepEqual(
      ended.map(({ state, restorable, thought }) => [state, restorable, thought?.running]),
      [
        ["done", true, undefined],
        ["failed", true, false],
      ],
    );
  });

  it("makes a conversation invalid if it is", () => {
    const conversation = { ...newConversation("1", 0), turns: [{ ...turn("mend", ""), agent: agent(log) }] };
    assert.ok(isConversation(conversation));
    assert.ok(!isConversation({ ...conversation, turns: [{ ...turn("mend", ""), agent: { rows: 1 } }] }));
  });
});

const thought = (running: boolean) => ({ text: "hm", tokens: 1, ms: 1, budget: 256, running });
