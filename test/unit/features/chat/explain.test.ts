import assert from "node:assert/strict";
import type { ReplyEvent } from "../../../../server/engine/engine.ts";
import { explain } from "../../../../server/features/chat/explain.ts";
import { testFileName } from "../../../../server/features/tests/testFileName.ts";
import { EXPLAIN_REQUEST } from "../../../../server/features/text/prompts.ts";
import type { ReplyProgress } from "../../../../server/protocol.ts";
import { cart, documentsOf, END, linesRange, signal, USAGE, world } from "../support.ts";

const silent = () => {};
const answer = (text: string): ReplyEvent[] => [{ type: "answer", text, tokens: 4 }, END];
const params = { textDocument: { uri: cart().uri }, range: linesRange(cart(), 22, 28) };

describe("features: explain", () => {
  it("sends all context of the selection", async () => {
    const { deps, responded } = world(documentsOf(cart()), answer("It *tells*."));
    const reported: ReplyProgress[] = [];
    const result = await explain(params, deps, signal, (progress) => reported.push(progress));
    const [{ messages, ...rest }] = responded as [(typeof responded)[0]];
    const userContent = messages[1]!.content;
    assert.deepEqual(result, { answer: "It *tells*.", thought: "", stopReason: "stop", usage: USAGE, userContent });
    assert.deepEqual(reported[0], { type: "prompt", userContent, range: params.range });
    assert.match(messages[1]!.content, /^Imports:[\s\S]*\n\nCode from cart\.ts[\s\S]*\n\nSelected code from cart\.ts/);
    assert.ok(messages[1]!.content.endsWith(`\n\n${EXPLAIN_REQUEST}`));
    const thinking = { mode: "on", budget: 256 };
    const without = { sampling: undefined, conversation: undefined, replyId: undefined };
    assert.deepEqual(rest, { thinking, ...without, priority: "chat", kind: "once" });
  });

  it("reports the symbol around the cursor, which it explains", async () => {
    const { deps } = world(documentsOf(cart()), answer("So."));
    const reported: ReplyProgress[] = [];
    const range = { start: { line: 24, character: 4 }, end: { line: 24, character: 4 } };
    await explain({ ...params, range }, deps, signal, (progress) => reported.push(progress));
    const [prompt] = reported;
    assert.ok(prompt?.type === "prompt");
    assert.deepEqual(prompt.range, linesRange(cart(), 22, 28));
  });

  it("belongs to the client's conversation if it names one", async () => {
    const { deps, responded } = world(documentsOf(cart()), answer("So."));
    await explain({ ...params, followUp: true, conversation: "c" }, deps, signal, silent);
    assert.equal(responded[0]!.conversation, "c");
  });

  it("runs where chats do if a chat can follow, with the requested sampling", async () => {
    const { deps, responded } = world(documentsOf(cart()), answer("So."));
    await explain({ ...params, followUp: true, sampling: { seed: 7 } }, deps, signal, silent);
    assert.deepEqual([responded[0]!.kind, responded[0]!.sampling], ["followUp", { seed: 7 }]);
  });

  it("names the answer's language if the editor's is not English", async () => {
    const { deps, responded } = world(documentsOf(cart()), answer("So."));
    await explain(params, { ...deps, language: "German" }, signal, silent);
    assert.ok(responded[0]!.messages[1]!.content.endsWith(`\n\n${EXPLAIN_REQUEST} Answer in German.`));
  });
});

describe("features: names of test files", () => {
  const names: [path: string, languageId: string, name: string][] = [
    ["src/cart.ts", "typescript", "cart.test.ts"],
    ["src/App.tsx", "typescriptreact", "App.test.tsx"],
    ["shop/cart.py", "python", "test_cart.py"],
    ["cart.go", "go", "cart_test.go"],
    ["cart.java", "java", "CartTest.java"],
    ["Untitled-1", "python", "test_Untitled-1.py"],
    ["Untitled-1", "klingon", "Untitled-1.test.txt"],
    ["a b: c.rs", "rust", "a_b_c_test.rs"],
    [".bashrc", "shellscript", "bashrc.test.sh"],
    ["..", "plaintext", "selection.test.txt"],
  ];
  for (const [path, languageId, name] of names) {
    it(`names the tests of ${path} ${name}`, () => assert.equal(testFileName(path, languageId), name));
  }
});
