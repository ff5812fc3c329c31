import assert from "node:assert/strict";
import { codeOf, parseReply } from "../../../../server/features/reading/editReply.ts";

const SELECTED = "function a() {\n  return 1;\n}";

/** The code that is taken, or the error. */
function taken(answer: string, languageId: string, selected = SELECTED, cutOff = false): string {
  const parsed = parseReply(answer, { languageId, selected, cutOff });
  return "error" in parsed ? parsed.error : parsed.code;
}

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
    ["the selection after a sentence, without a fence", `Here is the code:\n${SELECTED}`, SELECTED],
    ["no fence, and a remark behind", `${SELECTED}\n\nIt returns 1 as before`, SELECTED],
    ["a fence in a list, deeper than code", "1.  Do it:\n\n    ```ts\n    let a;\n    ```", "let a;"],
    ["no closing fence, although the model was done", "```ts\nlet a;", "let a;"],
    ["a closing fence that is shorter", "````ts\nlet a;\n```", "let a;"],
    ["a closing fence of the other kind", "```ts\nlet a;\n~~~", "let a;"],
    ["a closing fence behind the last line", "```ts\nlet a;```", "let a;"],
    ["the same block twice", "```ts\nlet a;\n```\n\n```ts\nlet a;\n```", "let a;"],
    ["the one in the file's language", "```bash\nnpm i x\n```\n\n```ts\nlet a;\n```\n\n```text\n1\n```", "let a;"],
    ["the one that is not an example", "```ts\nlet a;\n```\n\nExample:\n\n```ts\nrun(a);\n```", "let a;"],
    [
      "the one after, not the one before",
      `Before:\n\n\`\`\`ts\n${SELECTED}\n\`\`\`\n\nAfter:\n\n\`\`\`ts\nlet a;\n\`\`\``,
      "let a;",
    ],
    [
      "a block that contains one with the same fence",
      "```ts\nconst a = `\n```js\nx\n```\n`;\n```",
      "const a = `\n```js\nx\n```\n`;",
    ],
    ["behind a thought in the answer", "Or ```x```?\n</think>\n```ts\nlet a;\n```", "let a;"],
    ["behind a thought that mentions the tag", "With `</think>`?\n</think>\n```ts\nlet a;\n```", "let a;"],
    ["with the tags in it", '```ts\na = "<think>x</think>";\n```', 'a = "<think>x</think>";'],
    ["with a tag on a line in it", 'So:\n\n```ts\n[\n  "</think>",\n]\n```', '[\n  "</think>",\n]'],
    ["with an element of that name", "```html\n<think>x</think>\n```", "<think>x</think>", "html"],
    ["behind a thought, with the tags in it", "<think>\nHm.\n</think>\n```ts\nf(`</think>`);\n```", "f(`</think>`);"],
    ["without a server's end token", "```ts\nlet a;\n```<|im_end|>", "let a;"],
    ["out of a fence around its block", "```\n```ts\nlet a;\n```\n```", "let a;"],
    ["with lines like markers", "```ts\n/*\n------- search\n*/\n```", "/*\n------- search\n*/"],
    ["out of a tag", "<code>\nlet a;\n  b();\n</code>", "let a;\n  b();"],
    ["below a heading, without a fence", `### Updated code\n\n${SELECTED}`, SELECTED],
    ["without list numbers", "```ts\n1. let a;\n2.   b;\n```", "let a;\n  b;"],
    ["without a prompt", "```bash\n$ ls\n$ cd a\n```", "ls\ncd a", "shellscript"],
    ["without a file's path", "```ts\n// path: a.ts\nlet a;\n```", "let a;"],
    ["without the numbers of its lines", "```ts\n7 | let a;\n8 |   b;\n```", "let a;\n  b;"],
    ["without lettered numbers", "```yaml\nL7: a:\nL8:   b: 1\n```", "a:\n  b: 1", "yaml"],
    ["without numbers in brackets", "```html\n[7] <p>\n[8]   a\n[9] </p>\n```", "<p>\n  a\n</p>", "html"],
    ["with its sections", "```ini\n[1]\na = 1\n[2]\n```", "[1]\na = 1\n[2]", "ini"],
    ["with its one label", "```c\nL1: a();\n```", "L1: a();", "c"],
    ["with its references", "```markdown\n[1] A\n[2] B\n```", "[1] A\n[2] B", "markdown"],
    ["with a list's numbers", "```\n1. A\n2. B\n```", "1. A\n2. B", "plaintext"],
    ["out of a JSON object", JSON.stringify({ code: "let a;\nb();" }), "let a;\nb();"],
    ["out of an object in one", JSON.stringify({ result: { code: "let a;", explanation: "b" } }), "let a;"],
    ["out of one with remarks around", 'Here it is:\n\n```json\n{ "code": "let a;" }\n```\n\nIt is shorter.', "let a;"],
    [
      "with escaped characters",
      "```go\nif a &lt; b &amp;&amp; c {\n\tf(&quot;x&quot;)\n}\n```",
      'if a < b && c {\n\tf("x")\n}',
      "go",
    ],
    ["with some escaped characters", '```ts\nif (a &lt; b) f("x");\n```', 'if (a < b) f("x");'],
    [
      "with numeric entities",
      "```python\nprint(&#39;a&#39; if b &#x3e; c else 1)\n```",
      "print('a' if b > c else 1)",
      "python",
    ],
    ["with the entities of its strings", '```ts\nconst lt = "&lt;";\n```', 'const lt = "&lt;";'],
    [
      "with the entities of a text in lines",
      '```python\na = """\n  b &lt; c\n"""\n```',
      'a = """\n  b &lt; c\n"""',
      "python",
    ],
    ["with the entities of a comment", "```ts\n// As &lt;.\nlet a;\n```", "// As &lt;.\nlet a;"],
    [
      "with the entities of its elements",
      "```tsx\nreturn <p>a &amp; b</p>;\n```",
      "return <p>a &amp; b</p>;",
      "typescriptreact",
    ],
    ["with the entities of a page", "```html\n<p>a &lt; b</p>\n```", "<p>a &lt; b</p>", "html"],
    ["out of one in a block", '```json\n{ "language": "ts", "code": "let a;" }\n```', "let a;"],
    [
      "without a usage example",
      "```ts\nfunction a() {\n  return 2;\n}\n\n// Example usage:\nconsole.log(a());\n```",
      "function a() {\n  return 2;\n}",
    ],
    ["without the language's name", "```\ntypescript\nlet a;\n```", "let a;"],
    ["without the file's name", "```ts\n// src/a.ts\nlet a;\n```", "let a;"],
    [
      "no fence, with a comment added",
      "// Says 1.\nfunction a() {\n  return 1;\n}",
      "// Says 1.\nfunction a() {\n  return 1;\n}",
    ],
  ];
  for (const [name, answer, expected, language = "typescript"] of code) {
    it(`takes the code: ${name}`, () => assert.equal(taken(answer, language), expected));
  }

  const errors: [name: string, answer: string, error: "notCode" | "truncated", language?: string][] = [
    ["prose", "I cannot do that.", "notCode"],
    ["nothing", "", "notCode"],
    ["blank lines", "\n \n", "notCode"],
    ["other code without a fence", "const b = 2;", "notCode"],
    ["a passage without its middle", "```\n<<<<<<< SEARCH\na\n>>>>>>> REPLACE\nb\n```", "notCode"],
    ["a passage without its beginning", "```\n=======\nb\n>>>>>>> REPLACE\n```", "notCode"],
    ["a fence behind a list's number", "1. ```ts\nlet a;", "notCode"],
    ["two blocks", "```\na\n```\nor\n```\nb\n```", "notCode"],
    [
      "two versions",
      "```ts\nfunction a() {\n  return 2;\n}\n```\nor\n```ts\nfunction a() {\n  return 3;\n}\n```",
      "notCode",
    ],
    [
      "code in two parts",
      "```ts\nfunction a() {\n  const b = 1;\n  log(a, b);\n```\nand then\n```ts\n  return 1;\n}\n```",
      "notCode",
    ],
    ["an object deeper than anything", `{ "code": ${"[".repeat(100_000)}${"]".repeat(100_000)} }`, "notCode"],
    ["an object with a broken text", '{ "code": "let a;\nb();" }', "notCode"],
    ["an object with two texts", '```json\n{ "code": "a();", "new_code": "b();" }\n```', "notCode"],
    ["characters of which only some are escaped", "```go\nif a &lt; b || c < d {\n}\n```", "notCode", "go"],
    ["the selection's end alone, and a remark", "}\n\nThat is all.", "notCode"],
  ];
  for (const [name, answer, error, language = "typescript"] of errors) {
    it(`refuses ${name}`, () => {
      assert.equal(taken(answer, language), error);
    });
  }

  it("takes the source of a notebook's cell", () => {
    const cell = { cell_type: "code", metadata: {}, source: ["x = 2\n", "f(x)"] };
    assert.equal(taken(`\`\`\`json\n${JSON.stringify(cell)}\n\`\`\``, "python", "x = 1\nf(x)"), "x = 2\nf(x)");
  });

  it("takes a page whose tags are escaped, unless that was asked for", () => {
    const answer = "```html\n&lt;p class=&quot;a&quot;&gt;b&lt;/p&gt;\n```";
    const wanted = { languageId: "html", selected: "<p>b</p>" };
    assert.equal(codeOf(answer, wanted), '<p class="a">b</p>');
    assert.match(codeOf(answer, { ...wanted, asked: "escape the tags" }), /^&lt;p/);
    assert.match(codeOf(answer, { ...wanted, selected: "b" }), /^&lt;p/);
  });

  it("takes one line without a fence, for one line", () => {
    assert.equal(taken("let b = 2;", "typescript", "let a = 1;"), "let b = 2;");
    assert.equal(taken("`b = 2`", "python", "a = 1"), "b = 2");
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a template of JavaScript
    assert.equal(taken("`b${c}`", "javascript", "a"), "notCode");
    assert.equal(taken("You could use b = 2 in its place.", "python", "a = 1"), "notCode");
  });

  it("is truncated if the model was cut off inside it", () => {
    const cut = (answer: string) => taken(answer, "typescript", SELECTED, true);
    assert.equal(cut("```ts\nlet a;"), "truncated");
    assert.equal(cut("```ts\nlet a;\n```\nIt is"), "let a;");
    assert.equal(cut("```ts\nlet a;\n```\nUse it:\n```ts\nrun("), "let a;");
  });

  it("keeps numbers and names that the selection has", () => {
    assert.equal(taken("```yaml\n1: a\n2: c\n```", "yaml", "1: a\n2: b"), "1: a\n2: c");
    assert.equal(taken("```sh\n# run.sh\nexit 1\n```", "shellscript", "# run.sh\nexit"), "# run.sh\nexit 1");
  });

  describe("for Markdown", () => {
    const block = (tag: string, text: string) => `\`\`\`${tag}\n${text}\n\`\`\``;
    const cases: [name: string, answer: string, code: string, selected?: string][] = [
      ["a selected block keeps its fence", block("js", "b();"), block("js", "b();"), block("js", "a();")],
      ["prose without a fence", "Die Katze.", "Die Katze.", "The cat."],
      [
        "prose with a block of its own",
        `Run it so:\n\n${block("sh", "x -y")}`,
        `Run it so:\n\n${block("sh", "x -y")}`,
        `Run it:\n\n${block("sh", "x")}`,
      ],
      [
        "the text, and a block that shows what changed",
        `${block("markdown", "# A")}\n\nDone:\n\n${block("diff", "-# B\n+# A")}`,
        "# A",
        "# B",
      ],
      [
        "the text with its blocks, and a remark with one",
        `${block("markdown", `# A\n\n${block("sh", "x")}`)}\n\nTry:\n\n${block("sh", "x")}`,
        `# A\n\n${block("sh", "x")}`,
        "# B",
      ],
      [
        "nothing of two texts",
        `${block("markdown", "The dog.")}\n\nor\n\n${block("markdown", "The cow.")}`,
        "notCode",
        "The cat.",
      ],
      ["no remark to the user", "The dog.\n\nLet me know if you'd like more.", "The dog.", "The cat."],
      [
        "the tags of a thought in its words",
        "It thinks from `<think>` to `</think>`.",
        "It thinks from `<think>` to `</think>`.",
        "It thinks.",
      ],
      ["no quotes around all of it", "“The dog.”", "The dog.", "The cat."],
      ["quotes that were there", '"The dog."', '"The dog."', '"The cat."'],
      [
        "text that says what is good",
        "Here is a text:\n\nA text that is good.",
        "A text that is good.",
        "A text that is bad.",
      ],
      ["no question to the user", "Could you tell me which text you mean?", "notCode", "The cat."],
      ["no request to the user", "Bitte gib mir den Text.", "notCode", "Die Katze."],
      ["no remark that all is well", "The text is already good.", "notCode", "The cat."],
      ["no refusal of the model", "I'm sorry, I can't do that.", "notCode", "The cat."],
    ];
    for (const [name, answer, code, selected] of cases)
      it(name, () => assert.equal(taken(answer, "markdown", selected), code));
  });

  it("changes the language of a selected fence, if that is asked for", () => {
    const wanted = { languageId: "markdown", selected: "```js\na()\n```" };
    const answer = "```ts\na();\n```";
    assert.deepEqual(
      [
        parseReply(answer, { ...wanted, asked: "make it TypeScript" }),
        parseReply(answer, { ...wanted, asked: "fix it" }),
      ],
      [
        { code: "```ts\na();\n```", info: undefined },
        { code: "```js\na();\n```", info: undefined },
      ],
    );
  });

  it("keeps a usage example that was asked for", () => {
    const code = "function a() {\n  return 1;\n}\n\n// Usage\na();";
    const wanted = { languageId: "typescript", selected: SELECTED, asked: "add a usage example" };
    assert.equal(codeOf(`\`\`\`ts\n${code}\n\`\`\``, wanted), code);
  });

  it("reports what the model said instead", () => {
    assert.throws(() => codeOf("No.", { languageId: "typescript", selected: SELECTED }), {
      code: "notCode",
      data: { answer: "No." },
    });
  });

  it("has code in parts where one block declares what only another one uses", () => {
    const selected = "function total(items) {\n  return items.length;\n}";
    const helper = "```js\nconst priceOf = (one) => one.price;\n```";
    const code = (price: string) => `\`\`\`js\nfunction total(items) {\n  return items.length * ${price};\n}\n\`\`\``;
    const answer = (price: string) => `${helper}\n\nThen:\n\n${code(price)}`;
    assert.equal(taken(answer("priceOf(items[0])"), "javascript", selected), "notCode");
    assert.match(taken(answer("2"), "javascript", selected), /items.length \* 2/);
  });
});
