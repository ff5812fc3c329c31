import assert from "node:assert/strict";
import fc from "fast-check";
import { type ContextBlock, layOutContext } from "../../../../server/features/context/context.ts";
import { cut } from "../../../../server/features/context/cut.ts";
import type { ContextItem } from "../../../../server/protocol.ts";
import { countTokens, documentOf, documentsOf, FOLDER, line, problem, range } from "../support.ts";

/** The blocks that are sent. */
const textsOf = (blocks: ContextBlock[]) => blocks.flatMap(({ text }) => text ?? []);
const MARKER = /\[… \d+ lines? cut …\]/;
const text = fc
  .array(fc.oneof(line, fc.string({ maxLength: 300 })), { maxLength: 60 })
  .map((lines) => lines.join("\n"));
const uri = fc.constantFrom(`${FOLDER}/a.ts`, `${FOLDER}/lib/b.py`);
const item: fc.Arbitrary<ContextItem> = fc.oneof(
  fc.record({ type: fc.constant("file" as const), uri, text }),
  fc.record({ type: fc.constant("text" as const), title: fc.constantFrom("Notes", "Terminal"), text }),
  fc.record({
    type: fc.constant("diagnostics" as const),
    uri,
    diagnostics: fc
      .array(fc.record({ line: fc.nat(99), message: fc.string({ maxLength: 80 }) }), { maxLength: 20 })
      .map((all) => all.map(({ line, message }) => problem(line, message))),
  }),
);
const deps = { documents: documentsOf() };
const tokens = async (blocks: string[]) =>
  (await countTokens(blocks.map((b) => `${b}\n\n`))).reduce((a, b) => a + b, 0);
const lines = (count: number) => Array.from({ length: count }, (_, i) => `line ${i + 1}`).join("\n");

describe("features: context", () => {
  it("stays within the budget, marks what it cut, and is the same each time", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(item, { maxLength: 5 }), fc.integer({ min: 0, max: 2000 }), async (items, budget) => {
        const laidOut = await layOutContext(items, deps, budget, countTokens);
        const blocks = textsOf(laidOut);
        assert.ok((await tokens(blocks)) <= budget);
        assert.deepEqual(await layOutContext(items, deps, budget, countTokens), laidOut);
        for (const { text, tokens: reported, cut } of laidOut) {
          assert.equal(reported, text === undefined ? 0 : await tokens([text]));
          if (text !== undefined) assert.equal(cut, MARKER.test(text));
        }
        const all = await layOutContext(items, deps, 1_000_000, countTokens);
        assert.ok(!all.some(({ cut }) => cut));
        // An item left out for lack of room counts as cut; an empty one does not.
        assert.deepEqual(
          laidOut.filter(({ text, cut }) => text === undefined && !cut).length,
          all.filter(({ text }) => text === undefined).length,
        );
        const whole = textsOf(all);
        assert.ok(!whole.some((block) => MARKER.test(block)));
        if ((await tokens(whole)) <= budget) assert.deepEqual(blocks, whole);
        for (const block of blocks) assert.ok(whole.includes(block) || MARKER.test(block));
      }),
    );
  });

  it("stays within the budget with a tokenizer far from four characters a token", async () => {
    // Digits cost many tokens and letters few: the beginning of a text suggests a wrong value for its end.
    const uneven = async (texts: string[]) =>
      texts.map((t) => (t.match(/\d/g)?.length ?? 0) * 3 + Math.ceil((t.match(/\D/g)?.length ?? 0) / 9));
    const texts = fc.array(fc.constantFrom("abc def ghi jkl", "1234567890", "😀😀", ""), { maxLength: 300 });
    await fc.assert(
      fc.asyncProperty(texts, fc.integer({ min: 0, max: 500 }), async (all, budget) => {
        let calls = 0;
        const counted = (blocks: string[]) => {
          calls++;
          return uneven(blocks);
        };
        const items: ContextItem[] = [{ type: "text", title: "T", text: all.join("\n") }];
        const blocks = textsOf(await layOutContext(items, deps, budget, counted));
        const [total = 0] = await uneven([blocks.map((block) => `${block}\n\n`).join("")]);
        assert.ok(total <= budget);
        assert.ok(calls <= 5);
      }),
    );
  });

  it("lays out each kind of item", async () => {
    const document = documentOf("a\r\nb\r\nc\r\n", "typescript", "lib/x.ts");
    const items: ContextItem[] = [
      { type: "file", uri: document.uri },
      { type: "range", uri: document.uri, range: range(1, 0, 2, 0) },
      { type: "diagnostics", uri: document.uri, diagnostics: [problem(2, "No\ngood."), problem(0, "Hm.", 2)] },
      { type: "diagnostics", uri: document.uri, diagnostics: [] },
      { type: "text", title: "Terminal", text: "$ ls" },
    ];
    assert.deepEqual(textsOf(await layOutContext(items, { documents: documentsOf(document) }, 1000, countTokens)), [
      "File: lib/x.ts\n```typescript\na\nb\nc\n```",
      "Code from lib/x.ts (lines 2-2):\n```typescript\nb\n```",
      "Problems in lib/x.ts:\n- line 1: warning: Hm.\n- line 3: error: No good.",
      "Terminal:\n$ ls",
    ]);
  });

  it("gives the room that a small item does not need to the others", async () => {
    const items: ContextItem[] = [
      { type: "text", title: "Small", text: "x" },
      { type: "text", title: "Large", text: lines(1000) },
    ];
    const [small, large] = textsOf(await layOutContext(items, deps, 400, countTokens));
    assert.equal(small, "Small:\nx");
    const [used = 0] = await countTokens([large!]);
    assert.ok(used > 330 && used <= 400, `${used} tokens`);
  });

  it("keeps the beginning and the end of a file, the beginning of a text", async () => {
    const file: ContextItem = { type: "file", uri: `${FOLDER}/a.ts`, text: lines(1000) };
    const [block = ""] = textsOf(await layOutContext([file], deps, 300, countTokens));
    const [head = "", tail = ""] = block.split(MARKER);
    assert.ok(head.includes("\nline 1\n") && tail.includes("\nline 1000\n"));
    const ratio = head.length / tail.length;
    assert.ok(ratio > 1.6 && ratio < 2.5, `${ratio}`);
    const [shown = ""] = textsOf(
      await layOutContext([{ type: "text", title: "T", text: lines(1000) }], deps, 300, countTokens),
    );
    assert.match(shown, /^T:\nline 1\n[\s\S]*\n\[… \d+ lines cut …\]$/);
  });

  it("counts few characters of a file that cannot fit", async () => {
    let counted = 0;
    const count = (texts: string[]) => {
      counted += texts.join("").length;
      return countTokens(texts);
    };
    await layOutContext([{ type: "file", uri: `${FOLDER}/a.ts`, text: "x".repeat(4_000_000) }], deps, 1000, count);
    assert.ok(counted < 50_000, `${counted}`);
  });

  it("refuses a file outside the workspace", async () => {
    await assert.rejects(layOutContext([{ type: "file", uri: "file:///etc/hosts" }], deps, 100, countTokens), {
      code: "unreadable",
    });
  });

  it("refuses binary data that an editor shows as text", async () => {
    const item: ContextItem = { type: "file", uri: `${FOLDER}/a.bin`, text: "a\0b\0" };
    await assert.rejects(layOutContext([item], deps, 100, countTokens), { code: "unreadable" });
  });
});

