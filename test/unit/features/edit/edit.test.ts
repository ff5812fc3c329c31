import assert from "node:assert/strict";
import { ErrorCodes, LSPErrorCodes } from "vscode-languageserver";
import { TextDocument } from "vscode-languageserver-textdocument";
import type { ReplyEvent } from "../../../../server/engine/engine.ts";
import { edit } from "../../../../server/features/edit/edit.ts";
import { prepareEdit } from "../../../../server/features/edit/prepareEdit.ts";
import { markersFor } from "../../../../server/features/text/blocks.ts";
import { EDIT_REQUEST, editBlocksRequest, SYSTEM_PROMPT } from "../../../../server/features/text/prompts.ts";
import type { EditParams } from "../../../../server/protocol.ts";
import {
  cart,
  documentOf,
  documentsOf,
  END,
  FOLDER,
  linesRange,
  problem,
  signal,
  USAGE,
  world,
  worldOf,
} from "../support.ts";

const IS_EVEN = "isEven(n: number) {\n  return n % 2 === 0;\n}";
const silent = () => {};
const says = (text: string): ReplyEvent[] => [
  { type: "thought", text: "Hm ```x```", tokens: 4 },
  { type: "answer", text, tokens: 9 },
  END,
];

function request(document: TextDocument, more: Partial<EditParams> = {}): EditParams {
  const { uri, version } = document;
  return { textDocument: { uri, version }, range: linesRange(document, 22, 28), instruction: "shorten it", ...more };
}

