/** Lines named as they were shown, and found where they are now. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { placeAnchors, readAnchors } from "../../../server/agent/tools/anchors.ts";
import { numberLine, readNumbered, shownText, withoutNumbers } from "../../../server/agent/tools/numbered.ts";
import { fileHeading, shownPaths, shownWindows, windowsIn } from "../../../server/agent/tools/shown.ts";

const shown = (lines: string[], first = 0, last = lines.length - 1) =>
  windowsIn(
    [
      fileHeading("a.ts"),
      ...lines.slice(first, last + 1).map((text, i) => numberLine({ number: first + i + 1, text: shownText(text) })),
    ].join("\n"),
  );
const at = (lines: string[], from: number, to: number, now = lines) => {
  const windows = shown(lines);
  const name = (line: number) => numberLine({ number: line + 1, text: shownText(lines[line]!) });
  const anchors = readAnchors(name(from), name(to), windows);
  return anchors && placeAnchors(anchors, now);
};

describe("anchored lines", () => {
  const FILE = ["function a() {", "  return 1;", "}", "", "function b() {", "  return 2;", "}"];

  it("are read as they are shown", () => {
    assert.deepEqual(readNumbered("12| const x = 1;"), { number: 12, text: "const x = 1;" });
    assert.deepEqual(readNumbered("3|   deep"), { number: 3, text: "  deep" });
    assert.deepEqual(readNumbered("3|"), { number: 3, text: "" });
    assert.equal(readNumbered("const x = 1;"), undefined);
    assert.equal(withoutNumbers("1| a\n2|   b\n\n"), "a\n  b\n\n");
    assert.equal(withoutNumbers("1| a\nb"), "1| a\nb");
  });

  it("must have been shown, number and text", () => {
    const windows = shown(FILE, 0, 2);
    assert.ok(readAnchors("2|   return 1;", "3| }", windows));
    // Models drop the spaces at both ends.
    assert.ok(readAnchors("2| return 1;", "2|return 1; ", windows));
    for (const [from, to] of [
      ["2|   return 2;", "3| }"],
      ["5| function b() {", "5| function b() {"],
      ["3| }", "2|   return 1;"],
      ["return 1;", "}"],
    ])
      assert.equal(readAnchors(from!, to!, windows), undefined, from);
  });

  it("are followed where they have moved, if that is unambiguous", () => {
    assert.deepEqual(at(FILE, 1, 1), { first: 1, last: 1 });
    const moved = ["// new", "", ...FILE];
    assert.deepEqual(at(FILE, 4, 6, moved), { first: 6, last: 8 });
    // Several lines have that text; the lines around it tell which one is meant.
    assert.deepEqual(at(FILE, 2, 2, ["}", "x", ...FILE]), { first: 4, last: 4 });
    assert.equal(at(FILE, 1, 1, FILE.toSpliced(1, 1)), "gone");
    assert.equal(at(["a", "b"], 0, 0, ["x", "a", "a", "x"]), "ambiguous");
    // A line between the two was changed.
    assert.equal(at(FILE, 0, 2, FILE.with(1, "  return 3;")), "gone");
  });

  it("never lead to other lines: the found lines have the text that was shown", () => {
    const line = fc.constantFrom("}", "{", "  x();", "  y();", "", "a", "b");
    fc.assert(
      fc.property(
        fc.array(line, { minLength: 1, maxLength: 12 }),
        fc.array(line, { maxLength: 16 }),
        fc.nat(),
        fc.nat(),
        (before, now, i, j) => {
          const [from, to] = [i % before.length, j % before.length].sort((a, b) => a - b) as [number, number];
          const place = at(before, from, to, now);
          assert.ok(place !== undefined);
          if (typeof place === "string") return;
          assert.deepEqual(now.slice(place.first, place.last + 1), before.slice(from, to + 1));
          // Unchanged files are never ambiguous.
          if (before.join("\n") === now.join("\n")) assert.equal(place.first, from);
        },
      ),
    );
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 12 }), fc.nat(), (lines, i) => {
        const from = i % lines.length;
        assert.deepEqual(at(lines, from, from), { first: from, last: from });
      }),
    );
  });

  it("come from results of tools that show files, and from nothing else", () => {
    const result = `${fileHeading("a.ts")}\n1| x`;
    const called = (name: string) => [
      { role: "assistant" as const, content: "", toolCalls: [{ name, arguments: {} }] },
      { role: "tool" as const, content: result },
    ];
    assert.deepEqual(shownPaths(shownWindows(called("read"))), ["a.ts"]);
    assert.deepEqual(shownWindows(called("run")), []);
    assert.deepEqual(shownWindows([{ role: "user", content: result }]), []);
    // A line of a file that looks like a heading has its number in front.
    assert.deepEqual(shownPaths(windowsIn(`${result}\n2| File: b.ts\n3| y`)), ["a.ts"]);
  });
});
