/** The agent's loop when the engine, the client or a file fails it. */
import assert from "node:assert/strict";
import { undoLastRun } from "../../../server/agent/workspace/journal.ts";
import { EngineError } from "../../../server/engine/engine.ts";
import type { ErrorName } from "../../../server/protocol.ts";
import { END, replyOf } from "../features/support.ts";
import { call, DONE, EDIT, FILE, READ, rewinds, run, said } from "./agentRun.ts";
import { ownData, projectOf } from "./support.ts";

/** The requests with these numbers (from 1) fail in the middle of the reply. */
const failing = (code: ErrorName, ...which: number[]) => {
  let asked = 0;
  return (engine: Parameters<NonNullable<NonNullable<Parameters<typeof run>[2]>["deps"]>>[0]) => ({
    engine: {
      ...engine,
      respond: (...args: Parameters<typeof engine.respond>) => {
        if (!which.includes(++asked)) return engine.respond(...args);
        const broken = replyOf([]);
        broken[Symbol.asyncIterator] = async function* () {
          yield { type: "reading", read: 1, total: 2 };
          throw new EngineError(code, "gone");
        };
        return broken;
      },
    },
  });
};
const TOOL = { name: "note", parameters: { type: "object", properties: {} } };

describe("the agent's loop under faults", () => {
  const data = ownData();
  before(data.before);
  after(data.after);

  it("repeats a step whose engine died", async () => {
    const { result } = await run([READ, EDIT, DONE], {}, { deps: failing("engineCrashed", 2) });
    assert.deepEqual([result.outcome, result.verdict, result.steps], ["done", "passed", 3]);
  });

  it("ends with the error of an engine that dies again; all edits are in the journal", async () => {
    const project = await projectOf({ "add.py": FILE });
    const running = run([READ, EDIT, DONE], {}, { project, deps: failing("engineCrashed", 3, 4) });
    await assert.rejects(running, { code: "engineCrashed" });
    assert.equal(await project.text("add.py"), FILE.replace("-", "+"));
    assert.equal((await undoLastRun(project.root))?.restored.length, 1);
    assert.equal(await project.text("add.py"), FILE);
  });

  it("ends at a limit when the context is full, and with an error if not even the task fits", async () => {
    const { result } = await run([READ, EDIT, DONE], {}, { deps: failing("contextOverflow", 3) });
    assert.deepEqual([result.outcome, result.reason, result.changed.length], ["limit", "The context is full.", 1]);
    assert.equal(result.messages.length, 5);
    await assert.rejects(run([READ], {}, { deps: failing("contextOverflow", 1) }), { code: "contextOverflow" });
  });

  it("gives the model the error of a client's tool, and continues", async () => {
    const { result, requests } = await run(
      [[call("note", {}), END], DONE],
      { tools: [TOOL] },
      {
        deps: () => ({ callTool: () => Promise.reject(new Error("no such server")) }),
      },
    );
    assert.equal(result.outcome, "done");
    assert.equal(requests[1]!.messages.at(-1)!.content, "This failed: no such server");
  });

  it("rewinds without a client's tool whose schema no grammar can follow", async () => {
    const odd = { ...TOOL, parameters: { not: {} } };
    const wrong = [call("delete", {}), END];
    const { result, events, requests } = await run(
      [wrong, READ, DONE],
      { tools: [odd] },
      { deps: failing("badSchema", 2) },
    );
    assert.deepEqual([rewinds(events), result.outcome], [["unknownTool"], "done"]);
    assert.ok(!requests[1]!.possibleCalls!.some(({ name }) => name === "note"));
  });

  it("keeps every result short, whatever the model or a tool repeats", async () => {
    const long = `/(${"x".repeat(40_000)}`;
    const calls = [call("search", { query: long }), call("read", { path: "x".repeat(50_000) }), call("note", {})];
    const { events } = await run(
      [[...calls, END], DONE],
      { tools: [TOOL] },
      {
        deps: () => ({ callTool: async () => Array.from({ length: 9000 }, (_, i) => `line ${i}`).join("\n") }),
      },
    );
    const tokens = events.flatMap((event) => (event.type === "observation" ? [event.tokens] : []));
    assert.equal(tokens.length, 3);
    assert.ok(
      tokens.every((count) => count <= 1500),
      tokens.join(),
    );
  });

  it("checks by its command if the editor cannot say its problems", async () => {
    const project = await projectOf({ "add.py": FILE });
    Object.assign(project.workspace, { problems: () => Promise.reject(new Error("unknown method")) });
    const { result } = await run([READ, EDIT, DONE], {}, { project });
    assert.deepEqual([result.outcome, result.verdict], ["done", "passed"]);
  });

  it("does not run the check if the editor's problems already say what fails", async () => {
    const project = await projectOf({ "add.py": FILE });
    const start = { line: 1, character: 0 };
    const diagnostics = [{ severity: 1, message: "b is not defined", range: { start, end: start } }];
    Object.assign(project.workspace, { problems: async ([uri]: string[]) => [{ uri, diagnostics }] });
    const { result, requests, events } = await run([READ, EDIT, DONE], {}, { project });
    assert.equal(result.verdict, "failed");
    assert.ok(!events.some(({ type }) => type === "command"));
    assert.match(requests[3]!.messages.at(-1)!.content, /still fails.*\n\nProblems in add\.py:\n.*b is not defined/);
  });

  it("is not a repetition to read again what has changed, or is no longer in the conversation", async () => {
    // The user has changed the line that the agent wants to edit.
    const typed = await projectOf({ "add.py": FILE });
    const { events } = await run(
      [READ, EDIT, READ, said("I see.")],
      {},
      {
        project: typed,
        onEvent: ({ type }) => void (type === "observation" && typed.write("add.py", FILE.replace("a - b", "a * b"))),
      },
    );
    assert.deepEqual(rewinds(events), []);
    // A tool of the client can change anything.
    const tool = await run([READ, [call("note", {}), END], READ, said("I see.")], { tools: [TOOL] });
    assert.deepEqual(rewinds(tool.events), []);
    // The results were shortened to make room.
    const long = Array.from({ length: 400 }, (_, i) => `value ${i}`).join("\n");
    const names = Array.from({ length: 9 }, (_, i) => `f${i}.txt`);
    const project = await projectOf(Object.fromEntries(names.map((name) => [name, `${name}\n${long}`])));
    const reads = names.map((path) => [call("read", { path }), END]);
    const again = await run([...reads, reads[0]!, reads[1]!, reads[2]!, DONE], {}, { project, contextTokens: 16_384 });
    assert.ok(again.events.some(({ type }) => type === "compaction"));
    assert.deepEqual([rewinds(again.events), again.result.outcome], [[], "done"]);
  });

  it("is a repetition to look twice in one reply, or to run a command twice", async () => {
    for (const [one] of [READ, [call("run", { command: "true" })]]) {
      const { events } = await run([[one!, one!, END], said("I see.")]);
      assert.deepEqual(rewinds(events), ["repeated"]);
    }
    const { events } = await run([[...READ.slice(0, 1), ...EDIT.slice(0, 1), ...READ], said("I see.")]);
    // The edit names lines that were not shown before this reply.
    assert.deepEqual(rewinds(events), ["notShown"]);
  });
});
