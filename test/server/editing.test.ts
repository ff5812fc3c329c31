import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { type Range, TextDocument } from "vscode-languageserver-textdocument";
import { type EditResult, ErrorCode, type ExplainResult, type InstructionId, Method } from "../../server/protocol.ts";
import { Client, rejection, textOf } from "../support/client.ts";

const CONTENT_MODIFIED = -32801;
const SAMPLE = path.resolve("test/samples/cart.ts");
const lines = (first: number, last: number): Range => ({
  start: { line: first, character: 0 },
  end: { line: last + 1, character: 0 },
});

describe("code", () => {
  let client: Client;
  let opened = 0;
  before(async () => {
    client = await Client.toy();
    await client.until((status) => status.type === "ready");
  });
  after(() => client.stop());

  async function open(text: string, languageId = "typescript"): Promise<TextDocument> {
    const uri = `untitled:file${++opened}`;
    await client.open(uri, languageId, text);
    return TextDocument.create(uri, languageId, 1, text);
  }

  function edit({ uri, version }: TextDocument, range: Range, id: InstructionId = "simplify"): Promise<EditResult> {
    return client.request(Method.edit, { textDocument: { uri, version }, range, instruction: { id } });
  }

  describe("nemotron/explain", () => {
    const uri = pathToFileURL(SAMPLE).href;

    it("explains a selection in a workspace file that is not open", async () => {
      const { events, result } = client.stream<ExplainResult>(Method.explain, {
        textDocument: { uri },
        range: lines(8, 12),
        thinking: { mode: "on", budget: 64 },
      });
      const { answer, thought, usage } = await result;
      assert.match(answer, /clamp/);
      assert.ok(thought.length > 0 && usage.thoughtTokens > 0);
      assert.equal(textOf(events, "answer"), answer);
    });

    it("gets imports, the enclosing symbol and the problems, not only the selection", async () => {
      const bare = await open("isEven(n: number) {\n  return n % 2 === 0;\n}\n");
      const alone = await client.request<ExplainResult>(Method.explain, {
        textDocument: { uri: bare.uri },
        range: lines(0, 2),
      });
      const inClass = await client.request<ExplainResult>(Method.explain, {
        textDocument: { uri },
        range: lines(21, 27),
        diagnostics: [{ range: lines(22, 22), message: "Simplify this", severity: 2 }],
      });
      assert.ok(inClass.usage.promptTokens > alone.usage.promptTokens + 60);
    });

    it("refuses files outside the workspace", async () => {
      const outside = pathToFileURL(path.resolve("package.json")).href;
      const { code } = await rejection(
        client.request(Method.explain, { textDocument: { uri: outside }, range: lines(0, 2) }),
      );
      assert.equal(code, ErrorCode.unreadable);
    });
  });

  describe("nemotron/edit", () => {
    const CODE = [
      "function isEven(n) {",
      "  if (n % 2 === 0) {",
      "    return true;",
      "  } else {",
      "    return false;",
      "  }",
      "}",
    ];
    const before = ["// before", "const a = 1;", ""];
    const after = ["", "// after", "const b = 2;"];

    /** Edits `isEven` in the middle of a file; checks that nothing else changed, and returns the new code. */
    async function editInside(code: string[], eol: string, end = eol): Promise<{ text: string; result: EditResult }> {
      const document = await open([...before, ...code, ...after].join(eol) + end, "javascript");
      const result = await edit(document, lines(before.length, before.length + code.length - 1));
      const edited = TextDocument.applyEdits(document, result.edits);
      const [head, tail] = [before.join(eol) + eol, eol + after.join(eol) + end];
      assert.ok(edited.startsWith(head) && edited.endsWith(tail), JSON.stringify(edited));
      assert.notEqual(edited, document.getText());
      return { text: edited.slice(head.length, edited.length - tail.length), result };
    }

    it("replaces a selection by code alone: no fence, no preamble, no thought", async () => {
      const { text, result } = await editInside(CODE, "\n");
      assert.equal(text, "function isEven(n) {\n  return n % 2 === 0;\n}");
      assert.equal(result.version, 1);
      assert.ok(result.usage.answerTokens > 0);
    });

    it("touches only the lines that change", async () => {
      const { result } = await editInside(CODE, "\n");
      const changed = result.edits.map(({ range }) => [range.start.line, range.end.line]);
      assert.ok(
        changed.every(([start, end]) => start! > before.length && end! < before.length + CODE.length),
        JSON.stringify(changed),
      );
    });

    it("keeps CRLF", async () => {
      const { text } = await editInside(CODE, "\r\n");
      assert.equal(text, "function isEven(n) {\r\n  return n % 2 === 0;\r\n}");
    });

    it("adds no final newline to a file without one", async () => {
      await editInside(CODE, "\n", "");
      const document = await open(CODE.join("\n"), "javascript");
      const { edits } = await edit(document, { start: { line: 0, character: 0 }, end: { line: 6, character: 1 } });
      assert.equal(TextDocument.applyEdits(document, edits), "function isEven(n) {\n  return n % 2 === 0;\n}");
    });

    it("indents the reply with the file's tabs", async () => {
      const tabs = CODE.map((line) => line.replace(/^( {2})+/, (spaces) => "\t".repeat(spaces.length / 2)));
      const { text } = await editInside(tabs, "\n");
      assert.equal(text, "function isEven(n) {\n\treturn n % 2 === 0;\n}");
    });

    it("indents the reply to the selection's depth", async () => {
      const { text } = await editInside(
        CODE.map((line) => `    ${line}`),
        "\n",
      );
      assert.equal(text, "    function isEven(n) {\n      return n % 2 === 0;\n    }");
    });

    it("takes the symbol around the cursor when nothing is selected", async () => {
      const document = await open([...before, ...CODE, ...after].join("\n"), "javascript");
      const cursor = { line: before.length + 2, character: 6 };
      const { edits } = await edit(document, { start: cursor, end: cursor });
      assert.match(
        TextDocument.applyEdits(document, edits),
        /\nfunction isEven\(n\) \{\n {2}return n % 2 === 0;\n\}\n/,
      );
    });

    it("accepts ready-made instructions and free text", async () => {
      const text = readFileSync(SAMPLE, "utf8");
      const document = await open(text);
      const { edits } = await edit(document, lines(8, 12), "document");
      assert.match(
        TextDocument.applyEdits(document, edits),
        /\/\*\*[^\n]*\*\/\nexport function clamp|\/\*\*[^\n]*\*\/\nfunction clamp/,
      );
      const params = {
        textDocument: { uri: document.uri, version: 1 },
        range: lines(8, 12),
        instruction: "make it shorter",
      };
      const free = await client.request<EditResult>(Method.edit, params);
      assert.match(TextDocument.applyEdits(document, free.edits), /Math\.min/);
    });

    it("thinks when asked to, and keeps the thought out of the file", async () => {
      const document = await open(`${CODE.join("\n")}\n`, "javascript");
      const params = {
        textDocument: { uri: document.uri, version: 1 },
        range: lines(0, 6),
        instruction: { id: "simplify" },
      };
      const { edits, thought, usage } = await client.request<EditResult>(Method.edit, {
        ...params,
        thinking: { mode: "on", budget: 64 },
      });
      assert.ok(thought.length > 0 && usage.thoughtTokens > 0);
      assert.equal(TextDocument.applyEdits(document, edits), "function isEven(n) {\n  return n % 2 === 0;\n}\n");
    });

    it("refuses a version that is not the document's, and a document that is not open", async () => {
      const document = await open("const a = 1;\n");
      const change = { textDocument: { uri: document.uri, version: 2 }, contentChanges: [{ text: "const a = 2;\n" }] };
      await client.connection.sendNotification("textDocument/didChange", change);
      assert.equal((await rejection(edit(document, lines(0, 0)))).code, CONTENT_MODIFIED);
      const unknown = TextDocument.create("untitled:nowhere", "typescript", 1, "");
      assert.equal((await rejection(edit(unknown, lines(0, 0)))).code, CONTENT_MODIFIED);
    });
  });
});
