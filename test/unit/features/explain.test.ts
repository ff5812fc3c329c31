import assert from "node:assert/strict";
import { explain } from "../../../server/features/explain.ts";
import { EXPLAIN_REQUEST, TESTS_REQUEST } from "../../../server/features/prompts.ts";
import { testFileName } from "../../../server/features/testFileName.ts";
import { writeTests } from "../../../server/features/tests.ts";
import { cart, documentsOf, END, linesRange, signal, USAGE, world } from "./support.ts";

const silent = () => {};
const params = { textDocument: { uri: cart().uri }, range: linesRange(cart(), 22, 28) };

describe("features: explain", () => {
  it("asks with all that grounds the answer", async () => {
    const { deps, responded } = world(documentsOf(cart()), [{ type: "answer", text: "It *tells*." }, END]);
    const result = await explain(params, deps, signal, silent);
    assert.deepEqual(result, { answer: "It *tells*.", thought: "", stopReason: "stop", usage: USAGE });
    const [{ messages, ...rest }] = responded as [(typeof responded)[0]];
    assert.match(messages[1]!.content, /^Imports:[\s\S]*\n\nCode from cart\.ts[\s\S]*\n\nSelected code from cart\.ts/);
    assert.ok(messages[1]!.content.endsWith(`\n\n${EXPLAIN_REQUEST}`));
    assert.deepEqual(rest, { thinking: { mode: "on", budget: 256 }, priority: "chat", kind: "once" });
  });
});

describe("features: writing tests", () => {
  it("gives a file and its name", async () => {
    const { deps, responded } = world(documentsOf(cart()), [{ type: "answer", text: "```ts\ntest();\n```" }, END]);
    assert.deepEqual(await writeTests(params, deps, signal, silent), { fileName: "cart.test.ts", text: "test();\n" });
    assert.ok(responded[0]!.messages[1]!.content.endsWith(`\n\n${TESTS_REQUEST}`));
  });

  it("makes an error of prose", async () => {
    const { deps } = world(documentsOf(cart()), [{ type: "answer", text: "No." }, END]);
    await assert.rejects(writeTests(params, deps, signal, silent), { code: "notCode" });
  });

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
    it(`calls the tests of ${path} ${name}`, () => assert.equal(testFileName(path, languageId), name));
  }
});
