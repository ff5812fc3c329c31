/**
 * Whatever a model replies to an edit: the file outside the range stays unchanged, and no part of a thought gets into
 * it.
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { TextDocument } from "vscode-languageserver-textdocument";
import { EngineError } from "../../../../server/engine/engine.ts";
import { edit } from "../../../../server/features/edit/edit.ts";
import { withoutSurroundings } from "../../../../server/features/guard/surroundings.ts";
import { fitReply } from "../../../../server/features/text/fitReply.ts";
import { linesOf, unixLines } from "../../../../server/features/text/lines.ts";
import { unitOf } from "../../../../server/features/text/literals.ts";
import { fence } from "../../../../server/features/text/prompts.ts";
import { selectionOf } from "../../../../server/features/text/selection.ts";
import { documentAndRange, documentsOf, END, ending, line, signal, world } from "../support.ts";

const THOUGHT = "no-part-of-a-file";
const code = fc.array(line, { maxLength: 6 }).map((lines) => lines.join("\n"));

/** How models wrap code. `whole`: the reply is one block, and the edit must equal it. */
const dressed = fc.record({
  code,
  eol: ending,
  by: fc.constantFrom("", "  ", "\t"),
  form: fc.constantFrom("fenced", "preamble", "afterword", "truncated", "two", "bare", "prose", "empty"),
});

function replyOf({ code, eol, by, form }: { code: string; eol: string; by: string; form: string }) {
  const block = fence(code.replace(/^(?=.)/gm, by), "ts");
  const texts: Record<string, string> = {
    fenced: block,
    preamble: `Here it is:\n\n${block}`,
    afterword: `${block}\n\nIt does the same.`,
    truncated: block.replace(/\n`+$/, ""),
    two: `${block}\n${block}`,
    bare: code,
    prose: "I would not change that.",
    empty: "",
  };
  const text = texts[form]!.replaceAll("\n", eol);
  return { text, whole: ["fenced", "preamble", "afterword"].includes(form) };
}

describe("features: edits of any document by any reply", () => {
  it("change nothing outside the range, and equal the reply inside it", async () => {
    await fc.assert(
      fc.asyncProperty(documentAndRange, dressed, async ({ document, range }, reply) => {
        fc.pre(document.offsetAt(range.start) < document.offsetAt(range.end));
        const { text, whole } = replyOf(reply);
        const events = [
          { type: "thought" as const, text: THOUGHT, tokens: 1 },
          { type: "answer" as const, text, tokens: 1 },
          END,
        ];
        const { deps } = world(documentsOf(document), events);
        const params = { textDocument: { uri: document.uri, version: 1 }, range, instruction: "do it" };
        const before = document.getText();
        const result = await edit(params, deps, signal, () => {}).catch((error) => {
          assert.ok(error instanceof EngineError && ["notCode", "truncated"].includes(error.code), String(error));
          return undefined;
        });
        if (!result) return assert.equal(whole, false);
        const after = TextDocument.applyEdits(document, result.edits);
        const [head, tail] = [
          before.slice(0, document.offsetAt(range.start)),
          before.slice(document.offsetAt(range.end)),
        ];
        assert.ok(after.startsWith(head) && after.endsWith(tail) && after.length >= head.length + tail.length);
        assert.ok(!after.includes(THOUGHT));
        if (!whole) return;
        const selection = selectionOf(document, range);
        const lines = linesOf(before);
        const code = withoutSurroundings(reply.code.replace(/^(?=.)/gm, reply.by), lines, selection);
        const fitted = fitReply(code, selection, unitOf(lines, "typescript"), "typescript");
        // Unchanged lines keep their trailing spaces.
        const bare = (text: string) => unixLines(text).replace(/[^\S\n]+$/gm, "");
        assert.equal(bare(after), bare(head + fitted + tail));
      }),
      { numRuns: 1500 },
    );
  });
});
