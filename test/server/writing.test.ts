/** Writing into the workspace beside plain edits: applied answers, tests, commit messages, edits of long code. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { TextDocument } from "vscode-languageserver-textdocument";
import {
  type ApplyResult,
  type CommitMessageResult,
  type EditResult,
  ErrorCode,
  Method,
  type ReplyProgress,
  type WriteTestsResult,
} from "../../server/protocol.ts";
import { Client, rejection, textOf } from "../support/client.ts";

const SAMPLE = path.resolve("test/samples/cart.ts");
const uri = pathToFileURL(SAMPLE).href;
const text = readFileSync(SAMPLE, "utf8");
const INVALID = -32602;
const thinking = { mode: "on", budget: 32 } as const;

describe("written code", () => {
  let client: Client;
  before(async () => {
    client = await Client.toy();
    await client.until((status) => status.type === "ready");
    await client.open(uri, "typescript", text);
  });
  after(() => client.stop());

  describe("nemotron/apply", () => {
    const apply = (code: unknown, version: unknown = 1) =>
      client.request<ApplyResult>(Method.apply, { textDocument: { uri, version }, code });

    it("puts a method where it belongs, without a model's help", async () => {
      const { edits, version, range, warning } = await apply("isEven(n: number) {\n  return n % 2 === 0;\n}");
      const after = TextDocument.applyEdits(TextDocument.create(uri, "typescript", 1, text), edits);
      assert.equal(after, text.replace(/ {4}if \(n % 2[\s\S]*?\n {4}\}\n/, "    return n % 2 === 0;\n"));
      assert.deepEqual([version, range.start.line, range.end.line, warning], [1, 21, 27, undefined]);
    });

    it("warns of code that no longer parses", async () => {
      const { warning } = await apply("isEven(n: number) {\n  return (n % 2 === 0;\n}");
      assert.match(warning!, /line 23, "\)" is missing/);
    });

    it("refuses code that has no place, with its name", async () => {
      const { code, message, data } = await rejection(apply("function tax() {}"));
      assert.deepEqual([code, data?.name], [ErrorCode.notPlaced, "notPlaced"]);
      assert.match(message, /"tax"/);
      assert.equal((await rejection(apply("x", 2))).code, -32801);
      assert.equal((await rejection(apply(1))).code, INVALID);
    });
  });

  describe("nemotron/writeTests", () => {
    const range = { start: { line: 8, character: 0 }, end: { line: 13, character: 0 } };

    it("proposes a file that does not exist yet, and streams the thought", async () => {
      const params = { textDocument: { uri }, range, thinking };
      const { events, result } = client.stream<WriteTestsResult>(Method.writeTests, params);
      const { uri: proposed, text, thought, usage } = await result;
      assert.equal(proposed, pathToFileURL(path.resolve("test/samples/cart.test.ts")).href);
      assert.match(text, /clamp\(/);
      assert.ok(text.endsWith("\n") && !text.includes("```"));
      assert.ok(usage.thoughtTokens > 0);
      assert.equal(textOf(events, "thought"), thought);
    });

    it("refuses parameters without a range", async () => {
      assert.equal((await rejection(client.request(Method.writeTests, { textDocument: { uri } }))).code, INVALID);
    });
  });

  describe("nemotron/commitMessage", () => {
    const diff = "diff --git a/a.ts b/a.ts\n--- a/a.ts\n+++ b/a.ts\n@@ -1 +1 @@\n-a\n+b <SPECIAL_12> `b`\n";

    it("streams a message with a short first line and no fence", async () => {
      const { events, result } = client.stream<CommitMessageResult>(Method.commitMessage, { diff, recent: ["Begin"] });
      const { message, thought, usage } = await result;
      const [subject] = message.split("\n");
      assert.ok(subject!.length > 0 && subject!.length <= 72);
      assert.ok(!message.includes("```"));
      assert.deepEqual([thought, usage.thoughtTokens], ["", 0]);
      assert.ok(textOf(events, "answer").includes(subject!.split(" ")[0]!));
    });

    it("cuts a diff that does not fit", async () => {
      const long = `${diff}${Array.from({ length: 20_000 }, (_, i) => `+line ${i}`).join("\n")}\n`;
      const { usage } = await client.request<CommitMessageResult>(Method.commitMessage, { diff: long, recent: [] });
      assert.ok(usage.promptTokens > 1000 && usage.promptTokens < 8192);
    });

    it("can be cancelled, and refuses invalid parameters", async () => {
      const { result, cancel } = client.stream<CommitMessageResult>(Method.commitMessage, { diff, recent: [] });
      cancel();
      assert.equal((await rejection(result)).code, -32800);
      for (const params of [{ diff: 1, recent: [] }, { diff, recent: "x" }, { diff }])
        assert.equal((await rejection(client.request(Method.commitMessage, params))).code, INVALID);
    });
  });

  it("nemotron/edit asks once more when it gets no blocks, and then returns what it got", async () => {
    const long = "untitled:long.ts";
    await client.open(long, "typescript", Array.from({ length: 80 }, (_, i) => `let a${i} = ${i};\n`).join(""));
    const events: ReplyProgress[] = [];
    const { result } = client.stream<EditResult>(
      Method.edit,
      {
        textDocument: { uri: long, version: 1 },
        range: { start: { line: 0, character: 0 }, end: { line: 80, character: 0 } },
        instruction: "Who are you?",
      },
      (progress) => events.push(progress),
    );
    const { code, data } = await rejection(result);
    // The toy has not learnt to write blocks.
    assert.equal(code, ErrorCode.notCode);
    assert.equal(typeof data?.answer, "string");
    const begun = events.filter((event, i) => event.type === "answer" && events[i - 1]?.type !== "answer");
    assert.equal(begun.length, 2);
  });
});
