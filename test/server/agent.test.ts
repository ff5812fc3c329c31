/** The agent over LSP with scripted replies, in editors with and without abilities beyond LSP. */
import assert from "node:assert/strict";
import { mkdtempSync, realpathSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import type { CancellationToken, WorkspaceEdit } from "vscode-languageserver";
import { TextDocument } from "vscode-languageserver-textdocument";
import {
  type AgentParams,
  type AgentProgress,
  type AgentResult,
  type ApproveParams,
  type ApproveResult,
  ErrorCode,
  Method,
  type RewindReason,
  type RunParams,
  type RunResult,
  type WorkspaceAbility,
  type WorkspaceEditParams,
  WorkspaceMethod,
} from "../../server/protocol.ts";
import { Client, rejection } from "../support/client.ts";
import { calls, type ScriptedReply } from "../support/scriptedEngine.ts";

const FILE = "def add(a, b):\n    return a - b\n";
const LINE = "2|     return a - b";
const REPAIR: ScriptedReply[] = [
  calls("make add add", "read", { path: "add.py" }),
  calls("(lines 1-", "edit", { path: "add.py", from: LINE, to: LINE, text: "    return a + b" }),
  { match: "return a + b", answer: "It adds now." },
];

const YES: ApproveResult = { answer: "yes" };

type Editor = {
  approve?: ApproveResult;
  run?: (params: RunParams, token: CancellationToken, client: Client) => Promise<RunResult>;
};

describe("the agent over a script", () => {
  let client: Client;
  let folder: string;
  let script: string;
  const clients: Client[] = [];

  beforeEach(async () => {
    folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), "nemotron-agent-")));
    script = `${folder}.json`;
    await writeFile(path.join(folder, "add.py"), FILE);
  });
  afterEach(async () => {
    for (const one of clients.splice(0)) await one.stop();
    await rm(folder, { recursive: true });
    await rm(script, { force: true });
  });
  const uri = () => pathToFileURL(path.join(folder, "add.py")).href;
  const text = () => readFile(path.join(folder, "add.py"), "utf8");

  /** Applies the agent's edits to the files, as an editor that saves at once. */
  async function apply({ documentChanges = [] }: WorkspaceEdit): Promise<void> {
    for (const change of documentChanges) {
      if (!("textDocument" in change)) continue;
      const file = new URL(change.textDocument.uri);
      const before = await readFile(file, "utf8").catch(() => "");
      const document = TextDocument.create(change.textDocument.uri, "", 1, before);
      await writeFile(file, TextDocument.applyEdits(document, change.edits as never));
    }
  }

  /** @param abilities empty for an editor that knows only LSP. */
  async function start(
    replies: ScriptedReply[],
    abilities: WorkspaceAbility[] = [],
    { approve = YES, run }: Editor = {},
  ): Promise<string[]> {
    await writeFile(script, JSON.stringify(replies));
    client = await Client.start({
      module: "dist/test/support/scriptedServer.mjs",
      env: { NEMOTRON_SCRIPT: script },
      folder,
      capabilities: {
        workspace: { applyEdit: true, workspaceEdit: { documentChanges: true, resourceOperations: ["create"] } },
      },
      initializationOptions: { workspace: abilities },
    });
    clients.push(client);
    const asked: string[] = [];
    const { connection } = client;
    connection.onRequest("workspace/applyEdit", async ({ edit }) => {
      asked.push("applyEdit");
      await apply(edit);
      return { applied: true };
    });
    connection.onRequest(WorkspaceMethod.edit, async ({ edit }: WorkspaceEditParams) => {
      asked.push("edit");
      await apply(edit);
      return { applied: true };
    });
    connection.onRequest(WorkspaceMethod.approve, ({ subject }: ApproveParams) => {
      asked.push(`approve ${subject.type}`);
      return approve;
    });
    connection.onRequest(WorkspaceMethod.run, (params: RunParams, token: CancellationToken) => {
      asked.push(`run ${params.command}`);
      return run!(params, token, client);
    });
    await client.until((status) => status.type === "ready");
    return asked;
  }

  const params = (more: Partial<AgentParams> = {}): AgentParams => ({
    messages: [{ role: "user", content: "make add add" }],
    check: "",
    ...more,
  });
  const agent = (
    more: Partial<AgentParams> = {},
    onEvent: (event: AgentProgress, token: string) => unknown = () => {},
  ) => {
    const streaming = client.stream<AgentResult>(Method.agent, params(more), (event) =>
      onEvent(event as never, streaming.token),
    );
    return { ...streaming, events: streaming.events as unknown as AgentProgress[] };
  };

  it("repairs a file with LSP alone: by workspace/applyEdit, without commands", async () => {
    const asked = await start(REPAIR);
    const { result, events } = agent();
    const { outcome, changed, messages, verdict } = await result;
    assert.deepEqual([outcome, verdict, changed, asked], ["done", "none", [uri()], ["applyEdit"]]);
    assert.equal(await text(), FILE.replace("-", "+"));
    assert.equal(messages.at(-1)!.content, "It adds now.");
    const types = new Set(events.map(({ type }) => type));
    for (const type of ["prompt", "step", "call", "observation", "edit", "text", "usage", "messages"] as const)
      assert.ok(types.has(type), type);
  });

  it("asks an editor with more abilities for edits, consent and commands, and checks through it", async () => {
    const run: Editor["run"] = async ({ partialResultToken }, _, { connection }) => {
      await connection.sendNotification("$/progress", { token: partialResultToken, value: { text: "all green\n" } });
      return { exitCode: 0 };
    };
    const asked = await start(REPAIR, ["edit", "approve", "run"], { run });
    await writeFile(path.join(folder, "Makefile"), "test:\n\ttrue\n");
    const { result, events } = agent({ check: undefined });
    const { outcome, verdict } = await result;
    assert.deepEqual([outcome, verdict, asked], ["done", "passed", ["edit", "approve command", "run make test"]]);
    const output = events.find(({ type }) => type === "output");
    assert.deepEqual(output, { type: "output", text: "all green\n" });
  });

  it("checks with the command that the user wants in place of the one that was found", async () => {
    const asked = await start(REPAIR, ["edit", "approve", "run"], {
      approve: { answer: "yes", command: "make lint" },
      run: async () => ({ exitCode: 0 }),
    });
    await writeFile(path.join(folder, "Makefile"), "test:\n\ttrue\n");
    const { verdict } = await agent({ check: undefined }).result;
    assert.deepEqual([verdict, asked], ["passed", ["edit", "approve command", "run make lint"]]);
  });

  it("does not run a command that the user denies, and tells the model why", async () => {
    const asked = await start(
      [
        calls("make add", "run", { command: "rm -rf ." }),
        { match: "not allow this command: no way", answer: "I see." },
      ],
      ["approve", "run"],
      { approve: { answer: "no", why: "no way" } },
    );
    const { outcome, messages } = await agent().result;
    assert.deepEqual([outcome, asked, messages.at(-1)!.content], ["done", ["approve command"], "I see."]);
  });

  it("rewinds calls that cannot be, which never enter the conversation, and is stuck after two", async () => {
    const wrong: [reason: RewindReason, reply: Partial<ScriptedReply>][] = [
      ["unknownTool", { calls: [{ name: "delete", arguments: {} }] }],
      ["badArguments", { calls: [{ name: "read", arguments: { file: "add.py" } }] }],
      ["notShown", { calls: [{ name: "edit", arguments: { path: "add.py", from: LINE, to: LINE, text: "x" } }] }],
      ["exists", { calls: [{ name: "create", arguments: { path: "add.py", text: "" } }] }],
      ["empty", {}],
      ["repeated", { calls: [{ name: "read", arguments: { path: "add.py" } }] }],
    ];
    const replies = wrong.map(([reason, reply]) => ({ match: `do ${reason}`, answer: "", confined: false, ...reply }));
    const repeated = { match: "(lines 1-", answer: "", confined: false, ...wrong.at(-1)![1] };
    await start([...replies, repeated, { match: "", answer: "I see.", confined: true }]);
    const rewinds = async (content: string) => {
      const { result, events } = agent({ messages: [{ role: "user", content }] });
      const { outcome, messages } = await result;
      const reasons = events.flatMap((event) => (event.type === "rewind" ? [event.reason] : []));
      return [reasons, outcome, messages.length];
    };
    for (const [reason] of wrong)
      assert.deepEqual(await rewinds(`do ${reason}`), [[reason], "done", reason === "repeated" ? 4 : 2]);
    await writeFile(script, JSON.stringify(replies.map(({ confined: _, ...reply }) => reply)));
    for (const [reason] of wrong.slice(0, -1))
      assert.deepEqual(await rewinds(`do ${reason}`), [[reason, reason], "stuck", 1]);
    assert.equal(await text(), FILE);
  });

  it("stops in a thought or in a command, and returns what it has done", async () => {
    const asked = await start([{ ...REPAIR[0]!, thought: "I think of it. ".repeat(500), delayMs: 2 }]);
    const thinking = agent(
      {},
      ({ type }, token) => type === "thought" && void client.request(Method.agentStop, { token }).catch(() => {}),
    );
    assert.deepEqual([(await thinking.result).outcome, (await thinking.result).steps], ["stopped", 1]);
    assert.deepEqual(asked, []);
    const run: Editor["run"] = (_, token) => new Promise((resolve) => token.onCancellationRequested(() => resolve({})));
    await start([calls("make add", "run", { command: "sleep 1000" })], ["approve", "run"], {
      approve: { answer: "yes" },
      run,
    });
    const running = agent(
      {},
      ({ type }, token) => type === "command" && void client.request(Method.agentStop, { token }),
    );
    const { outcome, messages } = await running.result;
    assert.deepEqual([outcome, messages.at(-1)!.content], ["stopped", "The user stopped this."]);
    assert.equal((await rejection(client.request(Method.agentStop, { token: running.token }))).code, ErrorCode.noReply);
  });

  it("is steered like any reply: answer now, more budget, and a message for its next step", async () => {
    await start([
      { ...REPAIR[0]!, thought: "I think of it. ".repeat(2000), delayMs: 1 },
      { match: "only look", answer: "I only look." },
    ]);
    let steered = false;
    const { result } = agent({}, ({ type }, token) => {
      if (type !== "thought" || steered) return;
      steered = true;
      void client.request(Method.agentSay, { token, text: "only look" });
      void client.request(Method.answerNow, { token });
    });
    const { messages, usage } = await result;
    assert.equal(messages.at(-1)!.content, "I only look.");
    assert.ok(usage.thoughtTokens < 4000);
    const thought = `${"I think. ".repeat(20)}HOLD${" and more".repeat(500)}`;
    const waiting: ScriptedReply = { match: "make add add", thought, answer: "I have thought.", holds: "HOLD" };
    await writeFile(script, JSON.stringify([waiting]));
    const adding = await client.begun<AgentResult>(
      Method.agent,
      params({ budgets: { plan: 60 } }),
      ({ type }) => type === "thought",
    );
    await client.request(Method.addBudget, { token: adding.token, tokens: 100 });
    await writeFile(script, JSON.stringify([{ ...waiting, holds: undefined }]));
    assert.equal((await adding.result).usage.thoughtTokens, 160);
  });

  it("edits the right lines when the user types in the document meanwhile", async () => {
    const held = REPAIR.map((reply) =>
      reply.match === "(lines 1-" ? { ...reply, answer: "Now", holds: "Now" } : reply,
    );
    await start(held);
    await client.open(uri(), "python", FILE);
    const typed = `# by hand\n${FILE}`;
    const { result } = await new Promise<{ result: Promise<AgentResult> }>((resolve) => {
      const running = agent({}, ({ type }) => type === "observation" && resolve(running));
    });
    await writeFile(path.join(folder, "add.py"), typed);
    const textDocument = { uri: uri(), version: 2 };
    const contentChanges = [{ text: typed }];
    await client.connection.sendNotification("textDocument/didChange", { textDocument, contentChanges });
    await client.request(Method.status, {});
    await writeFile(script, JSON.stringify(REPAIR));
    await result;
    assert.equal(await text(), typed.replace("-", "+"));
  });

  it("refuses messages and tools that make no task", async () => {
    await start(REPAIR);
    for (const messages of [
      [],
      [{ role: "assistant", content: "x" }],
      [
        { role: "system", content: "x" },
        { role: "user", content: "y" },
      ],
    ]) {
      const { code } = await rejection(client.request(Method.agent, { messages }));
      assert.equal(code, -32602, JSON.stringify(messages));
    }
    const tools = [{ name: "run" }];
    assert.match(
      (await rejection(client.request(Method.agent, params({ tools } as never)))).message,
      /agent's own: run/,
    );
  });
});
