/** The server over a scripted engine: how it handles replies that no model gives on demand. */
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { TextDocument } from "vscode-languageserver-textdocument";
import {
  type ChatResult,
  type CommitMessageResult,
  type EditResult,
  ErrorCode,
  Method,
} from "../../server/protocol.ts";
import { Client, rejection } from "../support/client.ts";
import type { ScriptedReply } from "../support/scriptedEngine.ts";

const LONG = Array.from({ length: 500 }, (_, i) => `export const value${i} = [${i}, ${i + 1}];`).join("\n");
const passage = (search: string, replacement: string) =>
  `<<<<<<< SEARCH\n${search}\n=======\n${replacement}\n>>>>>>> REPLACE`;

describe("the server over a script", () => {
  let client: Client;
  let folder: string;
  let opened = 0;
  const script = (...replies: ScriptedReply[]) => writeFile(path.join(folder, "script.json"), JSON.stringify(replies));
  before(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), "nemotron-script-"));
    const env = { NEMOTRON_SCRIPT: path.join(folder, "script.json") };
    client = await Client.start({ module: "dist/test/support/scriptedServer.mjs", env });
    await client.until((status) => status.type === "ready");
  });
  after(async () => {
    await client.stop();
    await rm(folder, { recursive: true });
  });

  async function edit(text: string, instruction: string): Promise<EditResult & { after: string }> {
    const uri = `untitled:scripted${++opened}.ts`;
    await client.open(uri, "typescript", text);
    const document = TextDocument.create(uri, "typescript", 1, text);
    const range = { start: { line: 0, character: 0 }, end: document.positionAt(text.length) };
    const params = { textDocument: { uri, version: 1 }, range, instruction };
    const result = await client.request<EditResult>(Method.edit, params);
    return { ...result, after: TextDocument.applyEdits(document, result.edits) };
  }

  it("changes one line of 500 at the cost of that line's tokens", async () => {
    const now = "export const value250 = [0, 251];";
    await script({ match: "zero", answer: passage("export const value250 = [250, 251];", now) });
    const { after, form, refused, usage, range } = await edit(LONG, "make it zero");
    assert.equal(after, LONG.replace("[250,", "[0,"));
    assert.deepEqual([form, refused, range.end.line], ["blocks", [], 499]);
    assert.ok(usage.answerTokens < 30);
  });

  it("reports a reply that is not code", async () => {
    await script({ match: "", answer: "I am a model of a test." });
    const { code, data } = await rejection(edit("const a = 1;\n", "Who are you?"));
    assert.equal(code, ErrorCode.notCode);
    assert.equal(data?.name, "notCode");
    assert.match(String(data?.answer), /a model of a test/);
  });

  it("reports the passages that it could not place", async () => {
    const good = passage("export const value1 = [1, 2];", "export const value1 = 1;");
    await script({ match: "both", answer: `${good}\n${passage("value2 = [2, 4]", "value2 = 2")}` });
    const { after, refused } = await edit(LONG, "both");
    assert.equal(after, LONG.replace("= [1, 2]", "= 1"));
    assert.deepEqual(refused, [{ passage: "value2 = [2, 4]", reason: "it is not in the selected code" }]);
  });

  it("asks once more after a reply that is not code, and then reports it", async () => {
    const prose = { match: "", answer: "I am no editor." };
    await script(
      { match: "one fenced code block that replaces", answer: "```ts\nf();\n```" },
      { ...prose, match: "mend it" },
    );
    assert.equal((await edit("g();\n", "mend it")).after, "f();\n");
    await script(prose);
    const { code, data } = await rejection(edit("g();\n", "mend it"));
    assert.deepEqual([code, data?.name, data?.answer], [ErrorCode.notCode, "notCode", prose.answer]);
  });

  it("asks once more after an edit that breaks the file, and warns if it is still broken", async () => {
    const broken = { match: "break", answer: "```ts\nf(\n```" };
    await script({ match: "does not parse any more", answer: "```ts\nf();\n```" }, broken);
    const mended = await edit("g();\n", "break it");
    assert.deepEqual([mended.after, mended.warning], ["f();\n", undefined]);
    await script({ ...broken, match: "" });
    const { after, warning } = await edit("g();\n", "break it");
    assert.equal(after, "f(\n");
    assert.match(warning!, /has a syntax error: line 1/);
  });

  it("keeps to the budget, and can be steered", async () => {
    const thought = "so it goes on and on ".repeat(50);
    await script({ match: "think", thought, answer: "Done.", delayMs: 5 });
    const messages = [{ role: "user", content: "think" }];
    const short = await client.request<ChatResult>(Method.chat, { messages, thinking: { mode: "on", budget: 10 } });
    assert.deepEqual([short.usage.thoughtTokens, short.answer], [10, "Done."]);
    const off = await client.request<ChatResult>(Method.chat, { messages, thinking: { mode: "off" } });
    assert.deepEqual([off.thought, off.answer], ["", "Done."]);
    const { result, token } = client.stream<ChatResult>(
      Method.chat,
      { messages, thinking: { mode: "on" } },
      ({ type }) => {
        if (type === "thought") void client.request(Method.answerNow, { token }).catch(() => {});
      },
    );
    assert.ok((await result).usage.thoughtTokens < 50);
    const running = client.stream<ChatResult>(Method.chat, { messages, thinking: { mode: "on" } });
    await client.until((status) => status.type === "busy");
    running.cancel();
    assert.equal((await rejection(running.result)).code, -32800);
    await client.until((status) => status.type === "ready");
  });

  it("fails as the script says, and cleans commit messages", async () => {
    await script(
      { match: "crash", answer: "Half", error: "engineCrashed" },
      { match: "Write the commit message", answer: 'Here is the commit message:\n```\n"Add a thing"\n```\nDone.' },
    );
    const { code } = await rejection(client.request(Method.chat, { messages: [{ role: "user", content: "crash" }] }));
    assert.equal(code, ErrorCode.engineCrashed);
    const { message } = await client.request<CommitMessageResult>(Method.commitMessage, { diff: "x", recent: [] });
    assert.equal(message, "Add a thing");
  });
});
