import assert from "node:assert/strict";
import { ErrorCodes, LSPErrorCodes } from "vscode-languageserver";
import { TextDocument } from "vscode-languageserver-textdocument";
import type { ReplyEvent } from "../../../server/engine/engine.ts";
import { edit } from "../../../server/features/edit.ts";
import { EDIT_REQUEST, SYSTEM_PROMPT } from "../../../server/features/prompts.ts";
import type { EditParams } from "../../../server/protocol.ts";
import { cart, documentsOf, END, linesRange, problem, signal, USAGE, world } from "./support.ts";

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
  it("asks for the selection to be replaced, the instruction last", async () => {
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
    assert.deepEqual(rest, { thinking: { mode: "off" }, maxTokens, priority: "edit", kind: "once" });
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

  it("edits the version that was asked for, whatever is typed meanwhile", async () => {
    const document = cart();
    const type = () => void TextDocument.update(document, [{ text: "// Typed.\n" }], 2);
    const { deps } = world(documentsOf(document), says(`\`\`\`\n${IS_EVEN}\n\`\`\``), type);
    const before = cart();
    const { edits, version } = await edit(request(document), deps, signal, silent);
    assert.equal(version, 1);
    assert.ok(TextDocument.applyEdits(before, edits).includes("    return n % 2 === 0;\n  }\n}\n"));
  });

  it("uses the ready-made instructions, and names the problems to fix", async () => {
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

  it("refuses an instruction that is none", async () => {
    const { deps } = world(documentsOf(cart()));
    for (const instruction of [" ", { id: "toString" as "fix" }])
      await assert.rejects(edit(request(cart(), { instruction }), deps, signal, silent), {
        code: ErrorCodes.InvalidParams,
      });
  });

  const failures: [name: string, events: ReplyEvent[], code: string][] = [
    ["prose", says("No."), "notCode"],
    ["code in the thought alone", [{ type: "thought", text: "```\nx\n```", tokens: 5 }, END], "notCode"],
    ["half a block", says("```ts\nisEven(n) {"), "truncated"],
    [
      "a reply cut off at its limit",
      [...says("```\nx\n```").slice(0, -1), { ...END, stopReason: "length" } as ReplyEvent],
      "truncated",
    ],
  ];
  for (const [name, events, code] of failures) {
    it(`makes an error of ${name}`, async () => {
      const { deps } = world(documentsOf(cart()), events);
      await assert.rejects(edit(request(cart()), deps, signal, silent), { name: "EngineError", code });
    });
  }
});