describe("features: edit", () => {
  it("asks for a replacement of the selection, the instruction last", async () => {
    const document = cart();
    const { deps, responded } = world(documentsOf(document), says(`\`\`\`ts\n${IS_EVEN}\n\`\`\``));
    await edit(request(document), deps, signal, silent);
    const [{ messages, stableChars, ...rest }] = responded as [(typeof responded)[0]];
    const [system, user] = messages;
    assert.deepEqual(system, { role: "system", content: SYSTEM_PROMPT });
    assert.equal(user!.content.slice(stableChars), "Instruction: shorten it");
    assert.ok(user!.content.slice(0, stableChars).endsWith(`\n\n${EDIT_REQUEST}\n\n`));
    assert.ok(user!.content.startsWith("Imports:\n"));
    const maxTokens = 512 + 3 * 23;
    const thinking = { mode: "off" };
    assert.deepEqual(rest, { thinking, sampling: undefined, maxTokens, priority: "edit", kind: "once" });
  });

  it("gives minimal edits in the file's indentation", async () => {
    const document = cart();
    const { deps } = world(documentsOf(document), says(`Here:\n\`\`\`ts\n${IS_EVEN}\n\`\`\`\nDone.`));
    const { edits, version, thought, usage } = await edit(request(document), deps, signal, silent);
    assert.equal(
      TextDocument.applyEdits(document, edits),
      document.getText().replace(/ {4}if \(n % 2[\s\S]*?\n {4}\}\n/, "    return n % 2 === 0;\n"),
    );
    assert.equal(edits.length, 1);
    assert.deepEqual([version, thought, usage], [1, "Hm ```x```", USAGE]);
  });

  it("edits the requested version, whatever the user types meanwhile", async () => {
    const document = cart();
    const type = () => void TextDocument.update(document, [{ text: "// Typed.\n" }], 2);
    const { deps } = world(documentsOf(document), says(`\`\`\`\n${IS_EVEN}\n\`\`\``), type);
    const before = cart();
    const { edits, version } = await edit(request(document), deps, signal, silent);
    assert.equal(version, 1);
    assert.ok(TextDocument.applyEdits(before, edits).includes("    return n % 2 === 0;\n  }\n}\n"));
  });

  it("moves imports in the reply to the file's imports", async () => {
    const document = cart();
    const answer = `\`\`\`ts\nimport { even } from "./numbers";\n\nisEven(n: number) {\n  return even(n);\n}\n\`\`\``;
    const { deps } = world(documentsOf(document), says(answer));
    const { edits, range } = await edit(request(document), deps, signal, silent);
    const after = document
      .getText()
      .replace('"./prices";\n', '"./prices";\nimport { even } from "./numbers";\n')
      .replace(/ {4}if \(n % 2[\s\S]*?\n {4}\}\n/, "    return even(n);\n");
    assert.equal(TextDocument.applyEdits(document, edits), after);
    assert.equal(range.start.line, 1);
  });

  it("leaves an import after a byte order mark in place", async () => {
    const document = documentOf("\ufeffimport { a } from './a';\n\nexport const x = a;\n");
    const { deps } = world(
      documentsOf(document),
      says("```ts\nimport { a } from './a';\n\nexport const x = a + 1;\n```"),
    );
    const { edits, warning } = await edit(
      request(document, { range: linesRange(document, 1, 3) }),
      deps,
      signal,
      silent,
    );
    assert.equal(TextDocument.applyEdits(document, edits), document.getText().replace("= a", "= a + 1"));
    assert.equal(warning, undefined);
  });

  it("puts a new import after a byte order mark", async () => {
    const document = documentOf("\ufeffexport const x = 1;\n\nexport const y = 2;\n");
    const answer = "```ts\nimport { b } from './b';\n\nexport const y = b;\n```";
    const { deps } = world(documentsOf(document), says(answer));
    const { edits } = await edit(request(document, { range: linesRange(document, 3, 3) }), deps, signal, silent);
    const after = "\ufeffimport { b } from './b';\n\nexport const x = 1;\n\nexport const y = b;\n";
    assert.equal(TextDocument.applyEdits(document, edits), after);
  });

  it("has room for any answer on a blank line", async () => {
    const document = documentOf("\n");
    const { deps, responded } = world(documentsOf(document), says("```ts\nlet a;\n```"));
    await edit(request(document, { range: linesRange(document, 1, 1) }), deps, signal, silent);
    assert.equal(responded[0]!.maxTokens, undefined);
  });

  it("asks a second time if something would be lost, then names what it removes", async () => {
    const document = cart();
    const all = { range: linesRange(document, 15, 29), instruction: "improve it" };
    const lazy = says("```ts\nexport class Cart {\n  private items: Item[] = [];\n}\n```");
    const { deps, responded } = world(documentsOf(document), lazy);
    const { warning } = await edit(request(document, all), deps, signal, silent);
    assert.equal(responded.length, 2);
    assert.match(responded[1]!.messages[3]!.content, /removes put, isEven, which was not asked for/);
    assert.equal(warning, "This edit removes put, isEven.");
  });

  it("uses the predefined instructions, and names the problems to fix", async () => {
    const document = cart();
    const { deps, responded } = world(documentsOf(document), says("```\n```"));
    const diagnostics = [problem(22, "Too long.", 2)];
    await edit(request(document, { instruction: { id: "fix" }, diagnostics }), deps, signal, silent);
    const { content } = responded[0]!.messages[1]!;
    assert.ok(content.includes("Problems in cart.ts:\n- line 23: warning: Too long.\n\n"));
    assert.ok(content.endsWith("\n\nInstruction: fix the problems in this code"));
  });

  it("refuses another version, and a document that is not open", async () => {
    const { deps, responded } = world(documentsOf(cart()));
    const changed = { code: LSPErrorCodes.ContentModified };
    const textDocument = { uri: cart().uri, version: 2 };
    await assert.rejects(edit(request(cart(), { textDocument }), deps, signal, silent), changed);
    const elsewhere = { uri: "file:///work/shop/other.ts", version: 0 };
    await assert.rejects(edit(request(cart(), { textDocument: elsewhere }), deps, signal, silent), changed);
    assert.deepEqual(responded, []);
  });

  it("refuses an invalid instruction", async () => {
    const { deps } = world(documentsOf(cart()));
    for (const instruction of [" ", { id: "toString" as "fix" }])
      await assert.rejects(edit(request(cart(), { instruction }), deps, signal, silent), {
        code: ErrorCodes.InvalidParams,
      });
  });

  describe("features: edit of long code", () => {
    const text = Array.from({ length: 100 }, (_, i) => `export const value${i} = ${i};`).join("\n");
    const document = documentOf(`${text}\n`);
    const all = { range: linesRange(document, 1, 100) };
    const passage = (search: string, replacement: string) =>
      `<<<<<<< SEARCH\n${search}\n=======\n${replacement}\n>>>>>>> REPLACE`;
    const good = passage("export const value7 = 7;", "export const value7 = 8;");
    const changed = document.getText().replace("7 = 7", "7 = 8");

    it("asks for passages, the instruction last", async () => {
      const { deps, responded } = world(documentsOf(document), says(`\`\`\`ts\n${good}\n\`\`\``));
      const { edits, form, refused, warning } = await edit(request(document, all), deps, signal, silent);
      const [{ messages, stableChars }] = responded as [(typeof responded)[0]];
      const { content } = messages[1]!;
      assert.equal(content.slice(stableChars), "Instruction: shorten it");
      assert.ok(content.slice(0, stableChars).endsWith(`\n\n${editBlocksRequest(markersFor(text))}\n\n`));
      assert.equal(TextDocument.applyEdits(document, edits), changed);
      assert.deepEqual([form, refused, warning], ["blocks", [], undefined]);
    });

    it("places what it can, and names the rest", async () => {
      const answer = [good, passage("export const value = 1;", "x"), passage("export const value3 = 3;", "")].join(
        "\n",
      );
      const { deps, responded } = world(documentsOf(document), says(answer));
      const { edits, refused } = await edit(request(document, all), deps, signal, silent);
      assert.equal(responded.length, 1);
      assert.equal(TextDocument.applyEdits(document, edits), changed.replace("export const value3 = 3;\n", ""));
      assert.deepEqual(refused, [{ passage: "export const value = 1;", reason: "it is not in the selected code" }]);
    });

    const retried: [name: string, answer: string, shown: RegExp][] = [
      [
        "no passage could be placed",
        passage("value7 = 9", "value7 = 8"),
        /- "value7 = 9": it is not in the selected code\n/,
      ],
      ["there is no passage", "```ts\nexport const value7 = 8;\n```", /no passage in the form/],
    ];
    for (const [name, answer, shown] of retried) {
      it(`asks a second time after ${name}`, async () => {
        const { deps, responded } = worldOf(documentsOf(document), [says(answer), says(good)]);
        const result = await edit(request(document, all), deps, signal, silent);
        assert.equal(TextDocument.applyEdits(document, result.edits), changed);
        assert.equal(responded.length, 2);
        const [, , own, again] = responded[1]!.messages;
        assert.deepEqual(own, { role: "assistant", content: answer });
        assert.match(again!.content, shown);
        assert.equal(result.usage.answerTokens, 2 * USAGE.answerTokens);
        assert.equal(result.usage.promptTokens, result.usage.readTokens + result.usage.reusedTokens);
      });

      it(`does not ask twice after ${name}`, async () => {
        const { deps, responded } = world(documentsOf(document), says(answer));
        await assert.rejects(edit(request(document, all), deps, signal, silent), { code: "notCode" });
        assert.equal(responded.length, 2);
      });
    }

    it("does not take the token that ends a turn for a part of a passage", async () => {
      const { deps, responded } = world(documentsOf(document), says(`${good}<|im_end|>`));
      const { edits } = await edit(request(document, all), deps, signal, silent);
      assert.equal(TextDocument.applyEdits(document, edits), changed);
      assert.equal(responded.length, 1);
    });

    it("changes nothing if the reply changes nothing", async () => {
      const { deps, responded } = world(
        documentsOf(document),
        says(passage("export const value7 = 7;", "export const value7 = 7;")),
      );
      const { edits, refused } = await edit(request(document, all), deps, signal, silent);
      assert.deepEqual([edits, refused, responded.length], [[], [], 1]);
    });

    it("fails if a passage was cut off", async () => {
      const open = says(good.replace(/>{7} REPLACE$/, ""));
      const { deps } = world(documentsOf(document), [
        ...open.slice(0, -1),
        { ...END, stopReason: "length" } as ReplyEvent,
      ]);
      await assert.rejects(edit(request(document, all), deps, signal, silent), { code: "truncated" });
    });
  });

  describe("features: edit that breaks the file", () => {
    const broken = says("```ts\nisEven(n: number) {\n  return (n % 2 === 0;\n}\n```");
    const whole = says(`\`\`\`ts\n${IS_EVEN}\n\`\`\``);

    it("asks a second time, with the errors", async () => {
      const { deps, responded } = worldOf(documentsOf(cart()), [broken, whole]);
      const { edits, warning, thought } = await edit(request(cart()), deps, signal, silent);
      assert.ok(TextDocument.applyEdits(cart(), edits).includes("return n % 2 === 0;"));
      assert.equal(warning, undefined);
      assert.equal(thought, "Hm ```x```\n\nHm ```x```");
      const [, , , again] = responded[1]!.messages;
      assert.match(
        again!.content,
        /cart\.ts does not parse any more:\n- line 23: "\)" is missing: return \(n % 2 === 0;\n/,
      );
    });

    it("has a warning if the errors remain, also when the other reply is unusable", async () => {
      for (const second of [broken, says("Sorry.")]) {
        const { deps, responded } = worldOf(documentsOf(cart()), [broken, second]);
        const { edits, warning } = await edit(request(cart()), deps, signal, silent);
        assert.ok(edits.length > 0);
        assert.match(warning!, /has a syntax error: line 23, "\)" is missing/);
        assert.equal(responded.length, 2);
      }
    });

    it("is not blamed for earlier errors", async () => {
      const before = documentOf(`${cart().getText()}\nfunction (`);
      const { deps, responded } = worldOf(documentsOf(before), [whole]);
      const { warning } = await edit(request(before), deps, signal, silent);
      assert.deepEqual([warning, responded.length], [undefined, 1]);
    });
  });

  it("reports the source of a problem, and its related places", async () => {
    const document = cart();
    const { deps, responded } = world(documentsOf(document), says("```\n```"));
    const location = { uri: `${FOLDER}/lib/prices.ts`, range: linesRange(document, 3, 3) };
    const related = [{ location, message: "It is\ndeclared here." }];
    const diagnostics = [{ ...problem(22, "No.", 1), source: "ts", code: 2345, relatedInformation: related }];
    await edit(request(document, { instruction: { id: "fix" }, diagnostics }), deps, signal, silent);
    const shown = "- line 23: error: No. (ts 2345)\n  - lib/prices.ts:3: It is declared here.\n\n";
    assert.ok(responded[0]!.messages[1]!.content.includes(shown));
  });

  it("is read ahead as far as it is known, in the slot that it will use", async () => {
    const document = cart();
    const { deps, prepared, responded } = world(documentsOf(document), says(`\`\`\`\n${IS_EVEN}\n\`\`\``));
    for (const instruction of ["", "shorten", "shorten it"])
      await prepareEdit(request(document, { instruction }), deps, signal);
    await edit(request(document), deps, signal, silent);
    const [{ messages, stableChars, thinking, maxTokens, priority, kind }] = responded as [(typeof responded)[0]];
    assert.deepEqual(prepared[2], { messages, stableChars, thinking, reply: { maxTokens, priority, kind } });
    const { content } = messages[1]!;
    assert.deepEqual(
      prepared.map(({ messages }) => messages[1]!.content),
      [content.slice(0, -10), content.slice(0, -3), content],
    );
  });

  const failures: [name: string, events: ReplyEvent[], code: string][] = [
    ["prose", says("No."), "notCode"],
    ["code in the thought alone", [{ type: "thought", text: "```\nx\n```", tokens: 5 }, END], "notCode"],
    [
      "a block cut off at the limit",
      [...says("```ts\nisEven(n) {").slice(0, -1), { ...END, stopReason: "length" } as ReplyEvent],
      "truncated",
    ],
  ];
  for (const [name, events, code] of failures) {
    it(`throws for ${name}`, async () => {
      const { deps } = world(documentsOf(cart()), events);
      await assert.rejects(edit(request(cart()), deps, signal, silent), { name: "EngineError", code });
    });
  }
});
