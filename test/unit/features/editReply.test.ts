import assert from "node:assert/strict";
import { codeOf, parseReply } from "../../../server/features/editReply.ts";

const SELECTED = "function a() {\n  return 1;\n}";

describe("features: reading an edit's reply", () => {
  const code: [name: string, answer: string, code: string, language?: string][] = [
    ["one block", "```ts\nlet a;\n```", "let a;"],
    ["no language", "```\nlet a;\n```", "let a;"],
    ["text before and after", "Sure, here it is:\n\n```ts\nlet a;\n```\n\nI made it shorter.", "let a;"],
    ["tildes", "~~~\nlet a;\n~~~", "let a;"],
    ["backticks inside tildes", "~~~ts\n```\n~~~", "```"],
    ["a longer fence around a shorter one", "````ts\n```\nx\n```\n````", "```\nx\n```"],
    ["a closing fence that is longer", "```\nlet a;\n`````", "let a;"],
    ["an indented fence", "  ```ts\n  let a;\n    b;\n  ```", "let a;\n  b;"],
    ["lines less indented than their fence", "  ```ts\nlet a;\n  ```", "let a;"],
    ["an info string with more in it", '```ts title="a b"\nlet a;\n```', "let a;"],
    ["spaces behind the fences", "```ts  \nlet a;\n```  ", "let a;"],
    ["inline code at the start of a line", "`a` is short.\n```x``` too.\n```\nlet a;\n```", "let a;"],
    ["blank lines in the block", "```\n\nlet a;\n\n```", "\nlet a;\n"],
    ["CRLF", "```ts\r\nlet a;\r\nlet b;\r\n```\r\n", "let a;\nlet b;"],
    ["an empty block", "```ts\n```", ""],
    [
      "Markdown with its own blocks",
      "```markdown\n# A\n```js\nx\n```\nend\n```",
      "# A\n```js\nx\n```\nend",
      "markdown",
    ],
    ["Markdown in a longer fence", "````markdown\n```js\nx\n```\n````\nDone.", "```js\nx\n```", "markdown"],
    ["no fence, but the selection again", "function a() {\n  return 2;\n}\n", "function a() {\n  return 2;\n}"],
    [
      "no fence, with a comment added",
      "// Says 1.\nfunction a() {\n  return 1;\n}",
      "// Says 1.\nfunction a() {\n  return 1;\n}",
    ],
  ];
  for (const [name, answer, expected, language = "typescript"] of code) {
    it(`takes the code: ${name}`, () => assert.deepEqual(parseReply(answer, language, SELECTED), { code: expected }));
  }

  const errors: [name: string, answer: string, error: "notCode" | "truncated", language?: string][] = [
    ["prose", "I cannot do that.", "notCode"],
    ["nothing", "", "notCode"],
    ["blank lines", "\n \n", "notCode"],
    ["other code without a fence", "const b = 2;", "notCode"],
    ["the selection after a sentence", `Here is the code:\n${SELECTED}`, "notCode"],
    ["a fence behind a list's number", "1. ```ts\nlet a;", "notCode"],
    ["a fence that is indented like code", "    ```\n    let a;\n    ```", "notCode"],
    ["two blocks", "```\na\n```\nor\n```\nb\n```", "notCode"],
    ["no closing fence", "```ts\nlet a;", "truncated"],
    ["a closing fence that is shorter", "````ts\nlet a;\n```", "truncated"],
    ["a closing fence of the other kind", "```ts\nlet a;\n~~~", "truncated"],
    ["a closing fence with a word behind it", "```ts\nlet a;\n``` end", "truncated"],
    ["a second block that is cut off", "```\na\n```\n```\nb", "notCode"],
    ["Markdown whose outer fence is missing", "```markdown\n# A\n```js\nx\n```\nend", "truncated", "markdown"],
  ];
  for (const [name, answer, error, language = "typescript"] of errors) {
    it(`refuses ${name}`, () => {
      const parsed = parseReply(answer, language, SELECTED);
      assert.ok("error" in parsed);
      assert.equal(parsed.error, error);
    });
  }

  it("tells what the model said instead", () => {
    assert.throws(() => codeOf("No.", "typescript", SELECTED), { code: "notCode", data: { answer: "No." } });
  });
});
