import assert from "node:assert/strict";
import type { AgentProgress, ToolCall } from "../../../../server/protocol.ts";
import { bounded, headAndTail, MAX_DETAIL } from "../../../../src/agent/cut.ts";
import { TurnRows } from "../../../../src/agent/rows.ts";
import { newAgent } from "../../../../src/agent/storedTurn.ts";
import { newReply } from "../../../../src/chat/conversation.ts";

const call = (name: string, args: ToolCall["arguments"] = {}): AgentProgress => ({
  type: "call",
  call: { name, arguments: args },
});
const step = (step: number): AgentProgress => ({ type: "step", step, steps: 20 });
const observation = (text: string): AgentProgress => ({ type: "observation", text, tokens: 1, cut: 0 });
const said = (content: string): AgentProgress => ({ type: "messages", messages: [{ role: "assistant", content }] });

/** Plays events into a turn. */
function play(...events: AgentProgress[]) {
  const agent = newAgent();
  const reply = newReply(0);
  const sent: string[] = [];
  const rows = new TurnRows(
    { agent, reply },
    { plan: 1024, step: 256 },
    {
      onRow: ({ id }) => sent.push(id),
      onMore: ({ id }, more) => sent.push(`${id} ${JSON.stringify(more)}`),
      onAnswer: (text) => sent.push(text),
      onState: () => {},
      onReply: () => sent.push("turn"),
    },
    () => 0,
  );
  for (const event of events) rows.on(event);
  const titles = agent.rows.map(({ icon, title, state }) => `${icon} ${state}: ${title}`);
  return { agent, reply, sent, titles };
}

const READ = [
  step(1),
  { type: "thought", text: "Look.", tokens: 1 },
  call("read", { path: "cart.ts" }),
  observation("File: cart.ts (lines 1-80 of 120)\n1| a"),
] as AgentProgress[];
const DIFF = "@@ -1 +1,2 @@\n-a\n+b\n+c\n";

