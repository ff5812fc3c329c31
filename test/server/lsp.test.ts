import assert from "node:assert/strict";
import { fork, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import {
  type ApplyWorkspaceEditParams,
  type CodeAction,
  createProtocolConnection,
  IPCMessageReader,
  IPCMessageWriter,
  type ShowMessageParams,
} from "vscode-languageserver/node";
import { TextDocument } from "vscode-languageserver-textdocument";
import { type ChatResult, Command, Method, type Status } from "../../server/protocol.ts";
import { Client, newRuntime, rejection, TOY } from "../support/client.ts";

const SAMPLE = readFileSync("test/samples/cart.ts", "utf8");
const URI = "untitled:cart.ts";
const CLAMP = { start: { line: 8, character: 0 }, end: { line: 13, character: 0 } };
const IS_EVEN = { start: { line: 21, character: 0 }, end: { line: 28, character: 0 } };
const problem = {
  range: { start: { line: 22, character: 4 }, end: { line: 22, character: 9 } },
  message: "Type 'x' is wrong",
  severity: 1 as const,
};

describe("plain LSP", () => {
  let client: Client;
  const applied: ApplyWorkspaceEditParams[] = [];
  const shown: ShowMessageParams[] = [];
  const progress: { kind: string }[] = [];
  const documents: string[] = [];
  before(async () => {
    client = await Client.toy([], {
      capabilities: {
        window: { workDoneProgress: true, showDocument: { support: true } },
        workspace: { workspaceEdit: { documentChanges: true }, workspaceFolders: true },
      },
    });
    client.connection.onRequest("workspace/applyEdit", (params: ApplyWorkspaceEditParams) => {
      applied.push(params);
      return { applied: true };
    });
    client.connection.onRequest("window/workDoneProgress/create", () => null);
    client.connection.onRequest("window/showDocument", ({ uri }: { uri: string }) => {
      documents.push(uri);
      return { success: true };
    });
    client.connection.onNotification("window/showMessage", (params: ShowMessageParams) => {
      shown.push(params);
    });
    client.connection.onNotification("$/progress", ({ value }: { value: { kind: string } }) => {
      progress.push(value);
    });
    await client.open(URI, "typescript", SAMPLE);
    await client.until((status) => status.type === "ready");
  });
  after(() => client.stop());

  const codeActions = (range: object, context: object = { diagnostics: [] }) =>
    client.request<CodeAction[]>("textDocument/codeAction", { textDocument: { uri: URI }, range, context });
  const run = ({ command }: CodeAction) =>
    client.request("workspace/executeCommand", { command: command!.command, arguments: command!.arguments });

  it("announces its capabilities", () => {
    const { capabilities } = client.initialized;
    assert.ok(capabilities.codeActionProvider);
    assert.deepEqual(capabilities.executeCommandProvider?.commands, Object.values(Command));
  });

  it("offers actions on a selection, and a fix for each problem", async () => {
    const titles = (await codeActions(CLAMP)).map(({ title }) => title);
    assert.deepEqual(titles, [
      ...["Explain", "Refactor", "Document", "Add types", "Simplify", "Rename for clarity", "Reduce nesting"],
      ...["Extract function", "Write tests"],
    ]);
    const fixes = await codeActions(IS_EVEN, { diagnostics: [problem], only: ["quickfix"] });
    assert.deepEqual(
      fixes.map(({ title, kind }) => [title, kind]),
      [["Fix: Type 'x' is wrong", "quickfix"]],
    );
  });

  it("applies an edit as one versioned change, with progress", async () => {
    await run((await codeActions(CLAMP)).find(({ title }) => title === "Simplify")!);
    const [change] = applied.at(-1)!.edit.documentChanges as {
      textDocument: { uri: string; version: number };
      edits: [];
    }[];
    assert.deepEqual(change!.textDocument, { uri: URI, version: 1 });
    const text = TextDocument.applyEdits(TextDocument.create(URI, "typescript", 1, SAMPLE), change!.edits);
    assert.match(text, /clamp\(x: number, min: number, max: number\): number/);
    const kinds = progress.map(({ kind }) => kind);
    assert.deepEqual([kinds[0], kinds.at(-1)], ["begin", "end"]);
  });

  it("fixes a problem with its message in the prompt", async () => {
    const before = applied.length;
    await run((await codeActions(IS_EVEN, { diagnostics: [problem], only: ["quickfix"] }))[0]!);
    assert.equal(applied.length, before + 1);
  });

  it("shows an explanation, and tests, as documents", async () => {
    const actions = await codeActions(CLAMP);
    for (const [title, content] of [
      ["Explain", /clamp/],
      ["Write tests", /expect|test/],
    ] as const) {
      await run(actions.find((action) => action.title === title)!);
      assert.match(readFileSync(fileURLToPath(documents.at(-1)!), "utf8"), content);
    }
  });

  it("refuses bad commands", async () => {
    for (const params of [
      { command: "rm" },
      { command: Command.edit, arguments: [{ uri: URI }] },
      { command: "rm", arguments: [{ uri: URI, range: CLAMP }] },
    ])
      assert.equal((await rejection(client.request("workspace/executeCommand", params))).code, -32602);
  });

  it("follows incremental changes", async () => {
    const uri = "untitled:changing.js";
    await client.open(uri, "javascript", "function isOdd(n) {\n  return n % 2 === 1;\n}\n");
    const contentChanges = [
      { range: { start: { line: 0, character: 9 }, end: { line: 0, character: 14 } }, text: "first" },
    ];
    await client.connection.sendNotification("textDocument/didChange", {
      textDocument: { uri, version: 2 },
      contentChanges,
    });
    const { userContent } = await client.chat({
      messages: [{ role: "user", content: "Hello" }],
      context: [{ type: "file", uri }],
      thinking: { mode: "off" },
      maxTokens: 1,
    });
    assert.match(userContent, /function first\(n\)/);
  });

  it("reads a workspace file as context, whole and named by its relative path", async () => {
    const uri = new globalThis.URL("test/samples/cart.ts", `file://${process.cwd()}/`).href;
    const context = [
      { type: "file" as const, uri },
      { type: "diagnostics" as const, uri, diagnostics: [problem] },
    ];
    const { userContent } = await client.chat({
      messages: [{ role: "user", content: "Hello" }],
      context,
      thinking: { mode: "off" },
    });
    assert.match(userContent, /^File: cart\.ts\n```typescript\nimport \{ priceOf \}/);
    assert.match(userContent, /Problems in cart\.ts:\n- line 23: error: Type 'x' is wrong\n\nHello$/);
  });

  it("answers an unknown method with an error", async () => {
    assert.equal((await rejection(client.request("nemotron/nothing", {}))).code, -32601);
  });
});

describe("the server process", () => {
  it("survives malformed messages", async () => {
    const client = await Client.toy();
    await client.until((status) => status.type === "ready");
    const send = (body: string) =>
      client.process.stdin!.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
    send("{ this is not JSON");
    send(JSON.stringify({ jsonrpc: "2.0", id: 9001, method: Method.chat, params: [1, 2, 3] }));
    send(JSON.stringify({ jsonrpc: "2.0", id: 9002, method: Method.chat, params: null }));
    send(JSON.stringify({ jsonrpc: "2.0", id: 9003, method: Method.edit, params: { textDocument: 7 } }));
    send(
      JSON.stringify({
        jsonrpc: "2.0",
        method: "textDocument/didChange",
        params: { textDocument: { uri: "untitled:x" } },
      }),
    );
    const { answer } = await client.chat({ messages: [{ role: "user", content: "ping" }], thinking: { mode: "off" } });
    assert.match(answer, /pong/);
    await client.stop();
  });

  it("prints its usage when its arguments are wrong", async () => {
    for (const args of [[], ["--stdio", "--gpu", "fast"], ["--stdio", "--context", "many"], ["--stdio", "--unknown"]]) {
      const server = spawn(process.execPath, ["dist/server.mjs", ...args]);
      let [stdout, stderr] = ["", ""];
      server.stdout.on("data", (data) => {
        stdout += data;
      });
      server.stderr.on("data", (data) => {
        stderr += data;
      });
      const code = await new Promise((resolve) => server.once("close", resolve));
      assert.deepEqual([code, stdout], [2, ""]);
      assert.match(stderr, /usage: nemotron-server/);
    }
  });

  it("also speaks over Node's IPC", async () => {
    const args = ["--node-ipc", "--model", TOY, "--gpu", "off", "--keep-alive", "0"];
    const runtime = newRuntime();
    const env = { ...process.env, NEMOTRON_RUNTIME_DIR: runtime, NEMOTRON_STATES_DIR: path.join(runtime, "states") };
    const server = fork("dist/server.mjs", args, { stdio: "ignore", env });
    const connection = createProtocolConnection(new IPCMessageReader(server), new IPCMessageWriter(server));
    const ready = new Promise<void>((resolve) => {
      connection.onNotification(Method.status, ({ type }: Status) => {
        if (type === "ready") resolve();
      });
    });
    connection.listen();
    await connection.sendRequest("initialize", { processId: process.pid, rootUri: null, capabilities: {} });
    await connection.sendNotification("initialized", {});
    await ready;
    const messages = [{ role: "user", content: "ping" }];
    const { answer } = await connection.sendRequest<ChatResult>(Method.chat, { messages, thinking: { mode: "off" } });
    assert.match(answer, /pong/);
    const exited = new Promise((resolve) => server.once("exit", resolve));
    await connection.sendRequest("shutdown");
    await connection.sendNotification("exit");
    await exited;
    connection.dispose();
  });

  it("writes nothing but LSP to stdout, and no prompt to stderr", async () => {
    const client = await Client.toy();
    const secret = "xyzzy-secret-word";
    await client.chat({ messages: [{ role: "user", content: secret }], thinking: { mode: "off" } });
    await client.stop();
    assert.doesNotMatch(client.stderr, /xyzzy/);
  });
});