describe("features: cutting", () => {
  const cases: [name: string, text: string, chars: number, keep: "ends" | "start", result: string][] = [
    ["nothing", "a\nb", 3, "ends", "a\nb"],
    ["lines in the middle", "aaa\nbbb\nccc\nddd", 12, "ends", "aaa\nbbb\n[… 1 line cut …]\nddd"],
    ["lines at the end", "aaa\nbbb\nccc", 8, "start", "aaa\nbbb\n[… 1 line cut …]"],
    ["everything", "a\nb\nc", 0, "ends", "[… 3 lines cut …]"],
    ["one enormous line", "abcdefghijklmnopqrstuvwxyz", 9, "ends", "abcdef\n[… 1 line cut …]\nxyz"],
    ["an enormous line behind a short one", `a\n${"b".repeat(50)}`, 10, "start", "a\nbbbbbbbb\n[… 1 line cut …]"],
    ["a line whose ending alone has no room", "aaaa\nbbb\ncccc", 12, "ends", "aaaa\n[… 1 line cut …]\ncccc"],
    ["no emoji in half", "😀😀😀😀", 3, "start", "😀\n[… 1 line cut …]"],
  ];
  for (const [name, text, chars, keep, result] of cases) {
    it(`cuts ${name}`, () => assert.equal(cut(text, chars, keep), result));
  }

  it("counts lines that are no longer whole", () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: fc.constantFrom("a", "b"), minLength: 1, maxLength: 9 }), { minLength: 2 }),
        fc.nat(99),
        (all, chars) => {
          const text = all.map((line, i) => `#${i}${line}`).join("\n");
          const result = cut(text, chars, "ends");
          if (text.length <= chars) return;
          const kept = result.split("\n").filter((line) => text.split("\n").includes(line)).length;
          assert.equal(Number(/… (\d+) line/.exec(result)![1]), all.length - kept);
        },
      ),
    );
  });
});