describe("an agent's rows", () => {
  it("say what each step did", () => {
    const { titles, agent } = play(
      ...READ,
      step(2),
      call("search", { query: "priceOf" }),
      observation("File: a.ts\n3| x\n9| y\nAnd 2 more lines."),
      step(3),
      call("edit", { path: "cart.ts" }),
      { type: "edit", uri: "file:///cart.ts", path: "cart.ts", diff: DIFF, created: false },
      observation("File: cart.ts\n1| b"),
      step(4),
      call("edit", { path: "cart.ts" }),
      observation("Nothing was changed."),
      step(5),
      call("run", { command: "npm test" }),
      { type: "command", command: "npm test", check: false },
      { type: "output", text: "Tests: 2 failed, 3 passed\n" },
      { type: "commandEnd", exitCode: 1 },
      observation("Exit status 1."),
      step(6),
      { type: "text", text: "Done.", tokens: 1 },
      said("Done."),
    );
    assert.deepEqual(titles, [
      "read done: Read cart.ts 1-80",
      "search done: Searched priceOf: 4 places",
      "edit done: Edited cart.ts +2 −1",
      "edit failed: cart.ts was not changed",
      "run failed: npm test: 2 failed",
      "answer done: Answered",
    ]);
    assert.deepEqual(agent.rows[0]!.thought, { text: "Look.", tokens: 1, ms: 0, budget: 1024, running: false });
    assert.deepEqual(agent.rows[4]!.details, [{ kind: "output", text: "Tests: 2 failed, 3 passed\n" }]);
    assert.deepEqual(agent.changed, [{ path: "cart.ts", added: 2, removed: 1, created: false }]);
    assert.deepEqual(
      agent.steps.map(({ row }) => row),
      ["r1", "r2", "r3", "r4", "r5", "r6"],
    );
  });

  it("show a step that was taken again, and go back to its last attempt", () => {
    const { titles, agent } = play(
      step(1),
      { type: "rewind", reason: "unknownTool", call: { name: "fly", arguments: {} }, again: 1 },
      call("read", { path: "a.ts" }),
      observation("There is no file a.ts."),
    );
    assert.deepEqual(titles, ["rewind done: Taken again: there is no such tool", "read failed: a.ts was not read"]);
    assert.deepEqual(agent.steps, [{ row: "r2", messages: 0 }]);
  });

  it("show checks, what was said and what was shortened", () => {
    const { titles, agent } = play(
      step(1),
      { type: "text", text: "Done.", tokens: 1 },
      said("Done."),
      { type: "command", command: "make test", check: true },
      { type: "output", text: "broken\n" },
      { type: "commandEnd", exitCode: 2 },
      { type: "verification", verdict: "failed", findings: ["broken"] },
      { type: "said", text: "Use the other file." },
      { type: "compaction", elided: 2, dropped: 0, before: 9000, after: 4000, messages: [] },
      step(2),
    );
    assert.deepEqual(titles, [
      "answer done: Answered",
      "check failed: make test: exit status 2",
      "said done: Use the other file.",
      "compaction done: Made room in the context",
      "plan running: Thinking",
    ]);
    assert.deepEqual(agent.compactions, [{ at: 1, messages: [] }]);
    assert.deepEqual(agent.rows[0]!.details, [{ kind: "text", text: "Done." }], "an answer that was not the last one");
  });

  it("stream thoughts and output, and a text before a call becomes the step's", () => {
    const { sent, reply, agent } = play(
      step(1),
      { type: "thought", text: "a", tokens: 1 },
      { type: "thought", text: "b", tokens: 2 },
      { type: "text", text: "First", tokens: 1 },
      call("run", { command: "ls" }),
      { type: "command", command: "ls", check: false },
      { type: "output", text: "x" },
    );
    assert.ok(sent.includes('r1 {"thought":"b"}') && sent.includes("First") && sent.includes('r1 {"output":"x"}'));
    assert.equal(reply.answer, "");
    assert.deepEqual(agent.rows[0]!.details, [
      { kind: "text", text: "First" },
      { kind: "output", text: "x" },
    ]);
  });

  it("count what fails in a command, if anything is counted", () => {
    const ended = (output: string) => {
      const { titles } = play(
        step(1),
        call("run", { command: "npm test" }),
        { type: "command", command: "npm test", check: false },
        { type: "output", text: output },
        { type: "commandEnd", exitCode: 1 },
      );
      return titles;
    };
    assert.deepEqual(ended("2 passed, 10 failed"), ["run failed: npm test: 10 failed"]);
    assert.deepEqual(ended("5 passed, 0 failed"), ["run failed: npm test: exit status 1"]);
    assert.deepEqual(ended("0 failed\n3 failures"), ["run failed: npm test: 3 failed"]);
  });

  it("show no output behind a gap before the command ends", () => {
    const events: AgentProgress[] = [
      step(1),
      call("run", { command: "ls" }),
      { type: "command", command: "ls", check: false },
      ...["first ", "x".repeat(MAX_DETAIL), "last"].map((text): AgentProgress => ({ type: "output", text })),
    ];
    assert.deepEqual(play(...events).agent.rows[0]!.details, [{ kind: "output", text: "first " }]);
    const { agent } = play(...events, { type: "commandEnd", exitCode: 0 });
    assert.match(agent.rows[0]!.details[0]!.text, /^first x+\n\[…\]\nx+last$/);
  });

  it("stay bounded", () => {
    const line = "x".repeat(MAX_DETAIL * 2);
    assert.ok(headAndTail(line).length < MAX_DETAIL + 10);
    const { agent } = play(
      ...Array.from({ length: 60 }, (_, i) => [step(i + 1), call("search", { query: line }), observation(line)]).flat(),
    );
    assert.equal(agent.rows.length, 60);
    assert.ok(JSON.stringify(agent.rows).length < 700_000, String(JSON.stringify(agent.rows).length));
    assert.equal(bounded(agent.rows).length, 60);
  });
});
